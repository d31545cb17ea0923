"""A document as one HTML page that needs nothing else: no script, no font, no picture outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from generators.documents.drawing import draw, styles
from generators.documents.text import slug

_STYLE = Path(__file__).with_name("page.css")
_BADGE = re.compile(
    r"<strong>(ok|info|warn|crit|unknown|suppressed|created|changed|deleted|fired|resolved)</strong>"
)
_CONTENTS = "Contents"
_CHAPTER, _DEEPEST = 2, 3
_LONGEST_LINE = 44  # characters of a cell that is not broken
_MOST_ROWS = 8  # of a table that is not folded
_MOST_UNFOLDED = 24  # parts of a chapter at the side of the page
Heading = tuple[int, str, str]  # level, text, anchor


def render_page(
    title: str,
    markdown: str,
    navigation: Sequence[tuple[str, str]] = (),
    *,
    folded: frozenset[str] = frozenset(),
    wide: bool = False,
) -> str:
    """Return a document as HTML.

    Args:
        title: Of the window.
        markdown: The document; HTML in it is shown as text.
        navigation: Other documents as `(title, link)`.
        folded: Chapters whose tables are folded where they are long; a click opens them.
        wide: Without the chapters at the side, for a page that is one wide table.
    """
    body, headings = _rendered(markdown, folded)
    links = "".join(_link(name, target, title) for name, target in navigation)
    aside = "" if wide else f"<aside><nav>{_outline(headings)}</nav></aside>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>"
        f'<header><span class="brand">Nightshift</span><nav>{links}</nav></header>'
        f'<div class="{"page wide" if wide else "page"}">{aside}'
        f"<main>{body}</main></div></body></html>\n"
    )


@lru_cache(maxsize=8)
def _rendered(markdown: str, folded: frozenset[str]) -> tuple[str, tuple[Heading, ...]]:
    """Return a document's body and headings; a large one takes seconds, and is asked for again."""
    tokens = _parser().parse(markdown)
    headings = _anchor(tokens)
    _fold(tokens, folded)
    body = _parser().renderer.render(_without_contents(tokens), _parser().options, {})
    return _BADGE.sub(r'<span class="badge \1">\1</span>', body), tuple(headings)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("td_open", _cell)
    return parser


@cache
def _style() -> str:
    text = re.sub(r"/\*.*?\*/", "", _STYLE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(text.split()) + styles()


def _anchor(tokens: list[Token]) -> list[Heading]:
    """Give each heading an anchor, as the table of contents of the Markdown counts them."""
    seen: dict[str, int] = {}
    headings = []
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _text(tokens[place + 1])
        stem = slug(text)
        number = seen.get(stem, 0)
        seen[stem] = number + 1
        anchor = f"{stem}-{number}" if number else stem
        token.attrSet("id", anchor)
        headings.append((int(token.tag[1]), text, anchor))
    return headings


def _fold(tokens: Sequence[Token], folded: frozenset[str]) -> None:
    """Mark the long tables of some chapters, at both ends, with how many rows they have."""
    chapter, start = "", 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == f"h{_CHAPTER}":
            chapter = _text(tokens[place + 1])
        elif token.type == "table_open":
            start = place
        elif token.type == "table_close" and chapter in folded:
            rows = sum(one.type == "tr_open" for one in tokens[start:place]) - 1  # less its head
            if rows > _MOST_ROWS:
                tokens[start].meta["folded"] = token.meta["folded"] = rows


def _text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _without_contents(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the table of contents, which the page shows at its side."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and _text(tokens[place + 1]) == _CONTENTS:
            after = (
                later
                for later in range(place + 1, len(tokens))
                if tokens[later].type == "heading_open"
            )
            return tokens[:place] + tokens[next(after, len(tokens)) :]
    return tokens


def _outline(headings: Sequence[Heading]) -> str:
    """Return the links of the side; very many parts of a chapter are folded."""
    parts: list[str] = []
    below: list[str] = []
    for level, text, anchor in headings:
        if not 1 < level <= _DEEPEST or text == _CONTENTS:
            continue
        if level == _CHAPTER:
            parts += [_folded(below), _entry(level, text, anchor)]
            below = []
        else:
            below.append(_entry(level, text, anchor))
    return "".join([*parts, _folded(below)])


def _entry(level: int, text: str, anchor: str) -> str:
    return f'<a class="l{level}" href="#{escape(anchor)}">{escape(text)}</a>'


def _folded(entries: list[str]) -> str:
    if len(entries) <= _MOST_UNFOLDED:
        return "".join(entries)
    return f"<details><summary>{len(entries)} parts</summary>{''.join(entries)}</details>"


def _link(name: str, target: str, title: str) -> str:
    here = ' aria-current="page"' if name == title else ""
    return f'<a href="{escape(target)}"{here}>{escape(name)}</a>'


def _fence(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    token = tokens[place]
    source = escape(token.content)
    drawn = draw(token.content) if token.info.strip() == "mermaid" else None
    if drawn is None:
        return f"<pre><code>{source}</code></pre>"
    return (
        f'<figure><div class="diagram">{drawn}</div><details><summary>Mermaid source</summary>'
        f"<pre><code>{source}</code></pre></details></figure>"
    )


def _table_open(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    rows = tokens[place].meta.get("folded")
    fold = f"<details><summary>{rows} rows</summary>" if rows else ""
    return f'{fold}<div class="table"><table>'


def _cell(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """Open a cell; what is long may be broken into lines, anything else stays on one."""
    if len(tokens[place + 1].content) > _LONGEST_LINE:
        tokens[place].attrSet("class", "l")
    return str(renderer.renderToken(tokens, place, options, env))


def _table_close(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return f"</table></div>{'</details>' if tokens[place].meta.get('folded') else ''}"
