from __future__ import annotations

from dataclasses import replace

import pytest

from generators.documents.kubernetes.access import powers
from generators.documents.kubernetes.document import kubernetes
from generators.documents.kubernetes.pods import restarts
from generators.documents.kubernetes.traffic import selector_words
from generators.documents.kubernetes.view import asked_of
from generators.documents.kubernetes.workloads import split_image
from models.kinds.kubernetes.common import Requirement, Selector, Warned
from models.kinds.kubernetes.identity import Role, Rule
from models.kinds.kubernetes.namespace import Quota
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.records.asset import Gap, asset_id
from models.records.check import Severity
from tests.generators.documents.domains import (
    SHOP,
    a_container,
    a_deployment,
    a_node,
    a_pod,
    a_service,
    all_facts,
    kubernetes_records,
)
from tests.generators.documents.site import a_collection, a_finding, an_asset, facts
from tests.generators.documents.test_documents import differing, section, text_of

CLUSTER = asset_id("k8s", "kubernetes_cluster", "k1")


def changed(kind, **changes):
    """Return the records with one of that type changed: the first."""
    found = kubernetes_records()
    place = next(place for place, record in enumerate(found) if isinstance(record, kind))
    found[place] = replace(found[place], **changes)
    return found


def test_without_a_source_the_document_is_one_section_that_says_what_to_do():
    document = kubernetes(facts())

    assert [each.key for each in document.sections] == ["summary"]
    body = section(document, "summary")
    assert "No Kubernetes source is configured, or none was collected yet." in body
    assert 'collector = "kubernetes"' in body


def test_a_source_that_showed_nothing_is_not_called_unconfigured():
    found = facts(snapshots=(a_collection(), a_collection("k8s", collector="kubernetes")))

    body = section(kubernetes(found), "summary")

    assert "The Kubernetes source k8s has shown nothing." in body


def test_the_summary_counts_pods_by_phase_and_requests_against_what_nodes_offer():
    body = section(kubernetes(all_facts()), "summary")

    assert "1 Kubernetes cluster, 2 nodes, 2 namespaces" in body
    assert "Of the pods 2 are running." in body
    assert "The nodes offer 8 cores and 32 GiB to pods, of which 12 % of the CPU" in body


def test_pods_whose_requests_nobody_declares_make_the_sums_a_least_amount():
    stray = a_pod(3, deployment=None, owner="Operator/x")
    body = section(kubernetes(all_facts(kubernetes=[*kubernetes_records(), stray])), "summary")

    assert "of which at least 12 % of the CPU" in body
    assert "Of 1 pod it is not known what they request." in body


def test_what_a_waiting_pod_asks_for_is_not_yet_requested_of_the_nodes():
    huge = a_pod(
        4,
        phase="Pending",
        node=None,
        deployment=None,
        containers=(a_container(memory_request_mib=999_999),),
    )

    body = section(kubernetes(all_facts(kubernetes=[*kubernetes_records(), huge])), "clusters")

    assert "| prod | 2 of 2 | 3 | 8 cores | 12 % | 32 GiB | 1 % |" in body


def test_a_node_is_shown_on_its_machine_with_how_sure_and_why():
    body = section(kubernetes(all_facts()), f"machines:{CLUSTER}")

    assert "| worker-1 | web-1 | esx-1 | certain | n1 and vm-1 agree |" in body
    assert "| worker-2 | web-2 | esx-2 | 80 % | n2 and vm-2 agree |" in body


def test_a_node_that_is_joined_with_nothing_is_unknown_there():
    body = section(kubernetes(all_facts(joins=())), f"machines:{CLUSTER}")

    assert "| worker-1 | unknown | unknown | - | nothing that is known agrees with it |" in body
    assert "host not known" in section(kubernetes(all_facts(joins=())), "map")


def test_workloads_stand_by_namespace_and_say_what_they_leave_out():
    document = kubernetes(all_facts())

    shop = section(document, f"workloads:{CLUSTER}:shop")
    open_ = section(document, f"workloads:{CLUSTER}:open")
    assert "| web | Deployment | 2 of 2 | registry.example/shop/web:1.4 | - | default |" in shop
    assert "| agent | Daemon set | **1 of 2** | agent | memory limit, liveness probe |" in open_


def test_only_pods_that_are_not_well_are_named():
    body = section(kubernetes(all_facts()), f"unwell:{CLUSTER}")

    assert "web-5d4f-00002 | shop | Running | no | worker-2 | web | 10 or more | CrashLoop" in body
    assert "web-5d4f-00001" not in body


def test_twenty_thousand_pods_do_not_make_a_row_each():
    many = [a_pod(number, phase="Pending") for number in range(1000, 3000)]
    document = kubernetes(all_facts(kubernetes=[*kubernetes_records(), *many]))

    unwell = section(document, f"unwell:{CLUSTER}")
    assert unwell.count("\n| web-") == 200
    assert "1,801 more. All stand in csv/pod.csv." in unwell
    assert "| Pending | 2,000 |" in section(document, "pods")
    rows = sum(section(document, each.key).count("\n| ") for each in document.sections)
    assert rows < 400


