"""Drawing our own Mermaid diagrams as SVG: layers from left to right, the same each time.

It reads the subset that `diagram.mermaid` writes. Text is measured by rule of thumb, since a page
has to be made without a browser.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html import escape

from generators.documents.diagram import COLOURS

_NODE = re.compile(r'^(n\d+)\["([^"]*)"\]:::([a-z]+)$')
_EDGE = re.compile(r'^(n\d+) -->(?:\|"([^"]*)"\|)? (n\d+)$')
_CODE = re.compile(r"#(\d+);")
_CHARACTER = 6.9  # pixels of one at 12.5 px, a little more than most fonts need
_WORD_CHARACTER = 5.8  # of the words on lines, which are smaller
_SMALLEST = 0.69  # of its size
_STRAIGHT_GAP = 40  # between two boxes that are alone in their columns: the line has no bend
_HEIGHT, _GAP, _COLUMN_GAP, _PADDING, _MARGIN = 26, 10, 72, 24, 8


@dataclass(frozen=True, slots=True)
class _Box:
    id: str
    label: str
    kind: str

    @property
    def width(self) -> float:
        return len(self.label) * _CHARACTER + _PADDING


@dataclass(slots=True)
class _Graph:
    boxes: dict[str, _Box] = field(default_factory=dict)
    edges: list[tuple[str, str, str]] = field(default_factory=list)
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def draw(source: str) -> str | None:
    """Return the diagram as an SVG element, or None where the source is none of ours."""
    graph = _read(source)
    if graph is None or not graph.boxes:
        return None
    columns = _columns(graph)
    lefts, width = _lefts(graph, columns)
    tops = _tops(graph, columns)
    height = max(tops.values()) + _HEIGHT + _MARGIN
    kinds = sorted({box.kind for box in graph.boxes.values()})
    parts = [
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
        # A wide one is made smaller to fit, but not so small that nobody can read it.
        f' style="min-width:{_SMALLEST * width:.0f}px"'
        f' role="img" aria-label="Diagram of {escape(", ".join(kinds))}">'
    ]
    parts += [_line(graph, edge, lefts, tops) for edge in graph.edges]
    parts += [_words(graph, at, words, lefts, tops) for at, words in _labels(graph).items()]
    parts += [_box(box, lefts[box.id], tops[box.id]) for box in graph.boxes.values()]
    return "".join([*parts, "</svg>"])


def styles() -> str:
    """Return the colours of the boxes as CSS."""
    return "".join(
        f".k-{kind} rect{{fill:{fill};stroke:{stroke}}}"
        for kind, (fill, stroke) in sorted(COLOURS.items())
    )


def _read(source: str) -> _Graph | None:
    graph = _Graph()
    first, *lines = source.strip().splitlines() or [""]
    if first != "flowchart LR":
        return None
    for line in (raw.strip() for raw in lines):
        if node := _NODE.match(line):
            graph.boxes[node[1]] = _Box(node[1], _decoded(node[2]), node[3])
        elif edge := _EDGE.match(line):
            graph.edges.append((edge[1], edge[3], _decoded(edge[2] or "")))
        elif not line.startswith("classDef "):
            return None
    if any(end not in graph.boxes for edge in graph.edges for end in edge[:2]):
        return None
    for start, end, _ in graph.edges:
        graph.children[start].append(end)
        graph.parents[end].append(start)
    return graph


def _decoded(label: str) -> str:
    return _CODE.sub(lambda match: chr(int(match[1])), label)


def _columns(graph: _Graph) -> dict[str, int]:
    """Return each box's layer: one more than the deepest of its parents."""
    columns = dict.fromkeys(graph.boxes, 0)
    for _ in graph.boxes:  # a cycle, which none of our graphs has, would end here too
        moved = False
        for start, end, _label in graph.edges:
            if columns[end] <= columns[start] < len(graph.boxes):
                columns[end] = columns[start] + 1
                moved = True
        if not moved:
            break
    return columns


def _lefts(graph: _Graph, columns: dict[str, int]) -> tuple[dict[str, float], float]:
    """Return the left edge of each box, and the width of the whole."""
    widths: dict[int, float] = defaultdict(float)
    for box in graph.boxes.values():
        widths[columns[box.id]] = max(widths[columns[box.id]], box.width)
    gaps = _gaps(graph, columns)
    at: dict[int, float] = {}
    right = float(_MARGIN)
    for column in sorted(widths):
        at[column] = right + (gaps[column] if at else 0)
        right = at[column] + widths[column]
    return {box: at[column] for box, column in columns.items()}, right + _MARGIN


