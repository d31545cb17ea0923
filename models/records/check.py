"""Health checks: what one found on one asset, and what a person has silenced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class Severity(StrEnum):
    """What a check says of an asset; UNKNOWN is never OK: the facts were not there to decide."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    CRIT = "crit"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


# The order in which people want to read them.
SEVERITIES = (
    Severity.CRIT,
    Severity.WARN,
    Severity.UNKNOWN,
    Severity.INFO,
    Severity.SUPPRESSED,
    Severity.OK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check on one asset.

    `asset_name` says where the asset is, where its name alone does not tell it from others: a port
    is `leaf-01 Ethernet1/1`, an object of Kubernetes `namespace/name`. `evidence` holds the few
    fields and values that decided. `privilege` is what the account needs for the check to see its
    facts. `since` is when the stored result became what it is; None while it has not been stored.
    """

    check: str
    title: str
    asset_id: str
    asset_name: str
    kind: str
    result: Severity
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)
    remedy: str = ""
    privilege: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A check that a person has silenced until a time, on one asset or on names of a pattern.

    `selector` is an asset id, a name, or a shell pattern over names such as `test-*`. One with a
    slash or a space is also held against the names that say where an asset is: `web/*` is all of a
    namespace, `leaf-01 *` all ports of a device; `web-*` is no namespace's.
    """

    check: str
    selector: str
    reason: str
    until: datetime
    owner: str | None = None
    created_at: datetime | None = None

    def covers(self, asset_id: str, name: str, *full_names: str) -> bool:
        """Tell whether it speaks of this asset.

        Args:
            asset_id: Its id.
            name: Its own name.
            full_names: Names that say where it is, such as `namespace/name`.
        """
        if self.selector in (asset_id, name, *full_names):
            return True
        places = full_names if "/" in self.selector or " " in self.selector else ()
        return any(fnmatchcase(one, self.selector) for one in (name, *places))

    def active(self, now: datetime) -> bool:
        """Tell whether it still holds; at its very end it does not."""
        return now < self.until
