"""The controls of all parts of the practice datacenter behind one door.

The vCenter's calls have their own names; those of the others stand after the part's name, such as
`kubernetes.ail` or `devices.hang`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployments.practice.faults import FAULTS
from models.errors import WrongUse

if TYPE_CHECKING:
    from deployments.practice.devices.control import Control as DevicesControl
    from deployments.practice.kubernetes.control import Control as KubernetesControl
    from deployments.practice.vcenter.control import Control as VCenterControl

_WITHIN = frozenset({"record"})  # answers with what JSON cannot carry
_TOGETHER = frozenset({"break_it", "broken", "counters", "reset_counters", "planted"})


class Controls:
    """Calls any part by name, and counts over all of them."""

    def __init__(
        self,
        vcenter: VCenterControl,
        kubernetes: KubernetesControl | None = None,
        devices: DevicesControl | None = None,
    ) -> None:
        self._parts: dict[str, Any] = {
            "vcenter": vcenter,
            **({"kubernetes": kubernetes} if kubernetes else {}),
            **({"devices": devices} if devices else {}),
        }
        self._broken: dict[str, str] = {}

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Call a method of a part.

        Raises:
            WrongUse: no part has such a method.
        """
        if name in _TOGETHER:
            return getattr(self, name)(**arguments)
        part, _, method = name.rpartition(".")
        target = self._parts.get(part or "vcenter")
        if target is None or method not in _callable(target):
            known = [f"{part}.{one}" for part, one in self._named() if part != "vcenter"]
            known += [one for part, one in self._named() if part == "vcenter"]
            raise WrongUse(f"no call {name!r}; there are: {', '.join(sorted(known))}")
        return getattr(target, method)(**arguments)

    def _named(self) -> list[tuple[str, str]]:
        return [(part, name) for part, one in self._parts.items() for name in _callable(one)]

    def break_it(self, name: str) -> str:
        """Plant a fault of the catalogue and say what was done.

        Raises:
            WrongUse: no fault of that name, or it is one of a part that is not here.
        """
        fault = FAULTS.get(name)
        if fault is None:
            raise WrongUse(f"no fault {name!r}; there are: {', '.join(FAULTS)}")
        if fault.part not in self._parts:
            raise WrongUse(f"fault {name!r} needs the practice {fault.part}, which is not here")
        done = fault.plant(self._parts[fault.part])
        if fault.lasts:
            self._broken[name] = done
        return done

    def broken(self) -> dict[str, str]:
        """Return what is broken by now: what was done by the name of each fault, the first first.

        Only a new start mends it.
        """
        return dict(self._broken)

    def counters(self) -> dict[str, Any]:
        """Return the vCenter's counters with the others' beside; `mutating` is of all parts."""
        found = {part: control.counters() for part, control in self._parts.items()}
        mutating = sum(counts["mutating"] for counts in found.values())
        vcenter = found.pop("vcenter")
        return {**vcenter, **found, "mutating": mutating}

    def reset_counters(self) -> None:
        """Start counting from zero everywhere."""
        for control in self._parts.values():
            control.reset_counters()

    def planted(self) -> dict[str, list[str]]:
        """Return the faults that the site came with, and where they sit."""
        found: dict[str, list[str]] = {}
        for part, control in self._parts.items():
            prefix = "net_" if part == "devices" else ""
            found |= {f"{prefix}{name}": places for name, places in control.planted().items()}
        return found


def _callable(control: Any) -> frozenset[str]:
    return frozenset(
        name
        for name, member in vars(type(control)).items()
        if callable(member) and not name.startswith("_") and name not in _WITHIN
    )
