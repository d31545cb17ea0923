"""How often what was asked: requests, and which of them changed something."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class Counters:
    """Counts of one practice server; safe from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._verbs: Counter[str] = Counter()
        self._resources: Counter[str] = Counter()
        self._mutating: Counter[str] = Counter()
        self._dry_runs = 0
        self.unauthorized = 0

    def request(self, verb: str, label: str) -> None:
        """Count a request."""
        with self._lock:
            self._verbs[verb] += 1
            self._resources[f"{verb} {label}"] += 1

    def mutation(self, verb: str, label: str, *, dry_run: bool) -> None:
        """Count a call that changed something, or would have."""
        with self._lock:
            if dry_run:
                self._dry_runs += 1
            else:
                self._mutating[f"{verb} {label}"] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return all counts."""
        with self._lock:
            return {
                "requests": self._verbs.total(),
                "verbs": dict(self._verbs),
                "calls": dict(self._resources),
                "mutating": self._mutating.total(),
                "mutating_calls": dict(self._mutating),
                "dry_runs": self._dry_runs,
                "unauthorized": self.unauthorized,
            }

    def reset(self) -> None:
        """Start from zero."""
        with self._lock:
            for counter in (self._verbs, self._resources, self._mutating):
                counter.clear()
            self._dry_runs = self.unauthorized = 0
