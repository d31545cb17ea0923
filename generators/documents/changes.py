"""The document `changes`, and change reports since any date: before and after in people's words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from generators.documents.cited import Cited
from generators.documents.differences import only_differing, parts_that_differ, texts_of
from generators.documents.facts import ChangeSet, Facts
from generators.documents.section import Document, Section
from generators.documents.table import NONE, Table, few, is_number
from generators.documents.text import UNKNOWN, counted, escape, listed, moment, quantity
from models.kinds import KINDS
from models.records.asset import AssetChange

NAME = "changes"
_MOST_ROWS = 500
_MOST_CITED = 30
_EARLIER = 20
_LONGEST_WORDS = 240  # characters of a change on one line
_VERBS = {"created": "appeared", "changed": "changed", "deleted": "is gone"}


class Risk(StrEnum):
    """How a reader should look at a change (operations.md 4.6)."""

    RISKY = "Security, redundancy and capacity"
    PLANNED = "Inventory and configuration"
    COSMETIC = "Names and notes"


# Fields whose change can weaken a site. What stands in neither set is ordinary configuration.
_RISKY = frozenset(
    (
        *("ha_enabled", "ha_host_monitoring", "admission_control", "admission_policy"),
        *("drs_enabled", "connection_state", "physical_nics", "virtual_switches", "storage_paths"),
        *("uplink_names", "active_uplinks", "standby_uplinks", "accessible", "maintenance_mode"),
        *("in_maintenance", "ntp_running", "ntp_servers", "ssh_running", "lockdown_mode", "vlan"),
        *("syslog_target", "certificate_not_after", "certificate_sha256", "licences"),
        *("promiscuous", "forged_transmits", "mac_changes", "cpu_count", "memory_mib"),
        *("capacity_mib", "cpu_limit_mhz", "memory_limit_mib", "host_count", "reboot_required"),
        *("snapshot_count", "consolidation_needed"),
        # Kubernetes
        *("ready", "unschedulable", "replicas", "min_replicas", "max_replicas", "rules"),
        *("role_name", "subjects", "host_network", "min_available", "max_unavailable"),
        *("certificate_not_after", "policy_types", "ingress_rules", "egress_rules", "suspended"),
        *("memory_pressure", "disk_pressure", "pid_pressure", "network_unavailable", "taints"),
        # Network
        *("admin_up", "state", "trunk_vlans", "access_vlan_id", "native_vlan_id", "routing_peers"),
        *("port_channel", "neighbours", "telnet_enabled", "default_community", "syslog_servers"),
        *("speed_mbps", "duplex", "mtu", "gateways", "config_saved", "running_config"),
    )
)
_FLEETING = frozenset(("pod", "job"))  # come and go while all is well
_COSMETIC = frozenset(
    (
        *("name", "annotation", "custom_attributes", "folder", "file_path", "host_name"),
        *("labels", "annotations", "description", "other_names", "template_labels"),
    )
)


def changes(facts: Facts) -> Document:
    """Return the sections of the report on the newest changes of each source."""
    latest = _latest(facts)
    entries = [change for found in latest for change in found.changes]
    return Document(
        name=NAME,
        title="Changes",
        sections=(
            _summary(facts, latest),
            *(_section(risk, entries, facts, _MOST_ROWS) for risk in Risk),
            _earlier(facts),
        ),
    )


def changes_since(entries: Sequence[AssetChange], since: datetime, facts: Facts) -> Document:
    """Return the report on everything that changed after a time, without limits."""
    cited = Cited()
    since_fact = ("change:since", f"changes after {moment(since)}")
    if entries:
        counts: Counter[str] = Counter(change.change for change in _by_asset(entries))
        cited.say(
            f"Since {moment(since)} {_happened(counts)}.", since_fact, *_counts(counts, "since")
        )
    else:
        cited.say(f"Since {moment(since)} nothing changed.", since_fact)
    summary = Section(
        key="summary",
        title="Summary",
        template="changes_summary",
        input={"latest": Table(columns=(), rows=(), sources=facts.sources)},
        summary=cited.sentences,
        facts=cited.facts,
    )
    sections = [_section(risk, entries, facts, len(entries)) for risk in Risk]
    return Document(name=NAME, title="Changes", sections=(summary, *sections))


def say_latest(facts: Facts, cited: Cited) -> None:
    """Say what the newest change of each source was."""
    for found in _latest(facts):
        counts = Counter(created=found.created, changed=found.changed, deleted=found.deleted)
        at = ("change:at." + found.source, f"last change of {found.source}: {moment(found.at)}")
        if found.baseline:
            number = ("change:baseline." + found.source, f"assets first recorded: {found.created}")
            text = f"{found.source} was recorded for the first time at {moment(found.at)}, with "
            cited.say(f"{text}{counted(found.created, 'asset')}.", at, number)
        else:
            text = (
                f"The last change in {found.source} was at {moment(found.at)}: {_happened(counts)}."
            )
            cited.say(text, at, *_counts(counts, found.source))


def set_table(facts: Facts, most: int) -> Table:
    """Return the newest collections that changed anything."""
    return Table(
        columns=("At", "Source", "Created", "Changed", "Deleted"),
        rows=tuple(_set_row(found) for found in facts.change_sets[:most]),
        sources=facts.sources,
        right=(2, 3, 4),
    )


def _set_row(found: ChangeSet) -> tuple[str, ...]:
    first = " (first collection)" if found.baseline else ""
    numbers = (found.created, found.changed, found.deleted)
    return moment(found.at), escape(found.source) + first, *(f"{number:,}" for number in numbers)


def _latest(facts: Facts) -> list[ChangeSet]:
    """Return the newest change set of each source."""
    newest: dict[str, ChangeSet] = {}
    for found in facts.change_sets:
        newest.setdefault(found.source, found)
    return [newest[source] for source in sorted(newest)]


def _summary(facts: Facts, latest: Sequence[ChangeSet]) -> Section:
    cited = Cited()
    say_latest(facts, cited)
    if not latest:
        cited.say("Nothing has changed yet.", ("change:none", "Nothing has changed yet"))
    for change in [change for found in latest for change in found.changes][:_MOST_CITED]:
        cited.fact(
            f"change:{change.asset_id}.{change.field or change.change}", _words(change, facts)
        )
    return Section(
        key="summary",
        title="Summary",
        template="changes_summary",
        input={"latest": set_table(facts, most=len(latest))},
        summary=cited.sentences,
        facts=cited.facts,
        prompt="explain_changes" if any(found.changes for found in latest) else None,
    )


def _words(change: AssetChange, facts: Facts) -> str:
    """Return a change as a fact in words, unescaped."""
    kind = KINDS[change.kind]
    subject = f"{kind.title} {facts.full_name(change.asset_id, change.name)}"
    if change.field is None:
        return f"{subject} {_VERBS[change.change]}"
    field = kind.field(change.field)
    label = field.fact.label if field else change.field
    before, after = in_words(change, facts, plainly=True)
    return f"{label} of {subject} changed from {before} to {after}"


def _section(risk: Risk, entries: Sequence[AssetChange], facts: Facts, most: int) -> Section:
    mine = [change for change in entries if risk_of(change) is risk]
    tables = defaultdict(list)
    for change in mine[:most]:
        tables[KINDS[change.kind].plural].append(_row(change, facts))
    rest = len(mine) - most
    note = f"{rest:,} more: see `nightshift docs show changes --since TIME`." if rest > 0 else ""
    return Section(
        key=risk.name.lower(),
        title=risk.value,
        template="changes_group",
        input={
            "texts": texts_of(mine[:most]),
            "tables": {
                plural: Table(
                    columns=("Asset", "What", "Before", "After", "At"),
                    rows=tuple(rows),
                    sources=facts.sources,
                    note=note,
                )
                for plural, rows in tables.items()
            },
        },
        about=tuple(sorted({change.asset_id for change in mine})),
    )


def _earlier(facts: Facts) -> Section:
    return Section(
        key="earlier",
        title="Earlier changes",
        template="changes_earlier",
        input={"sets": set_table(facts, most=_EARLIER)},
    )


def risk_of(change: AssetChange) -> Risk:
    """Return how to look at a change; what is gone, and hosts that came, matter most."""
    if change.field is None:
        gone = change.change == "deleted" and change.kind not in _FLEETING
        return Risk.RISKY if gone else Risk.PLANNED
    if change.field in _RISKY:
        return Risk.RISKY
    return Risk.COSMETIC if change.field in _COSMETIC else Risk.PLANNED


def by_weight(entries: Sequence[AssetChange]) -> list[AssetChange]:
    """Return changes with the most telling ones first.

    What can weaken a site stands before the rest, and what happened to one before what happened to
    many: of a failed host and thirty machines on it, the host.
    """
    alike = Counter((change.kind, change.field, change.change) for change in entries)
    order = list(Risk)

    def weight(change: AssetChange) -> tuple[int, bool, int]:
        number = alike[change.kind, change.field, change.change]
        return order.index(risk_of(change)), change.kind in _FLEETING, number

    return sorted(entries, key=weight)


def in_a_line(change: AssetChange, facts: Facts) -> str:
    """Return a change for a terminal, in people's words and on one line."""
    words = " ".join(_words(change, facts).split())
    return words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1]}…"


