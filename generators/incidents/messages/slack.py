"""Messages for Slack in Block Kit, and as plain text for notifications.

Source: Slack's reference of Block Kit, of mrkdwn and of message metadata. A text object with
`verbatim` is not searched for links, channels or people; a section takes 3,000 characters, a header
150, a message 50 blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from generators.incidents.messages.rollups import Item, heading, sentences
from generators.incidents.messages.story import Link, Story, line

_LONGEST_SECTION, _LONGEST_HEADER, _MOST_FIELDS = 2900, 150, 10
_MOST_SECTIONS = 40
# Slack's own escapes; nothing else has a meaning to its parser.
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_PEOPLE = re.compile(r"(?<!\w)@(?=\w)")
_ADDRESSES = re.compile(r"(?i)\b(https?|ftp|mailto|tel|slack)(:)|\b(www)(\.)")
# Inside a word they have no meaning, and names with them are copied.
_FORMATS = re.compile(r"`|(?<!\w)[*_~]|[*_~](?!\w)")
_GAP = "\u2060"  # joins words, is not seen, and keeps Slack from reading a name or an address
Blocks = list[dict[str, Any]]


def render(story: Story, *, news: bool = False, note: str = "") -> dict[str, Any]:
    """Return `text` and `blocks` of an incident's message.

    Args:
        story: What it says.
        news: Whether what changed stands in it; else its thread says that.
        note: Stands in its last line.
    """
    blocks: Blocks = [
        {"type": "header", "text": _plain(_cut(_headline(story), _LONGEST_HEADER))},
        *([_section(escape(story.news[:1].upper() + story.news[1:]))] if news else []),
        {"type": "section", "fields": _fields(story)},
        *(_section(text) for text in _lines(story)),
        {"type": "context", "elements": [_mrkdwn(_footer(story, note))]},
    ]
    return {"text": escape(f"{_headline(story)} - {story.news}"), "blocks": blocks}


def reply(story: Story) -> dict[str, Any]:
    """Return a line of the incident's thread."""
    text = escape(f"{story.mark} {story.reference}: {story.news}")
    return {"text": text, "blocks": [_section(text)]}


def rollup(items: Sequence[Item]) -> dict[str, Any]:
    """Return one message on many incidents, the worst first."""
    title = heading(items)
    lines = [escape(text) for text in sentences(items)]
    blocks = [
        {"type": "header", "text": _plain(_cut(title, _LONGEST_HEADER))},
        *(_section(text) for text in _packed(lines)),
    ]
    return {"text": escape(title), "blocks": blocks}


def test(text: str) -> dict[str, Any]:
    """Return a message that tries the channel."""
    return {"text": escape(text), "blocks": [_section(escape(text))]}


def escape(text: str) -> str:
    """Return untrusted text that pings nobody, leads nowhere and formats nothing in Slack."""
    text = text.translate(_ESCAPED)
    text = _PEOPLE.sub(f"@{_GAP}", text)
    text = _ADDRESSES.sub(_broken, text)
    return _FORMATS.sub(rf"{_GAP}\g<0>{_GAP}", text)


def _broken(match: re.Match[str]) -> str:
    name, sign = (match[1], match[2]) if match[1] else (match[3], match[4])
    return f"{name}{_GAP}{sign}"


def _headline(story: Story) -> str:
    return f"{story.mark} {story.reference} {story.title}"


def _fields(story: Story) -> list[dict[str, Any]]:
    return [_mrkdwn(f"*{label}*\n{escape(value)}") for label, value in story.facts[:_MOST_FIELDS]]


def _lines(story: Story) -> list[str]:
    found = []
    if story.evidence:
        found.append(f"*Evidence* {_linked(story.evidence)}")
    changed = "; ".join(map(escape, story.changed)) or "nothing known"
    found.append(f"*Changes around its beginning* {changed}")
    found.append(f"*Probable cause* {escape(story.cause)}")
    if links := _links(story):
        found.append(links)
    return found


def _links(story: Story) -> str:
    # Addresses of the gateway are configured, those of runbooks were checked.
    found = []
    if story.page:
        word = "Open" if story.over else "Open or acknowledge"
        found.append(f"<{_url(story.page)}|{word}>")
    if story.runbook:
        found.append(f"Runbook: {_linked(story.runbook)}")
    found += [f"`{command}`" for command in story.commands]
    return "   ".join(found)


def _linked(link: Link) -> str:
    if not link.url:
        return escape(link.text)
    # The reader sees which host it leads to, whatever the text beside it says.
    host = link.url.split("/")[2]
    if link.text == link.url or link.text.startswith(("http:", "https:")):
        return f"<{_url(link.url)}|{escape(host)}>"
    return f"{escape(link.text)} (<{_url(link.url)}|{escape(host)}>)"


def _url(url: str) -> str:
    return url.translate(_ESCAPED).replace("|", "%7C")


def _footer(story: Story, note: str) -> str:
    return escape(" · ".join(filter(None, (story.footer, note))))


def _packed(lines: Iterable[str]) -> list[str]:
    """Return the lines in as few sections as hold them whole."""
    sections: list[str] = []
    for text in lines:
        if sections and len(sections[-1]) + len(text) < _LONGEST_SECTION:
            sections[-1] += f"\n{text}"
        else:
            sections.append(text)
    return sections[:_MOST_SECTIONS]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text[:_LONGEST_SECTION], "verbatim": True}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _cut(text: str, longest: int) -> str:
    return line(text, longest)
