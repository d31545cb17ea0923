"""From a pod to the port of a switch: the joined edges under Kubernetes, one hop after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generators.documents.facts import Facts
from models.records.asset import Asset
from models.records.graph import Join


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


def machine_of(facts: Facts, node: Asset) -> Machine:
    """Return the VM that a node is and its host, or the host that it is itself."""
    for join, vm in facts.joined(node.id, "vm"):
        return Machine(join=join, vm=vm, host=facts.by_id.get(vm.record.host or ""))
    for join, host in facts.joined(node.id, "host"):
        return Machine(join=join, host=host)
    return Machine()


def way(facts: Facts, pod: Asset) -> tuple[Step, ...]:
    """Return the way from a pod down to a switch, as far as it is known."""
    return tuple(_steps(facts, pod))


def _steps(facts: Facts, pod: Asset) -> Iterator[Step]:
    yield Step(asset=pod)
    node = facts.by_id.get(pod.record.node or "")
    if node is None:
        return
    yield Step(asset=node)
    under = machine_of(facts, node)
    if under.vm:
        yield Step(asset=under.vm, join=under.join)
    if under.host is None:
        return
    yield Step(asset=under.host, join=None if under.vm else under.join)
    for join, port in facts.joined(under.host.id, "interface")[:1]:
        yield Step(asset=port, join=join)
        if switch := facts.by_id.get(port.record.device or ""):
            yield Step(asset=switch)
