"""Turns the answers of one device into its records: the device, its interfaces, its VLANs."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from collectors.network import ios_config, junos_config, parse_frr, parse_junos
from collectors.network import parse_device as devices
from collectors.network import parse_interfaces as ports
from collectors.network import parse_tables as tables
from collectors.network.answers import Transcript
from collectors.network.commands import EOS, FRR, JUNOS, NXOS
from collectors.network.devices import Target
from collectors.network.masking import mask, stable
from collectors.network.neighbours import Heard, device_ports, edge, heard, ordered, with_details
from collectors.network.normalise import vlan_id
from collectors.network.outputs import NO_ROWS, Lack, Outputs
from collectors.network.parse_interfaces import Facts
from collectors.network.vlans import DeviceVlans, vlan_key
from models.errors import UnexpectedReply
from models.kinds.device import Device, RoutingPeer
from models.kinds.interface import Interface, InterfaceState

_FIELDS = {field.name for field in fields(Interface)}
_NO_PORTS: dict[str, Facts] = {}
_NO_PEERS: list[RoutingPeer] = []
_SVI = re.compile(r"(?:vlan|irb\.)(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The records of one device, and what could not be read of it."""

    device: Device
    interfaces: tuple[Interface, ...]
    vlans: DeviceVlans
    lacks: tuple[Lack, ...]


def assemble(
    target: Target, transcript: Transcript, *, known: frozenset[str], now: datetime
) -> Reading:
    """Return the records of a device.

    Args:
        target: The device.
        transcript: What it answered.
        known: Names of the source's devices, in lower case and without their domain.
        now: When it was read; ages and uptimes count back from here.

    Raises:
        UnexpectedReply: Not one of its answers could be understood.
    """
    return _Assembly(target, transcript, known, now).reading()


