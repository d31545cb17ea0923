"""Properties of a VirtualMachine become a `Vm`. All properties here are made by hand."""

from datetime import UTC, datetime

from collectors.vmware.parse_vm import parse_vm
from collectors.vmware.surroundings import Place, Surroundings
from models.kinds.common import Health, PowerState, TriggeredAlarm
from models.kinds.vm import Disk, Nic, ToolsState, Vm, VmSnapshot, Volume
from models.redaction import redact_record

OFF_AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
AROUND = Surroundings(
    places={
        "datacenter-1": Place(type="Datacenter", name="ber1", parent="group-d1"),
        "group-v1": Place(type="Folder", name="vm", parent="datacenter-1"),
        "group-v2": Place(type="Folder", name="Production", parent="group-v1"),
        "group-v3": Place(type="Folder", name="Web/DMZ", parent="group-v2"),
    },
    alarms={"alarm-7": "Virtual machine memory usage"},
    custom_fields={"101": "owner", "102": "root password"},
    port_groups={"dvpg-key": "dvportgroup-12"},
    powered_off_at={"vm-1": OFF_AT},
)


def parse(found, around=AROUND):
    return parse_vm("vm-1", found, around, key="uuid-1")


def test_a_machine_whose_configuration_cannot_be_read_has_what_is_known():
    found = {
        "name": "lost",
        "runtime.powerState": "poweredOff",
        "runtime.connectionState": "inaccessible",
        "runtime.host": "host-3",
    }

    assert parse(found) == Vm(
        key="uuid-1",
        name="lost",
        moid="vm-1",
        power_state=PowerState.OFF,
        connection_state="inaccessible",
        host="host-3",
        powered_off_at=OFF_AT,
    )


def test_a_machine_of_which_nothing_at_all_is_shown_bears_its_id():
    vm = parse({})

    assert vm == Vm(key="uuid-1", name="vm-1", moid="vm-1", power_state=PowerState.UNKNOWN)


def test_sizes_limits_and_times_have_their_units():
    vm = parse(
        {
            "config.hardware.numCPU": "4",
            "config.hardware.numCoresPerSocket": "0",
            "config.hardware.memoryMB": "8192",
            "config.cpuAllocation.limit": "-1",
            "config.cpuAllocation.reservation": "500",
            "config.memoryAllocation.limit": "4096",
            "config.createDate": "2025-06-02T23:20:46.123456789+02:00",
            "runtime.bootTime": "1970-01-01T00:00:00Z",
            "summary.storage.committed": str(3 * 2**30 + 1),
            "guest.toolsVersion": "0",
        }
    )

    assert (vm.cpu_count, vm.cores_per_socket, vm.memory_mib) == (4, None, 8192)
    assert (vm.cpu_limit_mhz, vm.cpu_reservation_mhz, vm.memory_limit_mib) == (None, 500, 4096)
    assert vm.created_at == datetime(2025, 6, 2, 21, 20, 46, 123456, tzinfo=UTC)
    assert vm.booted_at is None
    assert vm.storage_used_mib == 3072
    assert vm.tools_version is None


def test_disks_are_sorted_and_know_their_controller_and_their_datastore():
    devices = [
        {"key": "1000", "deviceInfo": {"label": "SCSI controller 0"}, "busNumber": "0"},
        {
            "key": "2001",
            "deviceInfo": {"label": "Hard disk 2"},
            "controllerKey": "1000",
            "unitNumber": "1",
            "capacityInKB": "2097152",
            "backing": {"fileName": "[ds] a/a_1.vmdk", "diskMode": "independent_persistent"},
        },
        {
            "key": "2000",
            "deviceInfo": {"label": "Hard disk 1"},
            "controllerKey": "1000",
            "unitNumber": "0",
            "capacityInKB": "1",
            "capacityInBytes": str(2**30),
            "backing": {
                "fileName": "[ds] a/a.vmdk",
                "datastore": "datastore-1",
                "diskMode": "persistent",
                "thinProvisioned": "true",
            },
        },
    ]

    first, second = parse({"config.hardware.device": devices}).disks

    assert first == Disk(
        key="2000",
        label="Hard disk 1",
        capacity_mib=1024,
        thin=True,
        mode="persistent",
        controller="SCSI controller 0:0",
        path="[ds] a/a.vmdk",
        datastore="datastore-1",
    )
    assert (second.capacity_mib, second.thin, second.datastore) == (2048, None, None)


def test_adapters_get_the_addresses_that_the_guest_reports_for_their_mac():
    devices = [
        {
            "key": "4001",
            "xsi:type": "VirtualE1000e",
            "deviceInfo": {"label": "Network adapter 2"},
            "macAddress": "00:50:56:AA:00:02",
            "backing": {"deviceName": "VM Network", "network": "network-9"},
            "connectable": {"connected": "false"},
        },
        {
            "key": "4000",
            "xsi:type": "VirtualVmxnet3",
            "deviceInfo": {"label": "Network adapter 1"},
            "macAddress": "00:50:56:AA:00:01",
            "backing": {"port": {"portgroupKey": "dvpg-key"}},
            "connectable": {"connected": "true"},
        },
    ]
    reported = [
        {"macAddress": "00:50:56:aa:00:01", "ipAddress": ["fe80::1", "10.0.0.7"]},
        {"macAddress": "00:50:56:aa:00:99", "ipAddress": "172.17.0.1"},
    ]

    vm = parse(
        {
            "config.hardware.device": devices,
            "guest.net": reported,
            "guest.ipAddress": "10.0.0.7",
        }
    )

    assert vm.nics == (
        Nic(
            key="4000",
            label="Network adapter 1",
            type="vmxnet3",
            mac="00:50:56:aa:00:01",
            network="dvportgroup-12",
            connected=True,
            ip_addresses=("10.0.0.7", "fe80::1"),
        ),
        Nic(
            key="4001",
            label="Network adapter 2",
            type="e1000e",
            mac="00:50:56:aa:00:02",
            network="network-9",
            connected=False,
        ),
    )
    assert vm.ip_addresses == ("10.0.0.7", "172.17.0.1", "fe80::1")


