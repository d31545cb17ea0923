"""Reading documents: as they are, as they were, and what changed since a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from generators.documents import page
from generators.documents.catalogue import DOCUMENTS
from generators.documents.changes import changes_since
from generators.documents.coverage import collected_line
from generators.documents.section import assemble, render
from generators.documents.text import moment
from models.errors import WrongUse
from models.records.document import Edition, Sentence, Writer
from models.store import documents, transaction
from tasks.documents.facts import changes_after


def list_documents() -> list[Edition]:
    """Return the newest edition of each document, by name."""
    with transaction() as conn:
        return documents.editions(conn)


def document_text(name: str, as_of: datetime | None = None) -> str:
    """Return a document as Markdown, now or as it was at a time.

    Raises:
        WrongUse: There is no such document, or there was none then.
    """
    with transaction() as conn:
        found = documents.editions(conn, name, as_of)
        if not found:
            raise WrongUse(_why_not(name, documents.first_edition(conn, name)))
        sections = documents.sections(conn, name, as_of)
        said = documents.sentences(conn, name, as_of)
    return assemble(found[0].title, found[0].collected, sections, _by_model(said))


def changes_text(since: datetime) -> str:
    """Return the change report since a time, made from the history and not stored.

    Raises:
        WrongUse: Nothing has been collected yet.
    """
    with transaction() as conn:
        entries, facts = changes_after(conn, since)
    if not facts.snapshots:
        raise WrongUse("nothing has been collected yet; run `nightshift collect` first")
    document = changes_since(entries, since, facts)
    sections = [render(document.name, each, place) for place, each in enumerate(document.sections)]
    return assemble(document.title, collected_line(facts), sections, {})


def document_page(name: str, as_of: datetime | None = None) -> str:
    """Return a document as one HTML page that needs nothing else.

    Raises:
        WrongUse: There is no such document, or there was none then.
    """
    text = document_text(name, as_of)
    with transaction() as conn:
        there = documents.editions(conn)
    navigation = [(edition.title, edition.name) for edition in there]
    title = next(edition.title for edition in there if edition.name == name)
    return page.render_page(title, text, navigation)


def _by_model(
    said: dict[tuple[str, Writer], list[Sentence]],
) -> dict[str, Sequence[Sentence]]:
    return {key: sentences for (key, writer), sentences in said.items() if writer is Writer.MODEL}


def _why_not(name: str, first: datetime | None) -> str:
    if first is not None:
        return f"there was no document {name!r} then; the first is of {moment(first)}"
    if name in DOCUMENTS:
        return f"{name} has not been generated yet; run `nightshift docs generate`"
    return f"no document is called {name!r}; there are {', '.join(DOCUMENTS)}"