class _Assembly:
    def __init__(
        self, target: Target, transcript: Transcript, known: frozenset[str], now: datetime
    ) -> None:
        self._target = target
        self._platform = target.platform
        self._out = Outputs(transcript)
        self._transcript = transcript
        self._known = known
        self._now = now
        self._config = self._out.read("config", _configuration, None)
        self._junos: list[junos_config.Path] = []
        if self._config and self._platform == JUNOS:
            self._junos = junos_config.statements(self._config)

    def reading(self) -> Reading:
        interfaces = self._interfaces()
        vlans = self._vlans(interfaces)
        device = self._device(interfaces, vlans)
        if not self._out.understood:
            raise UnexpectedReply(
                "network device", self._target.name, "none of its answers could be understood"
            )
        return Reading(
            device=device,
            interfaces=tuple(
                self._interface(name, facts, vlans) for name, facts in sorted(interfaces.items())
            ),
            vlans=vlans,
            lacks=tuple(self._out.lacks),
        )

    def _device(self, interfaces: dict[str, Facts], vlans: DeviceVlans) -> Device:
        facts = {**self._version(), **self._configured(), **self._tables(interfaces, vlans)}
        return Device(
            key=self._target.name,
            name=self._target.name,
            address=self._target.address,
            platform=self._platform,
            site=self._target.site,
            rack=self._target.rack,
            role=self._target.role,
            vendor=devices.VENDORS[self._platform],
            running_config=stable(self._config) if self._config else None,
            raw_outputs=tuple(self._out.raw),
            **facts,
        )

    def _version(self) -> dict[str, Any]:
        if self._platform == FRR:
            return self._out.read("version", parse_frr.version, {}) or {}
        rows = self._out.rows("version")
        facts = devices.version(rows[0], self._now) if rows else {}
        parts = self._out.rows("inventory")
        if parts is not None:
            facts["modules"] = devices.modules(parts, self._platform)
            for field, value in devices.chassis(parts, facts["modules"]).items():
                # NX-OS shortens its model in `show version`, and Junos may leave out its number.
                if value and (not facts.get(field) or self._platform in {NXOS, JUNOS}):
                    facts[field] = value
        boot = parse_junos.booted_at(self._out.rows("uptime") or [])
        if boot:
            facts["booted_at"] = boot
            facts["uptime_seconds"] = max(0, int((self._now - boot).total_seconds()))
        return facts

    def _configured(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if self._config and self._platform == JUNOS:
            facts = junos_config.device_facts(self._junos)
        elif self._config:
            facts = ios_config.device_facts(self._config, self._platform)
        text = self._out.read("saved", str, None)
        facts["config_saved"] = devices.saved(self._config, text, self._platform)
        return facts

    def _tables(self, interfaces: dict[str, Facts], vlans: DeviceVlans) -> dict[str, Any]:
        found = self._heard()
        facts: dict[str, Any] = {"neighbours": None if found is None else ordered(found)}
        learned = self._learned({name: n for n, name in vlans.names.items() if name})
        if learned is not None:
            bundles = {
                name: bundle
                for name, one in interfaces.items()
                if (bundle := one.get("port_channel"))
            }
            between = device_ports(found or (), bundles, self._known)
            facts["mac_table"], facts["mac_count"] = edge(learned, between), len(learned)
        addresses = self._out.rows("arp")
        if addresses is not None:
            facts["arp"] = tables.arp(addresses, self._platform)
        routes = self._routes()
        if routes is not None:
            every = tables.routes(routes, self._platform)
            facts["routes"], facts["route_count"] = tables.kept(every), len(every)
        facts["routing_peers"] = self._peers()
        return facts

    def _heard(self) -> list[Heard] | None:
        each = {name: self._out.rows(name) for name in ("lldp", "cdp")}
        if all(found is None for found in each.values()):
            return None
        if each["lldp"]:
            text = self._transcript.text("lldp") or ""
            each["lldp"] = with_details(each["lldp"], text, self._platform)
        return [
            one for name, found in each.items() for one in heard(found or (), name, self._platform)
        ]

    def _learned(self, numbers: dict[str, int]) -> tuple[Any, ...] | None:
        if self._platform == JUNOS:
            rows = self._out.read("macs", parse_junos.learned_macs, NO_ROWS)
        else:
            rows = self._out.rows("macs")
        return None if rows is None else tables.macs(rows, self._platform, numbers)

    def _routes(self) -> list[dict[str, Any]] | None:
        if self._platform == FRR:
            return self._out.read("routes", parse_frr.routes, NO_ROWS)
        if self._platform == JUNOS:
            return self._out.read("routes", parse_junos.routes, NO_ROWS)
        return self._out.rows("routes")

    def _peers(self) -> tuple[RoutingPeer, ...] | None:
        bgp: list[RoutingPeer] | None
        ospf: list[RoutingPeer] | None
        if self._platform == FRR:
            bgp = self._out.read("bgp", parse_frr.bgp, _NO_PEERS)
            ospf = self._out.read("ospf", parse_frr.ospf, _NO_PEERS)
        else:
            sessions, adjacent = self._out.rows("bgp"), self._out.rows("ospf")
            bgp = None if sessions is None else tables.bgp_peers(sessions)
            ospf = None if adjacent is None else tables.ospf_peers(adjacent, self._platform)
        if bgp is None and ospf is None:
            return None
        return tuple(sorted({*(bgp or ()), *(ospf or ())}, key=tables.peer_order))

    def _interfaces(self) -> dict[str, Facts]:
        found = self._shown()
        configured: dict[str, Facts] = {}
        if self._config and self._platform == JUNOS:
            configured = junos_config.interface_facts(self._junos)
        elif self._config:
            configured = ios_config.interface_facts(self._config, self._platform)
        complete = not any(lack.field == "*" for lack in self._out.lacks)
        for name, facts in configured.items():
            if name in found and facts.get("ip_addresses"):
                # A configuration holds second addresses and those of version 6 too.
                have = found[name].get("ip_addresses") or ()
                found[name]["ip_addresses"] = tuple(dict.fromkeys((*have, *facts["ip_addresses"])))
        ports.merge(found, configured, only_known=complete)
        ports.share_with_members(found)
        for name, facts in found.items():
            ports.settle(name, facts, self._platform)
        return found

    def _shown(self) -> dict[str, Facts]:
        found: dict[str, Facts] = {}
        if self._platform == FRR:
            ports.merge(found, self._out.read("interfaces", parse_frr.interfaces, _NO_PORTS) or {})
            return found
        if self._platform == JUNOS:
            read = self._out.read(
                "interfaces", lambda text: parse_junos.interfaces(text, self._now), _NO_PORTS
            )
            ports.merge(found, read or {})
            return found
        platform = self._platform
        status = self._out.rows("status") or []
        ports.merge(found, ports.from_switchport(self._out.rows("switchport") or [], platform))
        listed = self._out.rows("interfaces") or []
        ports.merge(found, ports.from_brief(listed, platform))
        ports.merge(found, ports.from_interfaces(listed, platform, self._now))
        if platform == EOS:
            counted = self._out.read("interfaces", ports.eos_counters, _NO_PORTS)
            ports.merge(found, counted or {}, only_known=True)
        by_status = ports.from_status(status, platform)
        _keep_err_disabled(found, by_status)
        ports.merge(found, by_status)
        ports.merge(found, ports.from_brief(status, platform))
        if platform == EOS:
            reasons = self._out.read("errdisabled", ports.eos_errdisabled, _NO_PORTS) or {}
        else:
            reasons = ports.from_errdisabled(self._out.rows("errdisabled") or [], platform)
        ports.merge(found, reasons, only_known=True)
        return found

    def _vlans(self, interfaces: dict[str, Facts]) -> DeviceVlans:
        names: dict[int, str | None] = {}
        for row in self._out.rows("vlans") or []:
            number = vlan_id(row.get("vlan_id"))
            # IOS lists four VLANs of token ring and FDDI that no switch carries.
            if number and "unsup" not in str(row.get("status") or ""):
                names[number] = str(row.get("name") or "") or None
        routed = {f"vlan{number}": number for number in names}
        if self._platform == JUNOS:
            for name, (number, interface) in junos_config.vlans(self._junos).items():
                names.setdefault(number, name)
                routed[interface or ""] = number
        elif self._config:
            for number, label in ios_config.vlan_names(self._config).items():
                names[number] = names.get(number) or label
        gateways = [
            (number, name, address)
            for name, facts in interfaces.items()
            if (number := routed.get(name) or _svi(name))
            for address in facts.get("ip_addresses") or ()
        ]
        return DeviceVlans(
            device=self._target.name,
            site=self._target.site,
            names=names,
            gateways=tuple(each for each in gateways if each[0] in names),
        )

    def _interface(self, name: str, facts: Facts, vlans: DeviceVlans) -> Interface:
        found = {key: value for key, value in facts.items() if key in _FIELDS and value is not None}
        number = found.get("access_vlan_id")
        found["description"] = mask(found.get("description", ""))
        found.setdefault("state", InterfaceState.UNKNOWN)
        return Interface(
            key=f"{self._target.name}/{name}",
            name=name,
            device=self._target.name,
            vlan=vlan_key(self._target.site, number) if number in vlans.names else None,
            **found,
        )


def _configuration(text: str) -> str | None:
    return text.strip() or None


def _svi(name: str) -> int | None:
    found = _SVI.fullmatch(name)
    return int(found[1]) if found else None


def _keep_err_disabled(found: dict[str, Facts], status: dict[str, Facts]) -> None:
    # `show interfaces` of some versions says only that such a port is down.
    for name, facts in status.items():
        if facts.get("state") is InterfaceState.ERR_DISABLED and name in found:
            found[name]["state"] = InterfaceState.ERR_DISABLED
