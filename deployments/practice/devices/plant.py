"""The faults that the practice network comes with, by name; each sits on a device or on a port.

They are fixed to places, so that they are the same ones whatever the seed. Some are what a check
should find, the last few what must not leave a collector or what is harmless and looks odd.
"""

from __future__ import annotations

from collections.abc import Callable

from deployments.practice.devices.model import SVI, Device, Port
from deployments.practice.devices.secrets import DESCRIPTION_SECRET, WELL_KNOWN_COMMUNITY

Devices = dict[str, Device]
Places = tuple[str, ...]
OLDER_JUNOS = "20.4R3.8"
NATIVE, UNUSED_VLAN, MISSING_VLAN, STORAGE_VLAN = 310, 999, 210, 12
SMALL_MTU = 1500


def plant_faults(devices: Devices) -> dict[str, Places]:
    """Change a few devices for the worse, and return what was done where."""
    return {name: plant(devices) for name, plant in FAULTS.items()}


def unsave(device: Device) -> None:
    """Change something small in the running configuration only."""
    device.syslog_servers = (*device.syslog_servers, "192.0.2.114")


def place(device: Device, port: Port) -> str:
    """Return the name of a port in the network."""
    return f"{device.name}/{port.name}"


def _bundle(device: Device, name: str) -> list[Port]:
    """Return a port channel and its members."""
    return [device.ports[name], *device.members(name)]


def _duplex_mismatch(devices: Devices) -> Places:
    device = devices["sw-fra1-mgmt"]
    port = device.ports["GigabitEthernet1/0/1"]
    port.duplex, port.speed_mbps = "half", 100
    return (place(device, port),)


def _mtu_mismatch(devices: Devices) -> Places:
    device = devices["sw-ber1-r01-b"]
    ports = _bundle(device, "port-channel1")
    for port in ports:
        port.mtu = SMALL_MTU
    return tuple(place(device, port) for port in ports)


def _vlan_missing(devices: Devices) -> Places:
    device = devices["sw-fra1-core-a"]
    ports = _bundle(device, "ae1")
    for port in ports:
        port.vlans = tuple(vlan for vlan in port.vlans if vlan != MISSING_VLAN)
    return tuple(place(device, port) for port in ports)


def _native_mismatch(devices: Devices) -> Places:
    device = devices["sw-fra1-r01-b"]
    ports = _bundle(device, "Port-Channel1")
    for port in ports:
        port.native = NATIVE
    return tuple(place(device, port) for port in ports)


def _err_disabled(devices: Devices) -> Places:
    device = devices["sw-fra1-r01-b"]
    port = device.ports["Ethernet48"]
    port.enabled, port.err_disabled, port.description = True, "bpduguard", "test rig"
    return (place(device, port),)


def _uplink_single(devices: Devices) -> Places:
    """Take the light off one of two uplinks; both ends of it are down."""
    device = devices["sw-ber1-mgmt"]
    device.ports["TenGigabitEthernet1/1/2"].carrier = False
    return (place(device, device.ports["Port-channel1"]),)


def _duplicate_ip(devices: Devices) -> Places:
    places = []
    for name in ("sw-fra1-r01-a", "sw-fra1-r01-b"):
        device = devices[name]
        device.ports[f"Vlan{STORAGE_VLAN}"] = port = Port(
            name=f"Vlan{STORAGE_VLAN}",
            kind=SVI,
            description="storage gateway",
            mode="routed",
            vlan=STORAGE_VLAN,
            addresses=("10.18.0.9/16",),
            mac=device.mac,
            changed_at=device.configured_at,
        )
        places.append(place(device, port))
    return tuple(places)


def _telnet(devices: Devices) -> Places:
    devices["sw-ber1-mgmt"].telnet = True
    return ("sw-ber1-mgmt",)


def _well_known_community(devices: Devices) -> Places:
    devices["sw-fra1-mgmt"].community = WELL_KNOWN_COMMUNITY
    return ("sw-fra1-mgmt",)


def _uplink_undescribed(devices: Devices) -> Places:
    device = devices["sw-ber1-r01-a"]
    port = device.ports["Ethernet1/52"]
    port.description = ""
    return (place(device, port),)


def _port_up_unused(devices: Devices) -> Places:
    device = devices["sw-fra1-mgmt"]
    port = device.ports["GigabitEthernet1/0/48"]
    port.enabled = port.carrier = True
    return (place(device, port),)


def _software_differs(devices: Devices) -> Places:
    devices["sw-fra1-core-b"].software = OLDER_JUNOS
    return ("sw-fra1-core-b",)


def _ntp_missing(devices: Devices) -> Places:
    devices["sw-fra1-r01-b"].ntp_servers = ()
    return ("sw-fra1-r01-b",)


def _syslog_missing(devices: Devices) -> Places:
    devices["sw-ber1-core-b"].syslog_servers = ()
    return ("sw-ber1-core-b",)


def _bgp_down(devices: Devices) -> Places:
    device = devices["rt-fra1-border"]
    peer = next(one for one in device.peers if one.description == "backup transit")
    peer.broken = "Active"
    return (f"{device.name}/{peer.address}",)


def _input_errors(devices: Devices) -> Places:
    device = devices["sw-fra1-r01-a"]
    port = device.ports["Ethernet3"]
    port.input_errors = 1843
    return (place(device, port),)


def _vlan_unused(devices: Devices) -> Places:
    devices["sw-fra1-r01-b"].vlans[UNUSED_VLAN] = "old-lab"
    return (f"sw-fra1-r01-b/{UNUSED_VLAN}",)


def _secret_in_description(devices: Devices) -> Places:
    device = devices["rt-fra1-border"]
    port = device.ports["eth3"]
    port.description = f"transit AS64500, portal password: {DESCRIPTION_SECRET}"
    return (place(device, port),)


FAULTS: dict[str, Callable[[Devices], Places]] = {
    "duplex_mismatch": _duplex_mismatch,
    "mtu_mismatch": _mtu_mismatch,
    "vlan_missing": _vlan_missing,
    "native_vlan_mismatch": _native_mismatch,
    "err_disabled": _err_disabled,
    "uplink_single": _uplink_single,
    "duplicate_ip": _duplicate_ip,
    "telnet": _telnet,
    "well_known_community": _well_known_community,
    "uplink_undescribed": _uplink_undescribed,
    "port_up_unused": _port_up_unused,
    "software_differs": _software_differs,
    "ntp_missing": _ntp_missing,
    "syslog_missing": _syslog_missing,
    "bgp_down": _bgp_down,
    "input_errors": _input_errors,
    "vlan_unused": _vlan_unused,
    "secret_in_description": _secret_in_description,
}
NOT_SAVED = ("sw-ber1-r01-a", "sw-fra1-mgmt")