def test_a_pod_relabelled_touches_nothing():
    assert differing(all_facts(), all_facts(kubernetes=changed(Pod, labels=(("a", "b"),)))) == set()


def test_a_pod_that_fails_touches_only_what_counts_or_names_it():
    touched = differing(all_facts(), all_facts(kubernetes=changed(Pod, phase="Failed")))

    assert touched == {
        ("kubernetes", "summary"),
        ("kubernetes", "clusters"),
        ("kubernetes", "way"),
        ("kubernetes", "pods"),
        ("kubernetes", "orphans"),
        ("kubernetes", f"nodes:{CLUSTER}"),
        ("kubernetes", f"namespaces:{CLUSTER}"),
        ("kubernetes", f"unwell:{CLUSTER}"),
        ("overview", "capacity"),
    }


@pytest.mark.parametrize(
    ("kind", "moved"),
    [
        (Node, {"cpu_usage_millicores": 1680, "memory_usage_mib": 8100}),
        (Pod, {"restart_count": 0, "cpu_usage_millicores": 9, "memory_usage_mib": 77}),
        (Pod, {"warnings": ()}),
    ],
)
def test_usage_and_counters_that_move_touch_nothing(kind, moved):
    assert differing(all_facts(), all_facts(kubernetes=changed(kind, **moved))) == set()


def test_a_restart_more_or_a_warning_repeated_touches_nothing():
    again = [
        replace(
            record,
            restart_count=15,
            warnings=(Warned(reason="BackOff", message="back-off 9m0s", count=90),),
        )
        if isinstance(record, Pod) and record.restart_count
        else record
        for record in kubernetes_records()
    ]

    assert differing(all_facts(), all_facts(kubernetes=again)) == set()


def test_how_far_a_quota_is_used_touches_nothing():
    more = changed(
        type(kubernetes_records()[1]),
        quotas=(Quota(name="q", resource="pods", hard="50", used="49"),),
    )

    assert differing(all_facts(), all_facts(kubernetes=more)) == set()


def test_an_ingress_is_followed_to_its_workload_and_a_missing_service_stands_out():
    body = section(kubernetes(all_facts()), f"ingresses:{CLUSTER}")

    assert "| shop.example | / | web | shop | no | web:80 | web |" in body
    assert "| shop.example | /old | web | shop | no | **gone:80** | none |" in body


@pytest.mark.parametrize(
    ("endpoints", "said"),
    [
        ({"ready_endpoints": 0}, "**none ready**"),
        ({"ready_endpoints": None}, "unknown"),
        ({"ready_endpoints": 1, "unready_endpoints": 1}, "**some not ready**"),
        ({"type": "ExternalName", "external_name": "db.example"}, "db.example | - |"),
    ],
)
def test_a_service_says_whether_anything_answers_behind_it(endpoints, said):
    service = a_service(key="s-2", name="other", **endpoints)
    found = all_facts(kubernetes=[*kubernetes_records(), service])

    rows = section(kubernetes(found), f"services:{CLUSTER}").splitlines()

    assert said in next(row for row in rows if row.startswith("| other "))


def test_a_namespace_with_workloads_and_no_network_policy_is_named():
    body = section(kubernetes(all_facts()), f"policies:{CLUSTER}")

    assert "1 namespace with workloads has none: open." in body
    assert "| deny | shop |" in body
    assert "all pods |" in body


def test_a_volume_lies_on_its_datastore_as_sure_as_the_join_is():
    body = section(kubernetes(all_facts()), f"volumes:{CLUSTER}")

    assert "| ds-1 | 90 % | pv1 and ds-1 agree |" in body
    assert "*Source: k8s, vc1;" in body


def test_storage_without_a_user_is_listed_and_mounted_storage_is_not():
    body = section(kubernetes(all_facts()), "orphans")

    assert "| pvc-2 | Persistent volume | prod | phase Released |" in body
    assert "| data |" not in body


def test_bindings_to_powerful_roles_say_who_may_what():
    body = section(kubernetes(all_facts()), "bindings")

    assert "| ops | prod | whole cluster | breaker | everything | Group ops |" in body


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(verbs=("get",), resources=("pods",)), []),
        (Rule(verbs=("*",), resources=("pods",)), ["every verb"]),
        (Rule(verbs=("list",), resources=("secrets",)), ["reads secrets"]),
        (Rule(verbs=("get",), resources=("secrets",), resource_names=("one",)), []),
        (Rule(verbs=("escalate",), resources=("roles",)), ["gives itself rights"]),
        (Rule(verbs=("create",), resources=("pods/exec",)), ["runs commands in pods"]),
        (Rule(verbs=("*",), urls=("/metrics",)), []),
    ],
)
def test_the_power_of_a_rule_is_said_in_words(rule, words):
    role = an_asset(Role(key="r", name="r", cluster="prod", rules=(rule,)), "k8s")

    assert powers(role) == words


