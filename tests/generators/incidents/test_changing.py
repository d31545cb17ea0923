"""Changes around an incident are told in people's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from generators.incidents.changing import change_words
from models.records.asset import AssetChange

PORTS = [{"port": "b445", "address": "10.0.0.1"}, {"port": "Gi0/1", "address": "10.0.0.9"}]


@pytest.mark.parametrize(
    ("kind", "field", "before", "after", "told"),
    [
        ("vm", "memory_mib", 4096, 8192, "Memory of vm one changed from 4 GiB to 8 GiB"),
        ("vm", "memory_mib", "4096", "8192", "Memory of vm one changed from 4 GiB to 8 GiB"),
        ("host", "hyperthreading", True, None,
         "Hyper-threading of host one (yes before) is not seen any more"),
        ("host", "connection_state", "connected", "not_responding",
         "Connection of host one changed from connected to not_responding"),
        ("device", "neighbours", PORTS, PORTS[:1],
         "Neighbours of device one changed from 10.0.0.9 to none"),
        ("strange", "odd_field", "a\x1b[31m", "b", "odd_field of strange one changed from a [31m to b"),
    ],
)  # fmt: skip
def test_a_change_names_the_field_as_people_do_and_only_what_differs(
    kind, field, before, after, told
):
    change = AssetChange(
        asset_id="a", kind=kind, name="one", change="changed", field=field, before=before,
        after=after, at=datetime.now(UTC),
    )  # fmt: skip

    assert change_words(change) == told


def test_what_came_or_went_is_told_as_that():
    gone = AssetChange(asset_id="a", kind="vm", name="one", change="deleted", at=datetime.now(UTC))

    assert change_words(gone) == "vm one was deleted"
