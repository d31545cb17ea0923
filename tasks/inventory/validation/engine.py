"""Great Expectations, asked as little as possible.

It costs 5 s of CPU to import, so it is imported by the worker that validates and by nobody else.
An expectation costs about 4 ms whatever the number of rows, so rules that expect the same of their
columns are asked as one, over their columns one below the other: some 20 instead of some 500 for a
Kubernetes cluster. It is first asked for yes or no; only one that failed is asked again for the
rows that broke it.
Source: great-expectations 1.24, measured in `tests/benchmarks/validation.py`.
"""

from __future__ import annotations

import logging
import threading
import warnings
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tasks.inventory.validation.rules import Rule

YES_OR_NO: dict[str, Any] = {"result_format": "BOOLEAN_ONLY"}
WITH_ROWS: dict[str, Any] = {"result_format": "COMPLETE", "return_unexpected_index_query": False}

UNIQUE = "ExpectColumnValuesToBeUnique"
_COLUMN = "cells"
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one rule: `rows` are the positions of the rows that broke it."""

    rule: Rule
    success: bool
    rows: tuple[int, ...] = ()
    observed: Any = None


@contextmanager
def open_engine() -> Iterator[Engine]:
    """Give an engine to one validation at a time.

    Great Expectations keeps its current context, and Python its warning filters, in globals.
    """
    with _ONE_AT_A_TIME, _quiet():
        yield Engine()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A rule and the cells that it is about: its column, or as many as the table has rows."""

    rule: Rule
    cells: Sequence[Any]


class Engine:
    """A context of Great Expectations in memory, for the rules of one snapshot."""

    def __init__(self) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

        self._gx = gx
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        asset = context.data_sources.add_pandas("snapshot").add_dataframe_asset("rows")
        self._whole = asset.add_batch_definition_whole_dataframe("whole")

    def run(self, asked: Sequence[Asked]) -> list[Outcome]:
        """Run rules over their cells; outcomes in the order of the rules.

        Raises:
            RuntimeError: A rule could not be evaluated, which is a fault of the rule.
        """
        alike: dict[str, list[Asked]] = defaultdict(list)
        for each in asked:
            alike[_expected(each.rule)].append(each)
        found = {
            outcome.rule.id: outcome for these in alike.values() for outcome in self._run(these)
        }
        return [found[each.rule.id] for each in asked]

    def _run(self, alike: Sequence[Asked]) -> list[Outcome]:
        """Run rules that expect the same as one expectation."""
        import pandas as pd

        # object keeps what the collector gave: no int becomes a float because one is missing.
        cells = [cell for each in alike for cell in _cells(each)]
        frame = pd.DataFrame({_COLUMN: pd.Series(cells, dtype=object)})
        batch = self._whole.get_batch({"dataframe": frame})
        expectation = self._made(alike[0].rule)
        if batch.validate(expectation, result_format=YES_OR_NO).success:
            return [Outcome(rule=each.rule, success=True) for each in alike]
        answer = batch.validate(expectation, result_format=WITH_ROWS)
        if answer.exception_info.get("raised_exception"):
            reason = answer.exception_info.get("exception_message")
            raise RuntimeError(f"{alike[0].rule.id}: {reason}")
        return _outcomes(alike, answer.result)

    def _made(self, rule: Rule) -> Any:
        arguments = dict(rule.arguments)
        if "column" in arguments:
            arguments["column"] = _COLUMN
        return getattr(self._gx.expectations, rule.expectation)(**arguments)


def _expected(rule: Rule) -> str:
    arguments = {name: value for name, value in rule.arguments.items() if name != "column"}
    # Of whole tables each has a number of rows of its own.
    own = "" if "column" in rule.arguments else rule.id
    return f"{rule.expectation} {arguments!r} {own}"


def _cells(asked: Asked) -> Sequence[Any]:
    if asked.rule.expectation != UNIQUE:
        return asked.cells
    # What is unique is so within its own column only.
    return [None if cell is None else f"{asked.rule.id} {cell}" for cell in asked.cells]


def _outcomes(alike: Sequence[Asked], result: Mapping[str, Any]) -> list[Outcome]:
    """Give the rows that broke an expectation back to the rules whose columns they came from."""
    broken = sorted(result.get("unexpected_index_list") or ())
    observed = result.get("observed_value")
    found, start = [], 0
    for each in alike:
        end = start + len(each.cells)
        rows = tuple(
            row - start for row in broken[bisect_left(broken, start) : bisect_left(broken, end)]
        )
        failed = bool(rows) or each.rule.column is None
        found.append(Outcome(rule=each.rule, success=not failed, rows=rows, observed=observed))
        start = end
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep its deprecation warnings and its log to itself."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
