"""The script's side of a practice vCenter: change what is there, delay, break, count.

Every public method takes and returns what JSON can carry, so that the same names work over HTTP.
A VM, host or other object is named by its id or, where that is unambiguous, by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from deployments.practice.faults import FAULTS
from deployments.practice.site.records import VirtualMachine
from deployments.practice.vcenter.disturb import HANG_SECONDS, KINDS, Disturbance, Disturbances
from deployments.practice.vcenter.faulted import BY_NAME
from deployments.practice.vcenter.sessions import Account
from deployments.practice.vcenter.vcenter import VCenter
from models.errors import WrongUse

POWER_STATES = ("poweredOn", "poweredOff", "suspended")


class Control:
    """Direct, unauthenticated control; `control_http` serves it over loopback with a token."""

    def __init__(self, vcenter: VCenter, disturbances: Disturbances, reader: Account) -> None:
        self._vcenter, self._world = vcenter, vcenter.world
        self._disturbances = disturbances
        self._reader = reader
        self.on_new_certificate: Callable[[datetime], None] | None = None

    # Looking

    def find(self, name: str, kind: str = "VirtualMachine") -> str:
        """Return the id of an object by its name or id.

        Raises:
            WrongUse: nothing, or more than one object, has that name.
        """
        if name in self._world.entities:
            return name
        found = [e.moid for e in self._world.of_kind(kind) if e.record.name == name]
        if len(found) != 1:
            raise WrongUse(f"{len(found)} objects of kind {kind} are named {name!r}; give the id")
        return found[0]

    def record(self, moid: str) -> Any:
        """Return the record of an object as it is now (in-process only)."""
        return self._world.record(moid)

    def names(self, kind: str = "VirtualMachine") -> dict[str, str]:
        """Return id and name of all objects of a kind."""
        with self._world.lock:
            return {e.moid: e.record.name for e in self._world.of_kind(kind)}

    def planted(self) -> dict[str, list[str]]:
        """Return the faults that the site came with, and the ids they sit on."""
        return {name: list(moids) for name, moids in self._world.site.planted.items()}

    def counters(self) -> dict[str, Any]:
        """Return calls by method, mutating calls, logins, open sessions and what they hold."""
        sessions = list(self._vcenter.sessions.values())
        return {
            "calls": {name: n for name, n in self._vcenter.calls.items() if n},
            "mutating": sum(self._vcenter.mutating_calls.values()),
            "mutating_calls": dict(self._vcenter.mutating_calls),
            "logins": self._vcenter.logins,
            "sessions": len(sessions),
            "open_pages": sum(len(session.pages) for session in sessions),
            "owned_objects": sum(len(session.owned) for session in sessions),
        }

    def reset_counters(self) -> None:
        """Start counting from zero."""
        self._vcenter.calls.clear()
        self._vcenter.mutating_calls.clear()
        self._vcenter.logins = 0

    # Changing

    def change(self, moid: str, **values: Any) -> None:
        """Change fields of an object's record; lists become tuples, times are ISO 8601.

        Raises:
            WrongUse: no such object, or its record has no such field.
        """
        with self._world.lock:
            entity = self._world.entities.get(moid)
            if entity is None or entity.record is None:
                raise WrongUse(f"nothing has the id {moid!r}")
            known = {field.name for field in fields(entity.record)}
            wrong = sorted(set(values) - known)
            if wrong:
                raise WrongUse(f"{entity.kind} has no {wrong[0]!r}; it has {sorted(known)}")
            self._world.put(replace(entity.record, **{k: _plain(v) for k, v in values.items()}))

    def rename_vm(self, vm: str, name: str) -> None:
        """Give a VM another name; its folder keeps the first one."""
        self.change(self.find(vm), name=name)

    def reconfigure_vm(self, vm: str, **values: Any) -> None:
        """Change a VM's fields, such as cpu_count, memory_mib or annotation."""
        self.change(self.find(vm), **values)

    def set_power(self, vm: str, power: str) -> None:
        """Set a VM's power state, with the event that goes with it."""
        if power not in POWER_STATES:
            raise WrongUse(f"a power state is one of {POWER_STATES}, not {power!r}")
        with self._world.lock:
            record = self._world.record(self.find(vm))
            self._world.put(powered(record, power, self._world.now()))
            kind = {
                "poweredOn": "VmPoweredOnEvent",
                "poweredOff": "VmPoweredOffEvent",
                "suspended": "VmSuspendedEvent",
            }[power]
            self._world.log(kind, record, self._world.now(), f"is now {power}")

    def move_vm(self, vm: str, host: str) -> None:
        """Put a VM on another host of any cluster."""
        self.change(self.find(vm), host=self.find(host, "HostSystem"))

    def add_vm(self, name: str, like: str | None = None) -> str:
        """Add a VM with the hardware of another one, and return its id."""
        with self._world.lock:
            model = self._world.record(self.find(like)) if like else self._world.vms()[0]
            moid = self._world.new_moid("vm-")
            number = int(moid.removeprefix("vm-"))
            copy = _copied(model, moid, name, number, self._world.now())
            self._world.put(copy)
            self._world.log("VmCreatedEvent", copy, self._world.now(), "Created virtual machine")
        return moid

    def remove_vm(self, vm: str) -> None:
        """Delete a VM."""
        with self._world.lock:
            moid = self.find(vm)
            record = self._world.record(moid)
            self._world.log("VmRemovedEvent", record, self._world.now(), "Removed")
            self._world.remove(moid)

    def remove_half_the_vms(self) -> int:
        """Delete every second VM, as a broken permission or a lost host would; return how many."""
        with self._world.lock:
            gone = self._world.vms()[::2]
            for vm in gone:
                del self._world.entities[vm.moid]
            self._world.touch(())
        return len(gone)

    def raise_alarm(self, alarm: str, entity: str, status: str = "red") -> None:
        """Trigger an alarm, by its id, on an object."""
        self._world.raise_alarm(alarm, entity, status)

    def break_it(self, name: str) -> str:
        """Plant a fault of the catalogue and say what was done.

        Raises:
            WrongUse: a vCenter has no fault of that name.
        """
        fault = FAULTS.get(name)
        if fault is None or fault.part != "vcenter":
            known = [name for name, one in FAULTS.items() if one.part == "vcenter"]
            raise WrongUse(f"no fault {name!r}; there are: {', '.join(known)}")
        return fault.plant(self)

    def renew_certificate(self, days: float) -> datetime:
        """Show a certificate that ends in that many days, from the next connection on."""
        ends_at = self._world.now().replace(microsecond=0) + timedelta(days=days)
        self._world.certificate_ends_at = ends_at
        if self.on_new_certificate:
            self.on_new_certificate(ends_at)
        return ends_at

    # Disturbing

    def delay(self, seconds: float, method: str | None = None) -> None:
        """Delay the answer to every call, or to every call of one method."""
        self._disturbances.set_delay(seconds, method)

    def fail_next(  # noqa: PLR0913 - a script's options, all by name
        self,
        kind: str,
        *,
        times: int = 1,
        method: str | None = None,
        after: int = 0,
        fault: str = "SystemError",
        status: int = 503,
        seconds: float = HANG_SECONDS,
    ) -> None:
        """Fail the next calls: with a fault, an HTTP status, a cut, malformed XML or silence.

        Raises:
            WrongUse: no such kind, or no such fault.
        """
        if kind not in KINDS or fault not in BY_NAME:
            raise WrongUse(f"kinds are {KINDS}, faults are {tuple(BY_NAME)}")
        disturbance = Disturbance(
            kind=kind, method=method, fault=fault, status=status, seconds=seconds
        )
        self._disturbances.add(disturbance, times, after)

    def calm(self) -> None:
        """End all delays and failures, and let hanging calls go."""
        self._disturbances.clear()

    def kill_sessions(self) -> None:
        """End every session at once."""
        self._vcenter.end_all_sessions()

    def deny(self, path: str, privilege: str = "System.Read") -> None:
        """Let the read-only account no longer see Type.path, such as HostSystem.config.option."""
        self._reader.denied[path] = privilege

    def allow(self, path: str) -> None:
        """Let the read-only account see Type.path again."""
        self._reader.denied.pop(path, None)

    def limit(
        self,
        *,
        page_size: int | None = None,
        sessions: int | None = None,
        task_seconds: float | None = None,
    ) -> None:
        """Set the server's own largest page, its limit of sessions, how long tasks take."""
        if page_size is not None:
            self._vcenter.page_cap = page_size or None
        if sessions is not None:
            self._vcenter.session_limit = sessions
        if task_seconds is not None:
            self._vcenter.task_seconds = task_seconds


