"""Fixtures of the practice vCenter and of the whole practice datacenter."""

from datetime import UTC, datetime

import pytest

from deployments.practice.datacenter import Ports, PracticeDatacenter
from deployments.practice.site import build_site
from deployments.practice.vcenter.server import PracticeVCenter

SOURCES = """
[[source]]
name = "vc1"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "VC_PASSWORD"
verify_tls = false

[[source]]
name = "k8s"
collector = "kubernetes"
kubeconfig = "{folder}/kubeconfig"
contexts = "all"

[[source]]
name = "net"
collector = "network"
username = "{devices_username}"
password_env = "DEVICES_PASSWORD"
enable_password_env = "DEVICES_ENABLE"
devices_file = "{folder}/devices.toml"
verify_host_key = false
"""
ANCHOR = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="session")
def practice_site():
    """The default site at a fixed date: 240 VMs on 10 hosts."""
    return build_site(seed=7, vm_count=240, anchor=ANCHOR)


@pytest.fixture(scope="session")
def small_practice_site():
    """60 VMs, the fewest with every planted fault."""
    return build_site(seed=7, vm_count=60, anchor=ANCHOR)


@pytest.fixture
def practice_vcenter(small_practice_site):
    """A vCenter of 60 VMs that the test may change and break."""
    with PracticeVCenter(small_practice_site) as vcenter:
        yield vcenter
    assert vcenter.bugs == []


@pytest.fixture
def practice_sources(small_practice_site, database, tmp_path, monkeypatch):
    """The whole practice datacenter, running, and a sources file that names all of it."""
    with PracticeDatacenter(small_practice_site, Ports(), {"token": "t"}, tls=False) as practice:
        secrets = practice.secrets
        monkeypatch.setenv("VC_PASSWORD", secrets["password"])
        monkeypatch.setenv("DEVICES_PASSWORD", secrets["devices_password"])
        monkeypatch.setenv("DEVICES_ENABLE", secrets["devices_enable_password"])
        for name, text in (
            ("kubeconfig", practice.kubernetes.kubeconfig()),
            ("devices.toml", practice.devices_file()),
            ("sources.toml", SOURCES.format(folder=tmp_path, **practice.addresses)),
        ):
            file = tmp_path / name
            file.touch(mode=0o600)
            file.write_text(text)
        yield tmp_path / "sources.toml"


def collect_all(sources):
    """Collect, join and check everything that a sources file names."""
    from models.sources import load_sources
    from tasks.inventory.collect import collect_source
    from tasks.inventory.health import run_checks
    from tasks.inventory.join import join_assets
    from tasks.inventory.store import store_snapshot
    from tasks.inventory.validate import validate_snapshot

    for source in load_sources(sources):
        taken = collect_source(source)
        assert validate_snapshot(taken).held is None
        store_snapshot(taken)
    join_assets()
    run_checks()
