"""Indexing the generated documents, a section at a time, and what the health checks decide by.

A section is taken up as a document of its own, named `document#section`: one changed machine then
costs the chunks of one section, and the line with the time of collection costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from generators.documents.section import shown
from models.records.chunk import IndexReport
from models.records.document import Writer
from models.store import documents, transaction
from tasks.inventory.checks import CHECKS, load_policy
from tasks.knowledge.index import store_chunks
from tasks.knowledge.limits import limit_texts

COLLECTION = "datacenter"


def index_datacenter() -> IndexReport:
    """Cut sections and limits of checks into chunks and take up those that changed."""
    limits = limit_texts(CHECKS.values(), load_policy())
    return store_chunks(COLLECTION, (*section_texts(), *limits), root="documents")


def section_texts() -> Iterator[tuple[str, str]]:
    """Yield the name and the Markdown text of every current section, below its document's title."""
    with transaction() as conn:
        for edition in documents.editions(conn):
            written = documents.sentences(conn, edition.name)
            for section in documents.sections(conn, edition.name):
                sentences = written.get((section.key, Writer.MODEL), ())
                body = shown(section, sentences)
                yield f"{edition.name}#{section.key}", f"# {edition.title}\n\n{body}"
