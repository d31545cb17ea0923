"""What the last collection of a source could not see, and whose facts are old because of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from models.kinds import KINDS
from models.records.asset import Asset, Gap
from tasks.inventory.checks.domains import domain_of

WHOLE_KIND = "*"
Gaps = Mapping[str, Sequence[Gap]]
_MORE = re.compile(r"\band \d+ more\b")  # it speaks of more than it names
# An asset that a collection would have seen, had it been there.
MISSED = Gap(kind=WHOLE_KIND, field=WHOLE_KIND, reason="it was not seen in the last collection")
_WORD = re.compile(r"[\w.-]*\w")  # a name at a sentence's end is without its full stop


@dataclass(frozen=True, slots=True)
class Blindness:
    """The gaps of one source by kind and field, and which assets each speaks of.

    Where assets are read one by one (`Domain.holder`), the reason of a gap names the one that
    could not be read; such a gap says nothing of the others.
    """

    gaps: dict[str, dict[str, list[Gap]]]
    names: dict[str, str] = field(default_factory=dict)

    def gap(self, asset: Asset, name: str) -> Gap | None:
        """Return the gap that speaks of a field of this asset, or of all of it for `*`."""
        return self._gap(asset.kind, name, asset)

    def unlisted(self, asset: Asset, kinds: Sequence[str]) -> Gap | None:
        """Return the gap over the first of these kinds that could not be listed around an asset."""
        return next((gap for kind in kinds if (gap := self._gap(kind, WHOLE_KIND, asset))), None)

    def named(self, gap: Gap) -> set[str]:
        """Return the ids of the holders that a gap speaks of; of all where it names none."""
        if _MORE.search(gap.reason):
            return set()
        return {self.names[word] for word in _WORD.findall(gap.reason) if word in self.names}

    def speaks(self, gap: Gap, asset: Asset) -> bool:
        """Tell whether a gap speaks of an asset."""
        named = self.named(gap)
        return not named or not named.isdisjoint(self._holders(asset))

    def _gap(self, kind: str, name: str, asset: Asset) -> Gap | None:
        found = self.gaps.get(kind, {}).get(name, ())
        return next((gap for gap in reversed(found) if self.speaks(gap, asset)), None)

    def _holders(self, asset: Asset) -> set[str]:
        """Return the ids of those that are read one by one and hold this asset's facts."""
        holder = domain_of(asset.kind).holder
        if asset.kind == holder:
            return {asset.id}
        found: set[str] = set()
        for name in _fields_to(asset.kind, holder):
            value = getattr(asset.record, name)
            found.update([value] if isinstance(value, str) else value or ())
        # Of Kubernetes each object names its cluster, and few refer to it.
        cluster = self.names.get(getattr(asset.record, "cluster", None) or "")
        return found | {cluster} if cluster else found


def blindness(present: Mapping[str, Asset], gaps: Gaps) -> dict[str, Blindness]:
    """Return the gaps of each source that has any."""
    found = {source: Blindness(_grouped(these)) for source, these in gaps.items() if these}
    for asset in present.values() if found else ():
        if asset.source in found and domain_of(asset.kind).holder == asset.kind:
            found[asset.source].names[asset.name] = asset.id
    return found


def _grouped(gaps: Sequence[Gap]) -> dict[str, dict[str, list[Gap]]]:
    found: dict[str, dict[str, list[Gap]]] = defaultdict(lambda: defaultdict(list))
    for gap in gaps:
        found[gap.kind][gap.field].append(gap)
    return {kind: dict(fields) for kind, fields in found.items()}


def old_facts(
    present: Mapping[str, Asset],
    blind: Mapping[str, Blindness],
    taken_at: Mapping[str, datetime],
) -> dict[str, Gap]:
    """Return the assets whose facts may be old, each with the gap that is why.

    What the newest collection saw is known, whatever else it could not see; where nobody says when
    that was, a gap over a whole kind makes all of it old. What it did not see is old: for want of a
    gap over its kind, or over a kind that it refers to, because it may be gone.
    """
    whole = {source for source, its in blind.items() if _has_whole(its)}
    found: dict[str, Gap] = {}
    for asset in present.values():
        newest = taken_at.get(asset.source)
        gap = None
        if asset.source in whole:
            gap = _gap_over(asset, blind[asset.source], newest)
        if gap is None and newest is not None and asset.last_seen < newest:
            gap = MISSED
        if gap is not None:
            found[asset.id] = gap
    return found


def _has_whole(blind: Blindness) -> bool:
    return any(WHOLE_KIND in fields for fields in blind.gaps.values())


def _gap_over(asset: Asset, blind: Blindness, newest: datetime | None) -> Gap | None:
    own = blind.gap(asset, WHOLE_KIND)
    if newest is None:
        return own
    if asset.last_seen >= newest:
        return None
    return own or next(
        (
            these[WHOLE_KIND][0]
            for kind in _kinds_around(asset.kind)
            if WHOLE_KIND in (these := blind.gaps.get(kind, {}))
        ),
        None,
    )


@cache
def _kinds_around(kind: str) -> tuple[str, ...]:
    """Return a kind and those that it refers to, itself first."""
    references = [item.fact.reference for item in KINDS[kind].references]
    return tuple(dict.fromkeys([kind, *(one.kind for one in references if one)]))


@cache
def _fields_to(kind: str, holder: str | None) -> tuple[str, ...]:
    return tuple(
        item.name
        for item in KINDS[kind].references
        if item.fact.reference and item.fact.reference.kind == holder
    )
