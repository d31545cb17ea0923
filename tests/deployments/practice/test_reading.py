"""pyVmomi reads the practice vCenter as it would a real one."""

import ssl

import pytest
from cryptography import x509
from pyVim.connect import Disconnect
from pyVmomi import SoapAdapter, VmomiSupport, vim, vmodl

from deployments.practice.site import CANARY_SECRETS
from deployments.practice.vcenter import soap_write
from deployments.practice.vcenter.properties import declared_type, managed_class, read
from deployments.practice.vcenter.server import PracticeVCenter
from deployments.practice.vcenter.show import SHOWN
from deployments.practice.vcenter.types import VERSION, property_info
from tests.deployments.practice.conftest import PC, Client

INVENTORY = (
    vim.VirtualMachine,
    vim.HostSystem,
    vim.ClusterComputeResource,
    vim.ResourcePool,
    vim.Datastore,
    vim.Network,
    vim.DistributedVirtualSwitch,
    vim.Datacenter,
    vim.Folder,
)


def test_pyvmomi_settles_on_api_8(client):
    assert client.connection._stub.version == "vim.version.v8_0_3_0"
    assert client.content.about.apiVersion == "8.0.3.0"


def test_plain_http_works_too(small_practice_site):
    with PracticeVCenter(small_practice_site, tls=False) as vcenter:
        plain = Client(vcenter)
        assert len(plain.read(vim.HostSystem, ["name"])) == len(small_practice_site.hosts)
        Disconnect(plain.connection)


def test_the_server_certificate_ends_when_the_site_says(practice_vcenter):
    pem = ssl.get_server_certificate((practice_vcenter.host, practice_vcenter.port))
    ends_at = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    assert ends_at == practice_vcenter.site.certificate_ends_at


@pytest.mark.parametrize("kind", INVENTORY, ids=lambda kind: kind.__name__)
def test_every_property_of_every_object_can_be_read(client, kind):
    objects = client.read(kind)
    assert objects
    assert not [one.missingSet for one in objects if one.missingSet]
    names = {prop.name for one in objects for prop in one.propSet}
    assert {"name", "overallStatus"} <= names


def test_pages_cover_every_vm_once(client, practice_vcenter):
    pages = list(client.pages(vim.VirtualMachine, ["name"], page_size=7))
    assert [len(page) for page in pages] == [7] * 8 + [4]
    moids = [one.obj._moId for page in pages for one in page]
    assert sorted(moids) == sorted(vm.moid for vm in practice_vcenter.site.vms)
    calls = practice_vcenter.control.counters()["calls"]
    assert calls["RetrievePropertiesEx"] == 1
    assert calls["ContinueRetrievePropertiesEx"] == 8


def test_the_server_may_page_on_its_own(client, practice_vcenter):
    practice_vcenter.control.limit(page_size=50)
    assert [len(page) for page in client.pages(vim.VirtualMachine, ["name"])] == [50, 10]


def test_a_half_read_answer_can_be_cancelled(client, practice_vcenter):
    spec = client.spec(vim.VirtualMachine, ["name"])
    collector = client.content.propertyCollector
    page = collector.RetrievePropertiesEx([spec], PC.RetrieveOptions(maxObjects=5))
    assert practice_vcenter.control.counters()["open_pages"] == 1
    collector.CancelRetrievePropertiesEx(page.token)
    assert practice_vcenter.control.counters()["open_pages"] == 0
    with pytest.raises(vmodl.fault.InvalidArgument):
        collector.ContinueRetrievePropertiesEx(page.token)


@pytest.mark.parametrize(
    "path", ["nonsense", "config.nonsense", "config.hardware.device.key", "summary.vm.name.x"]
)
def test_an_unknown_path_is_a_fault(client, path):
    with pytest.raises(vmodl.query.InvalidProperty) as caught:
        client.read(vim.VirtualMachine, ["name", path])
    assert caught.value.name == path


def test_leaf_paths_carry_what_the_site_says(client, practice_vcenter):
    vm = next(vm for vm in practice_vcenter.site.vms if vm.power == "poweredOn" and vm.nics)
    found = client.values(
        vim.VirtualMachine,
        "name",
        "config.instanceUuid",
        "config.hardware.memoryMB",
        "config.hardware.device",
        "guest.ipAddress",
        "runtime.powerState",
        "runtime.host",
        "snapshot",
    )[vm.moid]
    assert found["name"] == vm.name
    assert found["config.instanceUuid"] == vm.instance_uuid
    assert found["config.hardware.memoryMB"] == vm.memory_mib
    assert found["guest.ipAddress"] == vm.nics[0].addresses[0]
    assert found["runtime.powerState"] == "poweredOn"
    assert found["runtime.host"]._moId == vm.host
    disks = [d for d in found["config.hardware.device"] if isinstance(d, vim.vm.device.VirtualDisk)]
    assert [d.capacityInBytes for d in disks] == [d.capacity_bytes for d in vm.disks]
    assert "snapshot" not in found  # what is unset is left out


