"""From a pod to the port of a switch: the joined edges under Kubernetes, one hop after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generators.documents.facts import Facts
from models.records.asset import Asset
from models.records.graph import Join

_MOST_PORTS = 4  # at the end of one way


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a node runs on; `join` says how that is known, and is None where it is not."""

    join: Join | None = None
    vm: Asset | None = None
    host: Asset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One asset of a way and the edge to it; `join` is None where the source states the edge."""

    asset: Asset
    join: Join | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way down from a pod: one step after another, then the ports that it may end at.

    `own_port` tells that the switches know the machine itself on these ports; otherwise they
    are ports of its host that carry its networks, and it uses one of them.
    """

    steps: tuple[Step, ...]
    ports: tuple[Step, ...] = ()
    own_port: bool = False

    @property
    def known(self) -> tuple[bool, bool, int]:
        """How much of the way is known, to compare ways: the larger the more."""
        return bool(self.ports), self.own_port, len(self.steps)


def machine_of(facts: Facts, node: Asset, least: float = 0.0) -> Machine:
    """Return the VM that a node is and its host, or the host that it is itself.

    `least` is how sure that has to be.
    """
    for join, vm in facts.joined(node.id, "vm", least):
        return Machine(join=join, vm=vm, host=facts.by_id.get(vm.record.host or ""))
    for join, host in facts.joined(node.id, "host", least):
        return Machine(join=join, host=host)
    return Machine()


def way(facts: Facts, pod: Asset) -> Way:
    """Return the way from a pod down to the ports of switches, as far as it is known."""
    node = facts.by_id.get(pod.record.node or "")
    if node is None:
        return Way(steps=(Step(asset=pod),))
    under = machine_of(facts, node)
    own = _own_ports(facts, under)
    return Way(
        steps=(Step(asset=pod), Step(asset=node), *_machines(under)),
        ports=own or _ports_of_host(facts, under),
        own_port=bool(own),
    )


def _machines(under: Machine) -> Iterator[Step]:
    if under.vm:
        yield Step(asset=under.vm, join=under.join)
    if under.host:
        yield Step(asset=under.host, join=None if under.vm else under.join)


def _own_ports(facts: Facts, under: Machine) -> tuple[Step, ...]:
    """Return the ports that a VM was seen on, or the port of a host with a single one."""
    machine = under.vm or under.host
    found = facts.joined(machine.id, "interface") if machine else ()
    if under.vm is None and len(found) != 1:
        return ()
    return tuple(Step(asset=port, join=join) for join, port in found[:_MOST_PORTS])


def _ports_of_host(facts: Facts, under: Machine) -> tuple[Step, ...]:
    """Return the ports of the host that carry a network of the VM; of a host itself, all."""
    if under.host is None:
        return ()
    found = [
        Step(asset=port, join=join)
        for join, port in facts.joined(under.host.id, "interface")
        if under.vm is None or _is_carried(facts, under.vm, under.host, port)
    ]
    return tuple(found[:_MOST_PORTS])


def _is_carried(facts: Facts, vm: Asset, host: Asset, port: Asset) -> bool:
    adapter = facts.network.adapter_at(host, port)
    groups = (facts.by_id.get(group) for group in vm.record.networks)
    return bool(adapter) and any(
        adapter in adapters_of(facts, host, group) for group in groups if group
    )


def adapters_of(facts: Facts, host: Asset, group: Asset) -> frozenset[str]:
    """Return the adapters of a host that carry a port group, as far as its switches are known."""
    switch = facts.by_id.get(group.record.switch or "")
    switches = host.record.virtual_switches or ()
    if switch:
        found = [each for each in switches if each.type == "distributed"]
        return frozenset(
            adapter for each in found if each.name == switch.name for adapter in each.uplinks
        )
    used = {*group.record.active_uplinks, *group.record.standby_uplinks}
    standard = (each for each in switches if each.type == "standard")
    return frozenset(adapter for each in standard for adapter in each.uplinks if adapter in used)
