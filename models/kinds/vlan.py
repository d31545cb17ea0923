"""The kind `vlan`: a VLAN of a site. The key is the site (or nothing), `/`, and the VLAN's id.

Switches of one site share their VLANs; the same number at another site is another VLAN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan:
    """A VLAN as the site's devices know it.

    `name` is the one that most devices give it; `other_names` are what others call it. `gateways`
    are the addresses of the layer 3 interfaces in it, as device, interface and address.
    """

    key: Key
    name: Name
    vlan_id: Annotated[int, Fact(label="Id", table=True, low=1, high=4094)]
    site: Annotated[str | None, Fact(label="Site", table=True)] = None
    other_names: Annotated[tuple[str, ...], Fact(label="Other names")] = ()
    devices: Annotated[
        tuple[str, ...],
        Fact(label="Devices", reference=Reference(kind="device", relation="part_of")),
    ] = ()
    gateways: Annotated[tuple[tuple[str, str, str], ...], Fact(label="Gateways")] = ()


VLAN = declare(Vlan, name="vlan", title="VLAN", plural="VLANs")
