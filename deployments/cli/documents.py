"""`nightshift docs`: generate, list, show, export and verify the documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli import output
from deployments.cli.stored import require_collection
from deployments.cli.times import parse_time
from generators.documents.catalogue import chosen
from models.errors import WrongUse
from models.records.document import DocumentReport
from models.store import transaction
from tasks.documents.export import export_documents
from tasks.documents.files import write_whole
from tasks.documents.show import changes_text, document_page, document_text, list_documents
from tasks.documents.verify import verify_documents

app = typer.Typer(no_args_is_help=True, help="Generate, show, verify and export the documents.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was at that time.")]


@app.command()
def generate(
    names: Annotated[list[str] | None, typer.Argument(help="Documents; all without.")] = None,
    *,
    prose: Annotated[
        bool, typer.Option(help="Let the configured language model write what it may.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Bring documents up to date; sections whose facts are unchanged are left alone."""
    from deployments.running import generate_documents

    chosen(names or ())  # a wrong name is told before anything is started,
    with transaction():
        pass  # and a wrong folder
    reports = generate_documents(names or (), prose=prose)
    if as_json:
        output.print_json({"documents": reports})
    else:
        _print_reports(reports)


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the documents that there are."""
    there = list_documents()
    if not there:
        require_collection()
    if as_json:
        output.print_json(
            [
                {
                    "name": edition.name,
                    "title": edition.title,
                    "sections": edition.sections,
                    "facts_from": edition.valid_from,
                    "generated_at": edition.recorded_at,
                }
                for edition in there
            ]
        )
        return
    rows = [[e.name, e.title, e.sections, e.valid_from] for e in there]
    output.print_table("Documents", ["Name", "Title", "Sections", "Facts from"], rows)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A document, such as overview.")],
    as_of: AsOf = None,
    since: Annotated[
        str | None, typer.Option("--since", help="For changes: everything after that time.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one HTML page to this file instead.")
    ] = None,
) -> None:
    """Print a document as Markdown."""
    if since is not None:
        if name != "changes" or as_of or html:
            raise WrongUse("--since goes with `docs show changes` alone")
        sys.stdout.write(changes_text(parse_time(since)))
        return
    at = parse_time(as_of) if as_of else None
    if html is not None:
        write_whole(html, document_page(name, at).encode())
        output.errors.print(f"wrote {html}", markup=False, highlight=False, soft_wrap=True)
        return
    sys.stdout.write(document_text(name, at))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where the copies go.")],
    *,
    git: Annotated[bool, typer.Option("--git", help="Commit what changed there.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the documents and inventories to a folder, with --git as one commit per change."""
    report = export_documents(folder, git=git)
    if as_json:
        output.print_json(report)
        return
    print_line = output.screen.print
    print_line(
        f"{len(report.written)} of {report.files} files written to {report.folder}",
        markup=False,
        soft_wrap=True,
    )
    if git:
        commit = report.commit[:12] if report.commit else None
        subject = (report.message or "").partition("\n")[0]
        print_line(f"commit {commit}: {subject}" if commit else "nothing to commit", markup=False)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Documents; all without.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Check every sentence, table and file of the documents against the stored facts."""
    report = verify_documents(tuple(names or ()))
    if as_json:
        output.print_json(report)
    else:
        rows = [
            [u.document, u.section, u.sentence, ", ".join(u.missing)] for u in report.unsupported
        ]
        if rows:
            output.print_table(
                "Not supported", ["Document", "Section", "Sentence", "Missing"], rows
            )
        output.screen.print(f"{report.supported} of {report.sentences} sentences are supported")
    if report.unsupported:
        raise typer.Exit(1)


def _print_reports(reports: list[DocumentReport]) -> None:
    rows = [[r.name, r.sections, r.regenerated, r.sentences, r.dropped_sentences] for r in reports]
    columns = ["Document", "Sections", "Made again", "Sentences", "Dropped"]
    output.print_table("Documents", columns, rows)
    for folder in sorted({str(Path(report.path).parent) for report in reports}):
        output.screen.print(f"in {folder}", markup=False, highlight=False, soft_wrap=True)
    for report in reports:
        for failure in report.failures:
            output.errors.print(
                f"{report.name}: {failure}", markup=False, highlight=False, soft_wrap=True
            )
