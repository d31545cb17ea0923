"""What may be sent to a device: the read allow-list, one table of commands for each platform.

Nothing else leaves this machine: the session refuses every text that is not written here. Each
question has alternatives; the first that the device knows is taken. The names of the templates are
those of ntc-templates; a command without one is read by a parser of our own.
"""

from __future__ import annotations

from dataclasses import dataclass

IOS, NXOS, EOS, JUNOS, FRR = "cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos", "frr"
PLATFORMS = (IOS, NXOS, EOS, JUNOS, FRR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that only shows, and the template that its output fits."""

    text: str
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A thing to learn of a device.

    `needs` are words of the running configuration without which a device does not know the
    command, since what it shows is switched off: no gap then. `only_if` are words that must have
    stood in an earlier answer for the question to be worth a round trip.
    """

    subject: str
    commands: tuple[Command, ...]
    needs: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()


# The field that stays unknown where a subject cannot be read.
FIELDS: dict[str, tuple[str, str]] = {
    "version": ("device", "os_version"),
    "inventory": ("device", "modules"),
    "uptime": ("device", "booted_at"),
    "interfaces": ("interface", "*"),
    "status": ("interface", "duplex"),
    "errdisabled": ("interface", "err_disabled_reason"),
    "switchport": ("interface", "mode"),
    "vlans": ("vlan", "*"),
    "lldp": ("device", "neighbours"),
    "cdp": ("device", "neighbours"),
    "arp": ("device", "arp"),
    "macs": ("device", "mac_table"),
    "routes": ("device", "routes"),
    "bgp": ("device", "routing_peers"),
    "ospf": ("device", "routing_peers"),
    "config": ("device", "running_config"),
    "saved": ("device", "config_saved"),
}
_SWITCHING = ("switchport", "vlan ")
_ERRORS = ("err-disabled", "errdisabled", "errDisable", "errDisabled")


def _q(
    platform: str,
    subject: str,
    *texts: str,
    needs: tuple[str, ...] = (),
    only_if: tuple[str, ...] = (),
) -> Question:
    """Write one line of the tables below: `command`, or `command = template`, in order."""
    commands = []
    for text in texts:
        command, _, template = text.partition(" = ")
        commands.append(
            Command(text=command, template=f"{platform}_{template}" if template else None)
        )
    return Question(subject=subject, commands=tuple(commands), needs=needs, only_if=only_if)


_IOS = (
    _q(IOS, "version", "show version = show_version"),
    _q(IOS, "inventory", "show inventory = show_inventory"),
    _q(
        IOS,
        "interfaces",
        "show interfaces = show_interfaces",
        "show ip interface brief = show_ip_interface_brief",
    ),
    _q(IOS, "status", "show interfaces status = show_interfaces_status", needs=_SWITCHING),
    _q(
        IOS,
        "errdisabled",
        "show interfaces status err-disabled = show_interfaces_status_err-disabled",
        only_if=_ERRORS,
        needs=_SWITCHING,
    ),
    _q(
        IOS,
        "switchport",
        "show interfaces switchport = show_interfaces_switchport",
        needs=_SWITCHING,
    ),
    _q(
        IOS,
        "vlans",
        "show vlan = show_vlan",
        "show vlan brief = show_vlan",
        "show vlan-switch = show_vlan",
        needs=_SWITCHING,
    ),
    _q(
        IOS,
        "lldp",
        "show lldp neighbors detail = show_lldp_neighbors_detail",
        "show lldp neighbors = show_lldp_neighbors",
        needs=("lldp run",),
    ),
    _q(
        IOS,
        "cdp",
        "show cdp neighbors detail = show_cdp_neighbors_detail",
        "show cdp neighbors = show_cdp_neighbors",
    ),
    _q(IOS, "arp", "show ip arp = show_ip_arp", "show arp = show_arp"),
    _q(
        IOS,
        "macs",
        "show mac address-table = show_mac-address-table",
        "show mac-address-table = show_mac-address-table",
        needs=_SWITCHING,
    ),
    _q(IOS, "routes", "show ip route vrf * = show_ip_route", "show ip route = show_ip_route"),
    _q(IOS, "bgp", "show ip bgp summary = show_ip_bgp_summary", needs=("router bgp",)),
    _q(IOS, "ospf", "show ip ospf neighbor = show_ip_ospf_neighbor", needs=("router ospf",)),
    _q(IOS, "config", "show running-config"),
    _q(IOS, "saved", "show startup-config"),
)
_NXOS = (
    _q(NXOS, "version", "show version = show_version"),
    _q(NXOS, "inventory", "show inventory = show_inventory"),
    _q(
        NXOS,
        "interfaces",
        "show interface = show_interface",
        "show interface brief = show_interface_brief",
    ),
    _q(
        NXOS,
        "status",
        "show interface status = show_interface_status",
        "show interface brief = show_interface_brief",
    ),
    _q(
        NXOS,
        "errdisabled",
        "show interface status err-disabled = show_interface_status_err-disabled",
        only_if=_ERRORS,
    ),
    _q(NXOS, "switchport", "show interface switchport = show_interface_switchport"),
    _q(NXOS, "vlans", "show vlan = show_vlan", "show vlan brief = show_vlan"),
    _q(
        NXOS,
        "lldp",
        "show lldp neighbors detail = show_lldp_neighbors_detail",
        "show lldp neighbors = show_lldp_neighbors",
        needs=("feature lldp",),
    ),
    _q(
        NXOS,
        "cdp",
        "show cdp neighbors detail = show_cdp_neighbors_detail",
        "show cdp neighbors = show_cdp_neighbors",
    ),
    _q(
        NXOS,
        "arp",
        "show ip arp detail vrf all = show_ip_arp_detail_vrf_all",
        "show ip arp = show_ip_arp",
    ),
    _q(NXOS, "macs", "show mac address-table = show_mac_address-table"),
    _q(NXOS, "routes", "show ip route vrf all = show_ip_route", "show ip route = show_ip_route"),
    _q(
        NXOS,
        "bgp",
        "show ip bgp summary vrf all = show_ip_bgp_summary_vrf",
        "show ip bgp summary = show_ip_bgp_summary",
        needs=("feature bgp",),
    ),
    _q(NXOS, "ospf", "show ip ospf neighbor = show_ip_ospf_neighbor", needs=("feature ospf",)),
    _q(NXOS, "config", "show running-config"),
    _q(NXOS, "saved", "show running-config diff"),
)
_EOS = (
    _q(EOS, "version", "show version = show_version"),
    _q(EOS, "inventory", "show inventory = show_inventory"),
    _q(
        EOS,
        "interfaces",
        "show interfaces = show_interfaces",
        "show ip interface brief = show_ip_interface_brief",
    ),
    _q(EOS, "status", "show interfaces status = show_interfaces_status"),
    _q(EOS, "errdisabled", "show interfaces status errdisabled", only_if=_ERRORS),
    _q(EOS, "vlans", "show vlan = show_vlan"),
    _q(
        EOS,
        "lldp",
        "show lldp neighbors detail = show_lldp_neighbors_detail",
        "show lldp neighbors = show_lldp_neighbors",
    ),
    _q(EOS, "arp", "show ip arp vrf all = show_ip_arp", "show ip arp = show_ip_arp"),
    _q(EOS, "macs", "show mac address-table = show_mac_address-table"),
    _q(EOS, "routes", "show ip route vrf all = show_ip_route", "show ip route = show_ip_route"),
    _q(
        EOS,
        "bgp",
        "show ip bgp summary vrf all = show_ip_bgp_summary",
        "show ip bgp summary = show_ip_bgp_summary",
        needs=("router bgp",),
    ),
    _q(EOS, "ospf", "show ip ospf neighbor = show_ip_ospf_neighbor", needs=("router ospf",)),
    _q(EOS, "config", "show running-config"),
    _q(EOS, "saved", "show running-config diffs"),
)
_JUNOS = (
    _q(JUNOS, "version", "show version = show_version"),
    _q(JUNOS, "inventory", "show chassis hardware = show_chassis_hardware"),
    _q(JUNOS, "uptime", "show system uptime = show_system_uptime"),
    # The template of ntc-templates leaves out speed, MAC and rates: a parser of our own reads it.
    _q(JUNOS, "interfaces", "show interfaces"),
    _q(JUNOS, "vlans", "show vlans = show_vlans", needs=("vlans {", "set vlans ")),
    _q(JUNOS, "lldp", "show lldp neighbors = show_lldp_neighbors", needs=("lldp",)),
    _q(JUNOS, "arp", "show arp no-resolve = show_arp_no-resolve"),
    _q(
        JUNOS,
        "macs",
        "show ethernet-switching table = show_ethernet-switching_table",
        needs=("ethernet-switching",),
    ),
    _q(JUNOS, "routes", "show route"),
    _q(JUNOS, "bgp", "show bgp summary = show_bgp_summary", needs=("bgp",)),
    _q(JUNOS, "ospf", "show ospf neighbor = show_ospf_neighbor", needs=("ospf",)),
    _q(JUNOS, "config", "show configuration"),
)
_FRR = (
    _q(FRR, "version", "show version"),
    _q(FRR, "interfaces", "show interface json"),
    _q(FRR, "routes", "show ip route vrf all json", "show ip route json"),
    _q(
        FRR,
        "bgp",
        "show bgp vrf all summary json",
        "show bgp summary json",
        "show ip bgp summary json",
        needs=("router bgp",),
    ),
    _q(FRR, "ospf", "show ip ospf neighbor json", needs=("router ospf",)),
    _q(FRR, "config", "show running-config"),
)
# What a device cannot be without comes first. Routes may be the most by far, so they come last.
_ORDER = {"version": 0, "interfaces": 1, "config": 2, "routes": 4}
QUESTIONS: dict[str, tuple[Question, ...]] = {
    platform: tuple(sorted(asked, key=lambda question: _ORDER.get(question.subject, 3)))
    for platform, asked in (
        (IOS, _IOS),
        (NXOS, _NXOS),
        (EOS, _EOS),
        (JUNOS, _JUNOS),
        (FRR, _FRR),
    )
}
# What prepares a terminal: it changes this session alone, and nothing on the device. `cli` leaves
# the shell in which Junos puts its root user.
SETUP: dict[str, tuple[str, ...]] = {
    IOS: ("terminal width 511", "terminal length 0"),
    NXOS: ("terminal width 511", "terminal length 0"),
    EOS: ("terminal width 511", "terminal length 0"),
    JUNOS: ("set cli screen-width 511", "set cli screen-length 0"),
    FRR: ("terminal length 0",),
}
_ENTER = {IOS: ("enable",), NXOS: ("enable",), EOS: ("enable",), JUNOS: ("cli",), FRR: ()}


def allowed(platform: str) -> frozenset[str]:
    """Return every text that may be sent to a device of a platform."""
    shows = (command.text for asked in QUESTIONS[platform] for command in asked.commands)
    return frozenset((*shows, *SETUP[platform], *_ENTER[platform]))
