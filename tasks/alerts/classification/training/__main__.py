"""Trains the severity model and measures it on conditions that it has not seen.

    python -m tasks.alerts.classification.training [--check]

Five folds by condition give the strength of the penalty, the temperature and the figures; then all
is fitted once more and written beside the code. `--check` only measures.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generators.inference.embedder import embedder
from models.records.severity import Severity
from tasks.alerts.classification.model import PATH, SeverityModel, features, words_of
from tasks.alerts.classification.severity_rules import judge
from tasks.alerts.classification.training.corpus import Sample, corpus_hash, folds, samples
from tasks.alerts.classification.training.fit import (
    Matrix,
    Numbers,
    calibration_error,
    cross_entropy,
    fit,
    macro_f1,
    softmax,
    temperature,
)

_SEED, _EACH, _FOLDS = 4, 6, 5
_DECAYS = (1e-4, 2e-4, 4e-4)
_COMMON = 6  # conditions that a word has to stand in to count
_CLASSES = len(Severity)


@dataclass(frozen=True, slots=True)
class _Data:
    """Samples as arrays; each condition counts as much as any other."""

    vectors: Matrix
    labels: Numbers
    importance: Matrix
    folds: Numbers


def main() -> None:
    """Train, measure, write."""
    found = samples(_EACH, _SEED)
    engine = embedder()
    texts, words = [one.text for one in found], _words(found)
    data = _data(found, features(texts, engine.embed(texts), words))
    _say(f"{len(found)} texts of {len({one.condition for one in found})} conditions")
    losses = {}
    for decay in _DECAYS:
        scores = _unseen(data, decay)
        losses[decay] = cross_entropy(
            scores, data.labels, data.importance, temperature(scores, data.labels, data.importance)
        )
    best = min(losses, key=lambda decay: losses[decay])
    scores = _unseen(data, best)
    heat = temperature(scores, data.labels, data.importance)
    _report(found, data, scores, heat, best)
    if "--check" in sys.argv:
        return
    whole = fit(data.vectors, data.labels, data.importance, _CLASSES, best)
    SeverityModel(
        words=words,
        weights=whole.weights.astype(np.float32),
        biases=whole.biases.astype(np.float32),
        temperature=heat,
        embedder=engine.model_id,
        corpus=corpus_hash(),
    ).save()
    _say(f"{PATH.name}: {PATH.stat().st_size} bytes, version {SeverityModel.load().version}")


def _words(found: Sequence[Sample]) -> list[str]:
    """Return the words that stand in texts of enough conditions, sorted."""
    where = defaultdict[str, set[int]](set)
    for one in found:
        for word in words_of(one.text):
            where[word].add(one.condition)
    return sorted(word for word, several in where.items() if len(several) >= _COMMON)


def _data(found: Sequence[Sample], vectors: Matrix) -> _Data:
    numbers = np.array([one.condition for one in found])
    counts = np.bincount(numbers)
    return _Data(
        vectors,
        np.array([one.severity.rank for one in found]),
        1.0 / counts[numbers],
        np.array(folds(found, _FOLDS, _SEED)),
    )


def _unseen(data: _Data, decay: float) -> Matrix:
    """Return the scores of each text by a model that saw nothing of its condition."""
    scores = np.zeros((len(data.labels), _CLASSES), np.float32)
    for one in range(_FOLDS):
        seen = data.folds != one
        made = fit(data.vectors[seen], data.labels[seen], data.importance[seen], _CLASSES, decay)
        scores[~seen] = made.scores(data.vectors[~seen])
    return scores


def _report(
    found: Sequence[Sample], data: _Data, scores: Matrix, heat: float, decay: float
) -> None:
    odds = softmax(scores / heat)
    guessed = odds.argmax(axis=1)
    _say(f"penalty {decay:g}, temperature {heat:.2f}; figures of unseen conditions:")
    _figures("model", data, guessed.tolist())
    _figures("majority", data, [Severity.MEDIUM.rank] * len(found))
    _say(f"calibration error {calibration_error(odds, data.labels):.3f}")
    for least in (0.4, 0.5, 0.6, 0.7, 0.8):
        sure = odds.max(axis=1) >= least
        right = (guessed == data.labels)[sure].mean() if sure.any() else 0.0
        _say(f"confidence >= {least}: {sure.mean():.0%} of texts, {right:.1%} right")
    verdicts = [judge(one.text) for one in found]
    for rule in sorted({verdict.rule for verdict in verdicts if verdict.rule}):
        hits = [
            (verdict.severity, one.severity)
            for verdict, one in zip(verdicts, found, strict=True)
            if verdict.rule == rule
        ]
        right = sum(said == true for said, true in hits)
        _say(f"rule {rule}: {right} of {len(hits)} texts right")


def _figures(name: str, data: _Data, guessed: Sequence[int]) -> None:
    truth = data.labels.tolist()
    right = np.array(guessed) == data.labels
    near = np.abs(np.array(guessed) - data.labels) <= 1
    total = data.importance.sum()
    _say(
        f"{name}: accuracy {(right * data.importance).sum() / total:.3f}, "
        f"within one step {(near * data.importance).sum() / total:.3f}, "
        f"macro F1 {macro_f1(truth, guessed, _CLASSES):.3f}, n = {len(truth)}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
