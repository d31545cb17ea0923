"""Bytes to JSON: what is wrong but still clear is read, the rest has a reason."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

MOST_BYTES = 8 * 1024 * 1024
_MOST_PACKED = 65_536
_BOM = b"\xef\xbb\xbf"


class NotJson(ValueError):
    """The bytes are no JSON; the message says why, without quoting them."""


def parse(body: bytes) -> Any:
    """Return the parsed JSON.

    Raises:
        NotJson: It is empty, too large, cut off, nested too deep, or no JSON at all.
    """
    if len(body) > MOST_BYTES:
        raise NotJson(f"the body is larger than {MOST_BYTES} bytes")
    if not body.strip():
        raise NotJson("the body is empty")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        return _leniently(body.removeprefix(_BOM), str(problem))


def unpacked(value: object) -> Any:
    """Return the object or list that a text holds as JSON; anything else as it is."""
    if not isinstance(value, str) or value[:1] not in ("[", "{") or len(value) > _MOST_PACKED:
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        return value


def _leniently(body: bytes, problem: str) -> Any:
    # A byte order mark, UTF-16 or half of a surrogate pair: not strict, but clear.
    try:
        return json.loads(body, parse_constant=_constant)
    except RecursionError:
        raise NotJson("the JSON is nested too deep") from None
    except ValueError:
        raise NotJson(f"the body is no JSON: {problem[:200]}") from None


def _constant(name: str) -> NoReturn:
    raise ValueError(name)
