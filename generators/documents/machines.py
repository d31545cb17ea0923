"""Virtual machines: the fleet, the inventory by cluster, snapshots, limits and tools."""

from __future__ import annotations

from collections.abc import Iterator

from generators.documents.facts import Facts, sources_of
from generators.documents.hosts import cluster_title, clusters
from generators.documents.section import Section
from generators.documents.table import Table, inventory_table, show, tally
from generators.documents.text import UNKNOWN, counted, escape, memory, moment, quantity
from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.vm import ToolsState, VmSnapshot
from models.records.asset import Asset

_VM = KINDS["vm"]
_ATTENTION = frozenset((ToolsState.OLD, ToolsState.NOT_RUNNING, ToolsState.NOT_INSTALLED))
_MOST_ROWS = 300
_LISTED = "All stand in csv/vm.csv."


def sections(facts: Facts) -> list[Section]:
    """Return the fleet, one inventory per cluster, and what deserves a look."""
    inventory = [_of_cluster(cluster, facts) for cluster in clusters(facts, "vm")]
    return [_fleet(facts), *inventory, _snapshots(facts), _limits(facts), _tools(facts)]


def _fleet(facts: Facts) -> Section:
    vms = facts.of("vm")
    sources = sources_of(vms) or facts.sources
    fields = (("power_state", "Power"), ("guest_os", "Guest OS"), ("tools_state", "Tools"))
    tallies = [
        tally((getattr(vm.record, name) for vm in vms), sources, (label, "Virtual machines"))
        for name, label in (*fields, ("hardware_version", "Hardware version"))
    ]
    return Section(
        key="vms",
        title="Virtual machines",
        template="tallies",
        input={
            "intro": f"{counted(len(vms), 'virtual machine')}, listed by cluster below.",
            "tallies": tallies,
        },
        # Every VM is behind these counts; the lists by cluster below name them.
        about=(),
    )


def _of_cluster(cluster: str, facts: Facts) -> Section:
    vms = facts.vms_by_cluster[cluster]
    return Section(
        key=f"vms:{cluster or 'none'}",
        title=cluster_title(cluster, facts, "Virtual machines"),
        template="table",
        input={
            "intro": "",
            "content": inventory_table(
                _VM,
                vms,
                facts,
                note="All fields stand in csv/vm.csv, disks and adapters beside it.",
            ),
        },
        about=tuple(vm.id for vm in vms),
        level=3,
    )


def _snapshots(facts: Facts) -> Section:
    holders = [vm for vm in facts.of("vm") if vm.record.snapshots]
    rows = tuple(row for vm in holders for row in _tree(vm))
    return Section(
        key="snapshots",
        title="Snapshots",
        template="table",
        input={
            "intro": "Children are indented below the snapshot that they hang on.",
            "content": Table(
                columns=("Virtual machine", "Snapshot", "Created", "Power", "Description"),
                rows=rows,
                sources=sources_of(holders) or facts.sources,
            ),
        },
        about=tuple(vm.id for vm in holders),
    )


def _tree(vm: Asset) -> Iterator[tuple[str, ...]]:
    """Yield the snapshots of a VM, each followed by its children."""
    children: dict[str | None, list[VmSnapshot]] = {}
    known = {snapshot.key for snapshot in vm.record.snapshots}
    for snapshot in vm.record.snapshots:
        parent = snapshot.parent if snapshot.parent in known else None
        children.setdefault(parent, []).append(snapshot)
    # A stack and not recursion: vSphere allows chains of 32, a hostile reply may hold more.
    stack = [(root, 0) for root in reversed(children.get(None, []))]
    while stack:
        snapshot, depth = stack.pop()
        yield _snapshot(vm, snapshot, depth)
        stack += [(child, depth + 1) for child in reversed(children.pop(snapshot.key, []))]


def _snapshot(vm: Asset, snapshot: VmSnapshot, depth: int) -> tuple[str, ...]:
    indent = "\u2003" * depth + ("\u2514 " if depth else "")
    return (
        escape(vm.name),
        indent + escape(snapshot.name),
        moment(snapshot.created_at) if snapshot.created_at else UNKNOWN,
        show(snapshot.power_state),
        escape(snapshot.description) or "-",
    )


def _limits(facts: Facts) -> Section:
    """Return the VMs whose CPU or memory is capped or reserved."""
    fields = [
        field
        for field in _VM.stable
        if field.name.endswith(("_limit_mhz", "_limit_mib", "_reservation_mhz", "_reservation_mib"))
    ]
    limited = [
        vm for vm in facts.of("vm") if any(getattr(vm.record, field.name) for field in fields)
    ]
    return Section(
        key="limits",
        title="Limits and reservations",
        template="table",
        input={
            "intro": "A limit slows a machine down even where its host has room.",
            "content": Table(
                columns=("Virtual machine", *(field.fact.label for field in fields)),
                rows=tuple(
                    (
                        escape(vm.name),
                        *(
                            _amount(getattr(vm.record, field.name), field.fact.unit)
                            for field in fields
                        ),
                    )
                    for vm in limited[:_MOST_ROWS]
                ),
                sources=sources_of(limited) or facts.sources,
                right=tuple(range(1, len(fields) + 1)),
                note=_more(len(limited)),
            ),
        },
        about=tuple(vm.id for vm in limited),
    )


def _amount(value: int | None, unit: str) -> str:
    if not value:
        return "-"
    return memory(value) if unit == "MiB" else quantity(value, unit)


def _tools(facts: Facts) -> Section:
    """Return the running VMs whose guest tools are old, stopped or missing."""
    vms = [
        vm
        for vm in facts.of("vm")
        if vm.record.tools_state in _ATTENTION and vm.record.power_state is PowerState.ON
    ]
    return Section(
        key="tools",
        title="Guest tools that need attention",
        template="table",
        input={
            "intro": "Running virtual machines whose tools are old, stopped or not installed.",
            "content": Table(
                columns=("Virtual machine", "Tools", "Tools version", "Guest OS"),
                rows=tuple(
                    (
                        escape(vm.name),
                        show(vm.record.tools_state).replace("_", " "),
                        show(vm.record.tools_version),
                        show(vm.record.guest_os),
                    )
                    for vm in vms[:_MOST_ROWS]
                ),
                sources=sources_of(vms) or facts.sources,
                note=_more(len(vms)),
            ),
        },
        about=tuple(vm.id for vm in vms[:_MOST_ROWS]),
    )


def _more(number: int) -> str:
    return f"{number - _MOST_ROWS:,} more. {_LISTED}" if number > _MOST_ROWS else ""
