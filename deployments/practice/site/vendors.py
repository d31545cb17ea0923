"""The makes of switches and routers: model, software, names of ports and of bundles."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.practice.site.plan import BERLIN

IOS, NXOS, EOS, JUNOS, FRR = "cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos", "frr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """A make of device; names of ports take the port's number, from 1."""

    platform: str
    vendor: str
    model: str
    software: str
    serial: str  # what its serial numbers begin with
    oui: str
    access: str
    uplink: str
    bundle: str
    management: str

    def port(self, number: int) -> str:
        """Return the name of an access port."""
        return self.access.format(number)

    def uplink_port(self, number: int) -> str:
        """Return the name of an uplink port."""
        return self.uplink.format(number)


ARISTA = Make(
    platform=EOS,
    vendor="Arista",
    model="DCS-7050SX3-48YC8",
    software="4.31.2F",
    serial="JPE",
    oui="98:5d:82",
    access="Ethernet{}",
    uplink="Ethernet5{}/1",
    bundle="Port-Channel{}",
    management="Management1",
)
NEXUS = Make(
    platform=NXOS,
    vendor="Cisco",
    model="N9K-C93180YC-FX3",
    software="10.2(5)",
    serial="FDO",
    oui="4c:e1:76",
    access="Ethernet1/{}",
    uplink="Ethernet1/5{}",
    bundle="port-channel{}",
    management="mgmt0",
)
CATALYST = Make(
    platform=IOS,
    vendor="Cisco",
    model="C9300-48T",
    software="17.09.04a",
    serial="FJC",
    oui="70:d3:79",
    access="GigabitEthernet1/0/{}",
    uplink="TenGigabitEthernet1/1/{}",
    bundle="Port-channel{}",
    management="GigabitEthernet0/0",
)
QFX = Make(
    platform=JUNOS,
    vendor="Juniper",
    model="qfx5120-48y-8c",
    software="21.4R3-S5.4",
    serial="XH3",
    oui="40:de:ad",
    access="et-0/0/{}",
    uplink="et-0/0/{}",
    bundle="ae{}",
    management="em0",
)
ROUTER = Make(
    platform=FRR,
    vendor="FRRouting",
    model="x86_64",
    software="8.4.4",
    serial="FRR",
    oui="3c:ec:ef",
    access="eth{}",
    uplink="eth{}",
    bundle="bond{}",
    management="eth0",
)
MAKES = {make.platform: make for make in (ARISTA, NEXUS, CATALYST, QFX, ROUTER)}


def tor_of(rack: str) -> Make:
    """Return the make of a rack's two switches: in turns, Berlin beginning with Cisco."""
    datacenter, number = rack.rsplit("-r", 1)
    return (ARISTA, NEXUS)[(int(number) + (datacenter != BERLIN)) % 2]


def system_description(platform: str, model: str, software: str) -> str:
    """Return what a device says of itself to its neighbours."""
    return {
        EOS: f"Arista Networks EOS version {software} running on an Arista Networks {model}",
        NXOS: f"Cisco Nexus Operating System (NX-OS) Software {software}",
        IOS: f"Cisco IOS Software [Cupertino], Catalyst L3 Switch Software, Version {software}",
        JUNOS: f"Juniper Networks, Inc. {model} Ethernet Switch, JUNOS {software}",
        FRR: f"Debian GNU/Linux 12 (bookworm) FRRouting {software}",
    }[platform]
