"""`nightshift doctor`: what is wrong, one line each, with the cure."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.cli import output


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False
) -> None:
    """Say what is wrong, with the cure; exit status 1 if something is."""
    from deployments.services.examination import Verdict, examine

    with output.errors.status("Looking..."):
        findings = examine()
    wrong = [finding for finding in findings if finding.verdict is Verdict.WRONG]
    if as_json:
        output.print_json({"ok": not wrong, "findings": findings})
    else:
        for finding in findings:
            cure = f"  -> {finding.cure}" if finding.cure else ""
            mark = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}[finding.verdict]
            output.screen.print(
                f"{mark}  {finding.subject:<12} {finding.message}{cure}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    if wrong:
        raise typer.Exit(1)
