"""Arrays in PostgreSQL's binary form, for statements that take many rows as a few parameters.

Source: the server's `array_recv`: dimensions, whether a null is in it, the element type, length and
lower bound, then each element after its length (-1 for null).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

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


def read_bigints(array: bytes | None) -> tuple[int, ...]:
    """Return what is in a `bigint[]` of one dimension without nulls; () for null."""
    return _read(array, "q")


def read_booleans(array: bytes | None) -> tuple[bool, ...]:
    """Return what is in a `boolean[]` of one dimension without nulls; () for null."""
    return _read(array, "?")


def times(values: Iterable[datetime]) -> bytes:
    """Return a `timestamptz[]` of aware times, exact to the microsecond."""
    return _array(_TIMESTAMPTZ, [_BIGINT.pack(_microseconds(value)) for value in values])


def _microseconds(value: datetime) -> int:
    since = value - _EPOCH
    return since.days * _DAY_MICROSECONDS + since.seconds * 1_000_000 + since.microseconds


def _array(element: int, values: Sequence[bytes | None]) -> bytes:
    if not values:
        return _EMPTY.pack(0, 0, element)
    given = [one for one in values if one is not None]
    has_null = len(given) < len(values)
    head = _HEAD.pack(1, has_null, element, len(values), 1)
    if values.count(values[0]) == len(values):  # most columns of a batch say the same of each row
        return head + _element(values[0]) * len(values)
    if has_null:
        return head + b"".join(map(_element, values))
    # As above without a call for each, which costs as much again.
    length = _LENGTH.pack
    return head + b"".join([part for one in given for part in (length(len(one)), one)])


def _read(array: bytes | None, form: str) -> tuple[Any, ...]:
    if array is None or len(array) < _HEAD.size:
        return ()
    count = _HEAD.unpack_from(array)[3]
    return struct.unpack_from(">" + f"i{form}" * count, array, _HEAD.size)[1::2]


def _element(value: bytes | None) -> bytes:
    return _NULL if value is None else _LENGTH.pack(len(value)) + value
