"""The practice network: every device of a site behind an SSH port of its own.

    with PracticeDevices(build_site()) as devices:
        devices.devices[0].port, devices.username, devices.password
        devices.control.shut_port("sw-fra1-r01-a", "Ethernet3")

Two accounts log in everywhere. The reader has privilege 15 and may show all, configurations too,
but no command that changes anything is authorised for it; this is how sites give read-only access
on IOS, where privilege 1 cannot show the running configuration. `control.demote` puts it at
privilege 1, from where `enable` with `enable_password` leads on. The writer may configure.
"""

from __future__ import annotations

import functools
import secrets as random_secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import paramiko
from fakenos import FakeNOS
from fakenos.core.nos import Nos

from deployments.practice.devices import secrets
from deployments.practice.devices.accounts import Account
from deployments.practice.devices.build import build_devices
from deployments.practice.devices.control import Control
from deployments.practice.devices.lab import Lab
from deployments.practice.devices.model import Device
from deployments.practice.devices.network import Network
from deployments.practice.devices.plant import NOT_SAVED, plant_faults, unsave
from deployments.practice.devices.platforms import DIALECTS
from deployments.practice.devices.shell import PracticeShell
from deployments.practice.devices.ssh import PracticeSshServer, quiet
from deployments.practice.site.records import Host, Site, VirtualMachine

READER, WRITER = "nightshift", "nightshift-writer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device as a source's list of devices names it."""

    name: str
    address: str
    port: int
    platform: str
    site: str
    rack: str
    role: str


class PracticeDevices:
    """A context manager; the devices answer inside it."""

    def __init__(  # noqa: PLR0913 - a script's options, all by name but the site
        self,
        site: Site,
        ports: Mapping[str, int] | None = None,
        host: str = "127.0.0.1",
        *,
        password: str | None = None,
        write_password: str | None = None,
        at_least: int = 0,
        vms: Callable[[], Iterable[VirtualMachine]] | None = None,
        hosts: Callable[[], Iterable[Host]] | None = None,
    ) -> None:
        """Describe the devices; nothing listens yet.

        Args:
            site: Where they stand.
            ports: TCP ports by device name, as of an earlier start; for others any that is free.
            host: The address to listen at.
            password: The reader's; a random one by default.
            write_password: The writer's; a random one by default.
            at_least: So many devices at the least, for measuring; see `build_devices`.
            vms: Tells which machines there are now; by default the site's.
            hosts: Tells which hosts there are now, and which of their NICs are up.
        """
        devices = build_devices(site, at_least)
        self.username, self.password = READER, password or random_secrets.token_urlsafe(12)
        self.write_username = WRITER
        self.write_password = write_password or random_secrets.token_urlsafe(12)
        self.enable_password = secrets.ENABLE_SECRET
        self.planted = plant_faults(devices)
        _save(devices)
        self.planted["config_not_saved"] = NOT_SAVED
        self._lab = Lab(
            network=Network(site, devices, vms, hosts),
            accounts=self._accounts(),
            dialects=DIALECTS,
            host_key=paramiko.ECDSAKey.generate(),
            host=host,
        )
        self._wanted = dict(ports or {})
        self._fakenos: FakeNOS | None = None
        self.control = Control(self._lab, self.planted)

    def _accounts(self) -> dict[str, Account]:
        found = (
            Account(username=self.username, password=self.password, may_write=False),
            Account(username=self.write_username, password=self.write_password, may_write=True),
        )
        return {account.username: account for account in found}

    @property
    def devices(self) -> tuple[Listed, ...]:
        """The devices, in the site's order, with the ports that they listen at."""
        return tuple(
            Listed(
                name=device.name,
                address=self._lab.host,
                port=self._lab.ports[device.name],
                platform=device.platform,
                site=device.site,
                rack=device.rack,
                role=device.role,
            )
            for device in self._lab.network.devices.values()
        )

    @property
    def ports(self) -> dict[str, int]:
        """The port of each device, to be given to a later start."""
        return dict(self._lab.ports)

    @property
    def bugs(self) -> list[Exception]:
        """Exceptions of the servers themselves; empty unless there is a bug."""
        return self._lab.bugs

    def __enter__(self) -> Self:
        quiet()
        self._lab.bind(self._wanted)
        self._lab.doorman.open()
        self._fakenos = self._assembled()
        self._fakenos.start()
        hosts = self._fakenos.hosts
        self._lab.servers = {name: host.server for name, host in hosts.items()}
        return self

    def __exit__(self, *_: object) -> None:
        self._lab.troubles.calm()
        if self._fakenos is not None:
            self._fakenos.stop()
        self._lab.doorman.close()
        self._lab.release()

    def _assembled(self) -> FakeNOS:
        devices = self._lab.network.devices
        inventory = {
            "default": {"username": self.username, "password": self.password},
            "hosts": {
                name: {"port": self._lab.ports[name], "nos": {"plugin": device.platform}}
                for name, device in devices.items()
            },
        }
        plugins = [
            Nos(
                name=platform,
                initial_prompt="{base_prompt}#",
                commands={name: {"output": show} for name, show in dialect.shows.items()},
            )
            for platform, dialect in DIALECTS.items()
        ]
        fakenos = FakeNOS(inventory=inventory, plugins=plugins)
        fakenos.servers_plugins["ParamikoSshServer"] = functools.partial(
            PracticeSshServer, lab=self._lab
        )
        fakenos.shell_plugins["CMDShell"] = PracticeShell
        return fakenos


def _save(devices: dict[str, Device]) -> None:
    """Save every configuration, and then change those that the fault sits on."""
    for device in devices.values():
        device.saved = DIALECTS[device.platform].body(device)
    for name in NOT_SAVED:
        unsave(devices[name])
