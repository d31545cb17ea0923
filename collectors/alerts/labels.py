"""Labels in one form: lower-case keys of letters, digits and `_`, few enough, short, no secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from collectors.alerts import reading
from models.redaction import redact, redact_pair, suspicious

MOST_LABELS = 64
LONGEST_KEY = 128
LONGEST_VALUE = 256  # bytes
_FOREIGN = re.compile(r"[^a-z0-9]+")


def label_key(name: str) -> str:
    """Return a label's name as Prometheus would write it: `k8s.pod.name` is `k8s_pod_name`."""
    return _label_key(name[:LONGEST_KEY])


@lru_cache(maxsize=4096)
def _label_key(name: str) -> str:
    return _FOREIGN.sub("_", name.lower()).strip("_")


def normalised(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return labels with plain keys and clean values; what has no value is left out.

    Of two names that come to the same key the first one counts, and only the first `MOST_LABELS`
    are kept. Values are as long as they came, and secrets still in them: see `safe`.
    """
    found: dict[str, str] = {}
    for name, value in raw.items():
        key = label_key(name)
        if key and key not in found and (plain := reading.text(value)) is not None:
            found[key] = plain
            if len(found) == MOST_LABELS:
                break
    return found


def safe(labels: Mapping[str, str]) -> dict[str, str]:
    """Return normalised labels cut and without secrets; one that is called so loses its value."""
    if not suspicious("\n".join((*labels, *labels.values()))):
        return {key: cut(value) for key, value in labels.items()}
    return {key: cut(redact_pair((key, value))[1]) for key, value in labels.items()}


def cut(value: str, size: int = LONGEST_VALUE) -> str:
    """Return the text cut to a number of UTF-8 bytes, never within a character."""
    if len(value) * 4 <= size or len(value.encode()) <= size:
        return value
    return value.encode()[:size].decode("utf-8", "ignore")


def safe_text(value: str | None, size: int) -> str | None:
    """Return the text without secrets, cut to a number of bytes."""
    if value is None:
        return None
    # Redacted first: half of a secret is not known as one.
    return cut(redact(value) if suspicious(value) else value, size)
