"""Arrays in PostgreSQL's binary form, for statements that take many rows as a few parameters.

Source: the server's `array_recv`: dimensions, whether a null is in it, the element type, length and
lower bound, then each element after its length (-1 for null).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

_HEAD = struct.Struct(">iiiii")
_EMPTY = struct.Struct(">iii")
_LENGTH = struct.Struct(">i")
_BIGINT = struct.Struct(">q")
_NULL = _LENGTH.pack(-1)
_BYTEA, _BIGINT_TYPE, _TEXT, _TIMESTAMPTZ = 17, 20, 25, 1184
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY_MICROSECONDS = 86_400_000_000


def texts(values: Iterable[str | None]) -> bytes:
    """Return a `text[]`."""
    return _array(_TEXT, [None if value is None else value.encode() for value in values])


def byteas(values: Sequence[bytes]) -> bytes:
    """Return a `bytea[]`."""
    return _array(_BYTEA, values)


def bigints(values: Iterable[int]) -> bytes:
    """Return a `bigint[]`."""
    return _array(_BIGINT_TYPE, [_BIGINT.pack(value) for value in values])


def times(values: Iterable[datetime]) -> bytes:
    """Return a `timestamptz[]` of aware times, exact to the microsecond."""
    return _array(_TIMESTAMPTZ, [_BIGINT.pack(_microseconds(value)) for value in values])


def _microseconds(value: datetime) -> int:
    since = value - _EPOCH
    return since.days * _DAY_MICROSECONDS + since.seconds * 1_000_000 + since.microseconds


def _array(element: int, values: Sequence[bytes | None]) -> bytes:
    if not values:
        return _EMPTY.pack(0, 0, element)
    head = _HEAD.pack(1, None in values, element, len(values), 1)
    if values.count(values[0]) == len(values):  # most columns of a batch say the same of each row
        return head + _element(values[0]) * len(values)
    return head + b"".join(map(_element, values))


def _element(value: bytes | None) -> bytes:
    return _NULL if value is None else _LENGTH.pack(len(value)) + value
