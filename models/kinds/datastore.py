"""The kind `datastore`. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Alarms, Health, Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore:
    """A datastore; free space is as vCenter last refreshed it.

    Source of the property paths: vSphere Web Services API, `Datastore.summary` and `.info`.
    """

    key: Key
    name: Name
    type: Annotated[str | None, Fact(label="Type", table=True)] = None
    url: Annotated[str | None, Fact(label="URL")] = None
    accessible: Annotated[bool | None, Fact(label="Accessible", table=True)] = None
    shared: Annotated[bool | None, Fact(label="Shared", table=True)] = None
    maintenance_mode: Annotated[str | None, Fact(label="Maintenance mode")] = None
    filesystem_version: Annotated[str | None, Fact(label="File system")] = None
    luns: Annotated[tuple[str, ...], Fact(label="Logical units")] = ()
    ssd: Annotated[bool | None, Fact(label="SSD")] = None
    remote_path: Annotated[str | None, Fact(label="Remote path")] = None
    datacenter: Annotated[
        str | None,
        Fact(label="Datacenter", reference=Reference(kind="datacenter", relation="part_of")),
    ] = None
    capacity_mib: Annotated[int | None, Fact(label="Capacity", unit="MiB", table=True, low=0)] = (
        None
    )
    free_mib: Annotated[
        int | None, Fact(label="Free", unit="MiB", table=True, volatile=True, low=0)
    ] = None
    uncommitted_mib: Annotated[
        int | None, Fact(label="Uncommitted", unit="MiB", volatile=True, low=0)
    ] = None
    io_control: Annotated[bool | None, Fact(label="Storage I/O control")] = None
    status: Annotated[Health, Fact(label="Status", volatile=True)] = Health.GRAY
    triggered_alarms: Alarms = ()


DATASTORE = declare(
    Datastore, name="datastore", title="Datastore", plural="Datastores", filtered=True
)