def powered(vm: VirtualMachine, power: str, at: datetime) -> VirtualMachine:
    """Return a VM in another power state."""
    on = power == "poweredOn"
    return replace(
        vm,
        power=power,
        booted_at=at if on else None,
        powered_off_at=None if on else at,
        nics=tuple(replace(nic, connected=on) for nic in vm.nics),
        cpu_demand=vm.cpu_demand or (0.1 if on else 0.0),
        memory_demand=vm.memory_demand or (0.5 if on else 0.0),
    )


def _copied(
    model: VirtualMachine, moid: str, name: str, number: int, at: datetime
) -> VirtualMachine:
    old = model.disks[0].file.split("] ")[1].split("/")[0]
    tail = f"{number % (1 << 24):06x}"
    return replace(
        model,
        moid=moid,
        name=name,
        instance_uuid=f"5000{number:04x}"[:8] + f"-{tail[:4]}-4000-8000-{number:012x}",
        bios_uuid=f"4200{number:04x}"[:8] + f"-{tail[:4]}-4000-8000-{number:012x}",
        host_name=f"{name}.example.net",
        created_at=at,
        snapshots=(),
        current_snapshot=None,
        disks=tuple(
            replace(d, file=d.file.replace(old, name), uuid=f"{d.uuid[:24]}{number:012x}")
            for d in model.disks
        ),
        nics=tuple(
            replace(n, mac=f"00:50:56:bf:{tail[2:4]}:{index:01x}{tail[5]}", addresses=())
            for index, n in enumerate(model.nics)
        ),
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
