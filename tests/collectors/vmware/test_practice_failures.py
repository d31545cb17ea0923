"""Against the practice vCenter: each failure ends with our error, in time, and with no session."""

import socket
import ssl
import threading
from dataclasses import replace

import pytest

from collectors.vmware import VMware, reading
from collectors.vmware.options import read_options
from collectors.vmware.properties import Gaps, Reader
from collectors.vmware.reading import COVERED
from collectors.vmware.session import connect
from deployments.practice.vcenter.server import PracticeVCenter
from models.errors import AccessDenied, Unavailable, UnexpectedReply
from models.kinds import kind_of
from models.records.asset import Gap


@pytest.fixture(scope="module")
def shared(small_practice_site):
    with PracticeVCenter(small_practice_site) as vcenter:
        yield vcenter


@pytest.fixture
def troubled(shared):
    """A vCenter that the test may make fail; it is calm and empty again for the next one."""
    yield shared
    shared.control.calm()
    shared.control.kill_sessions()
    assert shared.bugs == []


def test_a_source_that_is_down_is_unavailable(collect, vmware_source):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        collector = VMware.for_source(
            vmware_source(f"https://127.0.0.1:{nobody.getsockname()[1]}/sdk")
        )

        with pytest.raises(Unavailable, match="refused"):
            collect(collector)

    assert collector.covered() == frozenset()


def test_a_wrong_password_is_final(collect, practice_vcenter, collector_of):
    with pytest.raises(AccessDenied, match="password was refused") as caught:
        collect(collector_of(practice_vcenter, password="wrong"))

    assert caught.value.transient is False
    assert "wrong" not in str(caught.value)
    assert practice_vcenter.control.counters()["sessions"] == 0


