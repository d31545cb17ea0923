"""Sessions as vCenter keeps them, and every failure that a script can ask for."""

import socket
import threading
from http.client import HTTPException
from xml.parsers.expat import ExpatError

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from deployments.practice.faults import FAULTS
from models.errors import WrongUse
from tests.deployments.practice.conftest import Client, try_to_log_in

OF_VCENTER = [name for name, fault in FAULTS.items() if fault.part == "vcenter"]


def test_a_wrong_password_is_refused(practice_vcenter):
    vcenter = practice_vcenter
    with pytest.raises(vim.fault.InvalidLogin):
        try_to_log_in(vcenter.host, vcenter.port, vcenter.username, "wrong")
    with pytest.raises(vim.fault.InvalidLogin):
        try_to_log_in(vcenter.host, vcenter.port, "nobody", vcenter.password)
    assert vcenter.control.counters()["sessions"] == 0


def test_a_logout_ends_the_session_and_all_that_it_owns(practice_vcenter):
    client = Client(practice_vcenter)
    client.content.viewManager.CreateContainerView(client.content.rootFolder, [], True)
    before = practice_vcenter.control.counters()
    assert (before["sessions"], before["owned_objects"]) == (1, 1)
    Disconnect(client.connection)
    after = practice_vcenter.control.counters()
    assert (after["sessions"], after["owned_objects"]) == (0, 0)


def test_without_a_session_nothing_is_shown(practice_vcenter, client):
    practice_vcenter.control.kill_sessions()
    with pytest.raises(vim.fault.NotAuthenticated):
        client.read(vim.VirtualMachine, ["name"])


def test_the_limit_of_sessions_holds(practice_vcenter, client):
    vcenter = practice_vcenter
    vcenter.control.limit(sessions=1)
    with pytest.raises(vmodl.fault.SystemError, match="maximum number of sessions"):
        try_to_log_in(vcenter.host, vcenter.port, vcenter.username, vcenter.password)


def test_a_session_knows_itself_and_whether_another_is_active(client, writer):
    mine = client.content.sessionManager.currentSession
    assert mine.userName == "nightshift@vsphere.local"
    assert writer.content.sessionManager.SessionIsActive(mine.key, mine.userName)
    assert not writer.content.sessionManager.SessionIsActive("none", mine.userName)


def test_a_method_that_is_not_there_is_a_fault_and_counts_as_mutating(client, practice_vcenter):
    moid = practice_vcenter.site.vms[0].moid
    with pytest.raises(vmodl.fault.MethodNotFound):
        client.vm(moid).UnregisterVM()
    assert practice_vcenter.control.counters()["mutating"] == 1


def test_a_scripted_fault_hits_the_method_it_is_for_and_once(client, practice_vcenter):
    practice_vcenter.control.fail_next("fault", method="CurrentTime", fault="NotAuthenticated")
    client.content.viewManager.CreateContainerView(client.content.rootFolder, [], True)
    with pytest.raises(vim.fault.NotAuthenticated):
        client.connection.CurrentTime()
    assert client.connection.CurrentTime().tzinfo is not None


def test_a_page_can_fail_in_the_middle_of_a_collection(client, practice_vcenter):
    practice_vcenter.control.fail_next("http", method="ContinueRetrievePropertiesEx", after=1)
    pages = client.pages(vim.VirtualMachine, ["name"], page_size=10)
    assert len(next(pages)) == len(next(pages)) == 10
    with pytest.raises(HTTPException, match="503"):
        next(pages)


def test_a_connection_can_be_cut_in_the_middle_of_an_answer(client, practice_vcenter):
    practice_vcenter.control.fail_next("cut", method="RetrievePropertiesEx")
    with pytest.raises((OSError, HTTPException, ExpatError)):
        client.read(vim.VirtualMachine, ["name", "config"])
    assert len(client.read(vim.VirtualMachine, ["name"])) == 60


def test_an_answer_can_be_malformed(client, practice_vcenter):
    practice_vcenter.control.fail_next("malformed", method="RetrievePropertiesEx")
    with pytest.raises(ExpatError):
        client.read(vim.VirtualMachine, ["name"])


def test_a_call_can_hang_until_its_caller_gives_up(client, practice_vcenter):
    practice_vcenter.control.fail_next("hang", method="CurrentTime")
    stub = client.connection._stub
    stub.DropConnections()
    stub.schemeArgs["timeout"] = 0.3
    with pytest.raises(TimeoutError):
        client.connection.CurrentTime()
    practice_vcenter.control.calm()
    assert client.connection.CurrentTime()


