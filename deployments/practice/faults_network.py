"""The faults that can be planted in the running practice network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployments.practice.devices.control import Control

SWITCH, PORT, VLAN = "sw-fra1-r01-a", "Ethernet2", 120  # top of rack, to a host's vmnic2


def port_err_disabled(control: Control) -> str:
    """Let a switch shut the port of a host by itself."""
    control.err_disable(SWITCH, PORT)
    return f"{SWITCH} has disabled {PORT}, to which a host's vmnic2 is cabled"


def vlan_missing(control: Control) -> str:
    """Take a VLAN off one side of an uplink."""
    uplink = "Port-Channel1"
    control.remove_vlan(SWITCH, VLAN, uplink)
    return f"VLAN {VLAN} is no longer carried by {uplink} of {SWITCH}, but by the other end"


def duplicate_ip(control: Control) -> str:
    """Let two machines have one address."""
    return f"address {control.duplicate_ip()} is resolved to two MAC addresses"


def port_shut(control: Control) -> str:
    """Shut a port that is in use."""
    control.shut_port(SWITCH, "Ethernet4")
    return f"Ethernet4 of {SWITCH} is shut, with a host behind it"


def config_not_saved(control: Control) -> str:
    """Change a configuration without saving it."""
    control.unsave_config(SWITCH)
    return f"{SWITCH} runs a configuration that a restart would lose"


def device_silent(control: Control) -> str:
    """Let a switch not answer any more."""
    control.hang(SWITCH)
    return f"{SWITCH} takes the login and then says nothing"
