"""What triage would make of a text that nobody sent: for people and programs that ask."""

from __future__ import annotations

from functools import cache

from models.records.alert import Alert, Classification, Extraction
from models.store import transaction
from tasks.alerts.classification import Classifier
from tasks.alerts.extraction import KnownEntities, extract
from tasks.alerts.triage.surroundings import Surroundings
from tasks.alerts.triage.vectors import StoredVectors


def extract_text(alert: Alert) -> Extraction:
    """Return what is read out of an alert, resolved against the inventory; nothing is stored."""
    return extract(alert, _known())


def classify_text(alert: Alert, source: str | None = None) -> tuple[Classification, Extraction]:
    """Return what is predicted of an alert, and what was read out of it; no alert is stored.

    Args:
        alert: What would have been sent; the vector of its text is kept, as that of any alert.
        source: The vendor that would have sent it.

    Raises:
        ConfigurationError: The file with the rules of ownership cannot be used.
    """
    known = _known()
    read = extract(alert, known)
    classifier = _classifier()
    classifier.known = known
    (found,) = classifier.classify([(alert, read)], [source] if source else [])
    return found, read


@cache
def _surroundings() -> Surroundings:
    return Surroundings()


@cache
def _classifier() -> Classifier:
    return Classifier.configured(StoredVectors())


def _known() -> KnownEntities:
    with transaction() as conn:
        return _surroundings().world(conn).known
