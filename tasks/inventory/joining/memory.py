"""Entries of ARP and MAC tables that have aged out, or whose table could not be read this time.

A switch forgets a MAC after minutes of silence: that one is missing is no sign that anything moved.
An edge that rests on one keeps it until it is seen elsewhere, or was missing for `HOLD`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from models.kinds.device import ArpEntry, MacEntry
from models.records.graph import Join, Learned
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Device, Inputs
from tasks.inventory.joining.spelling import is_common, mac_of

HOLD = timedelta(hours=24)  # a machine that is silent for a day is off, or no more there


class Memory:
    """The entries that the edges of the round before rest on; `at` is the time of this one."""

    def __init__(self, before: Iterable[Learned], at: datetime) -> None:
        self._at = at
        self._since = {replace(entry, missing_since=None): entry.missing_since for entry in before}
        self._wanted = {_subject(entry) for entry in self._since}
        self._of: dict[str, list[Learned]] = defaultdict(list)
        for entry in self._since:
            self._of[entry.device].append(entry)

    def recall(self, inputs: Inputs, ports: Ports, uplinks: frozenset[str]) -> Inputs:
        """Return the inputs with what was learned before and holds still.

        Of a device whose neighbours were not read no MAC is taken that was not known: what it has
        learned behind a link to another device would look like a host's.
        """
        read = {device.id: set(self._read(device, ports, uplinks)) for device in inputs.device}
        sites = {device.id: device.site or "" for device in inputs.device}
        now, was = _places(chain(*read.values()), sites), _places(self._since, sites)
        moved = {key for key, places in now.items() if places - was[key]}
        devices = []
        for device in inputs.device:
            lost = [entry for entry in self._of[device.id] if entry not in read[device.id]]
            still = [entry for entry in lost if _key(entry, sites) not in moved]
            held = [entry for entry in still if self._holds(entry, device)]
            devices.append(_with(device, held, read[device.id]))
        return replace(inputs, device=tuple(devices))

    def dated(self, joins: Iterable[Join]) -> list[Join]:
        """Return joins whose entries say since when they are missing."""
        return [
            replace(join, learned=replace(join.learned, missing_since=self._since[join.learned]))
            if join.learned is not None and self._since.get(join.learned)
            else join
            for join in joins
        ]

    def _read(self, device: Device, ports: Ports, uplinks: frozenset[str]) -> Iterator[Learned]:
        """Yield what the device has learned of anything that is known already."""
        for mac in device.mac_table or ():
            address = mac_of(mac.mac) or ""
            port = ports.named(device.id, mac.interface) if address in self._wanted else None
            if port is not None and port.id not in uplinks:
                entry = Learned(device=device.id, mac=address, interface=port.name)
                if device.neighbours is not None or entry in self._since:
                    self._seen(entry)
                    yield entry
        for arp in device.arp or ():
            if arp.ip_address in self._wanted and is_common(arp.vrf) and (at := mac_of(arp.mac)):
                entry = Learned(device=device.id, mac=at, ip_address=arp.ip_address)
                self._seen(entry)
                yield entry

    def _seen(self, entry: Learned) -> None:
        if entry in self._since:
            self._since[entry] = None

    def _holds(self, entry: Learned, device: Device) -> bool:
        table = device.arp if entry.ip_address else device.mac_table
        if table is None:
            self._since[entry] = None  # not read: it may be there
            return True
        since = self._since[entry] or self._at
        self._since[entry] = since
        return self._at - since < HOLD


def _with(device: Device, held: list[Learned], read: set[Learned]) -> Device:
    if device.neighbours is None:
        known = [entry for entry in (*sorted(read, key=str), *held) if entry.interface]
        device = replace(device, mac_table=None)
    else:
        known = [entry for entry in held if entry.interface]
    arp = [entry for entry in held if entry.ip_address]
    if known:
        macs = (MacEntry(mac=entry.mac, interface=entry.interface or "") for entry in known)
        device = replace(device, mac_table=(*(device.mac_table or ()), *macs))
    if arp:
        addresses = (ArpEntry(mac=entry.mac, ip_address=entry.ip_address or "") for entry in arp)
        device = replace(device, arp=(*(device.arp or ()), *addresses))
    return device


def _places(entries: Iterable[Learned], sites: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        place = entry.mac if entry.ip_address else f"{entry.device} {entry.interface}"
        found[_key(entry, sites)].add(place)
    return found


def _key(entry: Learned, sites: dict[str, str]) -> str:
    # Private addresses are used again at other sites.
    site = sites.get(entry.device, "") if entry.ip_address else ""
    return f"{site} {_subject(entry)}"


def _subject(entry: Learned) -> str:
    return entry.ip_address or entry.mac
