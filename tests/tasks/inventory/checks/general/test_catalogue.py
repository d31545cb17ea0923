"""The table of checks in the documentation: made from the declarations, and never stale."""

from __future__ import annotations

import inspect
import re
import tomllib
from operator import attrgetter
from pathlib import Path

import pytest

import tasks.inventory.checks as package
from tasks.inventory.checks import CHECKS, Policy
from tasks.inventory.checks.catalogue import RENEW, catalogue, thresholds_of
from tasks.inventory.checks.domains import DOMAINS
from tasks.inventory.checks.policy import parse_policy

README = Path(package.__file__).with_name("README.md")
TABLE = catalogue(list(CHECKS.values()))


def test_the_readme_is_what_the_declarations_say():
    stale = README.read_text(encoding="utf-8") != TABLE

    assert not stale, f"{README.name} is stale; renew it with: {RENEW}"


def test_the_table_names_every_check_once_and_counts_them():
    rows = re.findall(r"^\| ([A-Z][A-Z0-9]-\d+) \|", TABLE, flags=re.MULTILINE)

    assert sorted(rows) == sorted(CHECKS)
    assert f"There are {len(CHECKS)} checks" in TABLE
    for domain in DOMAINS:
        count = sum(1 for check in CHECKS.values() if check.domain is domain)
        assert f"## {domain.title}: {count} checks" in TABLE


def test_the_thresholds_in_the_table_are_the_defaults_and_can_be_read_back():
    (example,) = re.findall(r"```toml\n(.*?)```", TABLE, flags=re.DOTALL)

    assert tomllib.loads(example)
    assert parse_policy(example) == Policy()


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_declares_the_thresholds_that_it_reads(check):
    policy = Policy()
    read = set(re.findall(r"context\.policy\.(\w+)", inspect.getsource(check.rule)))

    assert read <= {name.partition(".")[0] for name in check.thresholds}
    for name in check.thresholds:
        assert attrgetter(name)(policy) is not None


def test_a_site_s_own_thresholds_are_shown_where_it_has_some():
    policy = parse_policy("[snapshots]\nwarn_days = 3\n")

    shown = thresholds_of(CHECKS["VM-04"], policy)

    assert shown == {"snapshots.warn_days": 3, "snapshots.crit_days": 14}
    assert "`snapshots.warn_days` 3, `snapshots.crit_days` 14" in catalogue(
        list(CHECKS.values()), policy
    )


def test_a_bar_in_a_text_does_not_break_the_table():
    (line,) = [line for line in catalogue([_with_bar()]).splitlines() if line.startswith("| XX")]

    assert line.count(" | ") == 7


def _with_bar():
    declared = next(iter(CHECKS.values()))
    return type(declared)(
        **{
            name: getattr(declared, name)
            for name in type(declared).__dataclass_fields__
            if name not in {"id", "remedy"}
        },
        id="XX-1",
        remedy="this|that",
    )
