"""A topology from one JSON file: services, hosts, placement; or any named things and edges.

The form is not fixed by one tool. A section maps names to what they depend on, or to attributes of
which some name other things; or it lists records; or it lists edges. What a section or an attribute
is called decides which end depends on which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from collectors.alerts.wordlists import listed
from models.errors import ConfigurationError
from tasks.alerts.grouping import names
from tasks.alerts.grouping.things import HOSTS
from tasks.alerts.grouping.topology import Node, Topology
from tasks.alerts.grouping.topology_written import FORMAT_KEY, as_written
from tasks.alerts.grouping.vocabulary import GROUND

_DEPTH = 6  # of nested clusters; a file that goes deeper is not one of ours
_KINDS = {
    "switch": "switch router uplink device network_device leaf spine tor firewall",
    "storage": "datastore storage array lun volume pool filer",
    "hypervisor": "hypervisor esx esxi",
    "host": "host node server machine worker",
    "vm": "vm virtual_machine guest",
    "power": "pdu ups power feed psu",
    "network": "network vlan subnet portgroup",
    "database": "database db",
    "queue": "queue broker",
    "pod": "pod container",
    "workload": "workload deployment statefulset daemonset job",
    "service": "service app application component api system",
    "place": "rack site zone row room hall datacenter region cluster dc chassis enclosure",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_RANKS = {kind: rank for rank, kind in enumerate(GROUND)}
_CARRIERS = frozenset(GROUND[: GROUND.index("host") + 1])
_UP_WORDS = frozenset(
    listed(
        "depends_on dependson dependencies depends requires uses needs calls upstream upstreams"
        " parent parents runs_on hosted_on on placed_on stored_on connected_to connects_to uplink"
        " uplinks backend backends"
    )
)
_DOWN_WORDS = frozenset(
    listed(
        "members children consumers dependents used_by downstream clients contains feeds supplies"
        " runs hosting carries supports provides serves powers"
    )
)
_ENDS = (
    ("from", "to"), ("source", "target"), ("src", "dst"), ("dependent", "dependency"),
    ("child", "parent"), ("a", "b"), ("from_id", "to_id"), ("service", "depends_on"),
)  # fmt: skip
_NAMES = ("name", "id", "hostname", "key", "label")
_EDGES = ("edges", "links", "relations", "relationships", "connections")


def read_topology(path: Path, *, hops: int = 4) -> Topology:
    """Return the topology of a file.

    Raises:
        ConfigurationError: It cannot be read, holds no JSON object, or says that it is of
            `alerts export --topology` and is not.
    """
    try:
        found = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path} holds no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} holds no JSON object with services, hosts or edges")
    try:
        return topology_from(found, hops=hops)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path} is no topology that was exported: {error}") from error


def topology_from(data: Mapping[str, Any], *, hops: int = 4) -> Topology:
    """Return the topology that a decoded file describes; what is not understood is left out.

    Raises:
        msgspec.ValidationError: It says that it was exported, and cannot be read as such.
    """
    if FORMAT_KEY in data:
        return as_written(data, hops=hops)
    reader = _Reader()
    reader.read(data, "", 0)
    edges = [*reader.edges, *reader.grounded()]
    return Topology(
        reader.nodes.values(),
        edges,
        clusters=reader.clusters,
        environments=_environments(reader),
        hops=hops,
    )


class _Reader:
    """Collects nodes first by section; edges to names that nobody declared make these too."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[tuple[str, str]] = []
        self.clusters: list[str] = []
        self.environments: list[str] = []
        self._attributes: list[tuple[str, str, str]] = []
        self._loose: list[tuple[str, str]] = []

    def read(self, data: Mapping[str, Any], realm: str, depth: int) -> None:
        """Read one level: its own name, nested clusters, then every section."""
        for word, told in (("cluster", self.clusters), ("environment", self.environments)):
            said = data.get(word) or data.get(word[:3])
            if isinstance(said, str):
                told.append(said.lower())
        for section, content in data.items():
            if self._nested(section, content, depth):
                continue
            if section.lower() in _EDGES and isinstance(content, list):
                self._read_edges(content, realm)
            else:
                self._read_section(section, content, realm)

    def _nested(self, section: str, content: Any, depth: int) -> bool:
        if depth >= _DEPTH or _singular(section) not in ("cluster", "environment", "realm"):
            return False
        if not isinstance(content, dict) or not all(map(_is_topology, content.values())):
            return False
        told = self.environments if _singular(section) == "environment" else self.clusters
        for name, below in content.items():
            told.append(str(name).lower())
            self.read(below, str(name).lower(), depth + 1)
        return True

    def grounded(self) -> Iterator[tuple[str, str]]:
        """Return the edges of which only the kinds of both ends tell which depends on which."""
        for node_id, value, realm in self._attributes:
            other = _id(value, realm)
            if other in self.nodes:
                self._loose.append((node_id, other))
        for one, other in self._loose:
            yield (other, one) if self._carries(one, other) else (one, other)

    def _carries(self, one: str, other: str) -> bool:
        """Say whether the second stands on the first."""
        kind, above = self.nodes[one].kind, self.nodes[other].kind
        if not kind or not above:
            return kind in _CARRIERS
        return _RANKS[kind] < _RANKS[above]

    def _read_section(self, section: str, content: Any, realm: str) -> None:
        kind = _kind_of(section)
        if isinstance(content, dict):
            for name, value in content.items():
                self._read_thing(str(name), value, kind, realm)
        elif isinstance(content, list):
            for record in content:
                self._read_record(record, kind, realm)

    def _read_record(self, record: Any, kind: str, realm: str) -> None:
        if isinstance(record, str):
            self._node(record, kind, realm)
            return
        name = (
            next((record[key] for key in _NAMES if key in record), None)
            if _is_map(record)
            else None
        )
        if isinstance(name, str):
            said = record.get("kind") or record.get("type")
            own = _kind_of(said) if isinstance(said, str) else kind
            self._read_thing(name, record, own or kind, realm)

    def _read_thing(self, name: str, value: Any, kind: str, realm: str) -> None:
        node_id = self._node(name, _by_role(value) or kind, realm)
        if _is_map(value):
            for attribute, content in value.items():
                if attribute not in _NAMES:
                    self._read_attribute(node_id, str(attribute).lower(), content, realm)
            return
        for other in _strings(value):
            # A rack lists what stands in it, a service what it depends on.
            self._loose.append((node_id, self._node(other, "", realm)))

    def _read_attribute(self, node_id: str, attribute: str, content: Any, realm: str) -> None:
        name = self.nodes[node_id].name
        for value in _strings(content):
            if attribute in _UP_WORDS:
                self._link(name, value, realm)
            elif attribute in _DOWN_WORDS:
                self._link(value, name, realm)
            elif _kind_of(attribute):
                self._loose.append((node_id, self._node(value, _kind_of(attribute), realm)))
            else:
                self._attributes.append((node_id, value, realm))

    def _read_edges(self, edges: Iterable[Any], realm: str) -> None:
        for edge in edges:
            low, high, word = _ends(edge)
            if low and high:
                down = word in _DOWN_WORDS or word == "hosts"
                self._link(*((high, low) if down else (low, high)), realm)

    def _node(self, name: str, kind: str, realm: str) -> str:
        node_id = _id(name, realm)
        known = self.nodes.get(node_id)
        if known is None or (not known.kind and kind):
            self.nodes[node_id] = Node(node_id, name.lower(), kind, realm)
        return node_id

    def _link(self, low: str, high: str, realm: str) -> None:
        self.edges.append((self._node(low, "", realm), self._node(high, "", realm)))


