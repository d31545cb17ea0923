"""The ways from an asset, drawn as a tree: what it stands on, and what stands on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import psycopg
from rich.text import Text
from rich.tree import Tree

from deployments.cli.output import words
from models.kinds import KINDS
from models.records.graph import Hop
from models.records.history import LinkedAsset
from models.store import graph

HOPS = 5  # pod, node, VM, host, switch port, switch
_SHOWN = 4  # assets of one kind on one type of edge; more are counted
_Fan: TypeAlias = tuple[str, str | None]
_VERBS = {
    ("runs_on", "out"): "runs on",
    ("runs_on", "in"): "runs",
    ("member_of", "out"): "member of",
    ("member_of", "in"): "has member",
    ("stored_on", "out"): "stored on",
    ("stored_on", "in"): "stores",
    ("connected_to", "out"): "connected to",
    ("connected_to", "in"): "connected from",
    ("part_of", "out"): "part of",
    ("part_of", "in"): "has part",
    ("owned_by", "out"): "owned by",
    ("owned_by", "in"): "owns",
    ("selects", "out"): "selects",
    ("selects", "in"): "selected by",
    ("mounts", "out"): "mounts",
    ("mounts", "in"): "mounted by",
}


class Toward(StrEnum):
    """Which way the graph is followed."""

    GROUND = "ground"
    IMPACT = "impact"
    BOTH = "both"


def walk(conn: psycopg.Connection, asset_id: str, hops: int, toward: Toward) -> list[Hop]:
    """Return what an asset stands on, then what stands on it, or one of them."""
    found: list[Hop] = []
    if toward is not Toward.IMPACT:
        found += graph.walk(conn, asset_id, hops, "out")
    if toward is not Toward.GROUND:
        found += graph.walk(conn, asset_id, hops, "in")
    return found


def gone(deleted_at: datetime | None) -> str:
    """Return what is said of an asset that is gone; "" of one that exists."""
    return f" (gone since {words(deleted_at)})" if deleted_at else ""


def trees(name: str, root: str, hops: Sequence[Hop], links: Iterable[LinkedAsset]) -> list[Tree]:
    """Return a tree for each way; `links` are all edges of the asset itself, for their number."""
    numbers = Counter((link.direction, link.type, link.kind) for link in links)
    found = []
    for way, title in (("out", "{} stands on"), ("in", "On {} stand")):
        below: dict[str, list[Hop]] = defaultdict(list)
        for hop in hops:
            if hop.direction == way:
                below[hop.from_id].append(hop)
        if below:
            tree = Tree(Text(title.format(name)))
            exact = {(kind, of): number for (to, kind, of), number in numbers.items() if to == way}
            _grow(tree, root, below, exact)
            if sum(map(len, below.values())) >= graph.LIMIT:
                tree.add(Text(f"… and more: only {graph.LIMIT} assets are shown"))
            found.append(tree)
    return found


def _grow(tree: Tree, asset: str, below: dict[str, list[Hop]], exact: dict[_Fan, int]) -> None:
    fans: dict[_Fan, list[Hop]] = defaultdict(list)
    for hop in below.get(asset, ()):
        fans[hop.type, hop.kind].append(hop)
    for fan, hops in fans.items():
        # Those that lead on first: they are the way, the others its surroundings.
        hops.sort(key=lambda hop: hop.asset_id not in below)
        left_out = max(hop.left_out for hop in hops)
        more = exact[fan] - len(hops) if fan in exact else left_out
        shown = hops if len(hops) + more <= _SHOWN + 1 else hops[:_SHOWN]
        for hop in shown:
            _grow(tree.add(_words(hop)), hop.asset_id, below, {})
        if rest := len(hops) - len(shown) + more:
            at_least = "at least " if left_out and fan not in exact else ""
            tree.add(Text(f"… and {_verb(hops[0])} {at_least}{rest} more {_plural(fan[1])}"))


def _words(hop: Hop) -> Text:
    text = Text(f"{_verb(hop)} {hop.kind or 'unknown'} ")
    text.append(hop.name or hop.asset_id, style="bold")
    text.append(gone(hop.deleted_at))
    if hop.confidence is not None:
        text.append(f"  {hop.confidence:.0%} sure: {hop.reason}", style="dim")
    return text


def _verb(hop: Hop) -> str:
    return _VERBS.get((hop.type, hop.direction), hop.type)


def _plural(kind: str | None) -> str:
    return KINDS[kind].plural.lower() if kind in KINDS else "assets"
