"""Each kind of asset, declared once; `KINDS` maps its name to the declaration."""

from __future__ import annotations

from models.errors import WrongUse
from models.kinds.cluster import CLUSTER
from models.kinds.datacenter import DATACENTER
from models.kinds.datastore import DATASTORE
from models.kinds.declaration import Fact, Field, Kind, Reference, RelationType
from models.kinds.device import DEVICE
from models.kinds.distributed_switch import DISTRIBUTED_SWITCH
from models.kinds.host import HOST
from models.kinds.interface import INTERFACE
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.kinds.network import NETWORK
from models.kinds.resource_pool import RESOURCE_POOL
from models.kinds.vcenter import VCENTER
from models.kinds.vlan import VLAN
from models.kinds.vm import VM

__all__ = ["KINDS", "Fact", "Field", "Kind", "Reference", "RelationType", "kind_named", "kind_of"]

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        VCENTER,
        DATACENTER,
        CLUSTER,
        RESOURCE_POOL,
        HOST,
        VM,
        DATASTORE,
        NETWORK,
        DISTRIBUTED_SWITCH,
        *KUBERNETES_KINDS,
        DEVICE,
        INTERFACE,
        VLAN,
    )
}
_BY_TYPE = {kind.type: kind for kind in KINDS.values()}


def kind_of(record: object) -> Kind:
    """Return the kind that a record is of."""
    return _BY_TYPE[type(record)]


def kind_named(name: str) -> Kind:
    """Return the kind of that name.

    Raises:
        WrongUse: There is none; the message lists them.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise WrongUse(f"no kind is called {name!r}; there are {', '.join(KINDS)}") from None
