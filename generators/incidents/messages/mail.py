"""E-mail on incidents: subject, text and HTML, and the headers that keep a thread together.

Source: RFC 5322 on Message-ID, In-Reply-To and References. The first message of an incident has an
id of its incident, later ones of their notice: sent again, a message has the same id, and receivers
drop the copy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generators.incidents.messages.rollups import Item, ending, heading, rows, sentences
from generators.incidents.messages.story import Story, line
from models.records.incident import Incident

_LONGEST_SUBJECT = 160
_COLOURS = {
    "critical": "#b3261e",
    "high": "#b85c00",
    "medium": "#8a6a00",
    "low": "#2f5fc4",
    "info": "#5d6b7e",
}
_UNKNOWN_COLOUR, _OVER_COLOUR = "#444c58", "#2e7d32"
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,200}")


def render(story: Story, message_id: str, root_id: str) -> dict[str, Any]:
    """Return the parts of a message on one incident.

    Args:
        story: What it says.
        message_id: Its own id.
        root_id: That of the incident's first message; the same where this is the first.
    """
    values = {"story": story, "colour": colour(story.severity, over=story.over)}
    return {
        "subject": _subject(story),
        "text": _fill("mail.txt.jinja2", **values),
        "html": _fill("mail.html.jinja2", **values),
        "message_id": message_id,
        "references": root_id if root_id != message_id else None,
    }


def rollup(items: Sequence[Item], message_id: str) -> dict[str, Any]:
    """Return one message on many incidents."""
    values = {"title": heading(items), "lines": sentences(items)}
    found = [(row, colour(row.severity, over=row.over)) for row in rows(items)]
    return {
        "subject": f"[Nightshift] {values['title']}",
        "text": _fill("mail_rollup.txt.jinja2", **values),
        "html": _fill(
            "mail_rollup.html.jinja2", title=values["title"], rows=found, lines=ending(items)
        ),
        "message_id": message_id,
        "references": None,
    }


def test(text: str, message_id: str) -> dict[str, Any]:
    """Return a message that tries the channel."""
    values: dict[str, Any] = {"title": "Test of Nightshift", "lines": [text]}
    return {
        "subject": f"[Nightshift] {line(text, _LONGEST_SUBJECT)}",
        "text": _fill("mail_rollup.txt.jinja2", **values),
        "html": _fill("mail_rollup.html.jinja2", rows=[], **values),
        "message_id": message_id,
        "references": None,
    }


def root_id(incident: Incident, sender: str) -> str:
    """Return the id of an incident's first message; another installation's is another."""
    return f"<incident-{_mark(incident)}@{domain(sender)}>"


def message_id(notice: str, sender: str) -> str:
    """Return the id of any other message."""
    return f"<notice-{notice}@{domain(sender)}>"


def domain(sender: str) -> str:
    """Return the domain of an address, in which our message ids are unique."""
    found = _DOMAIN.fullmatch(sender.rpartition("@")[2].strip().rstrip(">"))
    return found[0] if found else "nightshift.invalid"


def colour(severity: str, *, over: bool) -> str:
    """Return the colour of a severity, dark enough for white text on it."""
    return _OVER_COLOUR if over else _COLOURS.get(severity, _UNKNOWN_COLOUR)


def _subject(story: Story) -> str:
    # The same words in each message of a thread, since some programs sort by them.
    return line(f"[Nightshift] {story.reference} {story.title}", _LONGEST_SUBJECT)


def _mark(incident: Incident) -> str:
    return f"{incident.id}.{int(incident.detected_at.timestamp() * 1000):x}"


def _fill(template: str, **values: object) -> str:
    return _environment().get_template(template).render(values)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    folder = files(__package__)
    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=select_autoescape(enabled_extensions=("html.jinja2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
