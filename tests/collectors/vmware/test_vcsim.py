"""Against an implementation that is not ours: Debian's govmomi simulator (vSphere 6.5)."""

import pytest

from collectors.vmware import VMware
from collectors.vmware.reading import COVERED
from models.errors import AccessDenied
from models.records.asset import Gap

pytestmark = pytest.mark.peer


@pytest.fixture
def collector(vcsim, vmware_source):
    source = vmware_source(vcsim.url, username=vcsim.username, password=vcsim.password)
    return VMware.for_source(source)


def test_another_implementation_is_read_completely(collector, collect):
    records, _ = collect(collector)

    counts = {kind: len(found) for kind, found in records.items()}
    assert counts["vcenter"] == counts["datacenter"] == 1
    assert counts["host"] == 4
    assert counts["cluster"] == 1
    assert counts["vm"] >= 4
    assert counts["network"] >= 2
    assert counts["distributed_switch"] == 1
    assert collector.covered() == COVERED


def test_references_lead_to_records_there_too(collector, collect):
    records, _ = collect(collector)

    hosts, pools = records["host"], records["resource_pool"]
    assert all(vm.host in hosts and vm.resource_pool in pools for vm in records["vm"].values())
    assert all(vm.disks and vm.nics for vm in records["vm"].values())
    assert {host.cluster for host in hosts.values()} == {None, *records["cluster"]}
    networks = records["network"]
    assert all(nic.network in networks for vm in records["vm"].values() for nic in vm.nics)


def test_what_it_does_not_offer_is_a_gap(collector, collect):
    _, gaps = collect(collector)

    reason = "this server does not offer GetAlarm"
    assert Gap(kind="vm", field="triggered_alarms", reason=reason) in gaps


def test_its_refusal_of_a_password_is_final(vcsim, vmware_source, collect):
    source = vmware_source(vcsim.url, username=vcsim.username, password="wrong")

    with pytest.raises(AccessDenied):
        collect(VMware.for_source(source))
