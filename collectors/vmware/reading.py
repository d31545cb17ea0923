"""One pass over a vCenter, in the order in which the facts need each other.

Hosts come before networks, since only hosts know the VLAN of a standard port group; machines come
last, since they refer to everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyVmomi import vim, vmodl

from collectors.vmware import parse_cluster, parse_datastore, parse_host, parse_network, parse_vm
from collectors.vmware.background import read_alarms, read_custom_fields, read_powered_off
from collectors.vmware.certificate import read_certificate
from collectors.vmware.options import Options
from collectors.vmware.parse_host_network import parse_port_groups
from collectors.vmware.parse_vcenter import parse_licences, parse_vcenter
from collectors.vmware.properties import Gaps, Query, Reader
from collectors.vmware.reply import Properties, Seen
from collectors.vmware.session import PASSING, Session
from collectors.vmware.surroundings import Place, Surroundings
from collectors.vmware.values import name_of, record, text
from models.errors import ConfigurationError
from models.kinds.common import PowerState
from models.records.asset import Batch
from models.redaction import redact_record

COVERED = frozenset(
    {
        "vcenter",
        "datacenter",
        "cluster",
        "resource_pool",
        "host",
        "vm",
        "datastore",
        "network",
        "distributed_switch",
    }
)
# A host's options and storage make some 300 kB; a machine is some 10.
_HOSTS_A_PAGE = 50
_TREE = Query(
    kind="datacenter",
    types=(vim.Folder, vim.Datacenter, vim.ComputeResource),
    paths={"name": "name", "parent": ""},
)
_CLUSTERS = Query(
    kind="cluster", types=(vim.ClusterComputeResource,), paths=parse_cluster.CLUSTER_PATHS
)
_POOLS = Query(kind="resource_pool", types=(vim.ResourcePool,), paths=parse_cluster.POOL_PATHS)
_HOSTS = Query(
    kind="host", types=(vim.HostSystem,), paths=parse_host.PATHS, largest_page=_HOSTS_A_PAGE
)
_DATASTORES = Query(kind="datastore", types=(vim.Datastore,), paths=parse_datastore.PATHS)
_PORT_GROUPS = Query(
    kind="network",
    types=(vim.dvs.DistributedVirtualPortgroup,),
    paths=parse_network.PORT_GROUP_PATHS,
)
_NETWORKS = Query(kind="network", types=(vim.Network,), paths=parse_network.PATHS)
_SWITCHES = Query(
    kind="distributed_switch",
    types=(vim.DistributedVirtualSwitch,),
    paths=parse_network.SWITCH_PATHS,
)
_VMS = Query(kind="vm", types=(vim.VirtualMachine,), paths=parse_vm.PATHS)
_LICENCES = Query(kind="vcenter", types=(vim.LicenseManager,), paths={"licenses": "licences"})


class Reading:
    """One pass; `gaps` says afterwards what could not be seen."""

    def __init__(self, session: Session, options: Options) -> None:
        self.gaps = Gaps()
        self._session = session
        self._options = options
        self._reader = Reader(session, page_size=options.page_size, gaps=self.gaps)
        self._around = Surroundings()
        self._keys: set[str] = set()

    def batches(self) -> Iterator[Batch]:
        """Yield every kind in turn, each page as it comes."""
        yield self._batch([self._vcenter()])
        self._plant_tree()
        self._narrow()
        yield self._batch(self._datacenters())
        self._around.alarms = read_alarms(self._reader)
        self._around.custom_fields = read_custom_fields(self._reader)
        yield from self._each(_CLUSTERS, parse_cluster.parse_cluster)
        yield from self._each(_HOSTS, self._host)
        yield from self._networks()
        yield from self._each(_SWITCHES, parse_network.parse_switch)
        yield from self._each(_DATASTORES, parse_datastore.parse_datastore)
        yield from self._each(_POOLS, parse_cluster.parse_pool)
        self._around.powered_off_at = read_powered_off(self._reader)
        yield from self._vms()

    def _batch(self, records: Iterable[Any]) -> Batch:
        return Batch(records=tuple(map(redact_record, records)), gaps=self.gaps.drain())

    def _each(
        self, query: Query, parse: Callable[[str, Properties, Surroundings], Any]
    ) -> Iterator[Batch]:
        for page in self._reader.pages(query):
            yield self._batch(parse(one.moid, one.properties, self._around) for one in page)
        yield from self._rest()

    def _rest(self) -> Iterator[Batch]:
        if gaps := self.gaps.drain():
            yield Batch(gaps=gaps)

    def _vcenter(self) -> Any:
        about = self._session.content.about
        key = about.instanceUuid or self._options.address
        self._around.vcenter = key
        certificate = read_certificate(self._options)
        if certificate is None:
            fields = "certificate_subject certificate_issuer certificate_not_after"
            self.gaps.add("vcenter", fields, "its TLS port showed no certificate")
        return parse_vcenter(self._options.name, about, certificate, self._licences(), key=key)

    def _licences(self) -> Any:
        holder = self._session.content.licenseManager
        if holder is None:
            self.gaps.add("vcenter", "licences", "this server keeps none")
            return None
        try:
            seen = self._reader.objects(_LICENCES, [holder])
        except vmodl.MethodFault as fault:
            if isinstance(fault, PASSING):
                raise
            self.gaps.lack("vcenter", "licences", fault)
            return None
        found = [one.properties["licenses"] for one in seen if "licenses" in one.properties]
        return parse_licences(found[0]) if found else None

    def _plant_tree(self) -> None:
        for page in self._reader.pages(_TREE):
            for one in page:
                self._around.places[one.moid] = Place(
                    type=one.type,
                    name=name_of(one.properties.get("name"), one.moid),
                    parent=text(one.properties.get("parent")),
                )

    def _datacenters(self) -> list[Any]:
        found = parse_network.parse_datacenters(self._around)
        wanted = self._options.datacenters
        return [one for one in found if wanted is None or one.name in wanted]

    def _narrow(self) -> None:
        if self._options.datacenters is None:
            return
        known = {
            place.name: vim.Datacenter(moid, self._session.transport)
            for moid, place in self._around.places.items()
            if place.type == "Datacenter"
        }
        for name in self._options.datacenters:
            if name not in known:
                raise ConfigurationError(
                    f"source {self._options.name}: vCenter has no datacenter {name!r};"
                    f" there are {', '.join(sorted(known)) or 'none'}"
                )
        self._reader.roots = tuple(known[name] for name in self._options.datacenters)
        # What lies outside is not looked at, so it may not be taken for gone.
        self.gaps.uncovered.add("datacenter")
        self.gaps.add("datacenter", "*", f"only {', '.join(self._options.datacenters)} by setting")

    def _host(self, moid: str, found: Properties, around: Surroundings) -> Any:
        host = parse_host.parse_host(moid, found, around)
        for name, policy in parse_port_groups(found.get("config.network.portgroup")).items():
            around.standard.setdefault((host.datacenter, name), policy)
        return host

    def _networks(self) -> Iterator[Batch]:
        configs: dict[str, Properties] = {}
        for page in self._reader.pages(_PORT_GROUPS):
            for one in page:
                config = configs[one.moid] = record(one.properties.get("config"))
                self._around.port_groups[text(config.get("key")) or one.moid] = one.moid
        for page in self._reader.pages(_NETWORKS):
            yield self._batch(self._network(one, configs) for one in page)
        yield from self._rest()

    def _network(self, one: Seen, configs: dict[str, Properties]) -> Any:
        opaque = text(record(one.properties.get("summary")).get("opaqueNetworkId"))
        if opaque:
            self._around.port_groups[opaque] = one.moid
        config = configs.get(one.moid, {})
        return parse_network.parse_network(one.type, one.moid, one.properties, config, self._around)

    def _vms(self) -> Iterator[Batch]:
        for page in self._reader.pages(_VMS):
            yield self._batch(self._vm(one) for one in page)
        yield from self._rest()

    def _vm(self, one: Seen) -> Any:
        key = self._key(one)
        vm = parse_vm.parse_vm(one.moid, one.properties, self._around, key=key)
        off = vm.power_state is PowerState.OFF and not vm.template
        if off and self._around.powered_off_at is not None and vm.powered_off_at is None:
            self.gaps.add("vm", "powered_off_at", "vCenter keeps no event of it any more")
        return vm

    def _key(self, one: Seen) -> str:
        uuid = parse_vm.instance_uuid(one.properties)
        if uuid and uuid not in self._keys:
            self._keys.add(uuid)
            return uuid
        if uuid:
            self.gaps.add("vm", "key", "several machines share an instance UUID")
        elif any(missing.path == "config.instanceUuid" for missing in one.missing):
            # Withheld, not unset: the machine may be known by a UUID that we cannot see now.
            self.gaps.uncovered.add("vm")
        return one.moid
