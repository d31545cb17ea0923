"""The answer that a language model writes after the passages; each sentence is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generators.answers.units import Unit
from generators.prose.write import JsonWriter, write_sentences
from models.records.answer import Answer, Statement, cite
from models.records.chunk import Passage
from models.records.document import CitedFact, Sentence

_PROMPT = "answer_question"


def written_answer(
    model: JsonWriter, extracted: Answer, judged: Sequence[Unit], passages: Sequence[Passage]
) -> Answer:
    """Return the model's answer to the same question, or the extracted one with the reason.

    Args:
        model: The language model.
        extracted: What stands where the model fails or nothing it writes is borne out.
        judged: What it may cite, the best first.
        passages: The passages of those units.
    """
    facts = tuple(
        CitedFact(id=f"{unit.passage}.{unit.place}", text=_with_heading(unit, passages))
        for unit in judged
    )
    written = write_sentences(model, prompt=_PROMPT, facts=facts, question=extracted.question)
    dropped = len(written.dropped)
    if not written.kept:
        reason = written.failure or "no sentence of the model was borne out by the passages"
        return replace(extracted, failure=reason, dropped=dropped)
    return _composed(extracted, written.kept, passages, dropped)


def _composed(
    extracted: Answer, sentences: Sequence[Sentence], passages: Sequence[Passage], dropped: int
) -> Answer:
    cited = dict.fromkeys(_passage(fact) for one in sentences for fact in one.fact_ids)
    numbers = {place: number + 1 for number, place in enumerate(cited)}
    return replace(
        extracted,
        answered=True,
        statements=tuple(
            Statement(
                text=one.text,
                citations=tuple(sorted({numbers[_passage(fact)] for fact in one.fact_ids})),
            )
            for one in sentences
        ),
        citations=tuple(cite(passages[place], number) for place, number in numbers.items()),
        method="model",
        dropped=dropped,
    )


def _with_heading(unit: Unit, passages: Sequence[Passage]) -> str:
    passage = passages[unit.passage]
    return f"{passage.document}, {passage.heading}: {unit.lead} {unit.text}".replace("  ", " ")


def _passage(fact_id: str) -> int:
    return int(fact_id.partition(".")[0])
