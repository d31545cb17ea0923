"""How bad an alert is by general words; the first rule of `severity_rules.toml` that fits decides.

A rule speaks of how words of operations are used everywhere, not of one system.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from models.records.severity import Severity

SURE = 0.8  # from here on a rule decides alone, without a model
_PATH = Path(__file__).with_name("severity_rules.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `pattern` is searched in the normalised text in lower case.

    `tells_state` is one that speaks of an end: of a resolved alert it says nothing.
    """

    name: str
    severity: Severity
    confidence: float
    pattern: re.Pattern[str]
    tells_state: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say; without one that fits, no severity and no confidence."""

    severity: Severity | None = None
    confidence: float = 0.0
    rule: str | None = None


@cache
def rules() -> tuple[Rule, ...]:
    """Return the packaged rules in their order."""
    held = tomllib.loads(_PATH.read_text(encoding="utf-8"))
    return tuple(
        Rule(
            name=rule["name"],
            severity=Severity(rule["severity"]),
            confidence=rule["confidence"],
            pattern=re.compile("|".join(f"(?:{phrase})" for phrase in rule["phrases"])),
            tells_state=rule.get("tells_state", False),
        )
        for rule in held["rule"]
    )


@lru_cache(maxsize=8192)
def judge(text: str, *, resolved: bool = False) -> Verdict:
    """Return what the first rule that fits says of a normalised text.

    Args:
        text: The text.
        resolved: It is of an alert that has ended, whose severity is that of its condition.
    """
    lowered = text.lower()
    for rule in rules():
        if rule.pattern.search(lowered) and not (resolved and rule.tells_state):
            return Verdict(rule.severity, rule.confidence, rule.name)
    return Verdict()
