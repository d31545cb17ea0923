"""What an incident affects as people are told of it: each thing once, and services apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

_MACHINES = frozenset(
    ("vm", "node", "host", "hypervisor", "switch", "router", "device", "storage", "power")
)
_PAIRED = frozenset(("vm", "node"))  # what Kubernetes calls a node is a VM, of the same name
# What names, groups or allows something else; it does not fail.
_NO_THINGS = (
    frozenset(("namespace", "service_account", "role", "role_binding", "config_map", "secret"))
    | frozenset(("network_policy", "storage_class", "datacenter", "resource_pool", "container"))
    | frozenset(("horizontal_pod_autoscaler", "pod_disruption_budget"))
)


class Thing(NamedTuple):
    """Something affected. `known` is an asset of the inventory, whose `key` is its id.

    `kind` may be empty where nobody said it.
    """

    key: str
    name: str
    kind: str
    known: bool


def told_once(things: Iterable[Thing], services: Collection[str]) -> list[Thing]:
    """Return what is affected beside the services, each thing once, in the order given.

    An asset and its own name are one, as are a full and a short host name, and a VM and the node
    that it is. Of two that are one the asset stays.

    Args:
        things: All that alerts name.
        services: Names of the affected services.
    """
    named = {name.lower() for name in services}
    kept: list[Thing] = []
    places: dict[str, list[int]] = {}
    for thing in things:
        if thing.kind in _NO_THINGS or _is_service(thing, named):
            continue
        alike = places.setdefault(_short(thing.name), [])
        at = next((place for place in alike if one_thing(kept[place], thing)), None)
        if at is None:
            alike.append(len(kept))
            kept.append(thing)
        elif thing.known and not kept[at].known:
            kept[at] = thing
    return kept


def one_thing(one: Thing, other: Thing) -> bool:
    """Say whether two are the same: by key, or by name where both cannot be assets of their own."""
    if one.key == other.key:
        return True
    if one.known and other.known and {one.kind, other.kind} != _PAIRED:
        return False
    names = one.name.lower(), other.name.lower()
    if names[0] == names[1]:
        return True
    machines = all(thing.kind in _MACHINES or not thing.kind for thing in (one, other))
    return machines and (_short(names[0]) == names[1] or _short(names[1]) == names[0])


def _is_service(thing: Thing, services: Collection[str]) -> bool:
    machine = thing.known and thing.kind in _MACHINES
    return not machine and thing.name.lower() in services


def _short(name: str) -> str:
    """Return a host's name without its domain; an address stays whole."""
    first = name.lower().partition(".")[0]
    return name.lower() if first.isdigit() else first
