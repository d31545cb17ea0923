"""Fixtures of the collectors: sources with their password in the environment."""

import pytest

from collectors.vmware import VMware
from models.kinds import KINDS, kind_of
from models.sources import Source


@pytest.fixture
def vmware_source(monkeypatch):
    """Make a source of the collector `vmware`; options that are given replace the usual ones."""

    def make(url="https://vc.example/sdk", password="secret", **options):
        monkeypatch.setenv("TEST_VC_PASSWORD", password)
        usual = {
            "url": url,
            "username": "reader",
            "password_env": "TEST_VC_PASSWORD",
            "verify_tls": False,
        }
        return Source(name="vc1", collector="vmware", options={**usual, **options})

    return make


@pytest.fixture
def collector_of(vmware_source):
    """Make a collector of a practice vCenter, logged in as its read-only account."""

    def make(vcenter, **options):
        usual = {"username": vcenter.username, "password": vcenter.password}
        return VMware.for_source(vmware_source(vcenter.url, **{**usual, **options}))

    return make


@pytest.fixture
def collect():
    """Run a collector and return its records by kind and key, and its gaps."""

    def run(collector):
        records = {name: {} for name in KINDS}
        gaps = []
        for batch in collector.batches():
            for one in batch.records:
                records[kind_of(one).name][one.key] = one
            gaps += batch.gaps
        return records, gaps

    return run
