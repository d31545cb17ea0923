"""Documents in the store: sections, sentences and files; the caller owns the transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.types.json import Jsonb

from models.records.document import (
    CitedFact,
    DroppedSentence,
    Edition,
    Prose,
    SectionText,
    Sentence,
    Writer,
    WrittenFile,
)
from models.store import queries

SQL = queries("documents")
Rows = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTime:
    """How many assets of a source were created, changed or gone with one collection.

    `baseline` marks the first collection of the source, which creates everything.
    """

    at: datetime
    source: str
    created: int
    changed: int
    deleted: int
    baseline: bool


def editions(conn: Rows, name: str | None = None, as_of: datetime | None = None) -> list[Edition]:
    """Return the newest edition of each document, or the one of that name, at a time or now."""
    return [
        Edition(
            name=found,
            title=title,
            collected=collected,
            valid_from=valid_from,
            recorded_at=recorded_at,
            sections=sections,
        )
        for found, title, collected, valid_from, recorded_at, sections in conn.execute(
            SQL["editions"], {"name": name, "as_of": as_of}
        )
    ]


def first_edition(conn: Rows, name: str) -> datetime | None:
    """Return the time of a document's first edition, None where there is no such document."""
    row = conn.execute(SQL["first_edition"], {"name": name}).fetchone()
    return row[0] if row else None


def save_edition(conn: Rows, edition: Edition) -> None:
    """Store that the document was made from the facts of `valid_from`."""
    conn.execute(
        SQL["save_edition"],
        {
            "name": edition.name,
            "title": edition.title,
            "collected": edition.collected,
            "valid_from": edition.valid_from,
        },
    )


def section_hashes(conn: Rows, document: str) -> dict[str, bytes]:
    """Return the input hash of each current section, by its key."""
    return dict(conn.execute(SQL["section_hashes"], {"document": document}).fetchall())


def sections(conn: Rows, document: str, as_of: datetime | None = None) -> list[SectionText]:
    """Return a document's sections in order, as they are now or as they were."""
    return [
        SectionText(
            document=name,
            key=key,
            position=position,
            title=title,
            input_hash=input_hash,
            body=body,
            fact_ids=tuple(fact_ids),
            valid_from=valid_from,
        )
        for name, key, position, title, input_hash, body, fact_ids, valid_from in conn.execute(
            SQL["sections"], {"document": document, "as_of": as_of}
        )
    ]


def save_sections(conn: Rows, document: str, changed: Sequence[SectionText], at: datetime) -> None:
    """End the current versions of these sections and add the new ones."""
    close_sections(conn, document, [section.key for section in changed], at)
    with conn.cursor() as cursor:
        cursor.executemany(
            SQL["add_section"],
            [
                {
                    "document": document,
                    "key": section.key,
                    "position": section.position,
                    "title": section.title,
                    "input_hash": section.input_hash,
                    "body": section.body,
                    "fact_ids": list(section.fact_ids),
                    "at": at,
                }
                for section in changed
            ],
        )


def close_sections(conn: Rows, document: str, keys: Sequence[str], at: datetime) -> None:
    """End the current versions of sections that changed or are no more."""
    if keys:
        conn.execute(SQL["close_sections"], {"document": document, "keys": list(keys), "at": at})


def move_sections(conn: Rows, document: str, positions: Mapping[str, int]) -> None:
    """Set the places of the current sections; one that stays where it was writes nothing."""
    conn.execute(
        SQL["move_sections"],
        {
            "document": document,
            "keys": list(positions),
            "positions": list(positions.values()),
        },
    )


def prose(conn: Rows, document: str) -> dict[tuple[str, Writer], Prose]:
    """Return the current prose of a document by section and writer."""
    shown = sentences(conn, document)
    found = {}
    for row in conn.execute(SQL["prose"], {"document": document}):
        section, writer = row[1], Writer(row[2])
        found[section, writer] = Prose(
            document=row[0],
            section=section,
            writer=writer,
            input_hash=row[3],
            facts=msgspec.convert(row[4], tuple[CitedFact, ...]),
            sentences=tuple(shown.pop((section, writer), ())),
            dropped=msgspec.convert(row[5], tuple[DroppedSentence, ...]),
            model=row[6],
            prompt_version=row[7],
            failure=row[8],
        )
    return found