def test_snapshots_are_walked_to_the_last_child_and_keep_their_parents():
    leaf = {"snapshot": "snapshot-3", "name": "after%2fupgrade", "state": "poweredOn"}
    branch = {"snapshot": "snapshot-2", "name": "b", "quiesced": "true", "childSnapshotList": leaf}
    root = {
        "snapshot": "snapshot-1",
        "name": "a",
        "description": "before",
        "createTime": "2026-01-02T03:04:05Z",
        "state": "poweredOff",
        "childSnapshotList": [branch, {"snapshot": "snapshot-4", "name": "c"}],
    }

    vm = parse({"snapshot.rootSnapshotList": [root]})

    assert vm.snapshot_count == 4
    assert [(one.key, one.parent) for one in vm.snapshots] == [
        ("snapshot-1", None),
        ("snapshot-2", "snapshot-1"),
        ("snapshot-3", "snapshot-2"),
        ("snapshot-4", "snapshot-1"),
    ]
    assert vm.snapshots[2].name == "after/upgrade"
    assert vm.snapshots[0] == VmSnapshot(
        key="snapshot-1",
        name="a",
        description="before",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        power_state=PowerState.OFF,
    )


def test_a_chain_of_snapshots_may_be_deeper_than_pythons_stack():
    tree = {"snapshot": "snapshot-0", "name": "0"}
    for number in range(1, 3000):
        tree = {"snapshot": f"snapshot-{number}", "name": "n", "childSnapshotList": [tree]}

    assert parse({"snapshot.rootSnapshotList": [tree]}).snapshot_count == 3000


def test_the_size_of_snapshots_counts_their_memory_and_the_disks_written_since():
    files = [
        {"name": "[ds] a/a.vmdk", "type": "diskDescriptor", "size": "600"},
        {"name": "[ds] a/a-flat.vmdk", "type": "diskExtent", "size": str(2**40)},
        {"name": "[ds] a/a-000001.vmdk", "type": "diskDescriptor", "size": "0"},
        {"name": "[ds] a/a-000001-sesparse.vmdk", "type": "diskExtent", "size": str(5 * 2**20)},
        {"name": "[ds] a/a-Snapshot1.vmsn", "type": "snapshotData", "size": str(2**20)},
        {"name": "[ds] a/a-Snapshot1.vmem", "type": "snapshotMemory", "size": str(2**22)},
    ]
    root = {"snapshot": "snapshot-1", "name": "a"}

    vm = parse({"layoutEx.file": files, "snapshot.rootSnapshotList": [root]})

    assert vm.snapshot_size_mib == 10


def test_tools_volumes_and_alarms_are_read_in_a_stable_order():
    vm = parse(
        {
            "guest.toolsStatus": "toolsOld",
            "guest.disk": [
                {"diskPath": "/var", "capacity": str(2**30), "freeSpace": str(2**29)},
                {"diskPath": "/", "capacity": str(2**31), "freeSpace": "0"},
            ],
            "triggeredAlarmState": [
                {"entity": "vm-1", "alarm": "alarm-7", "overallStatus": "red"},
                {"entity": "vm-2", "alarm": "alarm-7", "overallStatus": "red"},
                {"entity": "vm-1", "alarm": "alarm-8", "overallStatus": "yellow"},
            ],
        }
    )

    assert vm.tools_state is ToolsState.OLD
    assert vm.guest_volumes == (
        Volume(path="/", capacity_mib=2048, free_mib=0),
        Volume(path="/var", capacity_mib=1024, free_mib=512),
    )
    assert vm.triggered_alarms == (
        TriggeredAlarm(name="Virtual machine memory usage", status=Health.RED),
        TriggeredAlarm(name="alarm-8", status=Health.YELLOW),
    )


def test_custom_attributes_bear_their_names_and_their_secrets_are_redacted_at_the_door():
    values = [{"key": "102", "value": "hunter2"}, {"key": "101", "value": "platform"}]

    vm = redact_record(
        parse({"customValue": values, "config.annotation": "admin password: hunter2"})
    )

    assert vm.custom_attributes == (("owner", "platform"), ("root password", "[redacted]"))
    assert "hunter2" not in repr(vm)


def test_the_folder_is_the_path_below_the_datacenters_own():
    assert parse({"parent": "group-v3"}).folder == "/Production/Web/DMZ"
    assert parse({"parent": "group-v1"}).folder == "/"
    assert parse({"parent": "group-v99"}).folder is None


def test_a_pending_question_is_kept():
    assert parse({"runtime.question": {"id": "1", "text": "Moved or copied?"}}).question == (
        "Moved or copied?"
    )


def test_values_of_a_wrong_shape_are_not_known_rather_than_a_crash():
    odd = {"xsi:type": "Odd"}
    names = [
        "name",
        "parent",
        "config.template",
        "config.hardware.numCPU",
        "runtime.powerState",
        "runtime.bootTime",
        "guest.toolsStatus",
        "config.createDate",
        "runtime.question",
    ]

    vm = parse(dict.fromkeys(names, odd))

    assert (vm.name, vm.cpu_count, vm.power_state) == ("vm-1", None, PowerState.UNKNOWN)
