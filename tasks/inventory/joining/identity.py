"""One thing that two sources have seen: two contexts of a cluster, two vCenters of a host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tasks.inventory.joining.records import Host, Inputs, Node, Vm
from tasks.inventory.joining.spelling import uuid_of


def same_assets(inputs: Inputs) -> dict[str, str]:
    """Return, by asset id, one id for all assets that are the same thing in several sources.

    A node is its uid, a VM its instance UUID, a host its firmware UUID: each is given to one thing,
    unless one source itself has two of them.
    """
    return {
        **_same((node.key, node) for node in inputs.node),
        **_same((vm.key, vm) for vm in inputs.vm),
        **_same((host.uuid, host) for host in inputs.host),
    }


def only(items: Sequence[Node | Vm | Host], same: Mapping[str, str]) -> bool:
    """Tell whether these are one thing, seen once or more."""
    return len({same.get(item.id, item.id) for item in items}) == 1


def _same(pairs: Iterable[tuple[str | None, Node | Vm | Host]]) -> dict[str, str]:
    found: dict[object, list[Node | Vm | Host]] = defaultdict(list)
    for text, item in pairs:
        if (key := uuid_of(text)) is not None:
            found[key].append(item)
    return {
        item.id: items[0].id
        for items in found.values()
        if len(items) > 1 and len({item.source for item in items}) == len(items)
        for item in items
    }
