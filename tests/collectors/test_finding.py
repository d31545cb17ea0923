"""Collectors are found by their entry point."""

import pytest

import collectors
from collectors.vmware import VMware
from models.errors import ConfigurationError


def test_a_collector_is_found_by_its_name():
    assert collectors.find("vmware") is VMware


def test_an_unknown_collector_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(ConfigurationError, match=r"no collector is called 'vmwar'.*vmware"):
        collectors.find("vmwar")
