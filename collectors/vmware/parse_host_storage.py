"""A host's storage: how many paths lead to each logical unit, and in which state."""

from __future__ import annotations

from collections import Counter
from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.values import flag, many, record, text
from models.kinds.host import StoragePaths


def parse_storage_paths(multipath: Any, luns: list[Any]) -> tuple[StoragePaths, ...] | None:
    """Return the paths to each logical unit by its name; None where the host did not say."""
    if not isinstance(multipath, dict):
        return None
    known = {text(lun.get("key")): lun for lun in map(record, luns)}
    found = [_paths(record(unit), known) for unit in many(multipath.get("lun"))]
    return tuple(sorted(found, key=lambda paths: paths.lun))


def _paths(unit: Properties, known: dict[str | None, Properties]) -> StoragePaths:
    lun = known.get(text(unit.get("lun")), {})
    # `state` came with vSphere 4; older servers have `pathState` alone.
    states = Counter(
        text(path.get("state")) or text(path.get("pathState"))
        for path in map(record, many(unit.get("path")))
    )
    return StoragePaths(
        lun=text(lun.get("canonicalName")) or text(unit.get("id")) or "",
        policy=text(record(unit.get("policy")).get("policy")),
        active=states["active"],
        standby=states["standby"],
        dead=states["dead"] + states["disabled"],
        local=flag(lun.get("localDisk")) or False,
    )
