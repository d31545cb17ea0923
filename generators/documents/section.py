"""Sections: what one shows, the hash that says when it has to be made again, and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generators.documents.table import Table, markdown_table, provenance
from generators.documents.text import counted, escape, slug
from models.records.document import CitedFact, Prose, SectionText, Sentence

_HERE = Path(__file__).parent
# Markdown is not HTML: what is untrusted is escaped where the input is built, see `text.escape`.
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_HERE),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
_ENVIRONMENT.filters.update(table=markdown_table, provenance=provenance, md=escape, counted=counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document that is made again only when its input changes.

    Attributes:
        template: The layout, without `.md.jinja2`.
        input: All that the template sees; its canonical form is hashed.
        about: Ids of the assets whose facts it shows.
        summary: Sentences that our code wrote, each with the facts it rests on.
        facts: Those that `summary`, or a language model, may cite here.
        prompt: What a language model is asked to write about `facts`; None for nothing.
    """

    key: str
    title: str
    template: str
    input: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    summary: tuple[Sentence, ...] = ()
    facts: tuple[CitedFact, ...] = ()
    prompt: str | None = None
    level: int = 2


def table_section(
    key: str,
    title: str,
    content: Table,
    *,
    intro: str = "",
    about: Sequence[str] = (),
    level: int = 2,
) -> Section:
    """Return a section that is one table, below one line of introduction if there is one."""
    return Section(
        key=key,
        title=title,
        template="table",
        input={"intro": intro, "content": content},
        about=tuple(about),
        level=level,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document before it is written: its name, title and sections in order.

    `sources` are the names of those that feed it; None for all that there are.
    """

    name: str
    title: str
    sections: tuple[Section, ...]
    sources: frozenset[str] | None = None


@cache
def template_version() -> bytes:
    """Return a hash of everything that decides a section's text but its input."""
    files = [*_HERE.rglob("*.py"), *_HERE.glob("*.jinja2")]
    digest = blake2b(digest_size=16)
    for path in sorted(files):
        name = path.relative_to(_HERE).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


def input_hash(section: Section) -> bytes:
    """Return what a section's text depends on, as 16 bytes."""
    shown = (section.template, section.title, section.level, section.input, section.summary)
    canonical = msgspec.json.encode(shown, order="deterministic")
    return blake2b(template_version() + canonical, digest_size=16).digest()


def render(document: str, section: Section, position: int) -> SectionText:
    """Return the section's text, from its template and input alone."""
    template = _template(section.template)
    body = template.render(summary=[sentence.text for sentence in section.summary], **section.input)
    heading = f"{'#' * section.level} {escape(section.title)}"
    return SectionText(
        document=document,
        key=section.key,
        position=position,
        title=section.title,
        input_hash=input_hash(section),
        body=f"{heading}\n\n{body.strip()}\n",
        fact_ids=section.about,
    )


@cache
def _template(name: str) -> Any:
    return _ENVIRONMENT.get_template(f"{name}.md.jinja2")


def assemble(
    title: str,
    collected: str,
    sections: Sequence[SectionText],
    written: Mapping[str, Prose | Sequence[Sentence]],
) -> str:
    """Return the whole document; `written` are the model's sentences, by section key."""
    parts = [shown(section, _sentences(written.get(section.key))) for section in sections]
    contents = "\n".join(_contents(sections))
    return f"# {escape(title)}\n\n{collected}\n\n## Contents\n\n{contents}\n\n" + "\n".join(parts)


def _sentences(found: Prose | Sequence[Sentence] | None) -> Sequence[Sentence]:
    return found.sentences if isinstance(found, Prose) else found or ()


def shown(section: SectionText, sentences: Sequence[Sentence]) -> str:
    """Return a section with the model's sentences, marked as such, below its heading."""
    if not sentences:
        return section.body
    heading, _, rest = section.body.partition("\n\n")
    text = " ".join(escape(sentence.text) for sentence in sentences)
    marked = f"> **Written by a language model**, each sentence checked against its facts: {text}"
    return f"{heading}\n\n{marked}\n\n{rest}"


def _contents(sections: Sequence[SectionText]) -> list[str]:
    """Return the table of contents; a heading that occurs twice has a numbered anchor."""
    seen: dict[str, int] = {"contents": 1}
    lines = []
    for section in sections:
        anchor = slug(section.title)
        number = seen.get(anchor, 0)
        seen[anchor] = number + 1
        target = f"{anchor}-{number}" if number else anchor
        indent = "  " * (_level(section) - 2)
        lines.append(f"{indent}- [{escape(section.title)}](#{target})")
    return lines


def _level(section: SectionText) -> int:
    return len(section.body) - len(section.body.lstrip("#"))


__all__ = [
    "Document",
    "Section",
    "assemble",
    "input_hash",
    "render",
    "template_version",
]
