"""The joins of assets in memory, by the same rules as those of what is stored."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from models.records.asset import Asset
from models.records.graph import Join
from tasks.inventory.joining import find_joins
from tasks.inventory.joining.records import KINDS, read_inputs


def joins_of(assets: Iterable[Asset]) -> list[Join]:
    rows: dict[str, list[str]] = {}
    for asset in sorted(assets, key=lambda asset: asset.id):
        if asset.kind in KINDS:
            fields = msgspec.to_builtins(asset.record) | {"id": asset.id, "source": asset.source}
            rows.setdefault(asset.kind, []).append(msgspec.json.encode(fields).decode())
    return find_joins(read_inputs(rows))
