"""What a machine or a host refers to but does not hold: folders, names, the ids of networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of the inventory tree: a folder, a datacenter or a compute resource."""

    type: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortGroupPolicy:
    """What a host says of a standard port group."""

    vlan: str | None
    active_uplinks: tuple[str, ...] = ()
    standby_uplinks: tuple[str, ...] = ()
    promiscuous: bool | None = None
    forged_transmits: bool | None = None
    mac_changes: bool | None = None


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """Filled as the collection goes along; each parser reads what came before it.

    `port_groups` maps the key of a distributed port group, and the id of an opaque network, to its
    managed object id; `standard` is by datacenter and name, since only hosts hold the VLAN.
    `powered_off_at` is None where events may not be read.
    """

    vcenter: str | None = None
    places: dict[str, Place] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    custom_fields: dict[str, str] = field(default_factory=dict)
    port_groups: dict[str, str] = field(default_factory=dict)
    standard: dict[tuple[str | None, str], PortGroupPolicy] = field(default_factory=dict)
    powered_off_at: dict[str, datetime] | None = None

    def datacenter(self, moid: str | None) -> str | None:
        """Return the datacenter that a place lies in."""
        return next((one for one, place in self._up(moid) if place.type == "Datacenter"), None)

    def cluster(self, moid: str | None) -> str | None:
        """Return the place itself where it is a cluster; a host may stand alone."""
        place = self.places.get(moid or "")
        return moid if place and place.type == "ClusterComputeResource" else None

    def folder(self, moid: str | None) -> str | None:
        """Return the path of a folder below its datacenter's own, such as `/Production/Web`."""
        if moid not in self.places:
            return None
        names = []
        for _, place in self._up(moid):
            if place.type == "Datacenter":
                break
            names.append(place.name)
        # The outermost is the datacenter's fixed folder, which no user sees.
        return "/" + "/".join(reversed(names[:-1]))

    def _up(self, moid: str | None) -> list[tuple[str, Place]]:
        found: list[tuple[str, Place]] = []
        seen: set[str] = set()
        while moid and moid in self.places and moid not in seen:
            seen.add(moid)
            found.append((moid, self.places[moid]))
            moid = self.places[moid].parent
        return found
