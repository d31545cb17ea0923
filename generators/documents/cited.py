"""Sentences of our own and the facts that they, and a language model, may cite."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.records.document import CitedFact, Sentence


@dataclass(slots=True)
class Cited:
    """Collects facts and the sentences that rest on them, in the order they are said."""

    known: dict[str, CitedFact] = field(default_factory=dict)
    said: list[Sentence] = field(default_factory=list)

    def fact(self, fact_id: str, text: str) -> str:
        """Add a fact and return its id."""
        self.known[fact_id] = CitedFact(id=fact_id, text=text)
        return fact_id

    def say(self, text: str, *facts: tuple[str, str]) -> None:
        """Add a sentence with the facts, as `(id, text)`, that it rests on."""
        ids = tuple(self.fact(fact_id, fact) for fact_id, fact in facts)
        self.said.append(Sentence(text=text, fact_ids=ids))

    @property
    def facts(self) -> tuple[CitedFact, ...]:
        """The facts, each once."""
        return tuple(self.known.values())

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order."""
        return tuple(self.said)
