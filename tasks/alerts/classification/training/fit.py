"""Multinomial logistic regression in numpy: fitting, calibrating and measuring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]
_STEPS = 300
_RATE = 6.0
_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of shape (features, classes) and one bias a class."""

    weights: Matrix
    biases: Matrix

    def scores(self, vectors: Matrix) -> Matrix:
        """Return the scores of vectors before they become probabilities."""
        return np.asarray(vectors @ self.weights + self.biases)


def softmax(scores: Matrix) -> Matrix:
    """Return probabilities, rows that sum to 1."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def fit(vectors: Matrix, labels: Numbers, importance: Matrix, classes: int, decay: float) -> Fit:
    """Fit by accelerated gradient descent; the same input always gives the same weights.

    Args:
        vectors: Shape (n, features).
        labels: The class of each, from 0.
        importance: How much each counts; they are scaled to sum to 1.
        classes: How many classes there are.
        decay: Strength of the L2 penalty on the weights.
    """
    wanted = np.eye(classes, dtype=np.float32)[labels]
    share = (importance / importance.sum()).astype(np.float32)[:, None]
    weights = np.zeros((vectors.shape[1], classes), np.float32)
    biases = np.zeros(classes, np.float32)
    pace_w, pace_b = np.zeros_like(weights), np.zeros_like(biases)
    for _ in range(_STEPS):
        ahead_w, ahead_b = weights + _MOMENTUM * pace_w, biases + _MOMENTUM * pace_b
        wrong = (softmax(vectors @ ahead_w + ahead_b) - wanted) * share
        pace_w = _MOMENTUM * pace_w - _RATE * (vectors.T @ wrong + decay * ahead_w)
        pace_b = _MOMENTUM * pace_b - _RATE * wrong.sum(axis=0)
        weights, biases = weights + pace_w, biases + pace_b
    return Fit(weights, biases)


def cross_entropy(scores: Matrix, labels: Numbers, importance: Matrix, temperature: float) -> float:
    """Return the mean negative log-likelihood at a temperature."""
    odds = softmax(scores / temperature)[np.arange(len(labels)), labels]
    return float(-(np.log(np.maximum(odds, 1e-12)) * importance).sum() / importance.sum())


def temperature(scores: Matrix, labels: Numbers, importance: Matrix) -> float:
    """Return the temperature at which scores of unseen texts are best calibrated."""
    grid = np.geomspace(0.2, 5.0, 121)
    losses = [cross_entropy(scores, labels, importance, float(one)) for one in grid]
    return float(grid[int(np.argmin(losses))])


def macro_f1(truth: Sequence[int], found: Sequence[int], classes: int) -> float:
    """Return the mean F1 of those classes that occur."""
    scores = []
    for one in range(classes):
        both = sum(t == f == one for t, f in zip(truth, found, strict=True))
        either = sum(t == one for t in truth) + sum(f == one for f in found)
        if any(t == one for t in truth):
            scores.append(2 * both / either if either else 0.0)
    return sum(scores) / len(scores) if scores else 0.0


def calibration_error(odds: Matrix, labels: Numbers, bins: int = 10) -> float:
    """Return the expected difference of confidence and accuracy over equal bins."""
    sure, right = odds.max(axis=1), odds.argmax(axis=1) == labels
    places = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(sure[places == one].mean() - right[places == one].mean()) * (places == one).mean()
            for one in range(bins)
            if (places == one).any()
        )
    )
