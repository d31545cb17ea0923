"""Real FRR routers are read over OpenSSH, and what breaks in the world is seen next time."""

import pytest

from collectors.network import NetworkDevices
from models.kinds.device import Device
from models.kinds.interface import Interface, InterfaceState
from models.sources import Source

pytestmark = pytest.mark.peer


def collect(frr):
    """Return the devices and the interfaces of one collection, by name."""
    devices = [
        {"name": router.name, "address": "127.0.0.1", "port": router.ssh_port, "platform": "frr"}
        for router in frr.routers
    ]
    options = {
        "username": frr.username,
        "key_file": str(frr.key_file),
        "verify_host_key": False,
        "devices": devices,
    }
    source = Source(name="real", collector="network", options=options)
    batches = list(NetworkDevices.for_source(source).batches())
    assert [gap for batch in batches for gap in batch.gaps] == []
    records = [record for batch in batches for record in batch.records]
    return (
        {one.name: one for one in records if isinstance(one, Device)},
        {(one.device, one.name): one for one in records if isinstance(one, Interface)},
    )


def test_both_routers_are_read_and_a_cut_cable_is_seen_the_next_time(frr):
    devices, interfaces = collect(frr)
    assert set(devices) == {router.name for router in frr.routers}
    for device in devices.values():
        assert [peer.state for peer in device.routing_peers] == ["established"]
        assert device.os_version
        assert "c4nary" not in repr(device)
    first = frr.routers[0]
    assert interfaces[first.name, first.cable].state is InterfaceState.UP

    frr.routers[1].link("down")
    frr.wait_until_broken()
    devices, interfaces = collect(frr)
    assert [peer.state for peer in devices[first.name].routing_peers] != ["established"]
    assert interfaces[first.name, first.cable].state is InterfaceState.DOWN
