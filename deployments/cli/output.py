"""What a verb prints: one JSON value on standard output, or tables and panels for people."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deployments.cli.fitting import GAP, fitted

# Everything that is not a result goes to standard error, so that `--json` stays parseable.
errors = Console(stderr=True)
screen = Console()
_NARROWEST = 8  # what a column that may be folded gets at least
_NAME = "nightshift"


def program() -> str:
    """Return what this person can type to call the program again, from where they stand."""
    called = Path(sys.argv[0])
    if called.name != _NAME:  # called as a module, or by another program
        return _NAME
    found = shutil.which(_NAME)
    try:
        here = Path.cwd()
    except OSError:  # the folder where they stand has been removed
        return _NAME
    if found and here / called == here / found:
        return _NAME
    return str(called.relative_to(here)) if called.is_relative_to(here) else str(called)


def typeable(text: str) -> str:
    """Return the text with the commands that it quotes as this person can type them."""
    return text.replace(f"`{_NAME} ", f"`{program()} ")


def print_json(value: Any) -> None:
    """Print one JSON value, records and times included."""
    sys.stdout.write(msgspec.json.encode(value, order="deterministic").decode())
    # On its own: where Python does not buffer, a text that was written in part raises nothing, and
    # only the next write meets the closed pipe or the full disk.
    sys.stdout.write("\n")


def print_line(value: Any) -> None:
    """Print one JSON value of a batch at once, so that a reader sees it as it is made."""
    print_json(value)
    sys.stdout.flush()


def say_none(what: str, cure: str, *, narrowed: bool = False) -> None:
    """Say that a list is empty and what would fill it, instead of the headings of nothing.

    Args:
        what: The things, such as `incidents`.
        cure: What to do, with the commands that it quotes.
        narrowed: Filters were given, which may be why.
    """
    said = f"No {what} that fit; leave out a filter" if narrowed else f"No {what} yet; {cure}"
    screen.print(typeable(said), markup=False, highlight=False, soft_wrap=True)


def print_table(
    title: str, columns: list[str], rows: list[list[Any]], *, whole: Collection[str] = ()
) -> None:
    """Print a table; None shows as a dash. Cells are plain text: a name may hold brackets.

    Args:
        title: Stands above it.
        columns: The headings.
        rows: A list of cells each; times are shown to the second.
        whole: Columns that are never folded, as what is copied from them is typed elsewhere. So
            are times and numbers.
    """
    cells = [[words(cell) for cell in row] for row in rows]
    table = Table(
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    least = GAP * (len(columns) - 1)
    for number, column in enumerate(columns):
        found = [row[number] for row in rows if row[number] is not None]
        figures = bool(found) and all(_is_figure(cell) for cell in found)
        kept = column in whole or figures or _are_times(found)
        width = max(cell_len(text) for text in [column, *(row[number] for row in cells)])
        table.add_column(
            column, overflow="fold", no_wrap=kept, justify="right" if figures else "left"
        )
        least += width if kept else min(width, _NARROWEST)
    for row in cells:
        table.add_row(*map(Text, row))
    if least > screen.width:  # a terminal that folds a line keeps it whole for who copies it
        table.width = least
    # On its own: as a part of the table it would be folded to the width of the columns.
    screen.print(Text(title, style="table.title"), soft_wrap=True)
    screen.print(table, crop=False)


def print_list(
    title: str,
    columns: list[str],
    rows: list[list[Any]],
    *,
    cut: Sequence[str],
    spare: Sequence[str] = (),
) -> None:
    """Print a table with one line a row, as wide as the screen.

    Args:
        title: Stands above it, with the columns that were left out.
        columns: The headings.
        rows: A list of cells each.
        cut: Columns whose texts are cut where they do not fit, the most useful one first.
        spare: Columns that are left out where they do not fit, the least useful one first; those
            in which nothing stands go before them.
    """
    cells = [[words(cell) for cell in row] for row in rows]
    widths = {
        column: max(cell_len(text) for text in [column, *(row[place] for row in cells)])
        for place, column in enumerate(columns)
    }
    says_nothing = [c for place, c in enumerate(columns) if all(row[place] is None for row in rows)]
    spared = dict.fromkeys([*says_nothing, *spare])
    fit = fitted(widths, screen.width, cut, tuple(spared))
    places = [place for place, column in enumerate(columns) if column not in fit.dropped]
    kept = [columns[place] for place in places]
    shown = [[_shortened(row[place], fit.widths.get(columns[place])) for place in places]
             for row in rows]  # fmt: skip
    said = f"; no room for {', '.join(fit.dropped)}: widen the window, or --json"
    print_table(f"{title}{said if fit.dropped else ''}", kept, shown, whole=kept)


def _shortened(cell: Any, width: int | None) -> Any:
    if width is None:
        return cell
    text = Text(words(cell))
    text.truncate(width, overflow="ellipsis")
    return text.plain


def words(value: Any) -> str:
    """Return a fact as a person reads it: lists with commas, records as `field value`."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {words(item)}" for key, item in value.items() if _says(item))
    if isinstance(value, (list, tuple)):
        return _listed(value)
    return str(value)


def _listed(values: Iterable[Any]) -> str:
    texts = [words(value) for value in values]
    nested = any(isinstance(value, (Mapping, list, tuple)) for value in values)
    return ("; " if nested else ", ").join(texts) or "none"


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], ())


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_times(found: list[Any]) -> bool:
    return bool(found) and all(isinstance(cell, datetime) for cell in found)
