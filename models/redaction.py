"""Removes secrets from text that people or machines wrote, before it goes anywhere.

The patterns follow the public formats of each secret (AWS access keys, JSON web tokens of RFC
7519, PEM of RFC 7468, URLs with user information of RFC 3986, vendor prefixes of API tokens) and
the way people write them down (`password: ...`). What is removed is replaced by its class, so that
a reader still sees that something stood there.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

# Long words count inside a longer name (dbPassword); short ones only where they stand alone.
_WORDS = (
    r"password|passwd|passphrase|passcode|kennwort|passwort|secret|credential|api[-_ ]?key"
    r"|access[-_ ]?key|private[-_ ]?key|auth[-_ ]?key"
    r"|(?<![A-Za-z])(?:pass|pwd|pw|token|community)(?![A-Za-z])"
    r"|(?:access|auth|bearer|refresh|api|session|bot)[-_ ]?token"
)
# Order matters: whole blocks first, then formats that stand alone, then `word: value`.
_PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "private key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        "[redacted: private key]",
    ),
    (
        "url",
        re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{1,20}://)[^\s/:@]{0,256}:[^\s/@]{1,256}@", re.I),
        r"\g<scheme>[redacted]@",
    ),
    (
        "jwt",
        re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
        "[redacted: token]",
    ),
    ("aws", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), "[redacted: access key]"),
    (
        "vendor token",
        re.compile(
            r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}"
            r"|sk-[A-Za-z0-9_-]{20,}|hvs\.[A-Za-z0-9_-]{16,}|whsec_[A-Za-z0-9+/=]{16,})"
        ),
        "[redacted: token]",
    ),
    (
        "bearer",
        re.compile(r"\b(?P<word>bearer|basic)(?P<gap>\s+)[A-Za-z0-9._~+/-]{12,}=*", re.I),
        r"\g<word>\g<gap>[redacted]",
    ),
    (
        "labelled",
        re.compile(
            rf"(?P<word>(?<![A-Za-z0-9])[A-Za-z0-9_.-]{{0,40}}(?:{_WORDS})[A-Za-z0-9_-]{{0,20}})"
            r"(?P<gap>[\"']?\s{0,3}(?:[:=]|\bis\b)\s{0,3})"
            r"(?P<value>\"[^\"\n]{1,512}\"|'[^'\n]{1,512}'|[^\s,;\"'\[]\S{0,511})",
            re.I,
        ),
        r"\g<word>\g<gap>[redacted]",
    ),
)


# No pattern can match a text that has none of its hints (in lower case). Looking for them costs a
# hundredth of what the patterns cost, and nearly every text has none.
_HINTS: dict[str, tuple[str, ...]] = {
    "private key": ("-----begin",),
    "url": ("@",),
    "jwt": ("eyj",),
    "aws": ("akia", "asia"),
    "vendor token": (
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xox", "sk-", "hvs.", "whsec_",
    ),
    "bearer": ("bearer", "basic"),
    "labelled": (
        "pass", "kennwort", "secret", "credential", "key", "pw", "token", "community",
    ),
}  # fmt: skip
_EVERY_HINT = tuple(hint for hints in _HINTS.values() for hint in hints)
# The slow pattern begins with whatever stands before the word; this one asks for the rest of it.
_LABELLED = re.compile(
    rf"(?:{_WORDS})[A-Za-z0-9_-]{{0,20}}[\"']?\s{{0,3}}(?:[:=]|\bis\b)", re.IGNORECASE
)


def redact(text: str) -> str:
    """Return the text with every secret replaced by `[redacted]` and its class; idempotent."""
    if not suspicious(text):
        return text
    lower = text.lower()
    for name, pattern, replacement in _PATTERNS:
        if any(hint in lower for hint in _HINTS[name]) and (
            name != "labelled" or _LABELLED.search(text)
        ):
            text = pattern.sub(replacement, text)
    return text


def suspicious(text: str) -> bool:
    """Say whether `redact` could change the text, or a part of it; much cheaper than doing it."""
    lower = text.lower()
    for hint in _EVERY_HINT:  # noqa: SIM110 - a generator takes three times as long
        if hint in lower:
            return True
    return False


def redact_record(record: Any) -> Any:
    """Return a kind's record with its sensitive fields redacted, nested records included."""
    from models.kinds import kind_of  # late: texts are redacted where no kind is known

    changes = {
        field.name: _redact_value(getattr(record, field.name))
        for field in kind_of(record).fields
        if field.fact.sensitive
    }
    return replace(record, **changes) if changes else record


def _redact_value(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value) if type(value) is str else value
    if isinstance(value, tuple):
        return redact_pair(value) if _is_labelled(value) else tuple(map(_redact_value, value))
    if is_dataclass(value) and not isinstance(value, type):
        found = {item.name: _redact_value(getattr(value, item.name)) for item in fields(value)}
        return replace(value, **found)
    return value


def _is_labelled(value: tuple[Any, ...]) -> bool:
    return len(value) == 2 and all(type(part) is str for part in value)  # noqa: PLR2004  a pair


def redact_pair(pair: tuple[str, str]) -> tuple[str, str]:
    """Return a label and its value, redacted whole where the label says that it is a secret."""
    # ("root password", "hunter2"): the label says that the value is one.
    label, value = pair
    if re.search(_WORDS, label, re.I) and value:
        return label, "[redacted]"
    return label, redact(value)
