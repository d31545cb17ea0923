"""Events: a query with a filter, and collectors that are read page by page, newest last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.types import data, vim
from deployments.practice.vcenter.vcenter import Call, Method
from deployments.practice.vcenter.world import EventRecord, World

QUERY_LIMIT = 1000


@dataclass(slots=True)
class EventCollector:
    """The matching events, oldest first, and how far they were read."""

    events: list[EventRecord]
    position: int = 0


def _shown(world: World, event: EventRecord) -> Any:
    vm = world.entities.get(event.vm)
    values: dict[str, Any] = {}
    if vm is not None:
        host = world.entities[vm.record.host]
        values["vm"] = data(vim.event.VmEventArgument, name=vm.record.name, vm=vm.reference)
        values["host"] = data(
            vim.event.HostEventArgument, name=host.record.name, host=host.reference
        )
    return data(
        getattr(vim.event, event.kind),
        key=event.key,
        chainId=event.key,
        createdTime=event.at,
        userName=event.user,
        fullFormattedMessage=event.message,
        template=False,
        **values,
    )


def _matching(call: Call) -> list[EventRecord]:
    wanted = call.arguments["filter"]
    kinds = set(wanted.eventTypeId) | {kind.__name__.rsplit(".", 1)[-1] for kind in wanted.type}
    kinds = {kind.removeprefix("vim.event.") for kind in kinds}
    vms = _vms(call, wanted.entity)
    begin, end = (wanted.time.beginTime, wanted.time.endTime) if wanted.time else (None, None)
    found = [
        event
        for event in call.world.events
        if (not kinds or event.kind in kinds)
        and (vms is None or event.vm in vms)
        and (begin is None or event.at >= begin)
        and (end is None or event.at <= end)
    ]
    return sorted(found, key=lambda event: (event.at, event.key))


def _vms(call: Call, by: Any) -> set[str] | None:
    """Return the VMs that an entity filter means, none for all."""
    if by is None or by.entity._moId == "group-d1":  # noqa: SLF001
        return None
    found = {by.entity._moId}  # noqa: SLF001
    if by.recursion != "self":
        stack = list(found)
        while stack:
            moid = stack.pop()
            under = {child.moid for child in call.world.children(moid)}
            under |= {vm.moid for vm in call.world.index.vms_by_host.get(moid, ())}
            stack += under - found
            found |= under
    return found


def _query(call: Call) -> list[Any]:
    with call.world.lock:
        limit = call.arguments["filter"].maxCount or QUERY_LIMIT
        return [_shown(call.world, event) for event in _matching(call)[-limit:]]


def _create(call: Call) -> Any:
    with call.world.lock:
        collector = EventCollector(_matching(call))
    return call.vcenter.own(call.session, "EventHistoryCollector", "", collector).reference


def _read_next(call: Call) -> list[Any]:
    count = call.arguments["maxCount"]
    if count < 1:
        raise faulted.invalid_argument("maxCount")
    collector: EventCollector = call.this.record
    page = collector.events[collector.position : collector.position + count]
    collector.position += len(page)
    with call.world.lock:
        return [_shown(call.world, event) for event in page]


def _read_previous(call: Call) -> list[Any]:
    collector: EventCollector = call.this.record
    start = max(0, collector.position - call.arguments["maxCount"])
    page = collector.events[start : collector.position]
    collector.position = start
    with call.world.lock:
        return [_shown(call.world, event) for event in page]


def _rewind(call: Call) -> None:
    call.this.record.position = 0


def _reset(call: Call) -> None:
    call.this.record.position = len(call.this.record.events)


def _destroy(call: Call) -> None:
    call.vcenter.disown(call.session, call.this.moid)


def _set_page_size(_: Call) -> None:
    """Accept it: only `latestPage`, which we do not show, depends on it."""


EVENT: dict[str, Method] = {
    "QueryEvents": Method(run=_query),
    "CreateCollectorForEvents": Method(run=_create),
    "ReadNextEvents": Method(run=_read_next),
    "ReadPreviousEvents": Method(run=_read_previous),
    "RewindCollector": Method(run=_rewind),
    "ResetCollector": Method(run=_reset),
    "SetCollectorPageSize": Method(run=_set_page_size),
    "DestroyCollector": Method(run=_destroy),
}