def test_a_delay_is_for_one_method_only(client, practice_vcenter):
    practice_vcenter.control.delay(30, method="FindByUuid")
    assert practice_vcenter.disturbances.delay("FindByUuid") == 30
    assert practice_vcenter.disturbances.delay("CurrentTime") == 0
    assert client.connection.CurrentTime()


def test_a_client_that_never_speaks_blocks_nobody(practice_vcenter, client):
    with socket.create_connection((practice_vcenter.host, practice_vcenter.port)):
        client.connection._stub.DropConnections()
        assert client.connection.CurrentTime()


def test_many_clients_read_at_once(practice_vcenter):
    counts = []

    def read():
        own = Client(practice_vcenter)
        counts.append(len(own.read(vim.VirtualMachine, ["name", "config"], page_size=20)))
        Disconnect(own.connection)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [60] * 4


@pytest.mark.parametrize("kind", ["nonsense", ""])
def test_an_unknown_failure_is_refused(practice_vcenter, kind):
    with pytest.raises(WrongUse, match="kinds are"):
        practice_vcenter.control.fail_next(kind)


@pytest.mark.parametrize("name", OF_VCENTER, ids=lambda name: f"fault-{name}")
def test_every_fault_of_the_vcenter_changes_what_is_read(practice_vcenter, name):
    control = practice_vcenter.control
    logged_in = Client(practice_vcenter)
    before = _state(practice_vcenter)
    said = control.break_it(name)
    assert said
    assert _state(practice_vcenter) != before
    control.calm()
    Disconnect(logged_in.connection)
    client = Client(practice_vcenter)
    for kind in (vim.VirtualMachine, vim.HostSystem, vim.Datastore):
        assert client.read(kind)
    Disconnect(client.connection)


def _state(vcenter):
    records = [(e.moid, e.record) for e in vcenter.world.entities.values() if e.kind != "Task"]
    version = vcenter.world.version
    sessions = len(vcenter.vcenter.sessions)
    ends_at = vcenter.world.certificate_ends_at
    return records, version, ends_at, vcenter.disturbances.delay("any"), sessions


def test_half_of_the_vms_can_vanish(client, practice_vcenter):
    assert practice_vcenter.control.remove_half_the_vms() == 30
    assert len(client.read(vim.VirtualMachine, ["name"])) == 30


def test_one_scripted_change_is_seen_by_the_next_reader(client, practice_vcenter):
    control, vm = practice_vcenter.control, practice_vcenter.site.vms[5]
    client.values(vim.VirtualMachine, "name", "config.hardware.memoryMB")
    control.rename_vm(vm.moid, "renamed & <quoted>")
    control.reconfigure_vm(vm.moid, memory_mib=3072)
    found = client.values(vim.VirtualMachine, "name", "config.hardware.memoryMB")
    assert found[vm.moid] == {"name": "renamed & <quoted>", "config.hardware.memoryMB": 3072}


def test_a_vm_can_be_added_moved_and_removed(client, practice_vcenter):
    control = practice_vcenter.control
    moid = control.add_vm("newcomer")
    host = practice_vcenter.site.hosts[1]
    control.move_vm("newcomer", host.name)
    assert (
        client.values(vim.VirtualMachine, "runtime.host")[moid]["runtime.host"]._moId == host.moid
    )
    assert moid in {vm._moId for vm in client.values(vim.HostSystem, "vm")[host.moid]["vm"]}
    control.remove_vm(moid)
    assert moid not in client.values(vim.VirtualMachine, "name")


def test_a_vm_that_vanishes_between_two_pages_is_left_out(client, practice_vcenter):
    pages = client.pages(vim.VirtualMachine, ["name"], page_size=30)
    first = next(pages)
    last = practice_vcenter.world.vms()[-1].moid
    practice_vcenter.control.remove_vm(last)
    assert len(first) + len(next(pages)) == 59


@pytest.mark.parametrize(
    ("moid", "values", "reason"),
    [("vm-0", {}, "nothing has the id"), (None, {"colour": "red"}, "has no 'colour'")],
)
def test_a_wrong_change_is_refused_with_the_reason(practice_vcenter, moid, values, reason):
    with pytest.raises(WrongUse, match=reason):
        practice_vcenter.control.change(moid or practice_vcenter.site.vms[0].moid, **values)
