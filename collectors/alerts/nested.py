"""What the objects and lists within an alert say of the thing that it is about.

Only where all of them agree: of two hosts in one alert nobody knows which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from collectors.alerts import entities, reading
from collectors.alerts import fieldnames as names
from collectors.alerts.reading import keyed, rows

Fields = Mapping[str, Any]
NamedHost = Callable[[Fields], str | None]

_MOST = 50
_DEEPER = ("dimensions", "labels")


def host_beside(around: Fields, named: NamedHost) -> str | None:
    """Return the host that an object beside the alert names; None where several do."""
    beside = list(around.values())[:_MOST]
    return _agreed(named(keyed(value)) for value in beside if isinstance(value, dict))


def host_within(fields: Fields, named: NamedHost) -> str | None:
    """Return the host that objects, or those of lists, within the alert name; None for several."""
    return _agreed(named(inner) for inner in _objects(fields))


def _agreed(hosts: Iterator[str | None]) -> str | None:
    found = set(hosts) - {None}
    return entities.host_name(found.pop()) if len(found) == 1 else None


def _objects(fields: Fields) -> Iterator[Fields]:
    for name, value in list(fields.items())[:_MOST]:
        if name in names.NOT_THE_HOST or name in names.SAMPLES:
            continue
        for one in [value] if isinstance(value, dict) else rows(value)[:_MOST]:
            inner = keyed(one)
            yield inner
            yield from (keyed(inner[deeper]) for deeper in _DEEPER if deeper in inner)


def dimensions(fields: Fields) -> Iterator[Mapping[str, str]]:
    """Yield the dimensions and labels of objects within; of a list those that all its items have.

    `{"metrics": [{"dimensions": {"hostname": "db-1"}}]}`
    """
    for name, value in list(fields.items())[:_MOST]:
        if name in names.LABELS or name in names.NOT_THE_HOST:
            continue
        several = [keyed(one) for one in ([value] if isinstance(value, dict) else rows(value))]
        for deeper in _DEEPER:
            found = [reading.pairs(one.get(deeper)) for one in several[:_MOST]]
            if found and found[0]:
                yield dict(set(found[0].items()).intersection(*(one.items() for one in found[1:])))
