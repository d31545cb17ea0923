"""The collector against the practice clusters: everything is seen, nothing is changed or leaked."""

from base64 import b64encode

import msgspec
import pytest

from collectors.kubernetes import Kubernetes
from collectors.kubernetes.reading import COVERED
from deployments.practice.site import CANARY_SECRETS, KUBERNETES_CANARIES
from models.errors import AccessDenied
from models.kinds import KINDS
from models.records.asset import observe
from tests.collectors.kubernetes.conftest import gather

PROD, DEV = "fra1-prod", "ber1-dev"


@pytest.fixture
def reader(kubeconfig, kubernetes_source):
    """Make a collector of the practice clusters, logged in as one of their users."""

    def make(user="reader", **options):
        options.setdefault("contexts", "all")
        return Kubernetes.for_source(kubernetes_source(kubeconfig=str(kubeconfig(user)), **options))

    return make


def hashes(records):
    return {
        seen.asset_id: (seen.kind, seen.name, seen.content_hash)
        for kind in records.values()
        for seen in (observe("k8s", record) for record in kind.values())
    }


def test_every_kind_is_seen_of_both_clusters(reader):
    records, _, covered = gather(reader())

    assert {kind for kind in COVERED if not records[kind]} == set()
    assert covered == COVERED
    assert {one.name for one in records["kubernetes_cluster"].values()} == {PROD, DEV}


def test_what_is_listed_is_what_is_there(reader, practice_kubernetes):
    records, _, _ = gather(reader())

    for kind, label in [("pod", "Pod"), ("secret", "Secret"), ("deployment", "Deployment")]:
        there = [n for c in (PROD, DEV) for n in practice_kubernetes.control.names(c, label)]
        found = [f"{o.cluster}/{label}/{o.namespace}/{o.name}" for o in records[kind].values()]
        assert sorted(found) == sorted(there)


def test_every_reference_leads_to_something_that_was_seen(reader):
    records, _, _ = gather(reader())

    for kind in COVERED:
        for field in KINDS[kind].references:
            for record in records[kind].values():
                value = getattr(record, field.name)
                keys = value if isinstance(value, tuple) else [value] if value else []
                assert set(keys) <= records[field.fact.reference.kind].keys()


def test_small_pages_show_the_same(reader):
    whole, paged = gather(reader())[0], gather(reader(page_size=3))[0]

    assert hashes(paged) == hashes(whole)


def test_the_watch_cache_shows_the_same(reader):
    whole, cached = gather(reader())[0], gather(reader(watch_cache=True, page_size=3))[0]

    assert hashes(cached) == hashes(whole)


def test_a_second_look_sees_no_change_though_heartbeats_and_versions_moved(
    reader, practice_kubernetes
):
    before = hashes(gather(reader())[0])
    practice_kubernetes.control.touch()

    assert hashes(gather(reader())[0]) == before


def test_looking_changes_nothing(reader, practice_kubernetes):
    for user in ("reader", "nosecrets"):
        gather(reader(user))

    counters = practice_kubernetes.control.counters()
    assert counters["mutating"] == 0
    assert set(counters["verbs"]) <= {"get", "list"}


def test_no_planted_secret_is_in_any_record_or_gap(reader):
    records, gaps, _ = gather(reader())
    canaries = [*KUBERNETES_CANARIES.values(), *CANARY_SECRETS]

    told = msgspec.json.encode([[*kind.values()] for kind in records.values()])
    told += msgspec.json.encode(gaps)

    for canary in canaries:
        assert canary.encode() not in told
        # In base64 the middle of it looks the same wherever it starts.
        assert b64encode(canary.encode())[4:20] not in told


def test_without_the_right_to_see_secrets_the_rest_is_seen(reader):
    records, gaps, covered = gather(reader("nosecrets"))

    assert records["secret"] == {}
    assert records["config_map"]
    assert covered == COVERED - {"secret"}
    assert {gap.privilege for gap in gaps if gap.kind == "secret"} == {"list secrets"}


