"""What grouping remembers of incidents that people merged or split: pure, over its own records.

Events of a key follow the alert's memory, which is moved with the alert; what is kept here is under
which words the incidents are found and how many of their alerts fire.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from generators.incidents.affected import Thing, told_once
from models.records.regrouping import Member
from models.records.severity import Severity, worst
from tasks.alerts.grouping import Context, IncidentMemory, Memory, Topology
from tasks.alerts.grouping.membership import absorb
from tasks.alerts.grouping.memory import Contender
from tasks.alerts.grouping.roots import choose_root, title_of

_LISTS = ("services", "clusters", "namespaces", "places", "mass", "rules", "topics", "tokens")
Stored = Mapping[str, Any]
Keeps = Callable[[str], bool]


def read(stored: Stored) -> IncidentMemory | None:
    """Return a stored memory; None where grouping does not know the incident."""
    return msgspec.convert(dict(stored), IncidentMemory) if stored else None


def written(memory: IncidentMemory) -> dict[str, Any]:
    """Return a memory as it is stored."""
    found: dict[str, Any] = msgspec.to_builtins(memory)
    return found


def joined(into: IncidentMemory, gone: IncidentMemory, context: Context) -> IncidentMemory:
    """Return the memory of an incident that takes over another one, as grouping merges them."""
    both, leaving = read(written(into)), read(written(gone))
    if both is not None and leaving is not None:
        absorb(both, leaving, Memory(incidents=[both, leaving]), context)
    return both or into


def alone(memory: IncidentMemory) -> IncidentMemory:
    """Return the memory of an incident that lives by itself again, and joins no other by itself."""
    return msgspec.structs.replace(memory, merged_into=None, split=True)


def apart(now: IncidentMemory, gone: Stored, before: Stored) -> IncidentMemory:
    """Return the memory of an incident without what only the one brought that leaves it again.

    It begins where it began before.

    Args:
        now: What is remembered of both.
        gone: The memory of the one that leaves, as it was when it came.
        before: The memory of the one that stays, as it was then.
    """
    left, own = read(gone), read(before)
    if left is None or own is None:
        return now
    lists = {
        name: _without(getattr(now, name), getattr(left, name), getattr(own, name))
        for name in _LISTS
    }
    strange = left.entities.keys() - own.entities.keys()
    keys = {(one.dedup_key, one.event_id) for one in left.contenders}
    return msgspec.structs.replace(
        began_as(now, before),
        **lists,
        entities={key: value for key, value in now.entities.items() if key not in strange},
        contenders=[one for one in now.contenders if (one.dedup_key, one.event_id) not in keys],
        hosts=max(now.hosts - left.hosts, 0),
        started_at=own.started_at,
        severity=own.severity,
        maintenance=own.maintenance,
        split=True,
    )


def began_as(now: IncidentMemory, before: Stored) -> IncidentMemory:
    """Return a memory with the beginning and the title that it had before, told in that order.

    Grouping chose them by a topology that nobody has here; the next alert lets it choose anew.
    """
    own = read(before)
    if own is None:
        return now
    now = msgspec.structs.replace(now, services=_in_order(now.services, own.services))
    if own.root_key is None:
        return now
    return msgspec.structs.replace(
        now,
        title=own.title,
        root_key=own.root_key,
        root_event=own.root_event,
        root_entities=own.root_entities,
        root_topics=own.root_topics,
        root_at=own.root_at,
        split=own.split,
    )


def taken_out(
    memory: IncidentMemory, moved: Sequence[Member], kept: Sequence[Member], ref: str
) -> tuple[IncidentMemory, IncidentMemory]:
    """Return the memories of the new incident and of the one that its alerts are taken out of.

    Neither joins the other again by itself.
    """
    leaving, staying = names_of(moved), names_of(kept)
    new = _about(memory, leaving, moved, lambda name: name in leaving)
    old = _about(memory, staying, kept, lambda name: name in staying or name not in leaving)
    return msgspec.structs.replace(new, ref=ref), old


def counted(memory: IncidentMemory, members: Iterable[Member], *, live: bool) -> IncidentMemory:
    """Return a memory with the counts of the alerts that stand in the incident now."""
    found = list(members)
    firing = {member.dedup_key for member in found if member.current and member.firing}
    return msgspec.structs.replace(
        memory,
        firing=len(firing),
        member_count=len({member.dedup_key for member in found}),
        event_count=sum(member.occurrences for member in found),
        live=live,
        resolved_at=None if live else memory.resolved_at,
    )


def affected(memory: IncidentMemory) -> list[str]:
    """Return the keys of what is affected beside the services, each thing once, the first first.

    The store keeps no order of them.
    """
    found = sorted(memory.entities.items(), key=lambda one: (one[1].first_at, one[0]))
    things = (Thing(key, entity.name, entity.kind, entity.known) for key, entity in found)
    return [thing.key for thing in told_once(things, memory.services)]


def names_of(members: Iterable[Member]) -> frozenset[str]:
    """Return what alerts speak of, in lower case."""
    return frozenset(name for member in members for name in member.names)


def severity_of(members: Iterable[Member]) -> Severity | None:
    """Return the worst severity of alerts."""
    return worst(*(member.severity for member in members))


def _about(
    memory: IncidentMemory,
    names: frozenset[str],
    members: Sequence[Member],
    keeps: Keeps,
) -> IncidentMemory:
    keys = {member.dedup_key for member in members}
    entities = {
        key: entity
        for key, entity in memory.entities.items()
        if keeps(key.lower()) or keeps(entity.name.lower())
    }
    first = min(members, key=lambda one: one.alert_timestamp)
    about = msgspec.structs.replace(
        memory,
        title=first.title,
        severity=severity_of(members),
        started_at=first.alert_timestamp,
        opened_at=min(member.created_at for member in members),
        last_event_at=max(member.last_seen_at for member in members),
        services=[name for name in memory.services if keeps(name.lower())],
        rules=[name for name in memory.rules if keeps(name.lower())],
        entities=entities,
        tokens=_tokens(memory.tokens, names, keeps),
        contenders=[one for one in memory.contenders if one.dedup_key in keys],
        root_key=first.dedup_key,
        root_event=None,
        maintenance=memory.maintenance if any(member.held for member in members) else None,
        hosts=len({member.host for member in members if member.host}),
        split=True,
    )
    if about.contenders:
        return _rooted(about)
    return msgspec.structs.replace(about, title=_title_of(first, about))


def _title_of(first: Member, memory: IncidentMemory) -> str:
    """Return the title of an incident whose events were never noted as its beginning."""
    root = Contender(
        event_id="",
        dedup_key=first.dedup_key,
        occurred_at=first.alert_timestamp.timestamp(),
        cause=0.0,
        entities=[
            key
            for key, one in memory.entities.items()
            if not first.names.isdisjoint((key.lower(), one.name.lower()))
        ],
        title=first.title,
        rule=first.rule,
    )
    return title_of(root, memory)


def _rooted(memory: IncidentMemory) -> IncidentMemory:
    """Return a memory whose root is one of its own events, as grouping chooses it."""
    if memory.contenders:
        choose_root(memory, Topology())
    return memory


def _tokens(tokens: Iterable[str], names: Collection[str], keeps: Keeps) -> list[str]:
    """Return the words that an incident is found under; each has its kind before a colon."""
    found = [token for token in tokens if keeps(token.partition(":")[2].lower())]
    return _union(found, [f"n:{name}" for name in sorted(names)])


def _union(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _in_order(now: Collection[str], before: Iterable[str]) -> list[str]:
    """Return words, those first that stood before, in the order in which they stood."""
    return _union((word for word in before if word in now), now)


def _without(now: Iterable[str], left: Collection[str], own: Collection[str]) -> list[str]:
    strange = set(left) - set(own)
    return [word for word in now if word not in strange]
