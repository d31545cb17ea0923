"""The whole practice datacenter: vCenter, Kubernetes and network devices of one site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from deployments.practice.control_http import ControlServer
from deployments.practice.controls import Controls
from deployments.practice.devices import PracticeDevices
from deployments.practice.kubernetes.server import PracticeKubernetes
from deployments.practice.site import Site
from deployments.practice.site.records import Host, VirtualMachine
from deployments.practice.vcenter.server import PracticeVCenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Loopback ports; 0 and devices that are not named get any that is free."""

    vcenter: int = 0
    kubernetes: int = 0
    control: int = 0
    devices: Mapping[str, int] = field(default_factory=dict)


class PracticeDatacenter:
    """A context manager; everything answers inside it.

    The vCenter is bound after all but the control: where its port listens, the others answer too.

    Args:
        site: What stands there.
        ports: Where to listen.
        told: Passwords and tokens as `secrets` gave them at an earlier start; missing ones are
            drawn, but for the control's `token`, which has to be there.
        tls: Whether vCenter and Kubernetes speak HTTPS.
        at_least_devices: So many network devices at the least, for measuring.
    """

    def __init__(
        self,
        site: Site,
        ports: Ports,
        told: Mapping[str, Any],
        *,
        tls: bool = True,
        at_least_devices: int = 0,
    ) -> None:
        self._ports, self._told, self._tls = ports, told, tls
        self._stack = ExitStack()
        self.site = site
        self.kubernetes = PracticeKubernetes(
            site, port=ports.kubernetes, tls=tls, tokens=told.get("kubernetes_tokens")
        )
        self.devices = PracticeDevices(
            site,
            ports.devices,
            password=told.get("devices_password"),
            write_password=told.get("devices_write_password"),
            at_least=at_least_devices,
            vms=self._vms,
            hosts=self._hosts,
        )
        self.vcenter: PracticeVCenter
        self.control: ControlServer

    def _vms(self) -> list[VirtualMachine]:
        with self.vcenter.world.lock:
            return self.vcenter.world.vms()

    def _hosts(self) -> list[Host]:
        with self.vcenter.world.lock:
            return [entity.record for entity in self.vcenter.world.of_kind("HostSystem")]

    def __enter__(self) -> PracticeDatacenter:
        with ExitStack() as stack:
            for part in (self.kubernetes, self.devices):
                stack.enter_context(part)
            self.vcenter = stack.enter_context(self._bound_vcenter())
            parts = (self.vcenter.control, self.kubernetes.control, self.devices.control)
            control = ControlServer(Controls(*parts), self._told["token"], self._ports.control)
            self.control = stack.enter_context(control)
            self._stack = stack.pop_all()
        return self

    def _bound_vcenter(self) -> PracticeVCenter:
        return PracticeVCenter(
            self.site,
            port=self._ports.vcenter,
            tls=self._tls,
            password=self._told.get("password"),
            write_password=self._told.get("write_password"),
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def secrets(self) -> dict[str, Any]:
        """Everything that must not be printed."""
        return {
            "password": self.vcenter.password,
            "write_password": self.vcenter.write_password,
            "token": self._told["token"],
            "kubernetes_tokens": self.kubernetes.tokens,
            "devices_password": self.devices.password,
            "devices_write_password": self.devices.write_password,
            "devices_enable_password": self.devices.enable_password,
        }

    @property
    def addresses(self) -> dict[str, Any]:
        """Where everything answers, and to whom."""
        return {
            "url": self.vcenter.url,
            "username": self.vcenter.username,
            "write_username": self.vcenter.write_username,
            "control_url": self.control.url,
            "kubernetes_url": self.kubernetes.url,
            "clusters": list(self.kubernetes.clusters),
            "devices_username": self.devices.username,
            "devices_write_username": self.devices.write_username,
            "device_ports": self.devices.ports,
        }

    def devices_file(self) -> str:
        """Return the list of devices as a source's `devices_file`, in TOML."""
        tables = []
        for device in self.devices.devices:
            lines = [f"{name} = {json.dumps(value)}" for name, value in asdict(device).items()]
            tables.append("\n".join(["[[devices]]", *lines]))
        return "\n\n".join(tables) + "\n"