def _gaps(graph: _Graph, columns: dict[str, int]) -> dict[int, float]:
    """Return how far each column stands from what is left of it.

    Words at the left and at the right of a gap have room side by side: they may be on one height.
    """
    longest: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (box, before), words in _labels(graph).items():
        column = columns[box] + (not before)
        sides = longest[column]
        sides[before] = max(sides[before], len(words) * _WORD_CHARACTER)
    boxes = Counter(columns.values())
    return {
        column: max(
            float(_STRAIGHT_GAP if boxes[column] == boxes[column - 1] == 1 else _COLUMN_GAP),
            sum(longest[column]) + 2 * _PADDING if column in longest else 0.0,
        )
        for column in boxes
    }


def _tops(graph: _Graph, columns: dict[str, int]) -> dict[str, float]:
    """Return the top of each box: leaves one below the other, parents beside their children."""
    tops: dict[str, float] = {}
    slot = 0
    for root in [box for box in graph.boxes if not graph.parents[box]]:
        slot = _place(graph, root, tops, slot)
    for box in graph.boxes:  # what only a cycle reaches
        slot = slot if box in tops else _place(graph, box, tops, slot)
    return _settled(graph, _apart(tops, columns), columns)


def _settled(graph: _Graph, tops: dict[str, float], columns: dict[str, int]) -> dict[str, float]:
    """Move what hangs on several boxes, and what several hang on, to the middle of these."""
    found = {box: tops[box] for box in graph.boxes}
    for box in graph.boxes:
        parents = graph.parents[box]
        if len(parents) > 1 and not graph.children[box]:
            found[box] = sum(tops[parent] for parent in parents) / len(parents)
    found = _apart(found, columns)
    for box in sorted(graph.boxes, key=lambda box: -columns[box]):
        children = graph.children[box]
        if len(children) > 1:
            found[box] = sum(found[child] for child in children) / len(children)
    return _apart({box: found[box] for box in graph.boxes}, columns)


def _place(graph: _Graph, root: str, tops: dict[str, float], slot: int) -> int:
    """Place a box after all below it; returns the next free row."""
    stack, entered = [root], set()
    while stack:
        box = stack[-1]
        waiting = [child for child in graph.children[box] if child not in tops]
        if box not in entered and waiting:
            entered.add(box)
            stack += [child for child in reversed(waiting) if child not in entered]
            continue
        stack.pop()
        if box in tops:
            continue
        placed = [tops[child] for child in graph.children[box] if child in tops]
        tops[box] = sum(placed) / len(placed) if placed else _MARGIN + slot * (_HEIGHT + _GAP)
        slot += 0 if placed else 1
    return slot


def _apart(tops: dict[str, float], columns: dict[str, int]) -> dict[str, float]:
    """Push boxes of one column down until none covers another."""
    apart: dict[str, float] = {}
    for column in sorted(set(columns.values())):
        free = float(_MARGIN)
        for box in sorted((b for b in tops if columns[b] == column), key=lambda b: tops[b]):
            apart[box] = max(tops[box], free)
            free = apart[box] + _HEIGHT + _GAP
    return apart


def _line(
    graph: _Graph, edge: tuple[str, str, str], lefts: dict[str, float], tops: dict[str, float]
) -> str:
    start, end, _label = edge
    x1, y1 = lefts[start] + graph.boxes[start].width, tops[start] + _HEIGHT / 2
    x2, y2 = lefts[end], tops[end] + _HEIGHT / 2
    bend = min(44.0, (x2 - x1) / 2)
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return f'<path class="edge" d="{path}"/>'


def _labels(graph: _Graph) -> dict[tuple[str, bool], str]:
    """Return the words at boxes, by the box and whether they stand before it.

    They stand at the end of a line, where lines from one box have parted; lines that only meet
    there, and say different things, have them at their start.
    """
    ends: dict[str, dict[str, None]] = defaultdict(dict)
    for _start, end, label in graph.edges:
        if label:
            ends[end][label] = None
    found: dict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
    for start, end, label in graph.edges:
        if label:
            at_end = len(ends[end]) == 1 or len(graph.children[start]) > 1
            found[(end, True) if at_end else (start, False)][label] = None
    return {place: ", ".join(labels) for place, labels in found.items()}


def _words(
    graph: _Graph,
    place: tuple[str, bool],
    words: str,
    lefts: dict[str, float],
    tops: dict[str, float],
) -> str:
    box, before = place
    x = lefts[box] - 8 if before else lefts[box] + graph.boxes[box].width + 8
    at = f'x="{x:.1f}" y="{tops[box] + _HEIGHT / 2 + 4:.1f}"'
    anchor = ' text-anchor="end"' if before else ""
    return f'<text class="words" {at}{anchor}>{escape(words)}</text>'


def _box(box: _Box, left: float, top: float) -> str:
    middle = f'x="{left + box.width / 2:.1f}" y="{top + _HEIGHT / 2 + 4.5:.1f}"'
    return (
        f'<g class="k-{box.kind}"><rect x="{left:.1f}" y="{top:.1f}" rx="6"'
        f' width="{box.width:.1f}" height="{_HEIGHT}"/>'
        f'<text {middle} text-anchor="middle">{escape(box.label)}</text></g>'
    )
