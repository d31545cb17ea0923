"""Messages that were made for a chat: their blocks and cards, read as the fields of an alert.

Source: the public references of Slack's Block Kit, of Adaptive Cards and Teams' message cards, and
of Google Chat's cards. A headline stands in one block and each field in another, as a pair or as
`*Host:* db-1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.alerts.reading import at, first, mapping, rows, word
from collectors.alerts.wordlists import listed

_MOST = 200
_DEEPEST = 6
_LONGEST_TITLE = 512
_INNER = listed(
    "blocks body items columns sections widgets facts fields elements content card header text "
    "keyValue decoratedText textParagraph attachments cards cardsV2"
)
_CARDS = ("blocks", "cards", "cardsV2")
# A name in bold and what it is: `*Severity:*\ncritical`, `**Host**: db-1`.
_PAIR = re.compile(
    r"^\s*[-•]?\s*(\*\*?|__?)(?P<name>[^*_:\n]{1,40}):?\1:?[ \t]*\n?(?P<value>[^\n*]+)$",
    re.MULTILINE,
)
Part = tuple[str | None, tuple[str, str] | None]
_NAMES = ("title", "name", "topLabel", "label")
_VALUES = ("value", "content", "text")


def unwrapped(payload: object) -> object:
    """Return a chat's message as plain fields; anything else as it is."""
    if not isinstance(payload, dict) or not _is_card(payload):
        return payload
    headlines: list[str] = []
    fields: dict[str, Any] = {}
    for text, pair in _texts(payload, _DEEPEST):
        if pair is not None:
            fields.setdefault(*pair)
        elif text:
            fields.update({name: value for name, value in _bold(text) if name not in fields})
            headlines.append(text)
    own = first(payload, "title", "summary", "text")
    title = own or next((line for line in map(_headline, headlines) if line), None)
    kept = {name: value for name, value in payload.items() if name not in _INNER}
    return {**fields, **kept, "title": title, "text": "\n".join(headlines)}


def _is_card(payload: Mapping[str, Any]) -> bool:
    if any(rows(payload.get(name)) for name in _CARDS) or payload.get("type") == "AdaptiveCard":
        return True
    inner = at(payload, "attachments", 0)
    return bool(rows(at(inner, "blocks"))) or isinstance(at(inner, "content", "body"), list)


def _texts(value: object, depth: int) -> Iterator[Part]:
    """Yield each text of a card from above to below, or the pair that it is one half of."""
    blocks = rows(value)[:_MOST] if isinstance(value, list) else [mapping(value)]
    for block in blocks if depth else []:
        name, said = first(block, *_NAMES), first(block, *_VALUES)
        if name is not None and said is not None and "type" not in block:
            yield None, (name.rstrip(": "), said)
            continue
        yield (name or word(block.get("text"))), None
        for inner in _INNER:
            if isinstance(block.get(inner), dict | list):
                yield from _texts(block[inner], depth - 1)


def _bold(text: str) -> Iterator[tuple[str, str]]:
    for found in _PAIR.finditer(text):
        if found["value"].strip():
            yield found["name"].strip(), found["value"].strip(" `")


def _headline(text: str) -> str | None:
    """Return the first line of a text, None where it is one of its pairs."""
    if _PAIR.match(text):
        return None
    return text.split("\n", 1)[0].strip("*_ ")[:_LONGEST_TITLE] or None
