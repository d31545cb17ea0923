"""Severity and team of alerts: rules where they are sure, the model where they are not.

What is predicted stands beside what the sender said, never instead of it. Whatever fails, every
alert gets a classification; its `failure` says what was missing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from generators.inference.embedder import embedder as configured_embedder
from models.errors import ConfigurationError
from models.records.alert import Alert, AlertStatus, Classification, Extraction
from models.records.severity import Severity
from tasks.alerts.classification.model import NAME, SeverityModel
from tasks.alerts.classification.ownership import Ownership
from tasks.alerts.classification.severity_rules import SURE, Verdict, judge
from tasks.alerts.classification.vectors import VectorCache, Vectors
from tasks.alerts.classification.wording import alert_text
from tasks.alerts.extraction import KnownEntities

FALLBACK = Severity.MEDIUM  # what an alert counts as where nobody knows: seen, and nobody is woken
LEAST = 0.4  # a prediction less sure than this is not made

_Guess = tuple[Severity, float]


@dataclass(frozen=True, slots=True)
class _Severity:
    severity: Severity | None
    confidence: float
    method: str


@dataclass(slots=True)
class Classifier:
    """Classifies batches of alerts; safe to share between threads.

    `vectors` gives the model its input; without it, or without a model, the rules stand alone.
    `missing` says why there is no model, and is told with each classification that lacks it.
    """

    ownership: Ownership
    severity_model: SeverityModel | None = None
    vectors: Vectors | None = None
    missing: str | None = None
    known: KnownEntities = field(default_factory=KnownEntities.empty)

    @classmethod
    def configured(
        cls, cache: VectorCache | None = None, known: KnownEntities | None = None
    ) -> Classifier:
        """Return the classifier that the settings ask for; weights that cannot be read are told.

        Args:
            cache: Keeps vectors beyond this process.
            known: The inventory, for the kinds of assets.

        Raises:
            ConfigurationError: The file with the rules of ownership cannot be used.
        """
        ownership, known = Ownership.configured(), known or KnownEntities.empty()
        try:
            model = SeverityModel.load()
        except ConfigurationError as error:
            return cls(ownership, missing=str(error), known=known)
        vectors = Vectors(configured_embedder, check=model.check, cache=cache)
        return cls(ownership, model, vectors, known=known)

    def warm(self) -> None:
        """Begin to load the embedder in a thread, so that the first alert need not wait for it."""
        if self.vectors is not None:
            threading.Thread(target=self.vectors.of, args=(["warm"],), daemon=True).start()

    def classify(
        self, alerts: Sequence[tuple[Alert, Extraction]], sources: Sequence[str] = ()
    ) -> list[Classification]:
        """Return one classification an alert, in their order; never raises.

        Args:
            alerts: Each with what was read out of it.
            sources: The vendors, in the same order, for rules that ask for one.
        """
        texts = [alert_text(alert) for alert, _ in alerts]
        verdicts = [
            judge(text, resolved=alert.status is AlertStatus.RESOLVED)
            for (alert, _), text in zip(alerts, texts, strict=True)
        ]
        open_ones = {
            text
            for (alert, _), text, verdict in zip(alerts, texts, verdicts, strict=True)
            if alert.severity is None and text and verdict.confidence < SURE
        }
        guesses, failure = self._guesses(sorted(open_ones))
        named = [*sources, *[None] * (len(alerts) - len(sources))]
        found = []
        for (alert, extraction), source, text, verdict in zip(
            alerts, named, texts, verdicts, strict=True
        ):
            kind = self.known.kind_of(extraction.entity_id) if extraction.entity_id else None
            owner = self.ownership.owner(alert, extraction, kind, source)
            severity = self._severity(verdict, guesses.get(text))
            missed = failure if text in open_ones and text not in guesses else None
            found.append(
                Classification(
                    severity=severity.severity,
                    severity_confidence=round(severity.confidence, 4),
                    method=severity.method,
                    model=NAME if severity.method == "model" else None,
                    model_version=self._version if severity.method == "model" else None,
                    team=owner.team,
                    team_confidence=owner.confidence,
                    team_source=owner.source,
                    failure=missed,
                )
            )
        return found

    @property
    def _version(self) -> str | None:
        return self.severity_model.version if self.severity_model is not None else None

    @staticmethod
    def _severity(verdict: Verdict, guess: _Guess | None) -> _Severity:
        """Return the surer of the two, or the fallback where neither is sure enough."""
        if guess is not None and guess[1] > verdict.confidence:
            found = _Severity(guess[0], guess[1], "model")
        else:
            found = _Severity(verdict.severity, verdict.confidence, "rules")
        if found.severity is not None and found.confidence >= LEAST:
            return found
        return _Severity(FALLBACK, found.confidence, "fallback")

    def _guesses(self, texts: Sequence[str]) -> tuple[Mapping[str, _Guess], str | None]:
        """Return what the model makes of texts, and why it could not of some."""
        if not texts or self.severity_model is None or self.vectors is None:
            return {}, self.missing if texts else None
        vectors, failure = self.vectors.of(texts)
        if not vectors:
            return {}, failure
        stacked = np.stack(list(vectors.values()))
        odds = self.severity_model.probabilities(list(vectors), stacked)
        classes = self.severity_model.classes
        best = odds.argmax(axis=1)
        return {
            text: (classes[place], float(row[place]))
            for text, row, place in zip(vectors, odds, best, strict=True)
        }, failure
