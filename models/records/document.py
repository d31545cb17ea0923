"""Documents: sections made from facts, the sentences that cite them, and what checking found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Writer(StrEnum):
    """Who wrote a sentence: our template, or a language model."""

    TEMPLATE = "template"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedFact:
    """One fact in words, under an id that names what it is about.

    The id is `asset id.field` for a field, `check.id@asset id` for a finding, `change:...` for a
    change, and `total:...` for a number that is counted over assets.
    """

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence and the facts that it rests on."""

    text: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedSentence:
    """A sentence that was not let into a document; `missing` is what its facts do not say."""

    text: str
    fact_ids: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """The checked sentences of one section by one writer, with the facts that they were given.

    `failure` says why a model wrote nothing; the section is then tried again with the next run.
    """

    document: str
    section: str
    writer: Writer
    input_hash: bytes
    facts: tuple[CitedFact, ...]
    sentences: tuple[Sentence, ...] = ()
    dropped: tuple[DroppedSentence, ...] = ()
    model: str | None = None
    prompt_version: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionText:
    """One version of a section's text; `fact_ids` are the assets that it was made from."""

    document: str
    key: str
    position: int
    title: str
    input_hash: bytes
    body: str
    fact_ids: tuple[str, ...] = ()
    valid_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A document at one time; `collected` is its only line that differs between equal runs."""

    name: str
    title: str
    collected: str
    valid_from: datetime
    recorded_at: datetime | None = None
    sections: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that was made from facts; it is made again when its input or its bytes differ."""

    path: str
    input_hash: bytes
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReport:
    """One line of `nightshift docs generate --json`.

    `sentences` counts those of the language model that stand in the document; `failures` says
    which sections it could not write, and why.
    """

    name: str
    sections: int
    regenerated: int
    sentences: int
    dropped_sentences: int
    path: str
    changed_sections: tuple[str, ...] = ()
    removed_sections: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedSentence:
    """A sentence of a document that its facts do not bear out."""

    document: str
    section: str
    sentence: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What `nightshift docs verify` found over all sentences that are shown."""

    sentences: int
    supported: int
    unsupported: tuple[UnsupportedSentence, ...] = field(default=())
