"""Letting the language model write the sentences of the documents."""

from __future__ import annotations

from collections.abc import Sequence

from models.records.document import DocumentReport
from tasks.documents.generate import generate_documents


def write_prose(names: Sequence[str] = ()) -> list[DocumentReport]:
    """Ask the model for every sentence whose facts changed, and write the documents with them.

    A section about the same facts as before is not asked for again.

    Raises:
        As `generate_documents`; a model that fails is not raised but reported per document.
    """
    return generate_documents(names, prose=True)
