"""Many rows as one JSON parameter, which `jsonb_to_recordset` takes apart again; ids of rows.

What hostile senders put into texts must not fail a statement: Postgres keeps no NUL character, and
UTF-8 has no lone surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

LARGEST_ID = 2**63 - 1
_DIGITS = 19  # of that number; Python reads no number of thousands
# A NUL as JSON writes it, behind an even number of backslashes: an odd one makes it six characters.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def as_rows(rows: Iterable[Any]) -> str:
    """Return records or mappings as the text of a JSON list that Postgres takes."""
    found = list(rows)
    try:
        text = msgspec.json.encode(found).decode()
    except UnicodeEncodeError:
        text = msgspec.json.encode(_whole(msgspec.to_builtins(found))).decode()
    return _NUL.sub(r"\1", text) if "\\u0000" in text else text


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_whole(key): _whole(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole(item) for item in value]
    return value


def row_id(text: str) -> int | None:
    """Return the id of a row that somebody wrote; None where it is no id that a row may have."""
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        return None
    return int(text) if int(text) <= LARGEST_ID else None
