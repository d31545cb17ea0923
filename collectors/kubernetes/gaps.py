"""What of a cluster could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from models.records.asset import Gap


@dataclass(slots=True)
class Gaps:
    """Counts what could not be seen, and which kinds are therefore not covered.

    `prefix` names the cluster, where a source has several.
    """

    prefix: str = ""
    uncovered: set[str] = field(default_factory=set)
    _counts: Counter[Gap] = field(default_factory=Counter)

    def add(
        self, kind: str, fields: str, why: str, lacking: str | None = None, count: int = 1
    ) -> None:
        """Count a gap for each of the fields, which are separated by spaces.

        A field of another kind is written `pod.deployment`.
        """
        for gap in self._each(kind, fields, why):
            self._counts[replace(gap, privilege=lacking)] += count

    def want(self, kind: str, fields: str, why: str, cure: str) -> None:
        """Count a gap for each of the fields that no privilege would close, and what would."""
        for gap in self._each(kind, fields, why):
            self._counts[replace(gap, cure=cure)] += 1

    def refuse(self, kind: str, why: str, lacking: str | None = None) -> None:
        """Count a kind as not covered: nothing of it may be taken for gone."""
        self.uncovered.add(kind)
        self.add(kind, "*", why, lacking)

    def drain(self) -> tuple[Gap, ...]:
        """Return the gaps since the last call, in a stable order."""
        found = tuple(
            replace(gap, count=count) for gap, count in sorted(self._counts.items(), key=repr)
        )
        self._counts.clear()
        return found

    def _each(self, kind: str, fields: str, why: str) -> Iterator[Gap]:
        for field_name in fields.split():
            owner, _, name = field_name.rpartition(".")
            yield Gap(kind=owner or kind, field=name, reason=f"{self.prefix}{why}")
