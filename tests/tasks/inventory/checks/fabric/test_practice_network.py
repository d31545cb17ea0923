"""The checks over what the collector reads of the practice network, with all its planted faults."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from collectors.network import NetworkDevices
from models.kinds import KINDS
from models.records.asset import Asset, observe, restore
from models.records.check import Severity
from models.sources import Source
from tasks.inventory.checks import CHECKS, Policy, evaluate_checks
from tasks.inventory.checks.domains import NETWORK
from tests.tasks.inventory.checks.joined import joins_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FOUND_BY = {
    "duplex_mismatch": "NE-01",
    "mtu_mismatch": "NE-03",
    "vlan_missing": "NE-08",
    "native_vlan_mismatch": "NE-09",
    "err_disabled": "NE-13",
    "uplink_single": "NE-06",
    "duplicate_ip": "NE-18",
    "telnet": "NE-21",
    "well_known_community": "NE-22",
    "uplink_undescribed": "NE-14",
    "port_up_unused": "NE-15",
    "software_differs": "NE-25",
    "ntp_missing": "NE-23",
    "syslog_missing": "NE-24",
    "bgp_down": "NE-26",
    "input_errors": "NE-16",
    "vlan_unused": "NE-12",
    "config_not_saved": "NE-20",
}
# What the same faults show to others: the speed at a half duplex port's far end, the light that is
# off in a bundle, the ARP tables that hear two owners of one address.
SIDE_EFFECTS = {"NE-02", "NE-04", "NE-19"}


@pytest.fixture(scope="module")
def read(read_devices):
    """Everything that the collector sees of the default site, as assets, and its gaps."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("PRACTICE_PASSWORD", read_devices.password)
        names = ("name", "address", "port", "platform", "site", "rack", "role")
        options = {
            "username": read_devices.username,
            "password_env": "PRACTICE_PASSWORD",
            "devices": [
                {name: getattr(one, name) for name in names} for one in read_devices.devices
            ],
            "verify_host_key": False,
            "timeout_seconds": 60,
        }
        source = Source(name="net", collector="network", options=options)
        batches = list(NetworkDevices.for_source(source).batches())
    assets = [stored(record) for batch in batches for record in batch.records]
    return assets, tuple(gap for batch in batches for gap in batch.gaps)


def stored(record) -> Asset:
    seen = observe("net", record)
    values = map(msgspec.json.decode, (seen.attributes, seen.volatile))
    return Asset(
        id=seen.asset_id,
        kind=seen.kind,
        name=seen.name,
        source="net",
        record=restore(KINDS[seen.kind], *values),
        first_seen=NOW,
        last_seen=NOW,
    )


@pytest.fixture(scope="module")
def results(read):
    assets, gaps = read
    joins, taken_at = joins_of(assets), {"net": NOW}
    found = evaluate_checks(
        assets, {"net": gaps}, Policy(), (), NOW, joins=joins, taken_at=taken_at
    )
    return [one for one in found if CHECKS[one.check].domain is NETWORK]


def finding(one) -> bool:
    return one.result in {Severity.INFO, Severity.WARN, Severity.CRIT}


def test_every_planted_fault_is_found_where_it_was_planted(read, read_devices, results):
    keys = {asset.id: asset.record.key for asset in read[0]}
    found = {(one.check, keys[one.asset_id]) for one in results if finding(one)}

    missed = {
        fault
        for fault, check in FOUND_BY.items()
        if not any((check, key) in found for key in named(read_devices.planted[fault], keys))
    }

    assert missed == set()


def named(places, keys) -> set[str]:
    """Return the keys that places can mean: a port, the device of a peer, the VLAN of a site."""
    found = set(places)
    for place in places:
        device, _, rest = place.partition("/")
        found.add(device if "." in rest else place)
        if rest.isdigit():
            found.update(key for key in keys.values() if key.endswith(f"/{rest}"))
    return found


def test_what_was_not_planted_is_not_found(results):
    checks = {one.check for one in results if finding(one)}

    assert checks - SIDE_EFFECTS == set(FOUND_BY.values())


def test_what_a_platform_never_tells_is_not_judged_and_never_ok(read, results):
    (border,) = (asset for asset in read[0] if asset.name == "rt-fra1-border")
    assert border.record.telnet_enabled is None

    judged = {one.check for one in results if one.asset_id == border.id}

    assert {"NE-20", "NE-21", "NE-22", "NE-23", "NE-24"}.isdisjoint(judged)
    assert {"NE-25", "NE-26", "NE-27"} <= judged


def test_nothing_of_a_network_that_was_read_whole_is_unknown(read, results):
    assert read[1] == ()
    assert [one for one in results if one.result is Severity.UNKNOWN] == []
