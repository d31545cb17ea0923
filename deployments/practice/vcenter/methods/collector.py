"""The property collector: pages, filters and waiting for updates."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.properties import (
    Selected,
    content,
    declared_type,
    managed_class,
    read,
    refusals,
    select,
)
from deployments.practice.vcenter.soap_write import written_any
from deployments.practice.vcenter.types import data, vmodl
from deployments.practice.vcenter.vcenter import Call, Method, Raw

LONGEST_WAIT_SECONDS = 30 * 60.0


@dataclass(slots=True)
class Filter:
    """A filter of a session and the objects that it has reported."""

    spec: Any
    known: set[str] = field(default_factory=set)


def _retrieve_ex(call: Call) -> Raw:
    with call.world.lock:
        selected = select(call.world, call.arguments["specSet"])
    options = call.arguments["options"]
    wanted = options.maxObjects if options else None
    limits = [limit for limit in (wanted, call.vcenter.page_cap) if limit]
    return _page(call, selected, min(limits) if limits else None)


def _continue(call: Call) -> Raw:
    rest = call.session.pages.pop(call.arguments["token"], None)
    if rest is None:
        raise faulted.invalid_argument("token")
    return _page(call, *rest)


def _cancel(call: Call) -> None:
    if call.session.pages.pop(call.arguments["token"], None) is None:
        raise faulted.invalid_argument("token")


def _page(call: Call, selected: list[Selected], limit: int | None) -> Raw:
    here, rest = (selected, []) if limit is None else (selected[:limit], selected[limit:])
    if not here:
        return Raw(())
    parts = ["<returnval>"]
    if rest:
        token = str(len(call.session.pages) + 1) + call.world.new_moid("-")
        call.session.pages[token] = (rest, limit)
        parts.append(f"<token>{token}</token>")
    parts += _contents(call, here, "objects")
    parts.append("</returnval>")
    return Raw(tuple(parts))


def _contents(call: Call, selected: list[Selected], tag: str) -> list[str]:
    """Write the objects that still exist."""
    world, account = call.world, call.session.account
    with world.lock:
        here = [one for one in selected if one[0].moid in world.entities]
        kinds = {(entity.kind, paths) for entity, paths in here}
        refused = {key: refusals(account, *key) for key in kinds}
        return [
            f"<{tag}>{content(world, entity, paths, refused[entity.kind, paths])}</{tag}>"
            for entity, paths in here
        ]


def _retrieve(call: Call) -> Raw:
    with call.world.lock:
        selected = select(call.world, call.arguments["specSet"])
    return Raw(tuple(_contents(call, selected, "returnval")))


def _create_filter(call: Call) -> Any:
    with call.world.lock:
        select(call.world, [call.arguments["spec"]])
    kept = Filter(call.arguments["spec"])
    return call.vcenter.own(call.session, "PropertyFilter", "", kept).reference


def _destroy_filter(call: Call) -> None:
    call.vcenter.disown(call.session, call.this.moid)


def _wait(call: Call) -> Raw:
    """Answer with what changed since a version, waiting for it as long as was asked."""
    options = call.arguments.get("options")
    seconds = options.maxWaitSeconds if options else None
    if call.method == "CheckForUpdates":
        seconds = 0
    ends = time.monotonic() + (LONGEST_WAIT_SECONDS if seconds is None else seconds)
    since = _version(call.arguments["version"])
    while True:
        with call.world.lock:
            version = call.world.version
            updates = _updates(call, since)
        if updates:
            head = f"<returnval><version>{version}</version>"
            return Raw((head, *updates, "</returnval>"))
        left = ends - time.monotonic()
        if left <= 0 or not call.world.wait_for_change(version, left):
            return Raw(())


def _version(text: str | None) -> int:
    if not text:
        return 0
    if not text.isdigit():
        fault = data(vmodl.query.InvalidCollectorVersion)
        raise faulted.Faulted(fault, "Invalid collector version")
    return int(text)


def _updates(call: Call, since: int) -> list[str]:
    parts = []
    for moid in sorted(call.session.owned):
        entity = call.world.entities.get(moid)
        if entity is None or entity.kind != "PropertyFilter":
            continue
        inner = _filter_updates(call, entity.record, since)
        if inner:
            name = f'<filter type="PropertyFilter">{moid}</filter>'
            parts.append(f"<filterSet>{name}{''.join(inner)}</filterSet>")
    return parts


def _filter_updates(call: Call, kept: Filter, since: int) -> list[str]:
    selected = select(call.world, [kept.spec])
    if since == 0:
        kept.known = set()
    parts = []
    for entity, paths in selected:
        if entity.moid not in kept.known:
            parts.append(_object_update(call, entity, paths, "enter"))
        elif entity.changed > since:
            parts.append(_object_update(call, entity, paths, "modify"))
    here = {entity.moid for entity, _ in selected}
    parts += [
        f'<objectSet><kind>leave</kind><obj type="VirtualMachine">{moid}</obj></objectSet>'
        for moid in sorted(kept.known - here)
    ]
    kept.known = here
    return parts


def _object_update(call: Call, entity: Any, paths: tuple[str, ...], kind: str) -> str:
    out = [f'<objectSet><kind>{kind}</kind><obj type="{entity.kind}">{entity.moid}</obj>']
    memo: dict[str, Any] = {}
    of_kind = managed_class(entity.kind)
    for path in paths:
        value = read(call.world, entity, path, memo)
        if value is not None and not call.session.account.refusal(entity.kind, path):
            written = written_any("val", value, declared_type(of_kind, path))
            out.append(f"<changeSet><name>{path}</name><op>assign</op>{written}</changeSet>")
    out.append("</objectSet>")
    return "".join(out)


COLLECTOR: dict[str, Method] = {
    "RetrievePropertiesEx": Method(run=_retrieve_ex),
    "ContinueRetrievePropertiesEx": Method(run=_continue),
    "CancelRetrievePropertiesEx": Method(run=_cancel),
    "RetrieveProperties": Method(run=_retrieve),
    "CreateFilter": Method(run=_create_filter),
    "DestroyPropertyFilter": Method(run=_destroy_filter),
    "WaitForUpdatesEx": Method(run=_wait),
    "WaitForUpdates": Method(run=_wait),
    "CheckForUpdates": Method(run=_wait),
    "CancelWaitForUpdates": Method(run=lambda _: None),
}
