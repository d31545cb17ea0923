"""The kind `interface`: a port of a network device. The key is the device's key, `/`, its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


class InterfaceState(StrEnum):
    """Whether an interface carries traffic; ERR_DISABLED is one that the device itself shut."""

    UP = "up"
    DOWN = "down"
    ERR_DISABLED = "err_disabled"
    NOT_PRESENT = "not_present"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface; its name is the long one (`Ethernet1/1`, not `Eth1/1`).

    `mode` is access, trunk or routed. `trunk_vlans` is a list of ids and ranges such as
    `10-20,30`, or `all`. `duplex` is full, half or auto. `port_channel` is the name of the bundle
    that it is in.
    """

    key: Key
    name: Name
    device: Annotated[
        str | None,
        Fact(label="Device", table=True, reference=Reference(kind="device", relation="part_of")),
    ] = None
    admin_up: Annotated[bool | None, Fact(label="Enabled", table=True)] = None
    state: Annotated[InterfaceState, Fact(label="State", table=True)] = InterfaceState.UNKNOWN
    description: Annotated[str, Fact(label="Description", table=True, sensitive=True)] = ""
    type: Annotated[str | None, Fact(label="Type")] = None
    mac: Annotated[str | None, Fact(label="MAC address")] = None
    speed_mbps: Annotated[int | None, Fact(label="Speed", unit="Mbit/s", table=True, low=0)] = None
    duplex: Annotated[str | None, Fact(label="Duplex")] = None
    mtu: Annotated[int | None, Fact(label="MTU", unit="bytes", table=True, low=0)] = None
    mode: Annotated[str | None, Fact(label="Mode", table=True)] = None
    access_vlan_id: Annotated[int | None, Fact(label="VLAN", table=True, low=0, high=4095)] = None
    native_vlan_id: Annotated[int | None, Fact(label="Native VLAN", low=0, high=4095)] = None
    trunk_vlans: Annotated[str | None, Fact(label="Trunked VLANs")] = None
    vlan: Annotated[
        str | None, Fact(label="VLAN", reference=Reference(kind="vlan", relation="member_of"))
    ] = None
    ip_addresses: Annotated[tuple[str, ...], Fact(label="IP addresses")] = ()  # 10.0.0.1/24
    vrf: Annotated[str | None, Fact(label="VRF")] = None
    port_channel: Annotated[str | None, Fact(label="Port channel")] = None
    err_disabled_reason: Annotated[str | None, Fact(label="Disabling reason")] = None
    last_change: Annotated[datetime | None, Fact(label="Last change", volatile=True)] = None
    input_errors: Annotated[int | None, Fact(label="Input errors", volatile=True, low=0)] = None
    output_errors: Annotated[int | None, Fact(label="Output errors", volatile=True, low=0)] = None
    crc_errors: Annotated[int | None, Fact(label="CRC errors", volatile=True, low=0)] = None
    input_rate_bps: Annotated[
        int | None, Fact(label="Received", unit="bit/s", volatile=True, low=0)
    ] = None
    output_rate_bps: Annotated[
        int | None, Fact(label="Sent", unit="bit/s", volatile=True, low=0)
    ] = None


INTERFACE = declare(Interface, name="interface", title="Interface", plural="Interfaces")
