"""What could not be seen: who speaks for it, whose facts are old, and what people are told to do."""

from __future__ import annotations

import pytest

from models.kinds.kubernetes.cluster import KubernetesCluster
from models.records.asset import Gap
from models.records.check import Severity
from tasks.inventory.checks import CHECKS, Policy
from tasks.inventory.checks.declaration import check, ok
from tasks.inventory.checks.domains import DOMAINS, KUBERNETES, NETWORK, VSPHERE, domain_of
from tasks.inventory.checks.evaluation import LOOK_AGAIN, evaluate
from tasks.inventory.checks.naming import plural_of
from tests.tasks.inventory.checks.fabric.racks import device, judge, port, verdict, vlan
from tests.tasks.inventory.checks.site import NOW, ago, asset, cluster, datastore, vcenter, vm

NOT_PERMITTED = "not permitted"


def run(checks, assets, gaps, **given):
    return evaluate(checks, assets, gaps, Policy(), (), NOW, **given)


def a_check(*kinds, **declared):
    values = {"levels": (Severity.WARN,), "remedy": "Mend it.", **declared}
    return check("XX-99", "A check", kinds=kinds, **values)(lambda asset, context: ok("well"))


def kubernetes_cluster():
    return KubernetesCluster(key="c-1", name="prod", server="https://k8s.example:6443")


@pytest.mark.parametrize(
    ("records", "kind", "speaker"),
    [
        pytest.param([cluster(), vcenter()], "vm", "vcenter-vc", id="the vCenter"),
        pytest.param(
            [kubernetes_cluster()], "pod", "kubernetes_cluster-c-1", id="the Kubernetes cluster"
        ),
        pytest.param([port("b/1"), device("b"), device("a")], "vlan", "device-a", id="a device"),
        pytest.param([vm(), datastore()], "host", "datastore-datastore-1", id="any asset"),
    ],
)
def test_a_source_speaks_for_a_kind_of_which_nothing_could_be_seen(records, kind, speaker):
    gap = Gap(kind=kind, field="*", reason=NOT_PERMITTED)

    (found,) = run([a_check(kind)], [asset(record) for record in records], {"vc1": (gap,)})

    assert (found.asset_id, found.result) == (speaker, Severity.UNKNOWN)
    assert found.message == f"no {plural_of(kind)} could be seen: not permitted"


def test_a_source_without_any_asset_has_nobody_to_speak():
    gap = Gap(kind="host", field="*", reason=NOT_PERMITTED)

    assert run([a_check("host")], [], {"vc1": (gap,)}) == []


def test_a_speaker_has_one_result_of_a_check_and_its_own_finding_stays():
    gap = Gap(kind="host", field="*", reason=NOT_PERMITTED)
    well, bad = a_check("vcenter", "host"), a_check("vcenter", "host", needs=("version",))

    (found,) = run([well], [asset(vcenter())], {"vc1": (gap,)})
    assert found.message == "no hosts could be seen: not permitted"
    (found,) = run([bad], [asset(vcenter(version=None))], {"vc1": (gap,)})
    assert found.message == "version could not be seen"


def test_what_the_newest_collection_saw_is_known_and_the_rest_may_be_old():
    gap = Gap(kind="datastore", field="*", reason="timed out")
    seen, missed = asset(datastore()), asset(datastore(key="d2", name="d2"), last_seen=ago(1))

    results = run([a_check("datastore")], [seen, missed], {"vc1": (gap,)}, taken_at={"vc1": NOW})

    assert {one.asset_name: one.result.value for one in results} == {"ds-1": "ok", "d2": "unknown"}


def test_an_asset_that_a_complete_collection_missed_is_unknown_before_it_is_gone():
    seen, missed = asset(datastore()), asset(datastore(key="d2", name="d2"), last_seen=ago(1))

    results = run([a_check("datastore")], [seen, missed], {"vc1": ()}, taken_at={"vc1": NOW})

    unknown, well = sorted(results, key=lambda one: one.asset_name)
    assert (unknown.asset_name, unknown.result) == ("d2", Severity.UNKNOWN)
    assert unknown.message == "its facts may be old: it was not seen in the last collection"
    assert unknown.remedy == LOOK_AGAIN
    assert well.result is Severity.OK


def test_what_was_missed_keeps_its_findings():
    missed = asset(datastore(free_mib=1000), last_seen=ago(1))

    found = run([CHECKS["DS-01"]], [missed], {"vc1": ()}, taken_at={"vc1": NOW})

    assert [one.result for one in found] == [Severity.CRIT]


def test_a_kind_that_refers_to_one_that_was_not_covered_may_be_old_too():
    gap = Gap(kind="device", field="*", reason="sw-1: refused")
    missed = asset(port("sw-1/Ethernet1/1"), last_seen=ago(1))

    (found,) = run([a_check("interface")], [missed], {"vc1": (gap,)}, taken_at={"vc1": NOW})

    assert (found.result, found.message) == ("unknown", "its facts may be old: sw-1: refused")