METHODS = [
    "RetrieveServiceContent",
    "Login",
    "CreateContainerView",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "QueryEvents",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ({"kind": "cut"}, Unavailable),
        ({"kind": "malformed"}, UnexpectedReply),
        ({"kind": "http", "status": 503}, Unavailable),
        ({"kind": "http", "status": 429}, Unavailable),
        ({"kind": "http", "status": 403}, AccessDenied),
        ({"kind": "http", "status": 404}, UnexpectedReply),
        ({"kind": "fault", "fault": "NotAuthenticated"}, Unavailable),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_trouble_at_any_call_ends_with_our_error(
    collect, troubled, collector_of, method, trouble, error
):
    troubled.control.fail_next(**trouble, method=method)
    collector = collector_of(troubled, page_size=10)

    with pytest.raises(error) as caught:
        collect(collector)

    assert type(caught.value) is error
    assert collector.covered() == frozenset()
    troubled.control.calm()
    assert troubled.control.counters()["sessions"] == 0


def test_the_wait_that_a_busy_server_suggests_is_kept(collect, practice_vcenter, collector_of):
    practice_vcenter.control.fail_next("http", status=503, method="Login")

    with pytest.raises(Unavailable, match="HTTP 503") as caught:
        collect(collector_of(practice_vcenter))

    assert caught.value.retry_after_seconds == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_a_call_that_is_not_answered_ends_at_its_deadline(collect, troubled, collector_of, method):
    troubled.control.fail_next("hang", method=method, seconds=30)
    collector = collector_of(troubled, timeout_seconds=0.5, page_size=10)

    with pytest.raises(Unavailable, match=rf"{method} took longer than 0.5 s"):
        collect(collector)

    troubled.control.calm()
    assert troubled.control.counters()["sessions"] == 0


def test_a_session_that_is_ended_midway_is_transient(practice_vcenter, collector_of):
    batches = collector_of(practice_vcenter, page_size=5).batches()
    next(batches)
    practice_vcenter.control.kill_sessions()

    with pytest.raises(Unavailable, match="session ended"):
        list(batches)


def test_a_collection_that_is_given_up_early_logs_out(practice_vcenter, collector_of):
    batches = collector_of(practice_vcenter, page_size=5).batches()
    for batch in batches:
        if batch.records and kind_of(batch.records[0]).name == "vm":
            break
    batches.close()

    assert practice_vcenter.control.counters()["sessions"] == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_consumer_that_fails_leaves_no_session_behind(practice_vcenter, collector_of, error):
    batches = collector_of(practice_vcenter, page_size=5).batches()
    next(batches)

    with pytest.raises(error):
        batches.throw(error)

    assert practice_vcenter.control.counters()["sessions"] == 0
    assert not [t for t in threading.enumerate() if t.name.startswith("vcenter-page")]


def test_a_denied_property_is_a_gap_with_its_privilege_and_the_rest_is_read(
    collect, practice_vcenter, collector_of
):
    practice_vcenter.control.deny("HostSystem.config.option", "Host.Config.AdvancedConfig")
    collector = collector_of(practice_vcenter)

    records, gaps = collect(collector)

    denied = Gap(
        kind="host",
        field="syslog_target",
        reason="not permitted",
        privilege="Host.Config.AdvancedConfig",
        count=len(records["host"]),
    )
    assert denied in gaps
    assert all(host.syslog_target is None for host in records["host"].values())
    assert "host" in collector.covered()


def test_what_the_hosts_may_not_say_of_port_groups_is_a_gap_of_the_networks(
    collect, practice_vcenter, collector_of
):
    practice_vcenter.control.deny("HostSystem.config.network.portgroup", "Host.Config.Network")

    records, gaps = collect(collector_of(practice_vcenter))

    assert ("network", "vlan", "Host.Config.Network") in {
        (gap.kind, gap.field, gap.privilege) for gap in gaps
    }
    standard = [one for one in records["network"].values() if one.type.value == "standard"]
    assert standard
    assert all(network.vlan is None for network in standard)


def test_machines_whose_identity_is_withheld_are_not_covered(
    collect, practice_vcenter, collector_of
):
    for path in ("config.instanceUuid", "summary.config.instanceUuid"):
        practice_vcenter.control.deny(f"VirtualMachine.{path}")
    collector = collector_of(practice_vcenter)

    records, gaps = collect(collector)

    assert len(records["vm"]) == 60
    assert all(vm.key == vm.moid for vm in records["vm"].values())
    assert "vm" not in collector.covered()
    assert ("vm", "key") in {(gap.kind, gap.field) for gap in gaps}


def test_two_machines_with_one_instance_uuid_are_both_reported(
    collect, practice_vcenter, collector_of
):
    first, second = list(practice_vcenter.control.names())[:2]
    uuid = practice_vcenter.control.record(first).instance_uuid
    practice_vcenter.control.change(second, instance_uuid=uuid)

    records, gaps = collect(collector_of(practice_vcenter))

    moids = {key: vm.moid for key, vm in records["vm"].items() if vm.moid in {first, second}}
    assert moids in ({uuid: first, second: second}, {uuid: second, first: first})
    assert ("vm", "key") in {(gap.kind, gap.field) for gap in gaps}


def test_a_kind_that_is_refused_is_not_covered_and_the_others_are(
    collect, practice_vcenter, collector_of
):
    # The first view is for the tree, the second for the clusters, the third for the hosts.
    practice_vcenter.control.fail_next(
        "fault", fault="NoPermission", method="CreateContainerView", after=2
    )
    collector = collector_of(practice_vcenter)

    records, gaps = collect(collector)

    assert records["host"] == {}
    assert collector.covered() == COVERED - {"host"}
    assert ("host", "*") in {(gap.kind, gap.field) for gap in gaps}
    assert len(records["vm"]) == 60


def test_text_of_any_script_survives_the_wire(collect, practice_vcenter, collector_of):
    note = "Zoë 数据库 🚀 <b>&amp;</b>\ttab\nline \u202e\u200b"
    moid = next(iter(practice_vcenter.control.names()))
    practice_vcenter.control.reconfigure_vm(moid, annotation=note, name="a/b%c")

    vms = collect(collector_of(practice_vcenter))[0]["vm"].values()

    vm = next(vm for vm in vms if vm.moid == moid)
    assert vm.annotation == note


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_cure(
    collect, practice_vcenter, collector_of
):
    with pytest.raises(UnexpectedReply, match="name its authority in ca_file, or set verify_tls"):
        collect(collector_of(practice_vcenter, verify_tls=True))


def test_a_certificate_that_the_source_names_is_trusted(
    collect, practice_vcenter, collector_of, tmp_path
):
    trusted = tmp_path / "vcenter.pem"
    address = (practice_vcenter.host, practice_vcenter.port)
    trusted.write_text(ssl.get_server_certificate(address))

    collector = collector_of(practice_vcenter, verify_tls=True, ca_file=str(trusted))

    assert len(collect(collector)[0]["vm"]) == 60


def test_the_password_stands_in_no_error_and_no_representation(vmware_source):
    collector = VMware.for_source(vmware_source(password="hunter2-secret"))

    assert "hunter2-secret" not in repr(vars(collector))


def test_a_property_that_an_older_server_does_not_know_is_left_out(practice_vcenter, vmware_source):
    source = vmware_source(
        practice_vcenter.url,
        username=practice_vcenter.username,
        password=practice_vcenter.password,
    )
    query = replace(
        reading._HOSTS, paths={"name": "name", "config.notYet": "ntp_servers", "alsoNot": "status"}
    )
    gaps = Gaps()

    with connect(read_options(source)) as session:
        reader = Reader(session, page_size=100, gaps=gaps)
        hosts = [one for page in reader.pages(query) for one in page]

    assert len(hosts) == len(practice_vcenter.control.names("HostSystem"))
    assert all(set(one.properties) == {"name"} for one in hosts)
    reason = "this server does not know the property"
    assert gaps.drain() == (
        Gap(kind="host", field="ntp_servers", reason=reason),
        Gap(kind="host", field="status", reason=reason),
    )
    assert gaps.uncovered == set()
