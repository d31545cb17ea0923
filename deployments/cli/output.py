"""How verbs print: JSON alone on standard output, or tables and panels for people."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Everything that is not a result goes to standard error, so that `--json` stays parseable.
errors = Console(stderr=True)
screen = Console()


def print_json(value: Any) -> None:
    """Print one JSON value, records and times included."""
    sys.stdout.write(msgspec.json.encode(value, order="deterministic").decode() + "\n")


def print_line(value: Any) -> None:
    """Print one JSON value of a batch at once, so that a reader sees it as it is made."""
    print_json(value)
    sys.stdout.flush()


def print_table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print a table; None shows as a dash. Cells are plain text: a name may hold brackets."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("-" if cell is None else Text(str(cell)) for cell in row))
    screen.print(table)
