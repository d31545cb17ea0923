"""The table of all checks, made from their declarations: for the command line and the README."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from models.records.check import SEVERITIES, Severity
from tasks.inventory.checks.declaration import Check
from tasks.inventory.checks.domains import DOMAINS, Domain
from tasks.inventory.checks.policy import Policy
from tasks.inventory.checks.silences import SILENCES, Silence

RENEW = "nightshift checks list --markdown > tasks/inventory/checks/README.md"
_COLUMNS = ("Check", "Finds", "On", "Levels", "Thresholds", "Needs", "Privilege", "What to do")
_RANK = {level: rank for rank, level in enumerate(reversed(SEVERITIES))}

_HEAD = """\
# Health checks

Made from the declarations in this folder: edit those, not this file. A test fails while it is
stale; this renews it:

```
{renew}
```

There are {count} checks: {parts}.
`nightshift checks list` prints them with the thresholds of your site, `nightshift checks run`
evaluates them over what is stored, without asking any system.

## What a result means

| Result | Meaning |
| --- | --- |
{results}

A check is `unknown` where a field that it needs was not collected, or where the last collection
could not see a whole kind. Then the result names what is missing and, where the system said so, the
privilege that would show it. Facts that were seen keep their findings; only what would be ok turns
unknown, so that a lost permission never looks like health. A device that could not be read makes
only its own checks unknown, and those of links that end on it. What the last collection should have
seen and did not is unknown until later ones find it, or take it for gone.

Where a platform never tells what a check needs, the check does not judge its devices: it says
neither ok nor unknown. {silences}.

## Silence a finding

```
nightshift checks suppress VM-04 'test-*' --reason "snapshots of the lab" --until 30d
nightshift checks suppressions
nightshift checks unsuppress VM-04 'test-*'
```

A suppression names an asset by its id, its name or a pattern of names. A port is also called
`leaf-01 Ethernet1/1`, an object of Kubernetes `namespace/name`, with `cluster/` in front where
there are several; a pattern with a slash or a space is held against those names too. A suppression
has a reason and an end, and is listed until somebody removes it. A check that a site never wants is
switched off in the policy file: `disabled = ["VM-04"]` at its top.

## Thresholds

`NIGHTSHIFT_CHECK_POLICY` names a TOML file; what it does not name keeps its default. These are all
thresholds with their defaults:

```toml
{policy}
```
"""

_MEANINGS = {
    Severity.CRIT: "Cannot wait.",
    Severity.WARN: "Somebody should look at it.",
    Severity.UNKNOWN: "The facts to decide were not there. It is never counted as ok.",
    Severity.INFO: "Worth knowing; it asks for nothing.",
    Severity.SUPPRESSED: "A finding or an unknown that a person has silenced until a time.",
    Severity.OK: "The facts were there, and nothing is wrong.",
}


def thresholds_of(check: Check, policy: Policy) -> dict[str, Any]:
    """Return the values of the policy that decide a check, by name such as `uptime.warn_days`."""
    return {name: attrgetter(name)(policy) for name in check.thresholds}


def levels_of(check: Check) -> list[Severity]:
    """Return the findings that a check can have, the mildest first."""
    return sorted(check.levels, key=lambda level: _RANK[level])


def catalogue(checks: Sequence[Check], policy: Policy | None = None) -> str:
    """Return all checks as Markdown, by domain, with the thresholds of a policy."""
    policy = policy or Policy()
    by_domain = {
        domain: [check for check in checks if check.domain is domain] for domain in DOMAINS
    }
    parts = [f"{len(these)} for {domain.title}" for domain, these in by_domain.items() if these]
    head = _HEAD.format(
        renew=RENEW,
        count=len(checks),
        parts=", ".join(parts),
        results="\n".join(f"| `{level}` | {_MEANINGS[level]} |" for level in SEVERITIES),
        silences=_silences(checks),
        policy=_as_toml(policy),
    )
    tables = [_table(domain, these, policy) for domain, these in by_domain.items() if these]
    return "\n".join([head, *tables])


def _silences(checks: Sequence[Check]) -> str:
    """Return which checks do not judge which platforms, in one line."""
    platforms = dict.fromkeys(one.platform for one in SILENCES)
    parts = []
    for platform in platforms:
        of_it = [one for one in SILENCES if one.platform == platform]
        found = sorted(check.id for check in checks if any(_needs(check, one) for one in of_it))
        reasons = "; ".join(one.reason for one in of_it)
        parts.append(f"`{platform}` {', '.join(found)} ({reasons})")
    return "; ".join(parts)


def _needs(check: Check, silence: Silence) -> bool:
    asked = {*check.needs, *check.asks}
    return silence.kind in check.kinds and not asked.isdisjoint(silence.fields)


def _table(domain: Domain, checks: Sequence[Check], policy: Policy) -> str:
    rows = [_row(check, policy) for check in checks]
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS)), *(_line(row) for row in rows)]
    return f"## {domain.title}: {len(rows)} checks\n\n" + "\n".join(lines) + "\n"


def _row(check: Check, policy: Policy) -> list[str]:
    limits = [f"`{name}` {value:g}" for name, value in thresholds_of(check, policy).items()]
    return [
        check.id,
        check.title,
        ", ".join(check.kinds),
        ", ".join(levels_of(check)),
        ", ".join(limits),
        ", ".join(f"`{name}`" for name in dict.fromkeys((*check.needs, *check.reads, *check.asks))),
        check.privilege,
        check.remedy,
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _as_toml(policy: Policy) -> str:
    parts = []
    for item in dataclasses.fields(policy):
        section = getattr(policy, item.name)
        if dataclasses.is_dataclass(section):
            values = (
                f"{one.name} = {_toml_value(getattr(section, one.name))}"
                for one in dataclasses.fields(section)
            )
            parts.append("\n".join([f"[{item.name}]", *values]))
    return "\n\n".join(parts)


def _toml_value(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_toml_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else f'"{value}"'
