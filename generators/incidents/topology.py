"""What an incident affects, and what stands around it, as a diagram with the root marked.

A storm is drawn so that a person can read it: things of one kind that stand on the same are one
box. Nothing that is affected is left out without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from generators.documents.diagram import LARGEST, Node, Path, mermaid
from generators.documents.text import counted
from models.records.graph import Link
from models.records.incident_view import Entity, IncidentView, Surroundings

_ROOT, _AFFECTED, _AROUND = "root", "affected", "around"
_READABLE = 20  # boxes; from there on those that are alike are drawn as one
_ALIKE = 4  # so many are worth a box of their own
_LONGEST = 26  # characters of the one that is named in it
_PORTS = frozenset(("interface",))


@dataclass(slots=True)
class _Picture:
    """Boxes by id with their ends: what they stand on (`below`) and what stands on them."""

    boxes: dict[str, _Box]
    below: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def link(self, high: str, low: str) -> None:
        self.below[high].add(low)
        self.above[low].add(high)

    def shorten(self, key: str) -> None:
        """Drop a box; what stood on it stands on what it stood on."""
        for high in self.above[key]:
            for low in self.below[key]:
                self.link(high, low)
        self.drop(key)

    def drop(self, key: str) -> None:
        del self.boxes[key]
        for low in self.below.pop(key, set()):
            self.above[low].discard(key)
        for high in self.above.pop(key, set()):
            self.below[high].discard(key)


@dataclass(frozen=True, slots=True)
class _Box:
    kind: str
    role: str
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        if len(self.names) == 1:
            label = f"{self.names[0]}, {self.kind}" if self.kind else self.names[0]
            return f"{label}: began here" if self.role == _ROOT else label
        what = counted(len(self.names), self.kind.replace("_", " ") or "thing")
        first = self.names[0]
        first = first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"
        return f"{what}: {first}, …"


def diagram(view: IncidentView) -> str | None:
    """Return the diagram, from what is stood on to what stands on it; None where nothing is known.

    Args:
        view: The incident; without its surroundings only what it affects is drawn.
    """
    around = view.surroundings or Surroundings(affected=view.entities)
    if not around.affected:
        return None
    picture = _picture(around, _root(view, around.affected))
    if len(picture.boxes) > _READABLE:
        _join_alike(picture, _ALIKE)
    if len(picture.boxes) > LARGEST:
        for key in [key for key, box in picture.boxes.items() if box.role == _AROUND]:
            picture.shorten(key)
        _join_alike(picture, 2)
    left_out = _cut(picture)
    return mermaid([*_paths(picture), *left_out])


def _picture(around: Surroundings, root: str | None) -> _Picture:
    boxes = {
        key: _Box(one.kind, _ROOT if key == root else _AFFECTED, (one.name,))
        for key, one in around.affected.items()
    }
    boxes |= {key: _Box(one.kind, _AROUND, (one.name,)) for key, one in around.around.items()}
    picture = _Picture(boxes)
    hosted = {link.from_id for link in around.links if link.type == "runs_on"}
    for link in around.links:
        if link.from_id in boxes and link.to_id in boxes and _tells(link, hosted, around.affected):
            picture.link(link.from_id, link.to_id)
    _join_twins(picture, around.links)
    _drop(picture, _idle(picture))
    return picture


def _join_twins(picture: _Picture, links: Iterable[Link]) -> None:
    """Make one box of a machine and the Kubernetes node that it is, which have one name."""
    for link in links:
        node, machine = picture.boxes.get(link.from_id), picture.boxes.get(link.to_id)
        if node and machine and node.kind == "node" and node.names == machine.names:
            picture.shorten(link.to_id)
            if machine.role != _AROUND and node.role == _AROUND:
                picture.boxes[link.from_id] = _Box(node.kind, machine.role, node.names)


def _tells(link: Link, hosted: Collection[str], affected: Mapping[str, Entity]) -> bool:
    """Say whether an edge is drawn: what goes over a machine's host is told by the host."""
    if link.type == "connected_to" and link.from_id in hosted:
        return False
    if link.type == "owned_by" and link.to_id not in affected:  # a deployment carries no pod
        return False
    host_of_storage = link.type == "mounts" and link.to_id.startswith("datastore-")
    return not host_of_storage or link.to_id in affected


def _idle(picture: _Picture) -> list[str]:
    """Return what is neither affected nor stands next to what is, nor between two such things."""
    idle = []
    for key, box in picture.boxes.items():
        if box.role != _AROUND:
            continue
        over, under = _roles(picture, picture.above[key]), _roles(picture, picture.below[key])
        carries = over & {_AFFECTED, _ROOT} and (box.kind not in _PORTS or under - {_AROUND})
        if not (carries or _ROOT in over | under):
            idle.append(key)
    return idle


def _roles(picture: _Picture, keys: Iterable[str]) -> set[str]:
    return {picture.boxes[key].role for key in keys}


def _join_alike(picture: _Picture, least: int) -> None:
    """Make one box of things of one kind with the same ends, until no more are alike."""
    while groups := [group for group in _alike(picture) if len(group) >= least]:
        for group in groups:
            first, *others = group
            box = picture.boxes[first]
            names = tuple(name for key in group for name in picture.boxes[key].names)
            picture.boxes[first] = _Box(box.kind, box.role, names)
            _drop(picture, others)


def _alike(picture: _Picture) -> list[list[str]]:
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key, box in picture.boxes.items():
        if box.role != _ROOT:
            ends = frozenset(picture.below[key]), frozenset(picture.above[key])
            groups[(box.kind, box.role, *ends)].append(key)
    return list(groups.values())


def _cut(picture: _Picture) -> list[Path]:
    """Leave out what one picture does not hold; returns the box that says so, where any is."""
    if len(picture.boxes) <= LARGEST:
        return []
    ranked = sorted(picture.boxes, key=lambda key: _rank(picture, key))
    gone = ranked[LARGEST - 1 :]
    number = sum(len(picture.boxes[key].names) for key in gone)
    _drop(picture, gone)
    return [(Node("left-out", f"{counted(number, 'more thing')}, not drawn", _AROUND),)]


def _rank(picture: _Picture, key: str) -> tuple[bool, bool, int, int]:
    box = picture.boxes[key]
    ends = len(picture.below[key]) + len(picture.above[key])
    return box.role != _ROOT, box.role != _AFFECTED, -len(box.names), -ends


def _drop(picture: _Picture, keys: Iterable[str]) -> None:
    for key in keys:
        picture.drop(key)


def _paths(picture: _Picture) -> list[Path]:
    nodes = {key: Node(key, box.label, box.role) for key, box in picture.boxes.items()}
    pairs = [(low, high) for high, lows in picture.below.items() for low in lows]
    paths: list[Path] = [(nodes[low], nodes[high]) for low, high in pairs]
    drawn = {key for pair in pairs for key in pair}
    paths += [(node,) for key, node in nodes.items() if key not in drawn]
    return sorted(paths, key=lambda path: (len(path) < 2, [(one.label, one.id) for one in path]))  # noqa: PLR2004


def _root(view: IncidentView, affected: Mapping[str, Entity]) -> str | None:
    alert = view.root
    if alert is None:
        return None
    if alert.entity_id in affected:
        return alert.entity_id
    named = (one.id for one in affected.values() if one.name == alert.host)
    return next(named, None)