def test_snapshot_children_are_nested(client, practice_vcenter):
    moid = practice_vcenter.site.planted["snapshot_nested"][0]
    tree = client.values(vim.VirtualMachine, "snapshot")[moid]["snapshot"]
    grandchild = tree.rootSnapshotList[0].childSnapshotList[0].childSnapshotList[0]
    assert grandchild.name == "after hotfix"
    assert tree.currentSnapshot._moId == grandchild.snapshot._moId


def test_faults_are_visible_where_checks_look(client, practice_vcenter):
    planted = practice_vcenter.site.planted
    hosts = client.values(
        vim.HostSystem,
        "config.storageDevice.multipathInfo",
        "config.network.proxySwitch",
        "config.service.service",
        "triggeredAlarmState",
    )
    single = hosts[planted["single_path"][0]]["config.storageDevice.multipathInfo"]
    assert {len(lun.path) for lun in single.lun} == {1}
    uplinks = hosts[planted["single_uplink"][0]]
    assert len(uplinks["config.network.proxySwitch"][0].pnic) == 1
    assert uplinks["triggeredAlarmState"][0].overallStatus == "red"
    services = hosts[planted["ntp_stopped"][0]]["config.service.service"]
    assert not next(s for s in services if s.key == "ntpd").running
    clusters = client.values(vim.ClusterComputeResource, "configurationEx", "summary")
    assert not clusters[planted["ha_disabled"][0]]["configurationEx"].dasConfig.enabled
    assert clusters[planted["n_plus_1"][0]]["summary"].currentFailoverLevel == 0


def test_licences_are_denied_to_the_reader_and_shown_to_the_writer(client, writer):
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=client.content.licenseManager)],
        propSet=[PC.PropertySpec(type=vim.LicenseManager, pathSet=["licenses", "sourceAvailable"])],
    )
    (found,) = client.content.propertyCollector.RetrievePropertiesEx(
        [spec], None or PC.RetrieveOptions()
    ).objects
    assert [prop.name for prop in found.propSet] == ["sourceAvailable"]
    (missing,) = found.missingSet
    assert (missing.path, missing.fault.privilegeId) == ("licenses", "Global.Licenses")
    with pytest.raises(vim.fault.NoPermission):
        _ = client.content.licenseManager.licenses
    assert len(writer.content.licenseManager.licenses) == 3


def test_a_denied_path_is_missing_and_can_be_allowed_again(client, practice_vcenter):
    practice_vcenter.control.deny("HostSystem.config.option", "Host.Config.AdvancedConfig")
    for one in client.read(vim.HostSystem, ["name", "config.option"]):
        assert [missing.path for missing in one.missingSet] == ["config.option"]
        assert [prop.name for prop in one.propSet] == ["name"]
    practice_vcenter.control.allow("HostSystem.config.option")
    assert not any(one.missingSet for one in client.read(vim.HostSystem, ["config.option"]))


def test_folders_can_be_walked_with_named_selections(client, practice_vcenter):
    again = PC.SelectionSpec(name="folders")
    steps = [
        PC.TraversalSpec(
            name="folders",
            type=vim.Folder,
            path="childEntity",
            skip=False,
            selectSet=[again, PC.SelectionSpec(name="vms")],
        ),
        PC.TraversalSpec(
            name="vms", type=vim.Datacenter, path="vmFolder", skip=False, selectSet=[again]
        ),
    ]
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=client.content.rootFolder, selectSet=steps)],
        propSet=[PC.PropertySpec(type=vim.VirtualMachine, pathSet=["name"])],
    )
    found = client.content.propertyCollector.RetrieveProperties([spec])
    assert len(found) == len(practice_vcenter.site.vms)


def test_vms_are_found_by_their_uuids_and_path(client, practice_vcenter):
    vm = practice_vcenter.site.vms[3]
    index = client.content.searchIndex
    assert index.FindByUuid(None, vm.instance_uuid, True, True)._moId == vm.moid
    assert index.FindByUuid(None, vm.bios_uuid, True, False)._moId == vm.moid
    assert index.FindByUuid(None, vm.bios_uuid, True, True) is None
    path = "fra1/host/fra1-prod-01"
    assert index.FindByInventoryPath(path)._moId == practice_vcenter.site.clusters[0].moid


