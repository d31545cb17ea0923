"""Asking a language model for the sentences of a section, and keeping those that are borne out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from generators.prose.check import check_sentence
from generators.prose.prompts import fitting, prompt_version, render_prompt
from generators.prose.sentences import split_sentences
from models.errors import NightshiftError
from models.records.completion import JsonAnswer
from models.records.document import CitedFact, DroppedSentence, Prose, Sentence, Writer

log = logging.getLogger(__name__)
MOST_SENTENCES = 5
_MOST_CITATIONS = 8


class JsonWriter(Protocol):
    """What is needed of a language model; `generators.inference.language_model` has it."""

    def write_json(
        self,
        prompt: str,
        schema: Mapping[str, Any],
        *,
        purpose: str,
        system: str | None = None,
        max_tokens: int = 1024,
    ) -> JsonAnswer:
        """Return an answer that is valid under a JSON schema."""


def facts_hash(facts: tuple[CitedFact, ...], version: str = "") -> bytes:
    """Return a hash of the facts that sentences rest on, under one version of the prompt."""
    return blake2b(msgspec.json.encode((version, facts)), digest_size=16).digest()


def prose_hash(prompt: str, facts: tuple[CitedFact, ...]) -> bytes:
    """Return what a section's sentences depend on: while it stays, no model is asked again."""
    return facts_hash(facts, prompt_version(prompt))


def write_prose(
    model: JsonWriter,
    *,
    document: str,
    section: str,
    prompt: str,
    facts: tuple[CitedFact, ...],
    known_names: Collection[str] = (),
) -> Prose:
    """Return the checked sentences of a section.

    A model that fails, in whatever way of ours, leaves no sentences but its reason.
    """
    written = write_sentences(model, prompt=prompt, facts=facts, known_names=known_names)
    if written.failure:
        log.warning("%s of %s has no written sentences: %s", section, document, written.failure)
    return Prose(
        document=document,
        section=section,
        writer=Writer.MODEL,
        input_hash=prose_hash(prompt, facts),
        facts=facts,
        sentences=written.kept,
        dropped=written.dropped,
        model=written.model,
        prompt_version=prompt_version(prompt),
        failure=written.failure,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a model wrote: the sentences that are borne out, the others, or why there is nothing."""

    kept: tuple[Sentence, ...] = ()
    dropped: tuple[DroppedSentence, ...] = ()
    model: str | None = None
    failure: str | None = None


def write_sentences(
    model: JsonWriter,
    *,
    prompt: str,
    facts: tuple[CitedFact, ...],
    known_names: Collection[str] = (),
    **values: str,
) -> Written:
    """Ask a model once for sentences that cite facts, and keep those that their facts bear out.

    Args:
        model: The language model.
        prompt: The name of a prompt file beside this one.
        facts: What it may cite; those that do not fit into the prompt are left out.
        known_names: Names of assets, see `check_sentence`.
        values: Further texts that the prompt names, such as a question.
    """
    chosen = fitting(facts)
    try:
        answer = model.write_json(
            render_prompt(prompt, chosen, MOST_SENTENCES, **values),
            _schema(chosen),
            purpose=prompt,
        )
    except NightshiftError as error:
        return Written(failure=str(error))
    kept, dropped = sort_out(_written(answer.value, chosen), facts, known_names)
    return Written(kept=tuple(kept), dropped=tuple(dropped), model=answer.completion.model)


def sort_out(
    written: list[Sentence], facts: tuple[CitedFact, ...], known_names: Collection[str] = ()
) -> tuple[list[Sentence], list[DroppedSentence]]:
    """Return the sentences that their facts bear out, and the others with what they lack."""
    known = {fact.id: fact for fact in facts}
    kept, dropped = [], []
    for sentence in written:
        missing = check_sentence(sentence, known, known_names)
        if missing:
            dropped.append(
                DroppedSentence(text=sentence.text, fact_ids=sentence.fact_ids, missing=missing)
            )
        else:
            kept.append(sentence)
    return kept, dropped


def _schema(chosen: Mapping[str, CitedFact]) -> dict[str, Any]:
    sentence = {
        "type": "object",
        "properties": {
            # A pattern and not maxLength, which vLLM's default backend gets wrong.
            "text": {"type": "string", "pattern": r"^[^\u0000-\u001f]{1,400}$"},
            "fact_ids": {
                "type": "array",
                "items": {"type": "string", "enum": list(chosen)},
                "minItems": 1,
                "maxItems": _MOST_CITATIONS,
            },
        },
        "required": ["text", "fact_ids"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "sentences": {"type": "array", "items": sentence, "maxItems": MOST_SENTENCES}
        },
        "required": ["sentences"],
        "additionalProperties": False,
    }


def _written(value: Any, chosen: Mapping[str, CitedFact]) -> list[Sentence]:
    """Return the answer's sentences with full fact ids; a strange id stays and fails the check."""
    return [
        Sentence(text=text, fact_ids=ids)
        for item in value["sentences"]
        for ids in [
            tuple(chosen[alias].id if alias in chosen else alias for alias in item["fact_ids"])
        ]
        for text in split_sentences(item["text"])
    ]
