"""A healthy network in memory: two spines, two leaves, a host; tests break one thing of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.kinds.device import ArpEntry, Device, MacEntry, Neighbour, RoutingPeer
from models.kinds.host import Host
from models.kinds.interface import Interface, InterfaceState
from models.kinds.vlan import Vlan
from models.records.asset import Asset, Gap
from models.records.check import CheckResult, Suppression
from models.records.graph import Join
from tasks.inventory.checks import Policy, evaluate_checks
from tests.tasks.inventory.checks import site

NOW = site.NOW
UP, DOWN = InterfaceState.UP, InterfaceState.DOWN
LINKS = {
    "leaf-01/Ethernet1/49": "spine-01/Ethernet1/1",
    "leaf-01/Ethernet1/50": "spine-02/Ethernet1/1",
    "leaf-02/Ethernet1/49": "spine-01/Ethernet1/2",
    "leaf-02/Ethernet1/50": "spine-02/Ethernet1/2",
    "leaf-01/Ethernet1/47": "leaf-02/Ethernet1/47",
    "leaf-01/Ethernet1/48": "leaf-02/Ethernet1/48",
}
HOST_PORTS = ("leaf-01/Ethernet1/1", "leaf-02/Ethernet1/1")
SAVED = "hostname leaf\ninterface Vlan10\n ip address 10.0.10.2/24\n"


def device(name: str, **changes: Any) -> Device:
    healthy = Device(
        key=name,
        name=name,
        address="10.255.0.1",
        platform="cisco_nxos",
        site="hq",
        vendor="Cisco",
        model="N9K-C93180YC-FX3",
        serial_number=f"SN-{name}",
        os_version="10.3(4)",
        neighbours=(),
        routing_peers=(RoutingPeer(protocol="bgp", address="10.1.0.1", state="established"),),
        ntp_servers=("10.0.0.2", "10.0.0.3"),
        syslog_servers=("10.0.0.9",),
        telnet_enabled=False,
        default_community=False,
        running_config=SAVED,
        config_saved=True,
        arp=(ArpEntry(ip_address="10.0.10.50", mac="00:50:56:00:00:01", interface="Vlan10"),),
        mac_table=(MacEntry(mac="00:50:56:00:00:01", interface="Ethernet1/1", vlan_id=10),),
    )
    return replace(healthy, **changes)


def port(key: str, **changes: Any) -> Interface:
    owner, _, name = key.partition("/")
    healthy = Interface(
        key=key,
        name=name,
        device=f"device-{owner}",
        admin_up=True,
        state=UP,
        description="in use",
        speed_mbps=25_000,
        duplex="full",
        mtu=9216,
        mode="access",
        access_vlan_id=10,
        input_errors=0,
        output_errors=0,
        crc_errors=0,
        input_rate_bps=1_000_000,
        output_rate_bps=1_000_000,
    )
    return replace(healthy, **changes)


def trunk(key: str, **changes: Any) -> Interface:
    values = {"mode": "trunk", "access_vlan_id": None, "native_vlan_id": 1, "trunk_vlans": "10-20"}
    return port(key, **{**values, **changes})


def member(key: str) -> Interface:
    return port(key, mode=None, access_vlan_id=None, port_channel="port-channel1")


def vlan(key: str, **changes: Any) -> Vlan:
    number = int(key.rpartition("/")[2])
    healthy = Vlan(
        key=key,
        name=f"prod-{number}",
        vlan_id=number,
        site=key.partition("/")[0],
        devices=("device-leaf-01", "device-leaf-02", "device-spine-01", "device-spine-02"),
        gateways=(("leaf-01", f"Vlan{number}", f"10.0.{number}.2/24"),),
    )
    return replace(healthy, **changes)


def gateway(key: str, address: str) -> Interface:
    return port(key, mode="routed", access_vlan_id=None, ip_addresses=(address,))


def network() -> dict[str, Any]:
    """Return the records of the healthy network by their keys."""
    bundles = [trunk(f"leaf-0{number}/port-channel1") for number in (1, 2)]
    ends = [key for pair in LINKS.items() for key in pair]
    links = [member(key) if key.endswith(("/47", "/48")) else trunk(key) for key in ends]
    records = [
        *(device(name) for name in ("spine-01", "spine-02", "leaf-01", "leaf-02")),
        *bundles,
        *links,
        *(port(key) for key in HOST_PORTS),
        gateway("leaf-01/Vlan10", "10.0.10.2/24"),
        gateway("leaf-02/Vlan10", "10.0.10.3/24"),
        vlan("hq/10"),
        vlan("hq/20"),
        site.host(1),
    ]
    return {record.key: record for record in records}


def asset(record: Any, **changes: Any) -> Asset:
    return site.asset(record, "vc1" if isinstance(record, Host) else "net", **changes)


def edge(one: str, other: str, confidence: float = 1.0) -> Join:
    return Join(
        from_id=one, type="connected_to", to_id=other, confidence=confidence, reason="LLDP agrees."
    )


def edges() -> list[Join]:
    between = [edge(f"interface-{one}", f"interface-{other}") for one, other in LINKS.items()]
    return [*between, *(edge("host-host-1", f"interface-{key}") for key in HOST_PORTS)]


def heard(interface: str, system: str, far: str | None, **more: Any) -> Neighbour:
    return Neighbour(interface=interface, protocol="lldp", system_name=system, port=far, **more)


def judge(  # everything that an evaluation can be given
    changes: Mapping[str, Any] | None = None,
    *,
    gaps: Iterable[Gap] = (),
    joins: Iterable[Join] | None = None,
    suppressions: tuple[Suppression, ...] = (),
    policy: Policy | None = None,
    taken_at: datetime | None = NOW,
    last_seen: Mapping[str, datetime] | None = None,
    without: tuple[str, ...] = (),
) -> list[CheckResult]:
    """Evaluate the network with some records changed, by key; a whole record is added or put in."""
    records = network()
    for key, change in (changes or {}).items():
        records[key] = replace(records[key], **change) if isinstance(change, dict) else change
    seen = last_seen or {}
    assets = [
        asset(record, last_seen=seen.get(key, NOW))
        for key, record in records.items()
        if key not in without
    ]
    return evaluate_checks(
        assets,
        {"net": tuple(gaps)},
        policy or Policy(),
        suppressions,
        NOW,
        joins=edges() if joins is None else joins,
        taken_at={"net": taken_at, "vc1": NOW} if taken_at else {},
    )


def verdict(results: list[CheckResult], check: str, key: str) -> CheckResult | None:
    """Return what a check says of the record of that key, None where it does not concern it."""
    ids = {f"{kind}-{key}" for kind in ("device", "interface", "vlan", "host")}
    found = [one for one in results if one.check == check and one.asset_id in ids]
    assert len(found) <= 1
    return found[0] if found else None
