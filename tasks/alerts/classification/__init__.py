"""Predicting what senders leave open: how bad an alert is, and whose it is."""

from __future__ import annotations

from tasks.alerts.classification.classifier import Classifier
from tasks.alerts.classification.model import SeverityModel
from tasks.alerts.classification.ownership import Ownership
from tasks.alerts.classification.vectors import VectorCache

__all__ = ["Classifier", "Ownership", "SeverityModel", "VectorCache"]
