"""The text of an alert without what differs between occurrences of the same condition.

Equal conditions give equal texts, so that each is embedded once. Names of hosts and pods, hashes,
addresses, times and numbers are masked; percentages stay in steps, since 98 % full is not 80 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from generators.knowledge.wording import split_names
from models.records.alert import Alert, AlertStatus

MOST_CHARACTERS = 600  # about 150 tokens; what follows in a description is links and advice
_TITLE, _RULE, _READ = 400, 120, 1_500
_SPANS = ((1, " a day "), (7, " few days "), (31, " weeks "))
_STEPS = (99, 95, 90, 80, 50, 20, 5)  # the usual thresholds

_MARK = "\ue000"  # stands for itself only; no mask takes it
_BETWEEN = f" {_MARK} "

_Replace = str | Callable[[re.Match[str]], str]


def _days(match: re.Match[str]) -> str:
    """Return how long as people think of it: a certificate has hours, days, weeks or months."""
    days = int(match[1])
    return next((word for most, word in _SPANS if days <= most), " months ")


def _step(match: re.Match[str]) -> str:
    value = float(match[1].replace(",", "."))
    return f" {next((step for step in _STEPS if value >= step), 1)}% "


# Words with digits that are no names of anything.
_KEPT = (
    r"(?!(?:sev|p|s|ec|md|sha|ipv|http|tls|ssl|raid|l|x|xfs|ext|k|v|m|nfsv|smb|oauth|utf|base|log|h|r"
    r"|level|tier|layer)-?\d{1,3}\b)"
)
# Digits that no mask takes, put back at the end.
_HIDE = {ord(str(digit)): 0xE010 + digit for digit in range(10)}
_SHOW = {there: here for here, there in _HIDE.items()}
_PRIVATE = dict.fromkeys((0xE000, *_SHOW))
# How the end of a condition is told; severity is that of the condition.
_OVER = re.compile(
    r"^\W*(?:(?:resolved|recovered|recovery|ok|cleared|closed|normal)\b\W*)+"
    r"|\b(?:is|has|was)(?: now)?(?: been)? (?:recovered|resolved|cleared|closed|back to normal)\b",
    re.I,
)
# What a text must hold, a pattern, and what stands for it; in this order, since what holds digits
# as a whole goes before its digits do.
_MASKS: tuple[tuple[str, re.Pattern[str], _Replace], ...] = (
    ("", re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+"), " "),
    ("<", re.compile(rf"<[^<>{_MARK}]{{1,200}}>"), " "),
    (
        "[",
        re.compile(
            rf"\[(?:firing|resolved|triggered|recovered|alerting|ok)\b[^\]{_MARK}]{{0,12}}\]", re.I
        ),
        " ",
    ),
    ("://", re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+", re.I), " "),
    ("@", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), " "),
    ("-", re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S{0,20})?"), " "),
    ("", re.compile(r"(?<![\w.])(\d{1,3}(?:[.,]\d+)?)\s?(?:%|percent\b)", re.I), _step),
    # HTTP statuses and exit codes say how bad it is; they stay, where they are no plain numbers.
    (
        "",
        re.compile(
            r"\b(https?|status|code|error|returns?|returned|answers?|answered|with|received)"
            r"([ :=]{1,3})([45]\d\d|137|139)\b(?! ?(?:ms|s|%)\b)",
            re.I,
        ),
        lambda found: f"{found[1]}{found[2]}{found[3].translate(_HIDE)}",
    ),
    (
        "",
        re.compile(
            r"\b([45]\d\d)(?= ?(?:internal|bad|service|gateway|too many|not found|forbidden)\b)",
            re.I,
        ),
        lambda found: found[1].translate(_HIDE),
    ),
    ("day", re.compile(r"(?<![\w.])(\d{1,5}) ?days?\b", re.I), _days),
    ("", re.compile(r"\b(?:[0-9a-f]{2,4}[:-]){3,15}[0-9a-f]{2,4}\b", re.I), " "),
    (".", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?::\d{1,5})?\b"), " address "),
    ("", re.compile(r"(?<![\w.-])(?=[a-f]*\d)[0-9a-f]{8,64}(?![\w.-])", re.I), " "),
    (
        "",
        re.compile(r"(?<![\w.%-])[+-]?\d[\d.,]*(?:[kmgt]i?b|[kmgt]|ms|s|m|h|d|x|ns|us)\b", re.I),
        " ",
    ),
    # Paths, but not fractions such as 2/3.
    ("/", re.compile(r"(?<![\w/])/(?:[\w.@-]+/)*[A-Za-z_.@-][\w.@-]*"), " path "),
    ("", re.compile(r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){2,8}\b", re.I), " host "),
    (
        "",
        re.compile(r"\b(?=[\w.-]{0,60}\d)(?=[\w.-]{0,60}[a-z])[a-z0-9]+(?:[-._][a-z0-9]+)+\b"),
        " host ",
    ),
    ("", re.compile(rf"\b{_KEPT}[a-z]{{1,12}}\d{{1,5}}\b"), " host "),
    ("", re.compile(r"(?<![\w.%-])[+-]?\d[\d.,:]*(?![\w%])"), " "),
    ("", re.compile(r"[\"'`{}\[\]()|*#~_=<>]+"), " "),
    ("", re.compile(r"\s+([,;:.!?])"), r"\1"),
    ("host ", re.compile(r"(\bhost\b[\s,;]*){2,}"), "host "),
    ("", re.compile(r"\s+"), " "),
)


def alert_text(alert: Alert) -> str:
    """Return the normalised text of an alert: title, rule and description, masked.

    Of a resolved one it is the text of its condition, as far as that can be told. At most
    `MOST_CHARACTERS` long; empty where the alert says nothing.
    """
    title = alert.title[:_TITLE]
    if alert.status is AlertStatus.RESOLVED:
        title = _OVER.sub(" ", title)
    return _normalised(title, (alert.rule or "")[:_RULE], alert.description[:_READ], alert.host)


@lru_cache(maxsize=4096)
def _normalised(title: str, rule: str, description: str, host: str | None) -> str:
    # One pass over all three is a third of the work of three passes.
    several = _BETWEEN.join(
        _without(part.translate(_PRIVATE), host) for part in (title, rule, description)
    )
    title, rule, description = (part.strip() for part in masked(several).split(_MARK))
    # Many senders put the rule into the title and the title into the description.
    said = [title]
    if rule.lower() not in title.lower():
        said.append(rule)
    if description.lower() != title.lower():
        said.append(description)
    return ". ".join(part.strip(" .") for part in said if part)[:MOST_CHARACTERS].strip()


def masked(text: str) -> str:
    """Return a text with its names, numbers, times and addresses masked, identifiers split."""
    for needed, pattern, replacement in _MASKS:
        if needed in text:
            text = pattern.sub(replacement, text)
    return split_names(text).translate(_SHOW).strip()


def _without(text: str, host: str | None) -> str:
    """Return a text with the host's own name masked, however it is spelt."""
    if not host or len(host) < 3 or host not in text:  # noqa: PLR2004
        return text
    return text.replace(host, " host ")
