"""Mermaid diagrams of layered graphs, split so that each stays readable.

A graph is given as its paths from a root to a leaf. A part of a split graph repeats the path to
what it shows, so that each part can be read alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generators.documents.text import plain

LARGEST = 40  # nodes of one diagram (operations.md 4.1)
_LONGEST_LABEL = 60
# Mermaid's own entity codes; everything that it, Markdown or HTML could read as syntax is coded.
_CODED = re.compile(r"[^\w .,/:+-]")


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A box; equal ids are the same box. `kind` chooses its colour."""

    id: str
    label: str
    kind: str


Path = tuple[Node, ...]
# Fill and border by kind, readable on light and dark ground with dark text.
COLOURS = {
    "vcenter": ("#dfe7fd", "#5b76c4"),
    "datacenter": ("#e6e6fa", "#7a70b8"),
    "cluster": ("#d7f0e3", "#3f9168"),
    "host": ("#fdf3d7", "#b98a1d"),
    "datastore": ("#fde2d3", "#c0683a"),
    "switch": ("#dff1f6", "#3c8ca3"),
    "network": ("#eef3f8", "#6f8aa5"),
    "vlan": ("#f7e3ef", "#ab5c8d"),
    "kubernetes": ("#dbe6fb", "#3f6cc0"),
    "node": ("#d9efe9", "#3b8a78"),
    "pod": ("#e9e4f8", "#7d66bd"),
    "vm": ("#e4effa", "#4f86b8"),
    "site": ("#e6e6fa", "#7a70b8"),
    "device": ("#dff1f6", "#3c8ca3"),
    "port": ("#f7e3ef", "#ab5c8d"),
    "root": ("#fbd3d0", "#b3261e"),
    "affected": ("#fdf0d3", "#b98a1d"),
    "around": ("#eef3f8", "#6f8aa5"),
}


def split(paths: Iterable[Path], largest: int = LARGEST) -> list[list[Path]]:
    """Return the paths in their order, in parts of at most that many nodes.

    A path longer than that stands alone.
    """
    parts: list[list[Path]] = []
    present: set[Node] = set()
    for path in paths:
        if parts and len(present | set(path)) <= largest:
            parts[-1].append(path)
            present |= set(path)
        else:
            parts.append([path])
            present = set(path)
    return parts


def mermaid(paths: Sequence[Path], labels: dict[tuple[str, str], str] | None = None) -> str:
    """Return one diagram; `labels` are the words on edges, by the ids of their ends."""
    nodes = list(dict.fromkeys(node for path in paths for node in path))
    names = {node.id: f"n{place}" for place, node in enumerate(nodes)}
    edges = dict.fromkeys(
        (parent.id, child.id) for path in paths for parent, child in pairwise(path)
    )
    lines = ["flowchart LR"]
    lines += [f'  {names[node.id]}["{coded(node.label)}"]:::{node.kind}' for node in nodes]
    lines += [
        _edge(names[start], names[end], (labels or {}).get((start, end))) for start, end in edges
    ]
    lines += [
        f"  classDef {kind} fill:{COLOURS[kind][0]},stroke:{COLOURS[kind][1]},color:#1c2430"
        for kind in sorted({node.kind for node in nodes})
    ]
    return "\n".join(lines)


def diagrams(paths: Iterable[Path], labels: dict[tuple[str, str], str] | None = None) -> list[str]:
    """Return the graph as one diagram or, where it is large, as several."""
    return [mermaid(part, labels) for part in split(paths)]


def coded(label: str) -> str:
    """Return untrusted text as a label that shows it and is nothing else."""
    text = plain(label)
    text = text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}\u2026"
    # A word such as `end` breaks a diagram outside quotes only; quotes themselves are coded.
    return _CODED.sub(lambda match: f"#{ord(match[0])};", text)


def _edge(start: str, end: str, label: str | None) -> str:
    return f'  {start} -->|"{coded(label)}"| {end}' if label else f"  {start} --> {end}"
