from __future__ import annotations

from generators.documents.overview import overview
from models.records.asset import asset_id
from models.records.check import Severity
from tests.generators.documents.domains import a_device, all_facts
from tests.generators.documents.site import a_finding, facts
from tests.generators.documents.test_documents import section, text_of


def test_the_overview_counts_all_domains():
    body = section(overview(all_facts()), "summary")

    assert "The site has 1 vCenter," in body
    assert "The site has 1 Kubernetes cluster, 2 nodes," in body
    assert "The site has 3 network devices, 8 interfaces and 1 VLAN." in body


def test_the_score_stands_by_domain():
    device = a_finding(
        check="NE-01",
        kind="device",
        title="Saved",
        asset_id=asset_id("net", "device", "leaf-1"),
        asset_name="leaf-1",
        result=Severity.WARN,
    )
    found = all_facts(
        findings=(a_finding(), device),
        counts={"DS-01": {Severity.CRIT: 1}, "NE-01": {Severity.WARN: 1, Severity.OK: 2}},
        check_kinds={"DS-01": "datastore", "NE-01": "device"},
    )

    body = section(overview(found), "health")

    assert "| Virtualization | 1 | - | - | - | - | - |" in body
    assert "| Network | - | 1 | - | - | - | 2 |" in body
    assert "| Kubernetes |" not in body


def test_the_worst_findings_take_turns_by_domain_and_keep_their_severity_first():
    full = [
        a_finding(asset_id=asset_id("vc1", "datastore", f"ds-{n}"), asset_name=f"full-{n}")
        for n in range(20)
    ]
    port = a_finding(check="NE-13", kind="interface", asset_name="leaf-1 Eth1")
    pod = a_finding(check="K8-34", kind="pod", asset_name="shop/web")
    saved = a_finding(Severity.WARN, check="NE-20", kind="device", asset_name="leaf-1")
    found = all_facts(findings=(*full, port, pod, saved), counts={"DS-01": {Severity.CRIT: 20}})

    body = section(overview(found), "health")

    order = [body.index(f"| {name} |") for name in ("full-0", "leaf-1 Eth1", "shop/web", "full-1")]
    assert order == sorted(order)
    assert "| leaf-1 |" not in body


def test_the_picture_across_domains_joins_switches_hosts_and_kubernetes():
    body = section(overview(all_facts()), "across")

    assert 'n0["leaf-1"]:::device' in body
    assert '["prod"]:::cluster' in body
    assert '["prod"]:::kubernetes' in body
    assert '-->|"2"|' in body


def test_what_is_joined_with_nothing_still_stands_in_the_picture():
    body = section(overview(all_facts(joins=())), "across")

    assert '["leaf-1"]:::device' in body
    assert '["prod"]:::kubernetes' in body


def test_many_switches_are_one_box_per_site():
    many = [a_device(number) for number in range(1, 40)]

    body = section(overview(all_facts(network=many)), "across")

    assert '["Site FRA: 39 devices"]:::site' in body


def test_the_capacity_of_kubernetes_stands_beside_that_of_the_hosts():
    body = section(overview(all_facts()), "capacity")

    assert "| prod | 2 of 2 | 2 | 128.0 GHz |" in body
    assert "| prod | 2 of 2 | 2 | 8 cores | 12 % | 32 GiB | 1 % |" in body


def test_one_domain_alone_reads_sensibly():
    only = all_facts(virtual=[], kubernetes=[], joins=())

    document = overview(only)

    assert {"across", "topology"} & {each.key for each in document.sections} == set()
    assert "No cluster of hosts and none of Kubernetes is known." in section(document, "capacity")
    assert "None." not in text_of(document, only).split("## What changed")[0].split("## Health")[0]
    assert "across" not in {each.key for each in overview(facts()).sections}


def test_with_kubernetes_alone_its_capacity_needs_no_heading_of_its_own():
    alone = section(overview(all_facts(virtual=[], network=[], joins=())), "capacity")
    both = section(overview(all_facts()), "capacity")

    assert "**Kubernetes**" in both
    assert "**Kubernetes**" not in alone
    assert "| prod | 2 of 2 |" in alone
