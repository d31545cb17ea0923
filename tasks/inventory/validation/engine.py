"""Great Expectations, asked as little as possible.

It costs 5 s of CPU to import, so it is imported by the worker that validates and by nobody else.
A rule is first asked for yes or no, about 3 ms each whatever the number of rows; only one that
failed is asked again for the rows that broke it.
Source: great-expectations 1.24, measured in `tests/benchmarks/validation.py`.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tasks.inventory.validation.rules import Rule

YES_OR_NO: dict[str, Any] = {"result_format": "BOOLEAN_ONLY"}
WITH_ROWS: dict[str, Any] = {"result_format": "COMPLETE", "return_unexpected_index_query": False}

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

    def run(self, rules: Sequence[Rule], columns: Mapping[str, Sequence[Any]]) -> list[Outcome]:
        """Run rules over rows, given as columns of equal length; outcomes in the rules' order.

        Raises:
            RuntimeError: A rule could not be evaluated, which is a fault of the rule.
        """
        if not rules:
            return []
        import pandas as pd

        # object keeps what the collector gave: no int becomes a float because one is missing.
        frame = pd.DataFrame(
            {name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()}
        )
        batch = self._whole.get_batch({"dataframe": frame})
        answers = self._validate(batch, rules, YES_OR_NO)
        failed = [rule for rule, answer in zip(rules, answers, strict=True) if not answer.success]
        details = self._validate(batch, failed, WITH_ROWS) if failed else []
        found = {rule.id: _failure(rule, item) for rule, item in zip(failed, details, strict=True)}
        return [found.get(rule.id, Outcome(rule=rule, success=True)) for rule in rules]

    def _validate(
        self, batch: Any, rules: Sequence[Rule], result_format: dict[str, Any]
    ) -> list[Any]:
        # One by one, `add_expectation` compares each with all before it.
        made = [
            getattr(self._gx.expectations, rule.expectation)(
                **rule.arguments, meta={"rule": rule.id}
            )
            for rule in rules
        ]
        suite = self._gx.ExpectationSuite(name="snapshot", expectations=made)
        by_rule = {
            answer.expectation_config.meta["rule"]: answer
            for answer in batch.validate(suite, result_format=result_format).results
        }
        return [by_rule[rule.id] for rule in rules]


def _failure(rule: Rule, answer: Any) -> Outcome:
    if answer.exception_info.get("raised_exception"):
        raise RuntimeError(f"{rule.id}: {answer.exception_info.get('exception_message')}")
    rows = answer.result.get("unexpected_index_list") or ()
    return Outcome(
        rule=rule, success=False, rows=tuple(rows), observed=answer.result.get("observed_value")
    )


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