def test_an_account_of_one_namespace_reads_that_one(reader):
    made = reader("limited", contexts=[PROD], namespaces=["shop"])

    records, gaps, covered = gather(made)

    assert {one.namespace for one in records["pod"].values()} == {"shop"}
    assert {"pod", "deployment", "secret"} <= covered
    assert not {"node", "pv", "storage_class", "role", "kubernetes_cluster"} & covered
    assert all(one.node is None for one in records["pod"].values())
    assert "list nodes" in {gap.privilege for gap in gaps}


def test_without_its_namespaces_such_an_account_sees_nothing_and_nothing_is_gone(reader):
    records, gaps, covered = gather(reader("limited", contexts=[PROD]))

    assert not records["pod"]
    assert covered == frozenset()
    assert {gap.kind for gap in gaps if gap.field == "*"} == COVERED


def test_a_right_that_is_taken_away_is_a_gap_of_that_kind(reader, practice_kubernetes):
    practice_kubernetes.control.deny("deployments.apps")

    records, _, covered = gather(reader())

    assert covered == COVERED - {"deployment"}
    assert all(one.deployment is None for one in records["pod"].values())


@pytest.mark.parametrize("times", [1, 3])
def test_a_list_that_expires_loses_nothing(reader, practice_kubernetes, times):
    whole = hashes(gather(reader(contexts=[PROD]))[0])
    practice_kubernetes.control.expire_next_page("pods", times=times)

    assert hashes(gather(reader(contexts=[PROD], page_size=20))[0]) == whole


@pytest.mark.parametrize(
    "disturb",
    [
        lambda control: control.fail("pods", 503),
        lambda control: control.fail("pods", 500),
        lambda control: control.fail("pods", 429, retry_after=0, times=3),
        lambda control: control.drop("pods"),
        lambda control: control.fail("pods", 503, later_pages=True),
        lambda control: control.fail(None, 503),
    ],
    ids=["503", "500", "429", "drop", "later page", "anything"],
)
def test_a_passing_trouble_changes_nothing(reader, practice_kubernetes, disturb):
    whole = hashes(gather(reader())[0])
    disturb(practice_kubernetes.control)

    records, _, covered = gather(reader(page_size=20))

    assert hashes(records) == whole
    assert covered == COVERED


def test_a_list_that_hangs_changes_nothing_for_the_other_cluster(reader, practice_kubernetes):
    practice_kubernetes.control.hang("pods", cluster=DEV, times=2)  # the first is their usage

    records, gaps, covered = gather(reader(timeout_seconds=1))

    assert {one.cluster for one in records["pod"].values()} == {PROD}
    assert {one.cluster for one in records["service"].values()} == {PROD, DEV}
    assert covered == COVERED - {"pod"}
    reasons = {gap.reason for gap in gaps if gap.field == "*"}
    assert reasons == {f"{DEV}: GET /api/v1/pods took longer than 1 s"}


def test_half_a_reply_is_a_gap_of_its_kind(reader, practice_kubernetes):
    practice_kubernetes.control.garble("pods", times=2)  # the first is their usage

    records, gaps, covered = gather(reader(contexts=[PROD]))

    assert records["pod"] == {}
    assert covered == COVERED - {"pod"}
    (gap,) = [gap for gap in gaps if gap.field == "*"]
    assert gap.reason.startswith("/api/v1/pods: ")


def test_credentials_that_nobody_knows_are_refused(practice_kubernetes, kubernetes_source):
    url = practice_kubernetes.cluster_url(PROD)
    made = Kubernetes.for_source(kubernetes_source(server=url, verify_tls=False))

    with pytest.raises(AccessDenied, match="the credentials were refused"):
        list(made.batches())


def test_a_reading_that_is_closed_early_leaves_no_connection_open(reader):
    batches = reader().batches()
    next(batches)

    batches.close()  # a socket left open would be a warning, and so an error
