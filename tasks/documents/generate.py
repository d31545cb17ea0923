"""Making the documents: only sections whose input changed are rendered, stored and written.

A run that dies at any line leaves whole sections in the store and whole files on disk; the next one
compares both with the facts and finishes what is missing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.documents.catalogue import DOCUMENTS, chosen
from generators.documents.coverage import collected_line
from generators.documents.facts import Facts
from generators.documents.section import Document, Section, assemble, input_hash, render
from generators.prose.write import JsonWriter, facts_hash, prose_hash, write_prose
from models.errors import NightshiftError
from models.records.document import (
    DocumentReport,
    Edition,
    Prose,
    SectionText,
    Writer,
)
from models.store import documents, transaction
from models.store.work import claim
from tasks.documents.facts import load_facts
from tasks.documents.files import (
    documents_folder,
    remove_unfinished,
    write_inventories,
    write_whole,
)
from tasks.evaluation.ledger import budgeted_model

log = logging.getLogger(__name__)
Progress = Callable[[str], None]
_Blocks = dict[tuple[str, Writer], Prose]


def generate_documents(
    names: Sequence[str] = (), *, prose: bool = False, on_progress: Progress | None = None
) -> list[DocumentReport]:
    """Bring the named documents, or all, up to date with the stored facts.

    Args:
        names: Documents such as `overview`; empty means all.
        prose: Ask the configured language model for the sentences whose facts changed.
        on_progress: Told the name of each document as it begins.

    Raises:
        WrongUse: A name is no document, or nothing has been collected yet.
        Busy: Another process generates documents.
        ExternalError: The documents' folder cannot be written.
    """
    wanted = chosen(names)
    with claim("documents", "generate"):
        with transaction() as conn:
            facts = load_facts(conn)
        remove_unfinished()
        model = _model() if prose else None
        reports = []
        for name in wanted:
            if on_progress:
                on_progress(name)
            reports.append(_generate(DOCUMENTS[name](facts), facts, model))
        write_inventories(facts)
    return reports


@dataclass(frozen=True, slots=True, kw_only=True)
class _Update:
    """What has to be written for one document."""

    changed: tuple[SectionText, ...]
    removed: tuple[str, ...]
    prose: tuple[Prose, ...]
    unsaid: tuple[tuple[str, Writer], ...]


def _generate(document: Document, facts: Facts, model: JsonWriter | None) -> DocumentReport:
    with transaction() as conn:
        hashes = documents.section_hashes(conn, document.name)
        blocks = documents.prose(conn, document.name)
    update = _compare(document, hashes, blocks, facts, model)
    edition = Edition(
        name=document.name,
        title=document.title,
        collected=collected_line(facts, document.sources),
        valid_from=facts.collected_at,
    )
    return _report(edition, update, *_save(document, edition, update))


def _compare(
    document: Document,
    hashes: dict[str, bytes],
    blocks: _Blocks,
    facts: Facts,
    model: JsonWriter | None,
) -> _Update:
    """Render the sections whose input changed and have their sentences written."""
    changed = tuple(
        render(document.name, section, place)
        for place, section in enumerate(document.sections)
        if hashes.get(section.key) != input_hash(section)
    )
    said = [
        block
        for section in document.sections
        for block in _prose(document.name, section, blocks, facts, model)
    ]
    wanted = {(section.key, Writer.TEMPLATE) for section in document.sections if section.summary}
    wanted |= {
        (section.key, Writer.MODEL)
        for section in document.sections
        if section.prompt and not _outdated(section, blocks)
    }
    wanted |= {(block.section, block.writer) for block in said}
    return _Update(
        changed=changed,
        removed=tuple(sorted(hashes.keys() - {section.key for section in document.sections})),
        prose=tuple(said),
        unsaid=tuple(sorted(blocks.keys() - wanted)),
    )


def _prose(
    document: str, section: Section, blocks: _Blocks, facts: Facts, model: JsonWriter | None
) -> list[Prose]:
    """Return the section's sentences that have to be stored: ours, and the model's if asked."""
    said = []
    stored = blocks.get((section.key, Writer.TEMPLATE))
    if section.summary and (stored is None or not _same(stored, section)):
        said.append(
            Prose(
                document=document,
                section=section.key,
                writer=Writer.TEMPLATE,
                input_hash=facts_hash(section.facts),
                facts=section.facts,
                sentences=section.summary,
            )
        )
    if model and section.prompt and _is_due(section, blocks):
        said.append(
            write_prose(
                model,
                document=document,
                section=section.key,
                prompt=section.prompt,
                facts=section.facts,
                known_names={asset.name for asset in facts.assets},
            )
        )
    return said


def _same(stored: Prose, section: Section) -> bool:
    return stored.input_hash == facts_hash(section.facts) and stored.sentences == section.summary


def _is_due(section: Section, blocks: _Blocks) -> bool:
    stored = blocks.get((section.key, Writer.MODEL))
    return stored is None or stored.failure is not None or _outdated(section, blocks)


def _outdated(section: Section, blocks: _Blocks) -> bool:
    """Tell whether the model's sentences were written about other facts."""
    stored = blocks.get((section.key, Writer.MODEL))
    if stored is None or section.prompt is None:
        return False
    return stored.input_hash != prose_hash(section.prompt, section.facts)


def _save(
    document: Document, edition: Edition, update: _Update
) -> tuple[list[SectionText], _Blocks, Path]:
    """Store what changed in one transaction, then write the file from what is stored."""
    name, at = document.name, edition.valid_from
    with transaction() as conn:
        documents.close_sections(conn, name, update.removed, at)
        documents.save_sections(conn, name, update.changed, at)
        places = {section.key: place for place, section in enumerate(document.sections)}
        documents.move_sections(conn, name, places)
        for key, writer in update.unsaid:
            documents.remove_prose(conn, name, key, writer, at)
        for block in update.prose:
            documents.save_prose(conn, block, at)
        documents.save_edition(conn, edition)
        sections = documents.sections(conn, name)
        blocks = documents.prose(conn, name)
    path = documents_folder() / f"{name}.md"
    text = assemble(edition.title, edition.collected, sections, written_by_model(blocks))
    write_whole(path, text.encode())
    return sections, blocks, path


def written_by_model(blocks: _Blocks) -> dict[str, Prose]:
    """Return the model's blocks by section."""
    return {key: block for (key, writer), block in blocks.items() if writer is Writer.MODEL}


def _report(
    edition: Edition, update: _Update, sections: list[SectionText], blocks: _Blocks, path: Path
) -> DocumentReport:
    written = written_by_model(blocks)
    return DocumentReport(
        name=edition.name,
        sections=len(sections),
        regenerated=len(update.changed),
        sentences=sum(len(block.sentences) for block in written.values()),
        dropped_sentences=sum(len(block.dropped) for block in written.values()),
        path=str(path),
        changed_sections=tuple(section.key for section in update.changed),
        removed_sections=update.removed,
        failures=tuple(
            f"{key}: {block.failure}" for key, block in sorted(written.items()) if block.failure
        ),
    )


def _model() -> JsonWriter | None:
    """Return the configured language model; one that cannot be used costs only its sentences."""
    try:
        return budgeted_model()
    except NightshiftError as error:
        log.warning("documents are written without a language model: %s", error)
        return None
