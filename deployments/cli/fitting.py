"""What of a table fits beside each other: texts are cut and columns left out, no word is folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GAP = 2  # blanks between two columns
_LEAST = 20  # cells that the first column whose texts are cut keeps, and
_LEAST_BESIDE = 14  # what the others keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Which columns are left out, and the widths of those whose texts are cut, in cells."""

    dropped: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)


def fitted(widths: Mapping[str, int], room: int, cut: Sequence[str], spare: Sequence[str]) -> Fit:
    """Return how columns are made to fit.

    Args:
        widths: What each column takes with its texts whole, in cells.
        room: What there is for all of them.
        cut: Columns whose texts may be cut, the one that gets most of the room first.
        spare: Columns that may be left out, the least useful one first.
    """
    kept, dropped = dict(widths), []
    for name in spare:
        if _room_to_share(kept, room, cut) >= 0:
            break
        kept.pop(name)
        dropped.append(name)
    free = max(_room_to_share(kept, room, cut), 0)
    found = {}
    for name in (name for name in cut if name in kept):
        least = _least(kept[name], name, cut)
        found[name] = min(kept[name], least + free)
        free -= found[name] - least
    return Fit(dropped=tuple(dropped), widths=found)


def _room_to_share(widths: Mapping[str, int], room: int, cut: Sequence[str]) -> int:
    least = (_least(width, name, cut) for name, width in widths.items())
    return room - GAP * (len(widths) - 1) - sum(least)


def _least(width: int, name: str, cut: Sequence[str]) -> int:
    if name not in cut:
        return width
    return min(width, _LEAST if name == cut[0] else _LEAST_BESIDE)