def _row(change: AssetChange, facts: Facts) -> tuple[str, ...]:
    name, at = escape(facts.full_name(change.asset_id, change.name)), moment(change.at)
    if change.field is None:
        return name, f"**{change.change}**", "-", "-", at
    field = KINDS[change.kind].field(change.field)
    before, after = in_words(change, facts)
    return name, field.fact.label if field else escape(change.field), before, after, at


def in_words(change: AssetChange, facts: Facts, *, plainly: bool = False) -> tuple[str, str]:
    """Return both sides of a change; lists of records show only what differs in them."""
    safe = str if plainly else escape
    field = KINDS[change.kind].field(change.field or "")
    if parts := parts_that_differ(change, safe):
        return parts
    reference = bool(field and field.fact.reference)
    unit = field.fact.unit if field and is_number(field) else ""
    before, after = (
        _value(side, facts, reference=reference, unit=unit, safe=safe)
        for side in only_differing(change.before, change.after)
    )
    return before, after


def _value(
    value: Any, facts: Facts, *, reference: bool, unit: str, safe: Callable[[str], str]
) -> str:
    if value is None:
        return NONE if reference else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return quantity(value, unit)
    if isinstance(value, list):
        each = (_value(part, facts, reference=reference, unit=unit, safe=safe) for part in value)
        return few(list(each))
    # What is gone by now was there then, so that history tells its name and no more.
    name = facts.names.get(value) or facts.name(value) if reference else str(value)
    return safe(name) or "(empty)"


def _by_asset(entries: Sequence[AssetChange]) -> list[AssetChange]:
    """Return one entry per asset and time, so that three changed fields count as one change."""
    return list({(change.asset_id, change.at): change for change in entries}.values())


def _happened(counts: Counter[str]) -> str:
    parts = [f"{counted(counts[kind], 'asset')} {kind}" for kind in _VERBS if counts[kind]]
    return listed(parts) or "nothing changed"


def _counts(counts: Counter[str], source: str) -> list[tuple[str, str]]:
    return [
        (f"change:{kind}.{source}", f"assets {kind}: {counts[kind]}")
        for kind in _VERBS
        if counts[kind]
    ]
