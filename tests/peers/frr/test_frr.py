"""The real router answers as our practice one does, and its BGP session really breaks."""

import json

import pytest

from deployments.practice.devices import PracticeDevices
from deployments.practice.devices.platforms import DIALECTS
from deployments.practice.devices.view import View

pytestmark = pytest.mark.peer


def test_a_session_breaks_when_the_cable_is_cut_and_comes_back(frr):
    frr.routers[1].link("down")
    frr.wait_until_broken()
    frr.routers[1].link("up")
    frr.wait_until_established()


@pytest.mark.parametrize(
    "command",
    [
        "show bgp summary json",
        "show bgp vrf all summary json",
        "show interface json",
        "show ip route json",
        "show ip route vrf all json",
    ],
)
def test_the_practice_router_prints_no_field_that_the_real_one_does_not(
    frr, small_practice_site, command
):
    lab = PracticeDevices(small_practice_site)._lab
    device = lab.network.devices["rt-fra1-border"]
    view = View(network=lab.network, device=device, salt=1, now=lab.network.now())
    ours = json.loads(DIALECTS["frr"].shows[command](view))
    real = json.loads(frr.routers[0].vtysh(command))
    assert _fields(ours) <= _fields(real)


def _fields(found):
    """Return the names of all fields, those that are addresses, prefixes or ports left out."""
    if isinstance(found, list):
        return set().union(*map(_fields, found)) if found else set()
    if not isinstance(found, dict):
        return set()
    names = {name for name in found if name.isalpha()}
    ports = {name for name, value in found.items() if isinstance(value, dict | list)}
    return (names - {p for p in ports if p in {"lo"}}) | set().union(*map(_fields, found.values()))
