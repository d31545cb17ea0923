"""How a case of a network check is written, and the places in the network that cases name."""

from __future__ import annotations

from typing import Any

from models.kinds.interface import InterfaceState
from models.records.asset import Gap
from tests.tasks.inventory.checks.site import ago

Case = tuple[str, str, dict[str, Any], str | None, dict[str, Any]]
UNKNOWN_STATE, ERR = InterfaceState.UNKNOWN, InterfaceState.ERR_DISABLED
UPLINK, SPINE = "leaf-01/Ethernet1/49", "spine-01/Ethernet1/1"
SECOND, EDGE = "leaf-01/Ethernet1/50", "leaf-01/Ethernet1/1"
BUNDLE, FAR_BUNDLE = "leaf-01/port-channel1", "leaf-02/port-channel1"
MEMBER, OTHER_MEMBER = "leaf-01/Ethernet1/47", "leaf-01/Ethernet1/48"
LEAF, PEER = "leaf-01", "leaf-02"
SVI, FAR_SVI = "leaf-01/Vlan10", "leaf-02/Vlan10"
NO_SPINE = Gap(kind="device", field="*", reason="spine-01: timed out after 30 s")
OLD_SPINE = {"gaps": (NO_SPINE,), "last_seen": {"spine-01": ago(1), SPINE: ago(1)}}


def case(
    sentence: str, key: str, changes: dict[str, Any], expected: str | None, **given: Any
) -> Case:
    """Return a case: which record is looked at, the changes by key, the result, what else is given.

    The result is None where the check does not concern the record.
    """
    return sentence, key, changes, expected, given
