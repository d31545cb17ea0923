"""Two runs over the practice clusters and devices, between which every counter went on."""

from __future__ import annotations

import pytest

from models.sources import Source
from models.store import transaction
from tasks.inventory.collect import collect_source
from tasks.inventory.health import run_checks
from tasks.inventory.join import join_assets
from tasks.inventory.store import store_snapshot

NAMES = ("name", "address", "port", "platform", "site", "rack", "role")


@pytest.fixture
def practice(practice_kubernetes, practice_devices, kubeconfig, database, monkeypatch):
    """The practices of one site, and what collects, joins and checks them."""
    monkeypatch.setenv("DEVICES_PASSWORD", practice_devices.password)
    clusters = {"kubeconfig": str(kubeconfig("reader")), "contexts": "all"}
    devices = {
        "username": practice_devices.username,
        "password_env": "DEVICES_PASSWORD",
        "devices": [
            {name: getattr(one, name) for name in NAMES} for one in practice_devices.devices
        ],
        "verify_host_key": False,
        "timeout_seconds": 60,
    }
    sources = [
        Source(name="k8s", collector="kubernetes", options=clusters),
        Source(name="net", collector="network", options=devices),
    ]

    def collect():
        for source in sources:
            store_snapshot(collect_source(source))
        join_assets()

    return collect, practice_kubernetes, practice_devices


def stored_results():
    with transaction() as conn:
        return conn.execute(
            "SELECT check_id, asset_id, xmin::text, to_jsonb(r) FROM check_results r ORDER BY 1, 2"
        ).fetchall()


def test_a_second_run_over_changed_counters_writes_no_result(practice):
    collect, clusters, devices = practice
    collect()
    run_checks()
    before = stored_results()
    assert len(before) > 100

    clusters.control.touch()
    devices.control.touch()
    collect()
    run_checks()

    assert stored_results() == before
