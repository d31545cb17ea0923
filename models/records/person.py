"""People who may change things, and what each role may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each role may all that those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Tell whether this role may what another one may."""
        return _ORDER.index(self) >= _ORDER.index(needed)


_ORDER = list(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person; the token itself is never stored, only its hash."""

    id: str
    name: str
    role: Role
    created_at: datetime
    created_by: str | None = None
    revoked_at: datetime | None = None
