"""`nightshift knowledge`: index Markdown folders, search them, count what is there."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deployments.cli import output
from generators.inference.embedder import embedder
from models.errors import WrongUse
from models.records.chunk import Passage
from models.store import knowledge, transaction
from tasks.knowledge.folder import FolderReport, add_paths
from tasks.knowledge.index import Progress as Told
from tasks.knowledge.search import Mode, search

app = typer.Typer(no_args_is_help=True, help="Index Markdown folders and search them.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
DEFAULT_COLLECTION = "default"
_SHOWN_CHARACTERS = 300


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Markdown or text files, or folders.")],
    collection: Annotated[
        str, typer.Option("--collection", help="Where the documents belong.")
    ] = DEFAULT_COLLECTION,
    *,
    as_json: Json = False,
) -> None:
    """Index files and folders; what is unchanged since the last time is left alone."""
    with _embedding_progress() as told:
        found = add_paths(paths, collection, on_progress=told)
    for name, reason in found.skipped:
        output.errors.print(f"left out {name}: {reason}", markup=False, highlight=False)
    if as_json:
        output.print_json({**asdict(found.report), "skipped": len(found.skipped)})
    else:
        output.screen.print(
            _summary(found, collection), markup=False, highlight=False, soft_wrap=True
        )


@app.command("search")
def search_command(
    query: Annotated[str | None, typer.Argument(help="A question, words or names.")] = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many results.")] = 10,
    collection: Annotated[
        str | None, typer.Option("--collection", help="Only in this one.")
    ] = None,
    mode: Annotated[Mode, typer.Option("--mode", help="How to search.")] = Mode.HYBRID,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="Lines of {id, question} instead of a query.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Find the chunks that answer a question best, best first."""
    if (query is None) == (batch is None):
        raise WrongUse("give either a query or --batch FILE")
    if batch is not None:
        return _search_batch(batch, limit, collection, mode)
    with transaction() as conn:
        found = search(conn, query or "", embedder, limit=limit, collection=collection, mode=mode)
    if as_json:
        output.print_json([asdict(passage) for passage in found])
    else:
        _show(found)
    return None


@app.command()
def stats(*, as_json: Json = False) -> None:
    """Count documents and chunks by collection."""
    with transaction() as conn:
        counts = knowledge.counts(conn)
    if as_json:
        output.print_json(counts)
    else:
        rows = [list(count.values()) for count in counts]
        output.print_table("Knowledge", ["collection", "documents", "chunks"], rows)


def _search_batch(path: Path, limit: int, collection: str | None, mode: Mode) -> None:
    with transaction() as conn:
        for line in _lines(path):
            request = _request(line)
            if "error" not in request:
                found = search(
                    conn,
                    request.pop("question"),
                    embedder,
                    limit=limit,
                    collection=collection,
                    mode=mode,
                )
                request["results"] = [asdict(passage) for passage in found]
            output.print_line(request)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path} cannot be read; give a file of lines {{id, question}}") from error
    return [line for line in text.split("\n") if line.strip()]


def _request(line: str) -> dict[str, Any]:
    """Return `{id, question}`, or `{id, error}` saying what is wrong with the line."""
    try:
        value = json.loads(line)
    except ValueError:
        return {"id": None, "error": "the line is not JSON"}
    if not isinstance(value, dict) or "id" not in value:
        return {"id": None, "error": "the line has no id"}
    if not isinstance(value.get("question"), str):
        return {"id": value["id"], "error": "the line has no question"}
    return {"id": value["id"], "question": value["question"]}


def _show(found: list[Passage]) -> None:
    if not found:
        output.screen.print(
            f"Nothing found. `{output.program()} knowledge stats` shows what is indexed."
        )
    for passage in found:
        output.screen.rule(f"{passage.document} · {passage.heading}", align="left")
        text = passage.text[:_SHOWN_CHARACTERS]
        more = " …" if len(passage.text) > _SHOWN_CHARACTERS else ""
        output.screen.print(text + more, markup=False, highlight=False)


def _summary(found: FolderReport, collection: str) -> str:
    report = found.report
    option = "" if collection == DEFAULT_COLLECTION else f" --collection {shlex.quote(collection)}"
    search_it = f"{output.program()} knowledge search{option} 'your question'"
    return (
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.removed} removed; {report.chunks} chunks in collection {collection}. "
        f"Search them with: {search_it}"
    )


@contextmanager
def _embedding_progress() -> Iterator[Told]:
    """Show a bar on standard error while texts are embedded; none where nothing is."""
    columns = (
        TextColumn("embedding"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    quiet = not output.errors.is_terminal  # rich ends a bar that it cannot draw with an empty line
    with Progress(*columns, console=output.errors, transient=True, disable=quiet) as progress:
        task = progress.add_task("embedding", total=None, visible=False)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=True)

        yield told
