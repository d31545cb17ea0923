"""Reading an alert: service, environment, region, host, error code, and the asset it speaks of."""

from __future__ import annotations

from tasks.alerts.extraction.extract import extract
from tasks.alerts.extraction.known import Entity, KnownEntities

__all__ = ["Entity", "KnownEntities", "extract"]
