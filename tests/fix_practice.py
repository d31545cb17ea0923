"""Fixtures of the practice vCenter: one a test, or one a module where tests only read."""

from datetime import UTC, datetime

import pytest

from deployments.practice.site import build_site
from deployments.practice.vcenter.server import PracticeVCenter

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
