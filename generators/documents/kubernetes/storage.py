"""Storage of pods: classes, volumes with the datastore below them, claims, and what is orphaned."""

from __future__ import annotations

from dataclasses import replace

from generators.documents.facts import sources_of
from generators.documents.kubernetes.view import Scope, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, inventory_table
from generators.documents.text import certainty, escape, memory, more_than
from models.kinds import KINDS
from models.records.asset import Asset

_MOST_ROWS = 300
_ENDED = frozenset(("Succeeded", "Failed"))


def sections(view: View) -> list[Section]:
    """Return the storage classes, then volumes and claims by cluster, then what nobody uses."""
    found = [_classes(view)]
    for scope in view.scopes:
        found += _volumes(view, scope)
        found += _claims(view, scope)
    return [*found, _orphans(view)]


def _classes(view: View) -> Section:
    classes = view.facts.of("storage_class")
    return table_section(
        "storage_classes",
        "Storage",
        inventory_table(KINDS["storage_class"], classes, view.facts),
        intro="The classes; volumes and claims stand below by cluster.",
        about=[asset.id for asset in classes],
    )


def _volumes(view: View, scope: Scope) -> list[Section]:
    volumes = view.of(scope, "pv")
    if not volumes:
        return []
    shown = volumes[:_MOST_ROWS]
    inventory = inventory_table(KINDS["pv"], shown, view.facts, omit=("cluster",))
    rows, below = [], []
    for row, volume in zip(inventory.rows, shown, strict=True):
        found = view.facts.joined(volume.id, "datastore")[:1]
        below += [store for _, store in found]
        why = [(store.name, certainty(join.confidence), join.reason) for join, store in found]
        rows.append((*row, *(escape(cell) for cell in (why or [("unknown", "-", "-")])[0])))
    return [
        table_section(
            f"volumes:{scope.id}",
            view.title(scope, "Persistent volumes"),
            replace(
                inventory,
                columns=(*inventory.columns, "Datastore", "How sure", "Why"),
                rows=tuple(rows),
                sources=sources_of([*volumes, *below]),
                note=more_than(len(volumes), len(shown), "All stand in csv/pv.csv."),
            ),
            about=[asset.id for asset in shown],
            level=3,
        )
    ]


def _claims(view: View, scope: Scope) -> list[Section]:
    claims = view.of(scope, "pvc")
    if not claims:
        return []
    shown = claims[:_MOST_ROWS]
    note = more_than(len(claims), len(shown), "All stand in csv/pvc.csv.")
    return [
        table_section(
            f"claims:{scope.id}",
            view.title(scope, "Volume claims"),
            inventory_table(KINDS["pvc"], shown, view.facts, omit=("cluster",), note=note),
            about=[asset.id for asset in shown],
            level=3,
        )
    ]


def _orphans(view: View) -> Section:
    """Return volumes without a claim and claims that no pod mounts."""
    facts = view.facts
    mounted = {
        claim
        for pod in facts.of("pod")
        if pod.record.phase not in _ENDED
        for claim in pod.record.claims
    }
    found = [
        (volume, f"phase {volume.record.phase}", volume.record.capacity_mib)
        for volume in facts.of("pv")
        if volume.record.phase in ("Released", "Available", "Failed")
    ]
    found += [
        (claim, _why(claim), claim.record.capacity_mib or claim.record.requested_mib)
        for claim in facts.of("pvc")
        if claim.id not in mounted or claim.record.phase != "Bound"
    ]
    return table_section(
        "orphans",
        "Storage that nothing uses",
        Table(
            columns=("Name", "Kind", "Where", "Why", "Size"),
            rows=tuple(
                (
                    escape(asset.name),
                    KINDS[asset.kind].title,
                    escape(_where(asset)),
                    escape(why),
                    memory(size),
                )
                for asset, why, size in found[:_MOST_ROWS]
            ),
            sources=sources_of(asset for asset, _, _ in found) or facts.sources,
            right=(4,),
            note=more_than(len(found), _MOST_ROWS, "See csv/pv.csv and csv/pvc.csv."),
        ),
        intro="Volumes without a claim, and claims that are not bound or that no running pod "
        "mounts.",
        about=[asset.id for asset, _, _ in found[:_MOST_ROWS]],
        level=3,
    )


def _why(claim: Asset) -> str:
    phase = claim.record.phase
    return "no running pod mounts it" if phase == "Bound" else f"phase {phase or 'unknown'}"


def _where(asset: Asset) -> str:
    namespace = getattr(asset.record, "namespace", None)
    return f"{asset.record.cluster}/{namespace}" if namespace else str(asset.record.cluster)