def test_findings_of_other_domains_stand_in_their_own_documents():
    mine = a_finding(
        check="K8-01",
        title="Node not ready",
        kind="node",
        asset_id=asset_id("k8s", "node", "n1"),
        asset_name="worker-1",
    )
    found = all_facts(
        findings=(a_finding(), mine),
        counts={
            "DS-01": {Severity.CRIT: 1},
            "K8-01": {Severity.CRIT: 1},
            "K8-02": {Severity.OK: 2},
        },
        check_titles={"K8-02": "Pods run"},
        check_kinds={"DS-01": "datastore", "K8-01": "node", "K8-02": "pod"},
    )

    keys = {each.key for each in kubernetes(found).sections}

    assert "findings:K8-01" in keys
    assert "findings:DS-01" not in keys
    assert "Nothing found by: Pods run." in section(kubernetes(found), "findings")
    assert "Health: 1 critical finding," in section(kubernetes(found), "summary")


def test_a_finding_stands_under_the_name_that_the_check_gave_its_asset():
    pod = a_finding(
        check="K8-07",
        title="Pod pending",
        kind="pod",
        asset_id=asset_id("k8s", "pod", "p1"),
        asset_name="shop/web",
    )
    found = all_facts(findings=(pod,), counts={"K8-07": {Severity.CRIT: 1}})

    assert "| **crit** | shop/web |" in section(kubernetes(found), "findings:K8-07")


def test_the_coverage_is_of_this_domain_s_sources_alone():
    gap = Gap(kind="secret", field="*", reason="not permitted", privilege="list secrets")
    found = all_facts(
        snapshots=(a_collection(), a_collection("k8s", collector="kubernetes", gaps=(gap,)))
    )

    body = section(kubernetes(found), "coverage")

    assert "k8s: **not seen**: secrets (not permitted; needs list secrets)" in body
    assert "vc1" not in body


def test_hostile_words_are_inert():
    bad = "x|y <img src=x> {{7*7}} [a](javascript:alert(1)) ``` &#10;\n# h"
    hostile = [replace(record, name=bad) for record in kubernetes_records()]
    hostile += [
        a_pod(7, name=bad, phase="Pending", node=None, unschedulable_reason=bad, owner=bad),
        a_deployment(key="d2", name=bad, containers=(a_container(image=bad),)),
        a_node(5, name=bad, roles=(bad,), ready=None),
        replace(a_service(), key="s5", external_ips=(bad,)),
    ]
    found = all_facts(kubernetes=hostile)

    text = text_of(kubernetes(found), found)

    assert "<img" not in text
    assert "](javascript:" not in text
    assert "{{" not in text
    assert "\n# h" not in text


def test_what_a_pod_asks_for_is_the_larger_of_its_containers_and_its_first_ones():
    small, init = a_container(), a_container(init=True, cpu_request_millicores=900)

    assert asked_of((small, small, init)) == (1000, 512)
    assert asked_of((small, init)) == (900, 256)
    assert asked_of((a_container(cpu_request_millicores=None),)) == (0, 256)


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("web", ("web", "")),
        ("web:1", ("web", "1")),
        ("reg:5000/web", ("reg:5000/web", "")),
        ("reg:5000/web:1", ("reg:5000/web", "1")),
        ("reg/web@sha256:ab", ("reg/web", "sha256:ab")),
    ],
)
def test_an_image_is_cut_at_its_tag_and_not_at_its_registry_s_port(image, parts):
    assert split_image(image) == parts


def test_restarts_are_told_in_steps():
    assert [restarts(n) for n in (None, 0, 3, 10, 5000)] == [
        "unknown",
        "0",
        "1 to 9",
        "10 or more",
        "1,000 or more",
    ]


def test_a_selector_is_told_in_words():
    both = Selector(
        labels=(("app", "web"),),
        expressions=(Requirement(key="tier", operator="In", values=("a", "b")),),
    )

    assert selector_words(both) == "app=web, tier In a, b"
    assert selector_words(Selector()) == "all pods"
    assert selector_words(None) == "unknown"


def test_clusters_of_one_name_from_two_sources_are_told_apart():
    twin = [an_asset(record, "k9") for record in kubernetes_records()]
    found = all_facts()
    both = replace(found, assets=(*found.assets, *twin))

    titles = [each.title for each in kubernetes(both).sections]

    assert "Nodes of cluster prod (k8s)" in titles
    assert "Nodes of cluster prod (k9)" in titles


def test_workloads_of_a_cluster_whose_own_record_is_missing_are_still_shown():
    orphaned = [each for each in kubernetes_records() if each.key != "k1"]

    document = kubernetes(all_facts(kubernetes=orphaned))

    assert "web" in section(document, "workloads:k8s/prod:shop")
    assert SHOP["namespace"] in section(document, "namespaces:k8s/prod")


def test_pods_that_ended_have_ended_and_others_are_what_they_are():
    more = [*kubernetes_records(), a_pod(8, phase="Failed"), a_pod(9, phase="Succeeded")]

    body = section(kubernetes(all_facts(kubernetes=more)), "summary")

    assert "Of the pods 2 are running, 1 has failed and 1 has succeeded." in body
