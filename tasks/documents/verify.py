"""Checking stored documents against the facts: sentences, tables and files, so that none can drift.

Three things are compared. Every sentence that is shown, ours or a model's, is checked again with
the facts that it cites: today's where they are unchanged since it was written, else those that it
was written from, provided that they still have their hash. Every section whose facts are unchanged
is rendered again. Every file is compared with what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from generators.documents.catalogue import DOCUMENTS, chosen
from generators.documents.coverage import collected_line
from generators.documents.facts import Facts
from generators.documents.section import Section, assemble, input_hash, render
from generators.prose.check import check_sentence
from generators.prose.write import facts_hash
from models.records.document import (
    CitedFact,
    Edition,
    Prose,
    SectionText,
    Sentence,
    UnsupportedSentence,
    VerifyReport,
    Writer,
)
from models.store import documents, transaction
from tasks.documents.facts import load_facts
from tasks.documents.files import documents_folder

_WHOLE_FILE = "file"


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What the store holds of one document, and what the facts of now would make of it."""

    edition: Edition
    title: str
    sources: frozenset[str] | None
    sections: list[SectionText]
    sentences: dict[tuple[str, Writer], list[Sentence]]
    prose: dict[tuple[str, Writer], Prose]
    made: dict[str, Section]
    names: frozenset[str]


def verify_documents(names: Sequence[str] = ()) -> VerifyReport:
    """Check every sentence of the named documents, or of all.

    Raises:
        WrongUse: A name is no document, or nothing has been collected yet.
    """
    wanted = chosen(names)
    with transaction() as conn:
        there = [edition for edition in documents.editions(conn) if edition.name in wanted]
        if not there:
            return VerifyReport(sentences=0, supported=0)
        facts = load_facts(conn)
        stored = [_load(conn, edition, facts) for edition in there]
    checked = sum(len(said) for each in stored for said in each.sentences.values())
    unsupported = [found for each in stored for found in _sentences(each)]
    supported = checked - len(unsupported)
    altered = [found for each in stored for found in _altered(each, facts)]
    return VerifyReport(
        sentences=checked + len(altered),
        supported=supported,
        unsupported=(*unsupported, *altered),
    )


def _load(conn: documents.Rows, edition: Edition, facts: Facts) -> _Stored:
    made = DOCUMENTS[edition.name](facts)
    return _Stored(
        edition=edition,
        title=made.title,
        sources=made.sources,
        sections=documents.sections(conn, edition.name),
        sentences=documents.sentences(conn, edition.name),
        prose=documents.prose(conn, edition.name),
        made={section.key: section for section in made.sections},
        names=frozenset(asset.name for asset in facts.assets),
    )


def _sentences(stored: _Stored) -> Iterator[UnsupportedSentence]:
    for (section, writer), said in stored.sentences.items():
        facts, doubt = _evidence(stored, section, writer)
        known_names = stored.names if writer is Writer.MODEL else frozenset[str]()
        for sentence in said:
            missing = doubt or check_sentence(sentence, facts, known_names)
            missing = missing or _reworded(stored, section, writer, sentence)
            if missing:
                yield UnsupportedSentence(
                    document=stored.edition.name,
                    section=section,
                    sentence=sentence.text,
                    missing=missing,
                )


def _evidence(
    stored: _Stored, section: str, writer: Writer
) -> tuple[dict[str, CitedFact], tuple[str, ...]]:
    """Return the facts that a section's sentences may cite, and why they cannot be trusted."""
    block = stored.prose.get((section, writer))
    if block is None:
        return {}, ("no facts were recorded for it",)
    now = stored.made.get(section)
    version = block.prompt_version or ""
    if now and facts_hash(now.facts, version) == block.input_hash:
        return {fact.id: fact for fact in now.facts}, ()
    if facts_hash(block.facts, version) != block.input_hash:
        return {}, ("its recorded facts were altered",)
    return {fact.id: fact for fact in block.facts}, ()


def _reworded(stored: _Stored, section: str, writer: Writer, sentence: Sentence) -> tuple[str, ...]:
    """Return why a sentence of a template, over unchanged facts, is not what it would write."""
    if writer is Writer.MODEL or not _is_over_these_facts(stored, section):
        return ()
    known = stored.made[section].summary
    return () if sentence in known else ("the template writes another sentence",)


def _is_over_these_facts(stored: _Stored, section: str) -> bool:
    """Tell whether our own sentences of a section were written from the facts of now."""
    now = stored.made.get(section)
    block = stored.prose.get((section, Writer.TEMPLATE))
    return bool(now and block and facts_hash(now.facts) == block.input_hash)


def _altered(stored: _Stored, facts: Facts) -> Iterator[UnsupportedSentence]:
    """Find what is not what the facts, or the store, make of it: heads, sections and the file."""
    yield from _altered_head(stored, facts)
    yield from _lost_sentences(stored)
    yield from _altered_sections(stored)
    yield from _altered_file(stored)


def _altered_head(stored: _Stored, facts: Facts) -> Iterator[UnsupportedSentence]:
    edition = stored.edition
    if edition.valid_from != facts.collected_at:
        return  # a newer collection is stored, which the next generation will tell of
    expected = (stored.title, collected_line(facts, stored.sources))
    for found, wanted in zip((edition.title, edition.collected), expected, strict=True):
        if found != wanted:
            yield _difference(stored, "head", found, wanted, "the facts")


def _lost_sentences(stored: _Stored) -> Iterator[UnsupportedSentence]:
    """Find sentences of ours that are stored no more, though their facts are unchanged."""
    for key, section in stored.made.items():
        if _is_over_these_facts(stored, key):
            said = stored.sentences.get((key, Writer.TEMPLATE), [])
            for sentence in section.summary:
                if sentence not in said:
                    yield _difference(stored, key, "", sentence.text, "the facts")


def _altered_sections(stored: _Stored) -> Iterator[UnsupportedSentence]:
    """Find sections whose text is not what their template makes of the same input."""
    for section in stored.sections:
        made = stored.made.get(section.key)
        if made is None or input_hash(made) != section.input_hash:
            continue
        expected = render(stored.edition.name, made, section.position)
        if expected.body != section.body:
            yield _difference(stored, section.key, section.body, expected.body, "the facts")
        elif (expected.title, expected.fact_ids) != (section.title, section.fact_ids):
            yield _difference(stored, section.key, section.title, expected.title, "the facts")


def _altered_file(stored: _Stored) -> Iterator[UnsupportedSentence]:
    """Find a file that is not what the store holds; one that is missing says nothing wrong."""
    path = documents_folder() / f"{stored.edition.name}.md"
    if not path.is_file():
        return
    by_model = {
        key: said for (key, writer), said in stored.sentences.items() if writer is Writer.MODEL
    }
    expected = assemble(stored.edition.title, stored.edition.collected, stored.sections, by_model)
    found = path.read_text(encoding="utf-8", errors="replace")
    if found != expected:
        yield _difference(stored, _WHOLE_FILE, found, expected, "the stored document")


def _difference(
    stored: _Stored, section: str, found: str, expected: str, against: str
) -> UnsupportedSentence:
    """Return the first line that differs."""
    pairs = zip_longest(found.splitlines(), expected.splitlines(), fillvalue="")
    line, wanted = next(((a, b) for a, b in pairs if a != b), ("", ""))
    return UnsupportedSentence(
        document=stored.edition.name,
        section=section,
        sentence=line,
        missing=(f"{against} give: {wanted[:200]}" if wanted else f"{against} do not have it",),
    )