def sentences(
    conn: Rows, document: str, as_of: datetime | None = None
) -> dict[tuple[str, Writer], list[Sentence]]:
    """Return the sentences that are shown, now or at a time, by section and writer."""
    found: dict[tuple[str, Writer], list[Sentence]] = defaultdict(list)
    for section, writer, text, fact_ids in conn.execute(
        SQL["sentences"], {"document": document, "as_of": as_of}
    ):
        found[section, Writer(writer)].append(Sentence(text=text, fact_ids=tuple(fact_ids)))
    return dict(found)


def save_prose(conn: Rows, block: Prose, at: datetime) -> None:
    """Replace the sentences that a writer has in a section."""
    names = {"document": block.document, "section": block.section, "writer": block.writer}
    origin = {
        "model": block.model,
        "prompt_version": block.prompt_version,
        "input_hash": block.input_hash,
    }
    conn.execute(SQL["close_sentences"], {**names, "at": at})
    conn.execute(
        SQL["save_prose"],
        {
            **names,
            **origin,
            "facts": Jsonb(msgspec.to_builtins(block.facts)),
            "dropped": Jsonb(msgspec.to_builtins(block.dropped)),
            "failure": block.failure,
        },
    )
    with conn.cursor() as cursor:
        cursor.executemany(
            SQL["add_sentence"],
            [
                {
                    **names,
                    **origin,
                    "position": position,
                    "text": sentence.text,
                    "fact_ids": list(sentence.fact_ids),
                    "at": at,
                }
                for position, sentence in enumerate(block.sentences)
            ],
        )


def remove_prose(conn: Rows, document: str, section: str, writer: Writer, at: datetime) -> None:
    """End what a writer has in a section, because the section or its facts are no more."""
    names = {"document": document, "section": section, "writer": writer}
    conn.execute(SQL["close_sentences"], {**names, "at": at})
    conn.execute(SQL["delete_prose"], names)


def configured_since(conn: Rows) -> dict[str, datetime]:
    """Return when the running configuration of each device became what it is, by asset id."""
    return dict(conn.execute(SQL["configured_since"]).fetchall())


def files(conn: Rows) -> dict[str, WrittenFile]:
    """Return what is known of the files that were written, by path below the documents' folder."""
    return {
        path: WrittenFile(path=path, input_hash=input_hash, content_hash=content_hash)
        for path, input_hash, content_hash in conn.execute(SQL["files"])
    }


def save_files(conn: Rows, written: Iterable[WrittenFile]) -> None:
    """Store what files were written from."""
    with conn.cursor() as cursor:
        cursor.executemany(
            SQL["save_file"],
            [
                {
                    "path": file.path,
                    "input_hash": file.input_hash,
                    "content_hash": file.content_hash,
                }
                for file in written
            ],
        )


def change_times(conn: Rows, limit: int) -> list[ChangeTime]:
    """Return the newest collections that changed anything, newest first."""
    return [
        ChangeTime(
            at=at,
            source=source,
            created=created,
            changed=changed,
            deleted=deleted,
            baseline=baseline,
        )
        for at, source, created, changed, deleted, baseline in conn.execute(
            SQL["change_times"], {"limit": limit}
        )
    ]


def prune(conn: Rows, before: datetime) -> int:
    """Delete ended versions of documents older than a time; return how many rows that were."""
    statements = ("prune_sections", "prune_sentences", "prune_editions")
    return sum(conn.execute(SQL[name], {"before": before}).rowcount for name in statements)


def counts(conn: Rows) -> tuple[int, int]:
    """Return how many documents and current sections there are."""
    row = conn.execute(SQL["counts"]).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def names(conn: Rows, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of assets, also of those that are gone; strangers are left out."""
    return dict(conn.execute(SQL["names"], {"ids": list(ids)}).fetchall()) if ids else {}


def delete_files(conn: Rows, paths: Sequence[str]) -> None:
    """Forget files that are made no more."""
    conn.execute(SQL["delete_files"], {"paths": list(paths)})
