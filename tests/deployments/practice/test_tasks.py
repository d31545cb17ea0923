"""The write methods: they change the state, they refuse what vCenter refuses, they are counted."""

import pytest
from pyVim.task import WaitForTask, WaitForTasks
from pyVmomi import vim, vmodl


def vm_that(vcenter, **wanted):
    planted = {moid for moids in vcenter.site.planted.values() for moid in moids}
    return next(
        vm
        for vm in vcenter.site.vms
        if vm.moid not in planted
        and not vm.snapshots
        and not vm.template
        and all(getattr(vm, name) == value for name, value in wanted.items())
    )


def now(vcenter, vm):
    return vcenter.world.record(vm.moid)


def test_power_goes_off_and_on_and_is_counted(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn")
    managed = writer.vm(vm.moid)
    assert WaitForTask(managed.PowerOffVM_Task()) == "success"
    assert managed.runtime.powerState == "poweredOff"
    assert managed.guest.toolsRunningStatus == "guestToolsNotRunning"
    assert WaitForTask(managed.PowerOnVM_Task()) == "success"
    assert managed.runtime.powerState == "poweredOn"
    counters = practice_vcenter.control.counters()
    assert counters["mutating_calls"] == {"PowerOffVM_Task": 1, "PowerOnVM_Task": 1}


def test_a_task_in_the_wrong_state_ends_in_the_fault(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn")
    with pytest.raises(vim.fault.InvalidPowerState) as caught:
        WaitForTask(writer.vm(vm.moid).PowerOnVM_Task())
    assert caught.value.existingState == "poweredOn"


def test_a_vm_does_not_start_on_a_host_that_is_gone(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOff")
    practice_vcenter.control.change(vm.host, connection="notResponding")
    with pytest.raises(vmodl.fault.HostNotConnected):
        WaitForTask(writer.vm(vm.moid).PowerOnVM_Task())


def test_a_slow_task_is_waited_for(writer, practice_vcenter):
    practice_vcenter.control.limit(task_seconds=0.3)
    vms = [vm for vm in practice_vcenter.site.vms if vm.power == "poweredOn"][:2]
    tasks = [writer.vm(vm.moid).ResetVM_Task() for vm in vms]
    assert tasks[0].info.state in {"queued", "running"}
    WaitForTasks(tasks, si=writer.connection)
    assert [task.info.state for task in tasks] == ["success"] * 2
    assert now(practice_vcenter, vms[0]).booted_at > vms[0].booted_at


def test_the_reader_may_not_write(client, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn")
    with pytest.raises(vim.fault.NoPermission) as caught:
        client.vm(vm.moid).PowerOffVM_Task()
    assert caught.value.privilegeId == "VirtualMachine.Interact.PowerOff"
    assert now(practice_vcenter, vm).power == "poweredOn"


def test_the_guest_is_shut_down_only_through_its_tools(writer, practice_vcenter):
    without = practice_vcenter.site.planted["tools_missing"][0]
    with pytest.raises(vim.fault.ToolsUnavailable):
        writer.vm(without).RebootGuest()
    vm = vm_that(practice_vcenter, power="poweredOn", tools="current")
    writer.vm(vm.moid).ShutdownGuest()
    assert now(practice_vcenter, vm).power == "poweredOff"


def test_snapshots_are_taken_gone_back_to_and_removed(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn", tools="current")
    managed = writer.vm(vm.moid)
    first = managed.CreateSnapshot_Task("one", "first", False, True)
    WaitForTask(first)
    assert isinstance(first.info.result, vim.vm.Snapshot)
    WaitForTask(managed.CreateSnapshot_Task("two", "", True, False))
    tree = managed.snapshot.rootSnapshotList[0]
    assert [tree.name, tree.childSnapshotList[0].name] == ["one", "two"]
    WaitForTask(managed.RevertToCurrentSnapshot_Task())
    assert now(practice_vcenter, vm).power == "poweredOn"  # the second one holds the memory
    WaitForTask(first.info.result.RemoveSnapshot_Task(removeChildren=False))
    assert [one.name for one in managed.snapshot.rootSnapshotList] == ["two"]
    WaitForTask(managed.RemoveAllSnapshots_Task())
    assert managed.snapshot is None


def test_removing_a_snapshot_gives_its_space_back(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["snapshot_nested"][0]
    store = writer.vm(moid).datastore[0]
    before = store.summary.freeSpace
    WaitForTask(writer.vm(moid).RemoveAllSnapshots_Task())
    assert store.summary.freeSpace > before


def test_consolidation_clears_the_flag_and_its_alarm(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["consolidation_needed"][0]
    managed = writer.vm(moid)
    assert len(managed.triggeredAlarmState) == 1
    WaitForTask(managed.ConsolidateVMDisks_Task())
    assert managed.runtime.consolidationNeeded is False
    assert managed.triggeredAlarmState == []


def test_a_vm_is_reconfigured(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOff")
    spec = vim.vm.ConfigSpec(
        numCPUs=6,
        memoryMB=6144,
        annotation="new",
        cpuAllocation=vim.ResourceAllocationInfo(limit=2000),
    )
    WaitForTask(writer.vm(vm.moid).ReconfigVM_Task(spec))
    config = writer.vm(vm.moid).config
    assert (config.hardware.numCPU, config.hardware.memoryMB) == (6, 6144)
    assert (config.annotation, config.cpuAllocation.limit) == ("new", 2000)


def test_a_planted_limit_is_lifted(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["memory_limit"][0]
    spec = vim.vm.ConfigSpec(memoryAllocation=vim.ResourceAllocationInfo(limit=-1))
    WaitForTask(writer.vm(moid).ReconfigVM_Task(spec))
    assert writer.vm(moid).config.memoryAllocation.limit == -1


def test_memory_grows_on_a_running_vm_only_with_hot_add(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn", memory_hot_add=False)
    spec = vim.vm.ConfigSpec(memoryMB=vm.memory_mib * 2)
    with pytest.raises(vim.fault.MemoryHotPlugNotSupported):
        WaitForTask(writer.vm(vm.moid).ReconfigVM_Task(spec))
    assert now(practice_vcenter, vm).memory_mib == vm.memory_mib


def test_a_disk_grows_and_never_shrinks(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn")
    devices = writer.vm(vm.moid).config.hardware.device
    disk = next(d for d in devices if isinstance(d, vim.vm.device.VirtualDisk))
    for factor, fault in ((2, None), (1, vim.fault.InvalidDeviceOperation)):
        disk.capacityInKB = vm.disks[0].capacity_bytes // 1024 * factor
        disk.capacityInBytes = vm.disks[0].capacity_bytes * factor
        change = vim.vm.device.VirtualDeviceSpec(operation="edit", device=disk)
        task = writer.vm(vm.moid).ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[change]))
        if fault is None:
            WaitForTask(task)
        else:
            with pytest.raises(fault):
                WaitForTask(task)
    assert now(practice_vcenter, vm).disks[0].capacity_bytes == vm.disks[0].capacity_bytes * 2


def test_a_vm_moves_to_another_host_and_datastore(writer, practice_vcenter):
    vm = vm_that(practice_vcenter, power="poweredOn")
    stores = [
        s
        for s in practice_vcenter.site.datastores
        if vm.host in s.hosts and s.moid != vm.datastore and not s.local and s.naa
    ]
    other = next(h for h in stores[0].hosts if h != vm.host)
    spec = vim.vm.RelocateSpec(
        host=writer.managed(vim.HostSystem, other),
        datastore=writer.managed(vim.Datastore, stores[0].moid),
    )
    WaitForTask(writer.vm(vm.moid).RelocateVM_Task(spec))
    moved = writer.vm(vm.moid)
    assert (moved.runtime.host._moId, moved.datastore[0]._moId) == (other, stores[0].moid)
    assert moved.config.files.vmPathName.startswith(f"[{stores[0].name}]")


def test_a_full_datastore_takes_no_vm(writer, practice_vcenter):
    full = practice_vcenter.site.planted["datastore_full"][0]
    practice_vcenter.control.change(full, other_bytes=1 << 60)
    host = practice_vcenter.world.record(full).hosts[0]
    vm = next(v for v in practice_vcenter.site.vms if v.host == host and v.datastore != full)
    spec = vim.vm.RelocateSpec(datastore=writer.managed(vim.Datastore, full))
    with pytest.raises(vim.fault.NoDiskSpace):
        WaitForTask(writer.vm(vm.moid).RelocateVM_Task(spec))


def test_a_name_is_taken_once_in_a_folder(writer, practice_vcenter):
    first = practice_vcenter.site.vms[0]
    second = next(
        vm for vm in practice_vcenter.site.vms if vm.folder == first.folder and vm != first
    )
    with pytest.raises(vim.fault.DuplicateName):
        WaitForTask(writer.vm(second.moid).Rename_Task(first.name))
    WaitForTask(writer.vm(second.moid).Rename_Task("another-name"))
    assert writer.vm(second.moid).name == "another-name"


def test_a_vm_is_deleted_only_when_it_is_off(writer, practice_vcenter):
    on, off = (vm_that(practice_vcenter, power=p) for p in ("poweredOn", "poweredOff"))
    with pytest.raises(vim.fault.InvalidPowerState):
        WaitForTask(writer.vm(on.moid).Destroy_Task())
    WaitForTask(writer.vm(off.moid).Destroy_Task())
    assert off.moid not in writer.values(vim.VirtualMachine, "name")


def test_maintenance_empties_a_host_whose_cluster_has_room(writer, practice_vcenter):
    host = practice_vcenter.site.hosts[0]
    managed = writer.managed(vim.HostSystem, host.moid)
    WaitForTask(managed.EnterMaintenanceMode_Task(60))
    assert managed.runtime.inMaintenanceMode
    states = writer.values(vim.VirtualMachine, "runtime.host", "runtime.powerState").values()
    here = [s for s in states if s["runtime.host"]._moId == host.moid]
    assert all(state["runtime.powerState"] != "poweredOn" for state in here)
    WaitForTask(managed.ExitMaintenanceMode_Task(60))
    assert not managed.runtime.inMaintenanceMode


def test_maintenance_times_out_where_nothing_moves_the_vms(writer, practice_vcenter):
    cluster = practice_vcenter.site.planted["ha_disabled"][0]  # its DRS only recommends
    host = next(h for h in practice_vcenter.site.hosts if h.cluster == cluster)
    managed = writer.managed(vim.HostSystem, host.moid)
    with pytest.raises(vim.fault.Timedout):
        WaitForTask(managed.EnterMaintenanceMode_Task(1))
    assert not managed.runtime.inMaintenanceMode


def test_the_time_service_is_set_up_and_started(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["ntp_missing"][0]
    managed = writer.managed(vim.HostSystem, moid)
    config = vim.host.DateTimeConfig(ntpConfig=vim.host.NtpConfig(server=["ntp1.example.net"]))
    managed.configManager.dateTimeSystem.UpdateDateTimeConfig(config)
    managed.configManager.serviceSystem.UpdateServicePolicy("ntpd", "on")
    managed.configManager.serviceSystem.StartService("ntpd")
    assert managed.config.dateTimeInfo.ntpConfig.server == ["ntp1.example.net"]
    ntpd = next(s for s in managed.config.service.service if s.key == "ntpd")
    assert (ntpd.running, ntpd.policy) == (True, "on")


def test_high_availability_is_switched_on(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["ha_disabled"][0]
    managed = writer.managed(vim.ClusterComputeResource, moid)
    das = vim.cluster.DasConfigInfo(enabled=True, admissionControlEnabled=True)
    spec = vim.cluster.ConfigSpecEx(dasConfig=das)
    WaitForTask(managed.ReconfigureComputeResource_Task(spec, True))
    assert managed.configurationEx.dasConfig.enabled
    assert managed.configurationEx.drsConfig.enabled


def test_an_alarm_is_acknowledged(writer, practice_vcenter):
    moid = practice_vcenter.site.planted["single_path"][0]
    managed = writer.managed(vim.HostSystem, moid)
    state = managed.triggeredAlarmState[0]
    writer.content.alarmManager.AcknowledgeAlarm(state.alarm, managed)
    assert managed.triggeredAlarmState[0].acknowledged