def test_one_device_that_was_not_read_makes_no_other_one_unknown():
    gaps = [
        Gap(kind=kind, field="*", reason="spine-01: timed out after 30 s")
        for kind in ("device", "interface", "vlan")
    ]
    its_own = ("spine-01", "spine-01/Ethernet1/1", "spine-01/Ethernet1/2")

    results = judge(gaps=gaps, last_seen=dict.fromkeys(its_own, ago(1)))

    own = [one for one in results if one.asset_id.partition("-")[2] in its_own]
    assert {one.result.value for one in own if CHECKS[one.check].domain is NETWORK} == {
        "unknown",
        "warn",
    }
    others = [one for one in results if one not in own and CHECKS[one.check].domain is NETWORK]
    odd = {(one.check, one.asset_name) for one in others if one.result is not Severity.OK}
    along_its_links = {"NE-01", "NE-02", "NE-03", "NE-08", "NE-09"}
    ends = ("leaf-01 Ethernet1/49", "leaf-02 Ethernet1/49")
    assert odd == {(name, end) for name in along_its_links for end in ends}


def test_without_the_time_of_the_collection_the_named_device_alone_is_old():
    gap = Gap(kind="device", field="*", reason="spine-01: timed out")

    results = judge(gaps=(gap,), taken_at=None)

    assert verdict(results, "NE-21", "spine-01").result is Severity.UNKNOWN
    assert verdict(results, "NE-21", "leaf-01").result is Severity.OK


def test_a_gap_over_a_field_explains_the_device_that_it_names():
    gaps = (
        Gap(
            kind="device",
            field="ntp_servers",
            reason="leaf-02: command refused",
            privilege="permission to run show run",
        ),
        Gap(kind="device", field="ntp_servers", reason="leaf-01: no template fits"),
    )

    results = judge({name: {"ntp_servers": None} for name in ("leaf-01", "leaf-02")}, gaps=gaps)

    first, second = verdict(results, "NE-23", "leaf-01"), verdict(results, "NE-23", "leaf-02")
    assert first.message == "NTP servers could not be seen: leaf-01: no template fits"
    assert first.remedy == "Mend what kept the collection from reading it, and collect again."
    assert second.remedy == "Give the account that collects permission to run show run."


def test_a_gap_that_names_only_the_first_few_speaks_of_all():
    gap = Gap(kind="device", field="ntp_servers", reason="refused (leaf-02 and 3 more)", count=4)

    results = judge({"leaf-01": {"ntp_servers": None}}, gaps=(gap,))

    assert verdict(results, "NE-23", "leaf-01").message == (
        "NTP servers could not be seen: refused (leaf-02 and 3 more)"
    )


def test_a_vlan_is_explained_by_the_gaps_of_its_devices():
    gap = Gap(kind="vlan", field="other_names", reason="leaf-09: refused")
    away = {"leaf-09": device("leaf-09"), "hq/30": vlan("hq/30", devices=("device-leaf-09",))}

    results = judge(away, gaps=(gap,))

    assert verdict(results, "NE-11", "hq/30").result is Severity.UNKNOWN
    assert verdict(results, "NE-11", "hq/10").result is Severity.OK


def test_a_check_beside_a_kind_that_could_not_be_listed_says_nothing_for_certain():
    gap = Gap(kind="datastore", field="*", reason=NOT_PERMITTED, privilege="Datastore.Browse")
    lookup = a_check("vm", beside=("datastore",))

    (found,) = run([lookup], [asset(vm())], {"vc1": (gap,)})

    assert (found.result, found.privilege) == (Severity.UNKNOWN, "Datastore.Browse")
    assert found.message == "datastores could not be seen: not permitted"


def test_what_a_check_concerns_may_depend_on_the_site():
    lone = a_check("vm", concerns=lambda asset, context: asset.name == "web-02")
    machines = [asset(vm()), asset(vm(key="2", name="web-02"))]

    assert [one.asset_name for one in run([lone], machines, {})] == ["web-02"]


@pytest.mark.parametrize(
    ("kinds", "privilege", "remedy"),
    [
        pytest.param(
            ("vm",),
            "System.Read",
            "See that the account that collects has System.Read there.",
            id="vSphere",
        ),
        pytest.param(
            ("pod",),
            "list pods",
            "See that the account that collects may list pods there.",
            id="Kubernetes",
        ),
        pytest.param(
            ("device",),
            "permission to run show commands",
            "See what the device itself shows of it; the account that collects needs"
            " permission to run show commands.",
            id="network devices",
        ),
    ],
)
def test_the_advice_of_what_is_unknown_is_that_of_its_system(kinds, privilege, remedy):
    declared = a_check(*kinds)

    assert declared.privilege == privilege
    assert declared.domain.see.format(privilege=declared.privilege) == remedy


def test_a_gap_with_a_privilege_is_answered_in_the_words_of_its_system():
    said = {domain: domain.grant.format(privilege="X") for domain in DOMAINS}

    assert said == {
        VSPHERE: "Grant X to the account that collects.",
        KUBERNETES: "Let the account that collects X.",
        NETWORK: "Give the account that collects X.",
    }


def test_every_kind_belongs_to_a_domain_and_its_anchor_too():
    for domain in DOMAINS:
        assert {domain_of(kind).name for kind in domain.kinds} == {domain.name}
        assert domain_of(domain.anchor) is domain


def test_a_device_that_alone_was_known_and_was_missed_is_unknown():
    gap = Gap(kind="device", field="*", reason="the list of devices is empty")
    missed = asset(device("sw-1"), last_seen=ago(9))

    (found,) = run([a_check("device")], [missed], {"vc1": (gap,)}, taken_at={"vc1": NOW})

    assert found.result is Severity.UNKNOWN
    assert found.remedy == "Mend what kept the collection from reading it, and collect again."
