"""How long a list is, and that it says so where there is more."""

from __future__ import annotations

from typing import Annotated, TypeVar

import typer

from deployments.cli import output

Row = TypeVar("Row")
MOST = 10_000
_FOR_PEOPLE, _FOR_PROGRAMS = 100, 1000
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=1,
        max=MOST,
        show_default=False,
        help=f"At most so many; without it {_FOR_PEOPLE}, with --json {_FOR_PROGRAMS}.",
    ),
]


def limit_of(given: int | None, *, as_json: bool) -> int:
    """Return how many rows are printed at most."""
    return given or (_FOR_PROGRAMS if as_json else _FOR_PEOPLE)


def cut(found: list[Row], limit: int) -> list[Row]:
    """Return at most so many rows; where there are more, say so on standard error."""
    if len(found) <= limit:
        return found
    more = (
        f"a longer list: --limit N, up to {MOST}" if limit < MOST else "less: --since or a filter"
    )
    said = f"only the latest {limit} are listed, there are more; {more}"
    output.errors.print(said, markup=False, highlight=False, soft_wrap=True)
    return found[:limit]
