"""Durable work: the one kind of row behind every wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work; `attempts` counts how often it was begun since it last ended well.

    `holder` tells one beginning from the next: only that holder may end it.
    """

    kind: str
    key: str
    state: str
    attempts: int
    payload: dict[str, Any] = field(default_factory=dict)
    flow_run_id: str | None = None
    updated_at: datetime | None = None
    error: str | None = None
    holder: str | None = None
