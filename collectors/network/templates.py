"""Reads a command's output with a template of ntc-templates into rows of plain fields.

A template is compiled once for the whole process, which costs more than most of its uses, and
keeps state while it reads: so only one thread at a time uses it. Source: the README of TextFSM.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from textfsm import TextFSM, TextFSMError

Row = dict[str, Any]

# Where templates call the same thing by different names.
_COMMON = {
    "port": "interface",
    "vlan_name": "name",
    "destination_address": "mac_address",
    "destination_port": "ports",
    "bgp_neigh": "bgp_neighbor",
    "neigh_as": "neighbor_as",
    "state_pfxrcd": "state_or_prefixes",
    "state_or_prefixes_received": "state_or_prefixes",
    "nexthop_ip": "next_hop",
    "nexthop_if": "next_interface",
    "descr": "description",
    "admin_state": "admin",
    "proto": "protocol_status",
}
_RENAMED: dict[str, dict[str, str]] = {
    "cisco_ios_show_ip_interface_brief": {"status": "link_status"},
    "cisco_ios_show_lldp_neighbors_detail": {
        "neighbor_port_id": "neighbor_port",
        "neighbor_interface": "neighbor_port_description",
        "platform": "model",
    },
    "cisco_ios_show_interfaces_status": {"name": "description"},
    "cisco_nxos_show_interface_status": {"name": "description"},
    "arista_eos_show_interfaces_status": {"name": "description"},
    "cisco_nxos_show_interface_brief": {"status": "link_status"},
    "cisco_nxos_show_version": {"os": "version", "platform": "hardware", "boot_image": "image"},
    "cisco_ios_show_version": {"running_image": "image"},
    "arista_eos_show_version": {
        "model": "hardware",
        "serial_number": "serial",
        "image": "version",
        "sys_mac": "mac_address",
    },
    "arista_eos_show_inventory": {"port": "name"},
    "arista_eos_show_ip_route": {"next_hop": "next_hop", "interface": "next_interface"},
    "juniper_junos_show_version": {
        "model": "hardware",
        "junos_version": "version",
        "serial_number": "serial",
    },
    "juniper_junos_show_vlans": {"tag": "vlan_id"},
    "juniper_junos_show_ethernet-switching_table": {"logical_interface": "ports"},
    "juniper_junos_show_bgp_summary": {"peer_ip": "bgp_neighbor", "peer_as": "neighbor_as"},
}


class DoesNotFit(ValueError):
    """The output is not what the template describes."""


class _Template:
    """One compiled template, used by one thread at a time."""

    def __init__(self, name: str) -> None:
        with (folder() / f"{name}.textfsm").open(encoding="utf-8") as file:
            self._machine = TextFSM(file)
        self._lock = threading.Lock()
        self.header = [str(field).lower() for field in self._machine.header]

    def read(self, text: str) -> list[list[Any]]:
        with self._lock:
            self._machine.Reset()
            found: list[list[Any]] = self._machine.ParseText(text)
            return found


def raw_rows(name: str, text: str) -> list[Row]:
    """Return the rows of an output under the template's own names, in lower case.

    Raises:
        DoesNotFit: The template refuses a line.
    """
    template = _template(name)
    try:
        found = template.read(text)
    except TextFSMError as error:
        raise DoesNotFit(f"the template {name} refuses a line") from error
    return [dict(zip(template.header, row, strict=True)) for row in found]


def rows(name: str, text: str) -> list[Row]:
    """Return the rows of an output under the names that our parsers use.

    Raises:
        DoesNotFit: The template refuses a line.
    """
    names = _names(name)
    return [{names[key]: value for key, value in row.items()} for row in raw_rows(name, text)]


@cache
def folder() -> Path:
    """Return the folder of the templates, without importing what ntc-templates drags in."""
    found = find_spec("ntc_templates")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("ntc_templates is not installed")
    return Path(found.origin).parent / "templates"


_loading = threading.Lock()


def _template(name: str) -> _Template:
    with _loading:
        return _compiled(name)


@cache
def _compiled(name: str) -> _Template:
    return _Template(name)


@cache
def _names(name: str) -> dict[str, str]:
    own = _RENAMED.get(name, {})
    return {key: own.get(key, _COMMON.get(key, key)) for key in _template(name).header}
