"""Questions answered from the index: search, then quote, or let the language model write.

Without a language model, and wherever it fails, the answer consists of what the passages say to the
letter. Where they do not hold the answer, none is given.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from generators.answers.extract import PASSAGES, extract_answer, judge
from generators.answers.write import written_answer
from generators.inference.embedder import Embedder
from generators.inference.embedder import embedder as configured_embedder
from generators.prose.write import JsonWriter
from models.errors import NightshiftError
from models.records.answer import LONGEST_QUESTION, Answer
from models.records.chunk import Passage
from models.redaction import redact
from models.store import knowledge, transaction
from tasks.evaluation.ledger import budgeted_model
from tasks.knowledge.search import search

log = logging.getLogger(__name__)
_FACTS = 30  # units that a prompt may hold
# A question that only points at what was asked before needs those words to be found by.
_POINTING = re.compile(r"\b(it|its|that|this|they|them|those|these|there|then)\b", re.IGNORECASE)
_SHORT_WORDS = 5
Model = Callable[[], JsonWriter | None]


def answer(
    question: str,
    *,
    earlier: Sequence[str] = (),
    collection: str | None = None,
    embedder: Callable[[], Embedder] = configured_embedder,
    model: Model | None = None,
) -> Answer:
    """Answer a question from the indexed documents.

    Args:
        question: In words; what is beyond 1,000 characters is not read.
        earlier: Questions of the same conversation, the oldest first.
        collection: Only from this one.
        embedder: Makes the vectors.
        model: Gives the language model, or None where there is none; by default the configured one.

    Raises:
        StoreUnavailable: Postgres does not answer.
    """
    began = time.monotonic()
    asked = _clean(question)
    searched = in_context(asked, [_clean(one) for one in earlier])
    with transaction() as conn:
        best = search(conn, searched, embedder, limit=PASSAGES, collection=collection)
        found = knowledge.with_sections(conn, best)
    extracted = extract_answer(searched, found, embedder().embed, asked=asked)
    extracted = replace(extracted, question=asked)
    # A model is asked only where the passages hold the answer: near ones tempt it to invent.
    writer = _writer(model) if extracted.answered else None
    told = _written(writer, extracted, found, embedder()) if writer else extracted
    return replace(told, seconds=round(time.monotonic() - began, 3))


def _clean(text: str) -> str:
    return redact(" ".join(text.replace("\0", " ").split())[:LONGEST_QUESTION])


def in_context(question: str, earlier: Sequence[str]) -> str:
    """Return the question with the one before it where it only points at that one."""
    points = _POINTING.search(question) or len(question.split()) <= _SHORT_WORDS
    return f"{earlier[-1][:LONGEST_QUESTION]} {question}" if earlier and points else question


def _written(
    model: JsonWriter, extracted: Answer, found: Sequence[Passage], embedder: Embedder
) -> Answer:
    best = judge(extracted.question, found, embedder.embed)[:_FACTS]
    return written_answer(model, extracted, [one.unit for one in best], found)


def _writer(model: Model | None) -> JsonWriter | None:
    try:
        return (model or budgeted_model)()
    except NightshiftError as error:
        log.warning("questions are answered without a language model: %s", error)
        return None
