"""The checks over a collection of the practice clusters: each planted fault is found where it is."""

from __future__ import annotations

import msgspec
import pytest

from collectors.kubernetes import Kubernetes
from models.kinds import KINDS
from models.records.asset import Asset, observe, restore
from models.records.check import Severity
from models.sources import Source
from tasks.inventory.checks import CHECKS, evaluate_checks
from tasks.inventory.checks.domains import KUBERNETES
from tasks.inventory.checks.policy import Policy

# Of a fault of pods the workload is planted, and the finding is its pods'.
FOUND_BY = {
    "k8s_node_cordoned": "K8-72",
    "k8s_node_pressured": "K8-71",
    "k8s_node_not_ready": "K8-70",
    "k8s_node_old_kubelet": "K8-73",
    "k8s_namespace_ungoverned": "K8-93",
    "k8s_namespace_terminating": "K8-92",
    "k8s_no_limits": "K8-01",
    "k8s_no_probes": "K8-03",
    "k8s_image_latest": "K8-04",
    "k8s_default_service_account": "K8-07",
    "k8s_single_replica": "K8-22",
    "k8s_single_endpoint": "K8-41",
    "k8s_privileged": "K8-05",
    "k8s_host_network": "K8-08",
    "k8s_one_node": "K8-23",
    "k8s_crash_loop": "K8-33",
    "k8s_oom_killed": "K8-35",
    "k8s_image_pull": "K8-34",
    "k8s_pod_pending": "K8-30",
    "k8s_pod_evicted": "K8-31",
    "k8s_config_map_missing": "K8-10",
    "k8s_not_available": "K8-20",
    "k8s_service_without_endpoints": "K8-40",
    "k8s_ingress_without_service": "K8-43",
    "k8s_tls_secret_missing": "K8-44",
    "k8s_certificate_expiring": "K8-45",
    "k8s_budget_blocks": "K8-50",
    "k8s_autoscaler_at_limit": "K8-52",
    "k8s_autoscaler_inactive": "K8-53",
    "k8s_volume_orphaned": "K8-90",
    "k8s_volume_unused": "K8-90",
    "k8s_claim_unbound": "K8-91",
    "k8s_cronjob_suspended": "K8-60",
    "k8s_job_failed": "K8-62",
    "k8s_cluster_admin": "K8-95",
}
_LEVELS = {Severity.INFO, Severity.WARN, Severity.CRIT}


@pytest.fixture
def collected(practice_kubernetes, kubeconfig):
    """Collect both clusters as a user would have them stored; the gaps come along."""

    def collect(user="reader"):
        contexts = list(practice_kubernetes.clusters)
        options = {"kubeconfig": str(kubeconfig(user)), "contexts": contexts}
        source = Source(name="k8s", collector="kubernetes", options=options)
        batches = list(Kubernetes.for_source(source).batches())
        when = practice_kubernetes.site.anchor
        found = [_stored(record, when) for batch in batches for record in batch.records]
        return found, [gap for batch in batches for gap in batch.gaps]

    return collect


def _stored(record, when):
    seen = observe("k8s", record)
    stable, volatile = msgspec.json.decode(seen.attributes), msgspec.json.decode(seen.volatile)
    return Asset(
        id=seen.asset_id,
        kind=seen.kind,
        name=seen.name,
        source="k8s",
        record=restore(KINDS[seen.kind], stable, volatile),
        first_seen=when,
        last_seen=when,
    )


def _evaluated(practice, assets, gaps):
    when = practice.site.anchor
    results = evaluate_checks(assets, {"k8s": gaps}, Policy(), (), when, taken_at={"k8s": when})
    return [one for one in results if CHECKS[one.check].domain is KUBERNETES]


def test_each_planted_fault_is_found_where_it_is(practice_kubernetes, collected):
    assets, gaps = collected()
    by_id = {asset.id: asset for asset in assets}
    found = {
        (one.check, name)
        for one in _evaluated(practice_kubernetes, assets, gaps)
        if one.result in _LEVELS
        for name in _names(by_id[one.asset_id], by_id)
    }

    planted = {
        (FOUND_BY[fault], _name(place))
        for fault, places in practice_kubernetes.site.planted.items()
        if fault in FOUND_BY
        for place in places
    }

    assert len(planted) >= 30
    assert planted - found == set()


def _name(place):
    """The cluster, namespace and name of `cluster/Kind/namespace/name`; two parts are wide."""
    cluster, _, *rest = place.split("/")
    return cluster, rest[0] if len(rest) > 1 else None, rest[-1]


def _names(asset, by_id):
    record = asset.record
    namespace = getattr(record, "namespace", None)
    yield getattr(record, "cluster", None), namespace, asset.name
    for field in ("deployment", "statefulset"):
        maker = by_id.get(getattr(record, field, None) or "")
        if maker is not None:
            yield record.cluster, namespace, maker.name


def test_the_deprecated_versions_in_use_are_named_on_their_cluster(practice_kubernetes, collected):
    results = _evaluated(practice_kubernetes, *collected())

    found = next(one for one in results if one.check == "K8-80" and one.result is Severity.WARN)

    assert found.evidence["objects"] == {
        "cronjob batch/v1beta1": ["crm/cleanup"],
        "horizontal_pod_autoscaler autoscaling/v2beta2": ["shop/checkout"],
    }


def test_a_finding_of_the_practice_clusters_is_the_exception(practice_kubernetes, collected):
    results = _evaluated(practice_kubernetes, *collected())

    by_result = {level: [one for one in results if one.result is level] for level in Severity}
    assert len(by_result[Severity.OK]) > 0.85 * len(results)
    assert len(by_result[Severity.CRIT]) < 0.02 * len(results)


def test_an_account_that_may_not_list_secrets_makes_what_names_them_unknown_and_no_more(
    practice_kubernetes, collected
):
    everything = _evaluated(practice_kubernetes, *collected())
    less = _evaluated(practice_kubernetes, *collected("nosecrets"))

    unknown = {one.check for one in less if one.result is Severity.UNKNOWN}
    before = {one.check for one in everything if one.result is Severity.UNKNOWN}
    assert unknown - before == {"K8-44", "K8-45"}
    told = {one.remedy for one in less if one.check == "K8-44"}
    assert told == {"Let the account that collects list secrets."}
