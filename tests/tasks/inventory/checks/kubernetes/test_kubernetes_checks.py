"""Each Kubernetes check on a cluster where one thing is wrong: what it finds and cannot know."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from models.records.asset import Gap
from models.records.check import Severity, Suppression
from tasks.inventory.checks import CHECKS, evaluate_checks
from tasks.inventory.checks.domains import KUBERNETES
from tasks.inventory.checks.kubernetes.versions import DEPRECATIONS, KNOWN_TO_MINOR, minor_of
from tasks.inventory.checks.policy import Policy, parse_policy
from tests.tasks.inventory.checks.kubernetes.cases_cluster import CLUSTER_CASES, TRAFFIC_CASES
from tests.tasks.inventory.checks.kubernetes.cases_pods import POD_CASES
from tests.tasks.inventory.checks.kubernetes.cases_workloads import WORKLOAD_CASES, denied
from tests.tasks.inventory.checks.kubernetes.town import (
    asset,
    broken,
    healthy,
    judge,
    pod,
    said,
    with_container,
)
from tests.tasks.inventory.checks.site import NOW, ago, ahead

CASES = {**WORKLOAD_CASES, **POD_CASES, **TRAFFIC_CASES, **CLUSTER_CASES}
KUBERNETES_CHECKS = [check.id for check in CHECKS.values() if check.domain is KUBERNETES]
FINDINGS = {"info", "warn", "crit"}


def test_a_healthy_cluster_has_nothing_but_ok_and_every_check_speaks():
    results = judge()

    assert [one for one in results if one.result is not Severity.OK] == []
    assert {one.check for one in results} == set(KUBERNETES_CHECKS)


@pytest.mark.parametrize(
    ("check", "about", "changes", "expected", "gaps"),
    [
        pytest.param(check, about, changes, expected, gaps, id=f"{check} {sentence}")
        for check, rows in CASES.items()
        for sentence, about, changes, expected, gaps in rows
    ],
)
def test_what_a_kubernetes_check_says(check, about, changes, expected, gaps):
    found = said(judge(broken(changes), gaps), check, about)

    assert (found.result if found else None) == expected
    if expected in FINDINGS:
        assert found.remedy == CHECKS[check].remedy
    if expected == "unknown":
        assert found.remedy not in {"", CHECKS[check].remedy}


@pytest.mark.parametrize("check", KUBERNETES_CHECKS)
def test_every_kubernetes_check_has_each_of_its_levels_and_an_unknown_among_its_cases(check):
    expected = {row[3] for row in CASES[check]}

    assert "unknown" in expected
    assert expected & FINDINGS == {level.value for level in CHECKS[check].levels}


@pytest.mark.parametrize("check", KUBERNETES_CHECKS)
def test_a_kubernetes_finding_can_be_suppressed_and_says_what_it_was(check):
    _, about, changes, expected, gaps = next(row for row in CASES[check] if row[3] in FINDINGS)
    silence = Suppression(check=check, selector=about, reason="known", until=ahead(1))

    found = said(judge(broken(changes), gaps, suppressions=(silence,)), check, about)

    assert (found.result, found.evidence["suppressed"]) == (Severity.SUPPRESSED, expected)


@pytest.mark.parametrize(
    ("check", "about", "field"),
    [
        pytest.param(check.id, about, field, id=f"{check.id} {about}.{field}")
        for check in CHECKS.values()
        if check.domain is KUBERNETES
        for about, record in healthy().items()
        for field in (*check.needs, *check.reads)
        if about.partition("-")[0] in check.kinds and said(judge(), check.id, about)
    ],
)
def test_no_kubernetes_check_says_ok_where_a_field_that_it_reads_could_not_be_seen(
    check, about, field
):
    record = healthy()[about]
    empty = next(item.default for item in fields(record) if item.name == field)
    gap = Gap(kind=asset(record).kind, field=field, reason="no permission")

    found = said(judge(broken({about: {field: empty}}), (gap,)), check, about)

    assert found.result is Severity.UNKNOWN


@pytest.mark.parametrize("check", [name for name in KUBERNETES_CHECKS if CHECKS[name].beside])
def test_what_may_not_be_listed_makes_whoever_looks_for_it_unknown_with_the_right_to_list_it(check):
    for kind in CHECKS[check].beside:
        found = [one for one in judge(gaps=denied(kind)) if one.check == check]

        assert {one.result for one in found} == {Severity.UNKNOWN}
        assert {one.remedy for one in found} == {f"Let the account that collects list {kind}s."}


def test_every_kubernetes_check_names_a_right_as_kubernetes_words_it():
    for name in KUBERNETES_CHECKS:
        assert CHECKS[name].privilege.startswith(("list ", "get ")), name


def test_a_kind_that_may_not_be_listed_is_unknown_on_the_cluster():
    records = {name: one for name, one in healthy().items() if not name.startswith("pod-")}

    results = judge(records, denied("pod"))

    found = said(results, "K8-31", "kubernetes_cluster-prod")
    assert (found.result, found.privilege) == (Severity.UNKNOWN, "list pods")
    assert [one for one in results if one.check == "K8-93" and one.result is Severity.OK] == []


def test_a_certificate_of_which_nobody_knows_the_end_says_how_it_would_be_known():
    unseen = broken({"secret-web-tls": {"certificate_not_after": None}})

    found = said(judge(unseen), "K8-45", "secret-web-tls")

    assert found.remedy == (
        "Let cert-manager issue it, whose Certificate says until when; contents of secrets are "
        "never read."
    )


def test_two_clusters_with_the_same_names_do_not_answer_for_each_other():
    ours = [asset(record) for record in healthy().values()]
    theirs = [
        asset(_elsewhere(record), id=f"{name}-dev")
        for name, record in healthy().items()
        if name not in {"service_account-web", "network_policy-deny", "service-web"}
    ]

    results = evaluate_checks([*ours, *theirs], {}, Policy(), (), NOW)

    found = {(one.check, one.asset_id) for one in results if one.result is not Severity.OK}
    assert {about for _, about in found if not about.endswith("-dev")} == set()
    assert {
        ("K8-12", "deployment-web-dev"),
        ("K8-93", "namespace-shop-dev"),
        ("K8-43", "ingress-web-dev"),
    } <= found


def test_what_one_cluster_of_a_source_may_not_show_makes_the_other_no_less_known():
    ours = [asset(record) for record in healthy().values()]
    theirs = [asset(_elsewhere(record), id=f"{name}-dev") for name, record in healthy().items()]
    gaps = [replace(denied(kind)[0], reason="dev: not permitted") for kind in ("secret", "pod")]

    results = evaluate_checks([*ours, *theirs], {"k8s": gaps}, Policy(), (), NOW)

    unknown = {one.asset_id for one in results if one.result is Severity.UNKNOWN}
    assert {about for about in unknown if not about.endswith("-dev")} == set()
    assert {"deployment-web-dev", "pod-web-1-dev", "secret-web-tls-dev"} <= unknown


def test_of_two_clusters_the_one_that_shows_no_pod_speaks_for_its_own():
    ours = [asset(record) for record in healthy().values()]
    theirs = [
        asset(_elsewhere(record), id=f"{name}-dev")
        for name, record in healthy().items()
        if not name.startswith("pod-")
    ]
    gap = replace(denied("pod")[0], reason="dev: not permitted")

    results = evaluate_checks([*ours, *theirs], {"k8s": (gap,)}, Policy(), (), NOW)

    found = [one for one in results if one.check == "K8-31" and one.result is not Severity.OK]
    assert [(one.asset_id, one.result) for one in found] == [
        ("kubernetes_cluster-prod-dev", Severity.UNKNOWN)
    ]


def _elsewhere(record):
    if hasattr(record, "cluster"):
        return replace(record, cluster="dev")
    return replace(record, name="dev")


def test_two_sources_with_the_same_cluster_do_not_answer_for_each_other():
    ours = [asset(one) for name, one in healthy().items() if name != "secret-password"]
    theirs = asset(healthy()["secret-password"], "other")

    results = evaluate_checks([*ours, theirs], {}, Policy(), (), NOW)

    assert said(results, "K8-11", "deployment-web").result is Severity.WARN


def test_the_same_facts_a_day_later_say_the_same_words():
    changes = {
        "pod-web-1": {"restart_count": 400, "terminated_reason": "OOMKilled"},
        "pod-web-2": {"phase": "Pending", "created_at": ago(3)},
        "secret-web-tls": {"certificate_not_after": ahead(3)},
        "pvc-data": {"phase": "Pending", "created_at": ago(3)},
    }

    found = [judge(broken(changes), now=when) for when in (NOW, ahead(1))]

    spoken = [
        {(one.check, one.asset_id): (one.message, one.evidence) for one in results if one.remedy}
        for results in found
    ]
    assert len(spoken[0]) >= 4
    assert {name: spoken[1][name] for name in spoken[0]} == spoken[0]


def test_one_more_restart_and_another_use_change_no_word_of_a_finding():
    def findings(restarts, usage):
        changes = {
            "pod-web-1": {"restart_count": restarts, "created_at": ago(1)},
            "node-node-1": {"cpu_usage_millicores": usage},
        }
        results = judge(broken(changes))
        return [one for one in results if one.check in {"K8-33", "K8-75"} and one.remedy]

    before, after = findings(40, 7000), findings(41, 7100)

    assert len(before) == 2
    assert before == after


def test_the_policy_moves_what_is_long_and_what_is_full():
    policy = parse_policy("[kubernetes]\npending_minutes = 60\nusage_warn_percent = 20\n")
    changes = {"pod-web-1": {"phase": "Pending", "created_at": ago(0.5 / 24)}}

    results = judge(broken(changes), policy=policy)

    assert said(results, "K8-30", "pod-web-1").result is Severity.OK
    assert said(results, "K8-75", "node-node-1").result is Severity.WARN


def test_the_thresholds_that_a_kubernetes_check_names_are_in_the_policy():
    for name in KUBERNETES_CHECKS:
        for threshold in CHECKS[name].thresholds:
            section, _, value = threshold.partition(".")
            assert hasattr(getattr(Policy(), section), value)


def test_a_pod_of_a_workload_is_not_judged_by_a_template_of_its_own():
    names = {"K8-01", "K8-02", "K8-03", "K8-04", "K8-05", "K8-06", "K8-07", "K8-08", "K8-12"}

    found = {one.asset_id for one in judge() if one.check in names and one.kind == "pod"}

    assert found == {"pod-lone"}


def test_findings_name_the_first_few_of_many():
    names = tuple(f"key-{number}" for number in range(9))

    found = said(
        judge(broken({"deployment-web": {"config_map_names": names}})), "K8-10", "deployment-web"
    )

    assert found.message == "config map missing: key-0, key-1, key-2, key-3, key-4 and 4 more"
    assert found.evidence == {"missing_names": list(names)}


def test_what_is_in_use_and_deprecated_is_named_with_its_replacement_and_its_objects():
    changes = {"horizontal_pod_autoscaler-web": {"api_versions": ("autoscaling/v2beta2",)}}

    found = said(judge(broken(changes)), "K8-80", "kubernetes_cluster-prod")

    assert found.message == (
        "still written by a manifest or client as autoscaling/v2beta2 of horizontal pod autoscalers "
        "(removed in 1.26, use autoscaling/v2)"
    )
    assert found.evidence == {
        "objects": {"horizontal_pod_autoscaler autoscaling/v2beta2": ["shop/web"]}
    }


def test_the_table_of_api_versions_is_in_order():
    for one in DEPRECATIONS:
        assert one.deprecated < one.removed <= KNOWN_TO_MINOR
        assert one.replacement != one.version
        for kind in one.kinds:
            assert "api_versions" in KUBERNETES_FIELDS[kind]


KUBERNETES_FIELDS = {
    asset(record).kind: {item.name for item in fields(record)} for record in healthy().values()
}


@pytest.mark.parametrize(
    ("version", "minor"),
    [
        ("v1.34.2", 34),
        ("1.9", 9),
        ("1.27+", 27),
        ("v1.30.4-gke.1", 30),
        ("2.0", None),
        (None, None),
    ],
)
def test_a_version_is_read_as_vendors_write_it(version, minor):
    assert minor_of(version) == minor


def test_requests_of_a_node_count_each_pod_with_what_its_workload_declares():
    records = {
        **healthy(),
        **{f"pod-more-{n}": pod(f"more-{n}") for n in range(30)},
        "pod-alone": pod(
            "alone", deployment=None, owner=None, **with_container(memory_request_mib=20_000)
        ),
    }

    found = said(judge(records), "K8-74", "node-node-1")

    assert found.message == "more CPU and memory is asked for than it has"