def test_events_say_since_when_a_vm_is_off(client, practice_vcenter):
    moid = practice_vcenter.site.planted["powered_off_long"][0]
    off = next(vm for vm in practice_vcenter.site.vms if vm.moid == moid)
    spec = vim.event.EventFilterSpec(
        entity=vim.event.EventFilterSpec.ByEntity(entity=client.vm(moid), recursion="self"),
        eventTypeId=["VmPoweredOffEvent"],
    )
    (event,) = client.content.eventManager.QueryEvents(spec)
    assert (event.vm.name, event.createdTime) == (off.name, off.powered_off_at)
    collector = client.content.eventManager.CreateCollectorForEvents(vim.event.EventFilterSpec())
    pages = iter(lambda: collector.ReadNextEvents(50), [])
    assert sum(len(page) for page in pages) == len(practice_vcenter.world.events)
    collector.DestroyCollector()
    assert practice_vcenter.control.counters()["owned_objects"] == 0


def test_alarm_definitions_can_be_read(client):
    alarms = client.content.alarmManager.GetAlarm(client.content.rootFolder)
    assert "Datastore usage on disk" in {alarm.info.name for alarm in alarms}


def test_a_host_hears_the_switch_that_it_is_cabled_to(client, practice_vcenter):
    host = practice_vcenter.site.hosts[0]
    system = client.managed(vim.HostSystem, host.moid).configManager.networkSystem
    hints = {hint.device: hint.lldpInfo for hint in system.QueryNetworkHint()}
    assert {name: hint.portId for name, hint in hints.items()} == {
        pnic.name: pnic.port for pnic in host.pnics
    }


def test_the_canary_secrets_are_on_the_wire(client):
    text = str(
        client.read(
            vim.VirtualMachine,
            ["config.annotation", "config.extraConfig", "customValue", "snapshot"],
        )
    )
    assert [secret in text for secret in CANARY_SECRETS] == [True] * len(CANARY_SECRETS)


def test_reading_everything_mutates_nothing(client, practice_vcenter):
    for kind in INVENTORY:
        client.read(kind)
    assert practice_vcenter.control.counters()["mutating"] == 0


def test_what_we_write_is_what_pyvmomi_would_write(practice_vcenter):
    """Every property of every object, by pyVmomi's own serialiser and by ours."""
    world = practice_vcenter.world
    for entity in [*world.entities.values()]:
        kind = managed_class(entity.kind)
        for name in SHOWN.get(entity.kind, ()):
            value = read(world, entity, name, {})
            if value is None or isinstance(value, list) or name == "serverClock":
                continue
            info = property_info(kind, name)
            if issubclass(info.type, list):
                continue
            ours = soap_write.written("val", value, declared_type(kind, name))
            theirs = _by_pyvmomi(value, info)
            assert ours == theirs, (entity.kind, name)


def _by_pyvmomi(value, info):
    field = VmomiSupport.Object(name="val", type=info.type, version=VERSION, flags=0)
    spaces = {"urn:vim25": "", **SoapAdapter.SOAP_NSMAP}
    text = SoapAdapter.SerializeToStr(value, field, VERSION, spaces)
    return text.replace(' versionId="8.0.3.0"', "")


def test_every_value_we_build_passes_pyvmomis_own_checks(practice_vcenter):
    world = practice_vcenter.world
    for entity in [*world.entities.values()]:
        for name in SHOWN.get(entity.kind, ()):
            value = read(world, entity, name, {})
            _check(value, property_info(managed_class(entity.kind), name))


def _check(value, info):  # noqa: C901 - a walk over everything that a value can be
    if value is None:
        assert info.flags & VmomiSupport.F_OPTIONAL or info.name == "currentSession", info.name
        return
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, VmomiSupport.DataObject):
            for inner in one._GetPropertyList():
                if VmomiSupport.IsChildVersion(VERSION, inner.version):
                    _check(getattr(one, inner.name), inner)
    if isinstance(value, list):
        value = info.type(value) if issubclass(info.type, list) else value
    if not isinstance(value, str) or info.type is str:
        VmomiSupport.CheckField(info, value)
    elif issubclass(info.type, VmomiSupport.Enum):
        assert value in info.type.values, (info.name, value)
