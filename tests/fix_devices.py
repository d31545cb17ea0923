"""Fixtures of the practice network devices: the site's dozen, all five platforms among them."""

import pytest

from deployments.practice.devices import PracticeDevices


@pytest.fixture
def practice_devices(small_practice_site):
    """The devices of a small site, which the test may change and disturb."""
    with PracticeDevices(small_practice_site) as devices:
        yield devices
    assert devices.bugs == []


@pytest.fixture(scope="module")
def read_devices(practice_site):
    """The devices of the default site, for tests that only read; what mutates fails the module."""
    with PracticeDevices(practice_site) as devices:
        yield devices
    assert devices.bugs == []
    assert devices.control.counters()["mutating"] == 0
