"""Every row of the requirements names the tests that show it: `tests/rows/*.toml`."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = {
    row: told
    for path in sorted((HERE / "rows").glob("*.toml"))
    for part in tomllib.loads(path.read_text(encoding="utf-8")).values()
    for row, told in part.items()
}
NEVER_GIVEN = {88, 98}


@cache
def names_in(path: str) -> set[str]:
    """Return the names of a file's tests, also of those in classes."""
    tree = ast.parse((HERE / path).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {one.name for one in functions if one.name.startswith("test_")}


def test_each_row_of_alerts_and_copilot_has_its_line():
    wanted = [f"R2-{number:03}" for number in range(1, 105) if number not in NEVER_GIVEN]

    assert [row for row in ROWS if row.startswith("R2-")] == wanted


@pytest.mark.parametrize(("row", "told"), ROWS.items(), ids=list(ROWS))
def test_a_row_is_shown_by_tests_that_exist_or_says_what_it_waits_for(row, told):
    shown = [name.partition("::") for name in told.get("shown", ())]

    assert told["asks"]
    assert bool(shown) != bool(told.get("later"))
    assert [name for path, _, name in shown if name not in names_in(path)] == []
