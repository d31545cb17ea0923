"""The practice datacenter as one: three kinds of server of one site, behind one control."""

import json
import tomllib

import pytest
from kubernetes import client, config
from netmiko import ConnectHandler

from deployments.practice import client as practice
from deployments.practice.datacenter import Ports, PracticeDatacenter
from deployments.practice.faults import FAULTS
from models.errors import WrongUse
from tests.deployments.practice.conftest import try_to_log_in
from tests.deployments.practice.test_running import start

ELSEWHERE = [name for name, fault in FAULTS.items() if fault.part != "vcenter"]


@pytest.fixture(scope="module")
def datacenter(small_practice_site):
    with PracticeDatacenter(small_practice_site, Ports(), {"token": "t0ken"}) as running:
        yield running


@pytest.fixture
def call(datacenter):
    def ask(method, **arguments):
        return practice.call(datacenter.control.url, "t0ken", method, **arguments)

    yield ask
    ask("devices.calm")


def test_all_three_answer_about_the_same_machines(datacenter, tmp_path):
    vcenter = datacenter.vcenter
    session = try_to_log_in(vcenter.host, vcenter.port, vcenter.username, vcenter.password)
    assert session.userName == vcenter.username
    path = tmp_path / "kubeconfig"
    path.write_text(datacenter.kubernetes.kubeconfig())
    api = config.new_client_from_config(str(path), "fra1-prod")
    nodes = client.CoreV1Api(api).list_node().items
    uuids = {vm.bios_uuid for vm in datacenter.site.vms}
    assert sum(node.status.node_info.system_uuid in uuids for node in nodes) >= len(nodes) - 2
    device = tomllib.loads(datacenter.devices_file())["devices"][0]
    with ConnectHandler(
        device_type=device["platform"],
        host=device["address"],
        port=device["port"],
        username=datacenter.devices.username,
        password=datacenter.devices.password,
    ) as connection:
        assert device["name"] in connection.find_prompt()


def test_counters_are_of_all_parts(call):
    counted = call("counters")
    assert counted["mutating"] == 0
    assert {"calls", "kubernetes", "devices"} <= set(counted)
    assert counted["kubernetes"]["mutating"] == 0


def test_each_part_is_called_by_its_name(call):
    names = call("kubernetes.names", cluster="fra1-prod", kind="Node")
    assert all(name.startswith("fra1-prod/Node/") for name in names)
    assert "sw-fra1-r01-a" in call("devices.names")
    with pytest.raises(WrongUse, match=r"no call 'kubernetes.record'; there are: .*devices.hang"):
        call("kubernetes.record")


def test_planted_faults_are_of_all_parts(call):
    planted = call("planted")
    assert {"datastore_full", "k8s_crash_loop", "net_err_disabled"} <= set(planted)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_every_fault_of_clusters_and_network_says_what_it_did(call, name):
    said = call("break_it", name=name)
    assert isinstance(said, str)
    assert said


def test_a_fault_of_a_part_that_is_not_here_is_refused(practice_vcenter):
    with pytest.raises(WrongUse, match="no fault 'node-not-ready'"):
        practice_vcenter.control.break_it("node-not-ready")


def test_the_files_that_a_source_needs_are_written_for_their_owner_alone(tmp_path):
    kubeconfig, devices = tmp_path / "kubeconfig", tmp_path / "devices.toml"
    more = ("--kubeconfig", str(kubeconfig), "--devices-file", str(devices), "--pods", "160")
    with start(tmp_path / "state.json", *more) as process:
        printed = json.loads(process.stdout.readline())
        process.terminate()
    assert printed["clusters"] == ["fra1-prod", "ber1-dev"]
    assert "token" in kubeconfig.read_text()
    listed = tomllib.loads(devices.read_text())["devices"]
    assert {one["name"]: one["port"] for one in listed} == printed["device_ports"]
    for path in (kubeconfig, devices, tmp_path / "state.json"):
        assert path.stat().st_mode & 0o077 == 0
