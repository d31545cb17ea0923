"""Receivers' words without our secrets: some quote what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from models.redaction import redact
from models.settings import settings

_LONGEST_SHOWN = 200
_SHORTEST = 4  # a part that is shorter says nothing and would tear words apart


def clean(text: str) -> str:
    """Return a receiver's words on one short line, without what is secret of any channel."""
    for secret in sorted(set(_secrets()), key=len, reverse=True):
        text = text.replace(secret, "[redacted]")
    return " ".join(redact(text).split())[:_LONGEST_SHOWN]


def _secrets() -> Iterator[str]:
    """Yield the secrets of all channels; of an address its path, query and password as well."""
    found = settings()
    for name in type(found).model_fields:
        value = getattr(found, name)
        if name.startswith("notify_") and isinstance(value, SecretStr):
            yield from (part for part in _parts(value.get_secret_value()) if len(part) >= _SHORTEST)


def _parts(value: str) -> Iterator[str]:
    yield value
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    if parts.netloc:
        yield from (parts.path, parts.query, parts.password or "", unquote(parts.password or ""))
