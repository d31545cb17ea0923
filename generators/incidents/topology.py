"""What an incident affects, and what stands around it, as a diagram with the root marked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from generators.documents.diagram import LARGEST, Node, Path, mermaid
from models.records.graph import Hop
from models.records.incident_view import Entity, IncidentView

_ROOT, _AFFECTED, _AROUND = "root", "affected", "around"


def diagram(view: IncidentView) -> str | None:
    """Return the diagram, from what is stood on to what stands on it; None where nothing is known.

    What is affected comes first: where there is too much for one picture, neighbours are left out.
    """
    root = _root(view)
    nodes = {entity.id: _node(entity.id, entity.name, entity.kind, root, affected=True)
             for entity in _first(view, root)}  # fmt: skip
    if not nodes:
        return None
    affected = set(nodes)
    for hop in view.hops:
        nodes.setdefault(
            hop.asset_id,
            _node(hop.asset_id, hop.name or hop.asset_id, hop.kind or "", root, affected=False),
        )
    paths = _paths(view.hops, nodes, affected)
    drawn = {node.id for node in chain.from_iterable(paths)}
    alone: list[Path] = [(nodes[key],) for key in affected if key not in drawn]
    return mermaid([*paths, *sorted(alone)][: LARGEST * 2])


def _first(view: IncidentView, root: str | None) -> list[Entity]:
    """Return what is affected as far as one picture holds it, the root among it."""
    entities = sorted(view.entities.values(), key=lambda entity: entity.id != root)
    return entities[:LARGEST]


def _paths(hops: Iterable[Hop], nodes: dict[str, Node], affected: set[str]) -> list[Path]:
    """Return the edges that fit into one picture, those between affected things first."""
    edges = {_edge(hop): None for hop in hops if hop.from_id in nodes}
    ranked = sorted(edges, key=lambda ends: (-len(affected.intersection(ends)), ends))
    shown: set[str] = set(list(affected)[:LARGEST])
    paths: list[Path] = []
    for ends in ranked:
        if not affected.intersection(ends) and not shown.issuperset(ends):
            continue  # two steps away from all that is affected
        if len(shown.union(ends)) > LARGEST:
            continue
        shown.update(ends)
        paths.append((nodes[ends[0]], nodes[ends[1]]))
    return sorted(paths, key=lambda path: [(node.label, node.id) for node in path])


def _edge(hop: Hop) -> tuple[str, str]:
    # An edge leads from what stands to what it stands on; trouble spreads the other way.
    if hop.direction == "out":
        return hop.asset_id, hop.from_id
    return hop.from_id, hop.asset_id


def _root(view: IncidentView) -> str | None:
    alert = view.root
    if alert is None:
        return None
    if alert.entity_id in view.entities:
        return alert.entity_id
    named = (one.id for one in view.entities.values() if one.name == alert.host)
    return next(named, None)


def _node(key: str, name: str, kind: str, root: str | None, *, affected: bool) -> Node:
    label = f"{name}, {kind}" if kind else name
    if key == root:
        return Node(key, f"{label}: began here", _ROOT)
    return Node(key, label, _AFFECTED if affected else _AROUND)