def _environments(reader: _Reader) -> set[str]:
    """Return the environments of a file, also by its clusters' names; none where one tells none."""
    found = {names.environment_of(name) for name in reader.environments}
    if not found:
        found = {names.environment_in(name) for name in reader.clusters}
    return set() if None in found else {name for name in found if name}


def _id(name: str, realm: str) -> str:
    return f"{realm}/{name}".lower() if realm else name.lower()


def _singular(word: str) -> str:
    word = word.lower().replace("-", "_").replace(" ", "_")
    if word in _KIND_OF:
        return word
    if word.endswith(("ches", "xes")):
        return word[:-2]
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _kind_of(word: str) -> str:
    return _KIND_OF.get(_singular(word), "")


def _by_role(value: Any) -> str:
    """Return which kind of machine one of the hosts is, where its role says so: an array, a VM."""
    role = value.get("role") if _is_map(value) else None
    kind = _kind_of(role) if isinstance(role, str) else ""
    return kind if kind in HOSTS else ""


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_topology(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    # A list of names alone says what a cluster has, not how it is built.
    sections = (_kind_of(str(name)) for name, content in value.items() if _is_section(content))
    return any(sections) or any(str(name).lower() in _EDGES for name in value)


def _is_section(content: Any) -> bool:
    return isinstance(content, dict) or (isinstance(content, list) and any(map(_is_map, content)))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        named = (
            next((one[key] for key in _NAMES if key in one), None) if _is_map(one) else one
            for one in value
        )
        return [one for one in named if isinstance(one, str) and one]
    return []


def _ends(edge: Any) -> tuple[str, str, str]:
    if isinstance(edge, list) and len(edge) > 1 and all(isinstance(end, str) for end in edge[:2]):
        return edge[0], edge[1], ""
    if isinstance(edge, dict):
        for low, high in _ENDS:
            if isinstance(edge.get(low), str) and isinstance(edge.get(high), str):
                word = edge.get("type") or edge.get("relation") or ""
                return edge[low], edge[high], str(word).lower()
    return "", "", ""
