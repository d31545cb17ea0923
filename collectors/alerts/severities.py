"""The severity words of every sender on our one scale; None where a word says nothing of it.

Source: the vendors' public documentation of their severity, priority and level fields. Numbers
mean something only where the sender defines them, so that a bare number of an unknown sender is
None rather than a guess.
"""

from __future__ import annotations

import re
from functools import lru_cache

from collectors.alerts.tongues import english
from collectors.alerts.wordlists import listed
from models.records.severity import Severity

_WORDS: dict[Severity, str] = {
    Severity.CRITICAL: "critical crit fatal emergency emerg disaster page panic blocker urgent "
    "severe highest catastrophic alert red cr",
    Severity.HIGH: "high error err major orange serious mj",
    Severity.MEDIUM: "medium warning warn minor average moderate yellow med mn",
    Severity.LOW: "low notice",
    Severity.INFO: "info information informational informative debug trace verbose none lowest "
    "negligible",
}
_SCALE = {word: severity for severity, words in _WORDS.items() for word in listed(words)}

_RANKED = list(Severity)
# 0 is worse than 1 for those who count so; most begin with 1.
_COUNTED = {0: Severity.CRITICAL} | {i + 1: severity for i, severity in enumerate(_RANKED)}
_C, _H, _M, _L, _I = _RANKED

# What a sender means by its own numbers and by words that others use differently.
_OWN: dict[str, dict[str, Severity | None]] = {
    "azuremonitor": {
        "0": _C, "1": _H, "2": _M, "3": _I, "4": _I,
        "sev0": _C, "sev1": _H, "sev2": _M, "sev3": _I, "sev4": _I,
    },
    "zabbix": {
        "0": None, "1": _I, "2": _M, "3": _M, "4": _H, "5": _C,
        "not classified": None, "not_classified": None,
    },
    "syslog": {"0": _C, "1": _C, "2": _C, "3": _H, "4": _M, "5": _I, "6": _I, "7": _I},
    "graylog": {"1": _L, "2": _M, "3": _H, "4": _C},
    "servicenow": {"1": _C, "2": _H, "3": _M, "4": _L, "5": _I, "0": None},
    "sumologic": {"missingdata": None},
    "librenms": {"ok": None},
    "datadog": {"normal": None, "success": None, "no data": None, "user_update": None}
    | {str(i): severity for i, severity in _COUNTED.items() if i},
    "splunk": {"1": _I, "2": _I, "3": _L, "4": _M, "5": _H, "6": _C},
    "opsgenie": {str(i): severity for i, severity in _COUNTED.items() if i},
    "otel": {},
}  # fmt: skip
_OWN["icinga"] = _OWN["nagios"] = {"0": None, "1": _M, "2": _C, "3": None, "unknown": None}
_OWN["prometheus"] = _OWN["alertmanager"] = _OWN["grafana"] = {}

_RANK = re.compile(r"(?:^|[^a-z0-9])(?:p|s|sev|severity|priority|prio)[\s_:-]{0,2}([0-5])(?![0-9])")
_SPLIT = re.compile(r"[^a-z]+")
_LONGEST = 64


def severity_of(source: str, raw: str | None) -> Severity | None:
    """Return what a sender's word or number means on our scale.

    Args:
        source: Slug of the sender, whose own meaning of a word wins over the common one.
        raw: The word as sent; letter case and decoration (`1 - Critical`, `SEV-2`) do not matter.

    Returns:
        None where the word says nothing of how bad it is, or nobody knows what it says.
    """
    return None if raw is None else _severity_of(source, raw.strip().lower()[:_LONGEST])


@lru_cache(maxsize=2048)
def _severity_of(source: str, word: str) -> Severity | None:
    own = _OWN.get(source, {})
    if word in own:
        return own[word]
    if word in _SCALE:
        return _SCALE[word]
    ranked = _RANK.search(word)
    if ranked:
        return _COUNTED[int(ranked[1])]
    found = next((_SCALE[part] for part in _SPLIT.split(word) if part in _SCALE), None)
    return found or _SCALE.get(english(word) or "")
