"""Markdown and text into chunks of about 200 tokens, each under its path of headings.

The embedder reads 256 tokens, of which the headings take some. Tables are cut between rows and
repeat their head; code stays whole where it fits. The same text always gives the same chunks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from generators.inference.embedder.weights import count_tokens
from generators.knowledge.wording import title_from_name
from models.records.chunk import Chunk, IndexedDocument

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from semantic_text_splitter import MarkdownSplitter

TARGET_TOKENS = 200
LEAD_TOKENS = 40  # a shorter paragraph says nothing without the table or code that it leads to
LONGEST_TITLE = 120
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\{#[^}]*\}|[`*]")
_NOT_ANCHOR = re.compile(r"[^\w\- ]")
_TEXT_KINDS = (".md", ".markdown", ".mdx")


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, list, table or piece of code, as it stands in the text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """The blocks directly under one heading."""

    heading: tuple[str, ...]
    anchor: str
    blocks: tuple[_Block, ...]


def chunk_document(name: str, text: str) -> IndexedDocument:
    """Cut a document into chunks; one without any text has none.

    Args:
        name: Its path; a file that is not Markdown by its suffix is cut as plain text.
        text: The whole document, secrets already removed.
    """
    front, body = _front_matter(text)
    sections = list(_sections(body)) if _is_markdown(name) else [_plain(body)]
    title = front or _first_heading(sections) or title_from_name(name)
    chunks = tuple(
        Chunk(
            heading=section.heading,
            anchor=section.anchor,
            text=part,
            token_count=count_tokens(part),
        )
        for section in sections
        for part in _pack(section.blocks)
    )
    if not chunks and any("".join(section.heading).strip() for section in sections):
        chunks = (_only_headings(sections),)
    digest = sha256(text.encode()).digest()
    return IndexedDocument(name=name, title=title[:LONGEST_TITLE], sha256=digest, chunks=chunks)


def _is_markdown(name: str) -> bool:
    return name.lower().endswith(_TEXT_KINDS) or "." not in name.rpartition("/")[2]


def _front_matter(text: str) -> tuple[str, str]:
    """Return the title of a YAML head and the text after it."""
    found = _FRONT.match(text)
    if found is None:
        return "", text.removeprefix("\ufeff")
    title = _TITLE.search(found[1])
    return (title[1].strip() if title else ""), text[found.end() :]


def _first_heading(sections: Iterable[_Section]) -> str:
    return next((section.heading[0] for section in sections if section.heading), "")


def _only_headings(sections: list[_Section]) -> Chunk:
    text = "\n".join(section.heading[-1] for section in sections if section.heading)
    last = sections[0]
    return Chunk(
        heading=last.heading, anchor=last.anchor, text=text, token_count=count_tokens(text)
    )


def _plain(text: str) -> _Section:
    parts = (part.strip("\n") for part in re.split(r"\n[ \t]*\n", text))
    return _Section((), "", tuple(_Block("paragraph", part) for part in parts if part.strip()))


def _sections(text: str) -> Iterator[_Section]:
    """Yield the sections of a Markdown text in order, those without blocks too."""
    lines = text.splitlines()
    path: list[tuple[int, str]] = []
    anchors: dict[str, int] = {}
    anchor, blocks = "", list[_Block]()
    tokens = _parser().parse("\n".join(lines))
    for i, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        if token.type != "heading_open":
            block = "\n".join(lines[slice(*token.map)]).strip("\n")
            blocks.append(_Block(token.type, block))
            continue
        if blocks or path:
            yield _Section(tuple(title for _, title in path), anchor, tuple(blocks))
        level, title = int(token.tag[1]), _readable(tokens[i + 1].content)
        path = [(above, name) for above, name in path if above < level] + [(level, title)]
        anchor, blocks = _anchor(title, anchors), []
    yield _Section(tuple(title for _, title in path), anchor, tuple(blocks))


def _readable(heading: str) -> str:
    return _MARKUP.sub("", _LINK.sub(r"\1", heading)).strip()


def _anchor(title: str, seen: dict[str, int]) -> str:
    """Return the anchor that GitHub gives a heading; a repeated one gets a number."""
    anchor = _NOT_ANCHOR.sub("", title.lower()).replace(" ", "-")
    count = seen.get(anchor, 0)
    seen[anchor] = count + 1
    return f"{anchor}-{count}" if count else anchor


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _pack(blocks: Iterable[_Block]) -> Iterator[str]:
    """Yield chunks of whole blocks; a block that is too long is cut by its kind."""
    held: list[str] = []
    size = 0
    for block in blocks:
        for part in _cut(block):
            count = count_tokens(part)
            room = TARGET_TOKENS + (size if size <= LEAD_TOKENS else 0)
            if held and size + count > room:
                yield "\n\n".join(held)
                held, size = [], 0
            held.append(part)
            size += count
    if held:
        yield "\n\n".join(held)


def _cut(block: _Block) -> Iterator[str]:
    if count_tokens(block.text) <= TARGET_TOKENS:
        yield block.text
    elif block.kind == "table_open":
        head, rows = block.text.split("\n")[:2], block.text.split("\n")[2:]
        yield from _cut_lines(rows, lambda part: "\n".join([*head, *part]))
    elif block.kind == "fence":
        first, *inside = block.text.split("\n")
        mark = first.strip()[:3]
        if inside and inside[-1].strip().startswith(mark):
            inside.pop()
        yield from _cut_lines(inside, lambda part: "\n".join([first, *part, mark]))
    else:
        yield from _splitter().chunks(block.text)


def _cut_lines(lines: Iterable[str], wrap: Callable[[list[str]], str]) -> Iterator[str]:
    """Yield runs of lines, each wrapped as a whole table or piece of code."""
    held: list[str] = []
    size = around = count_tokens(wrap([]))
    for line in lines:
        for part in _splitter().chunks(line) if len(line) > TARGET_TOKENS else [line]:
            count = count_tokens(part)
            if held and size + count > TARGET_TOKENS:
                yield wrap(held)
                held, size = [], around
            held.append(part)
            size += count
    if held:
        yield wrap(held)


@cache
def _splitter() -> MarkdownSplitter:
    from semantic_text_splitter import MarkdownSplitter

    return MarkdownSplitter.from_callback(count_tokens, TARGET_TOKENS)
