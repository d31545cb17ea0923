"""Lists: pages, tokens that expire, APIs that are not there, and accounts that may not look."""

import pytest

from collectors.kubernetes.reading import COVERED
from models.errors import AccessDenied, Unavailable, UnexpectedReply
from models.records.asset import Gap
from tests.collectors.kubernetes.conftest import DROP, a_pod, meta, objects

PODS = "/api/v1/pods"
EXPIRED = {"kind": "Status", "code": 410, "reason": "Expired", "metadata": {}}
FIRST = objects(a_pod("a"), a_pod("b"), token="2nd")
REST = objects(a_pod("c"))


def names(records, kind="pod"):
    return [one.name for one in records[kind].values()]


def test_pages_are_followed_to_the_end(api, read):
    api.say(PODS, FIRST, REST)

    records, _, covered = read(page_size=2)

    assert names(records) == ["a", "b", "c"]
    assert api.asked(PODS) == [{"limit": "2"}, {"limit": "2", "continue": "2nd"}]
    assert "pod" in covered


def test_a_list_that_expired_is_begun_again_and_nothing_comes_twice(api, read):
    # `b` went away meanwhile, and `ab` is new.
    again = objects(a_pod("a"), a_pod("ab"), token="2nd-again")
    api.say(PODS, FIRST, (410, EXPIRED), again, REST)

    records, _, covered = read(page_size=2)

    assert names(records) == ["a", "b", "ab", "c"]
    assert [query.get("continue") for query in api.asked(PODS)] == [None, "2nd", None, "2nd-again"]
    assert "pod" in covered


def test_a_list_that_expires_again_and_again_goes_on_as_it_is_by_then(api, read):
    offered = (410, {**EXPIRED, "metadata": {"continue": "inconsistent"}})
    api.say(PODS, FIRST, offered, FIRST, offered, FIRST, offered, REST)

    records, _, covered = read(page_size=2)

    assert names(records) == ["a", "b", "c"]
    assert api.asked(PODS)[-1]["continue"] == "inconsistent"
    assert "pod" in covered


def why_not(gaps, kind="pod"):
    (gap,) = [gap for gap in gaps if (gap.kind, gap.field) == (kind, "*")]
    return gap.reason


def test_of_a_list_that_cannot_be_finished_the_begin_is_kept_and_nothing_taken_for_gone(api, read):
    api.say(PODS, FIRST, *[(410, EXPIRED), FIRST] * 2, (410, EXPIRED))

    records, gaps, covered = read(page_size=2)

    assert names(records) == ["a", "b"]
    assert "expired while it was read" in why_not(gaps)
    assert covered == COVERED - {"pod"}


def test_a_list_that_always_expires_with_a_fresh_token_is_given_up(api, read):
    api.say(PODS, FIRST, (410, {**EXPIRED, "metadata": {"continue": "fresh"}}))

    _, gaps, covered = read()

    assert "expired while it was read" in why_not(gaps)
    assert "pod" not in covered
    assert len(api.asked(PODS)) == 12


def test_a_list_without_end_is_not_followed_for_ever(api, read, monkeypatch):
    monkeypatch.setattr("collectors.kubernetes.lists._MOST_PAGES", 5)
    api.say(PODS, objects(token="same"))

    _, gaps, _ = read()

    assert "has no end" in why_not(gaps)


def test_the_watch_cache_is_asked_for_first_pages_only(api, read):
    api.say(PODS, FIRST, REST)

    read(page_size=2, watch_cache=True)

    assert api.asked(PODS) == [
        {"limit": "2", "resourceVersion": "0"},
        {"limit": "2", "continue": "2nd"},
    ]


def test_a_server_that_sends_everything_at_once_still_gives_small_batches(api, collector):
    api.say(PODS, objects(*(a_pod(f"pod-{number}") for number in range(7))))

    sizes = [
        len(batch.records)
        for batch in collector(page_size=3, watch_cache=True).batches()
        if batch.records and batch.records[0].name.startswith("pod-")
    ]

    assert sizes == [3, 3, 1]


def test_a_kind_that_may_not_be_listed_is_a_gap_and_the_others_go_on(api, read):
    api.say("/apis/apps/v1/deployments", (403, {"message": "user x cannot"}))
    api.say(PODS, REST)

    records, gaps, covered = read()

    lacking = Gap(
        kind="deployment", field="*", reason="not permitted", privilege="list deployments.apps"
    )
    assert lacking in gaps
    assert "deployment" not in covered
    assert "pod" in covered
    assert names(records) == ["c"]


def test_half_of_a_kind_does_not_cover_it(api, read):
    api.say("/apis/rbac.authorization.k8s.io/v1/clusterroles", (403, {}))
    role = {"metadata": meta("viewer", "shop"), "rules": []}
    api.say("/apis/rbac.authorization.k8s.io/v1/roles", objects(role))

    records, _, covered = read()

    assert names(records, "role") == ["viewer"]
    assert "role" not in covered


def test_credentials_that_are_refused_in_the_middle_end_the_collection(api, collector):
    api.say(PODS, (401, {}))
    made = collector()

    with pytest.raises(AccessDenied, match="the credentials were refused"):
        list(made.batches())

    assert made.covered() == frozenset()


def test_an_api_that_the_cluster_lacks_is_covered_and_empty(api, read):
    for path in ("/apis/policy/v1", "/apis/policy/v1beta1"):
        api.say(path, (404, {}))
        api.say(f"{path}/poddisruptionbudgets", (404, {}))

    records, gaps, covered = read()

    assert names(records, "pod_disruption_budget") == []
    assert "pod_disruption_budget" in covered
    assert not [gap for gap in gaps if gap.kind == "pod_disruption_budget"]


def test_an_older_version_of_an_api_does(api, read):
    api.say("/apis/autoscaling/v2/horizontalpodautoscalers", (404, {}))
    scaler = {
        "metadata": meta("web", "shop"),
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 5},
        "status": {"currentReplicas": 2, "desiredReplicas": 2},
    }
    api.say("/apis/autoscaling/v1/horizontalpodautoscalers", objects(scaler))

    records, _, _ = read()

    (found,) = records["horizontal_pod_autoscaler"].values()
    assert (found.min_replicas, found.max_replicas, found.scaling_active) == (1, 5, None)


@pytest.mark.parametrize("status", [404, 403])
def test_a_404_that_the_server_itself_contradicts_takes_nothing_for_gone(api, read, status):
    api.say("/apis/apps/v1/deployments", (404, {}))
    served = {"resources": [{"name": "deployments"}]}
    api.say("/apis/apps/v1", (200, served) if status == 404 else (403, {}))

    _, gaps, covered = read()

    assert "deployment" not in covered
    assert [gap.field for gap in gaps if gap.kind == "deployment"][-1] == "*"


def test_a_core_api_that_is_not_there_is_no_api_server(api, collector):
    api.say(PODS, (404, {}))
    api.say("/api/v1", (404, {}))

    with pytest.raises(UnexpectedReply):
        list(collector().batches())


@pytest.mark.parametrize(
    "body", [b"<html>login</html>", b"[]", b"null", b"", b'{"items": 5}', b'{"kind": "Status"}']
)
def test_what_is_no_list_is_a_gap_of_its_kind(api, read, body):
    api.say(PODS, (200, body))

    records, gaps, covered = read()

    assert names(records) == []
    assert "/api/v1/pods" in why_not(gaps)
    assert covered == COVERED - {"pod"}


@pytest.mark.parametrize("path", ["/api/v1/secrets", "/apis/apps/v1/deployments", PODS])
def test_a_kind_that_the_server_cannot_list_is_a_gap_and_the_others_go_on(
    api, read, path, monkeypatch
):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say("/api/v1/services", objects({"metadata": meta("web", "shop"), "spec": {}}))
    api.say(path, (504, {"message": "etcd is slow"}))

    records, gaps, covered = read()

    kind = path.rpartition("/")[2].removesuffix("s")
    assert names(records, "service") == ["web"]
    assert why_not(gaps, kind) == f"HTTP 504 on {path}"
    assert covered == COVERED - {kind}


@pytest.mark.parametrize("trouble", [DROP, (503, {}), (200, b"<html>")])
def test_a_server_that_is_gone_in_the_middle_ends_the_collection(
    api, collector, trouble, monkeypatch
):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say("/api/v1/nodes", (503, {}))
    api.say("/version", {"gitVersion": "v1.34.3"}, trouble)
    made = collector()

    with pytest.raises(Unavailable, match="HTTP 503 on /api/v1/nodes"):
        list(made.batches())

    assert api.asked(PODS) == []
    assert made.covered() == frozenset()


ODD_POD = {**a_pod("odd"), "status": {"startTime": "yesterday"}}
ODD_SECRET = {"cells": [{}], "object": {"metadata": meta("odd", "shop")}}
SECRET = {"cells": ["tls"], "object": {"metadata": meta("tls", "shop")}}
TABLE = {"kind": "Table", "columnDefinitions": [{"name": "Name"}]}


@pytest.mark.parametrize(
    ("path", "kind", "page", "left"),
    [
        (PODS, "pod", objects(a_pod("a"), ODD_POD, a_pod("b"), ODD_POD), ["a", "b"]),
        ("/api/v1/nodes", "node", objects({"metadata": meta("n")}, {}, {}), ["n"]),
        (
            "/api/v1/secrets",
            "secret",
            {**TABLE, "rows": [SECRET, ODD_SECRET, ODD_SECRET]},
            ["tls"],
        ),
    ],
)
def test_an_object_that_cannot_be_read_is_left_out_and_counted(api, read, path, kind, page, left):
    api.say(path, page)

    records, gaps, covered = read()

    assert names(records, kind) == left
    (gap,) = [gap for gap in gaps if (gap.kind, gap.field) == (kind, "*")]
    assert gap.reason.startswith("one cannot be read: ")
    assert gap.count == 2
    assert covered == COVERED - {kind}


def test_a_condition_that_says_nothing_takes_nothing_of_its_object(api, read):
    conditions = [{"type": "Ready"}, {"status": "True"}]
    api.say(PODS, objects(a_pod("a", status={"phase": "Running", "conditions": conditions})))

    records, _, covered = read()

    (pod,) = records["pod"].values()
    assert (pod.phase, pod.ready) == ("Running", None)
    assert covered == COVERED


def test_another_web_server_is_told_from_an_api_server(api, collector):
    api.say("/version", (404, b"<html>"))

    with pytest.raises(UnexpectedReply, match="no API server of Kubernetes"):
        list(collector().batches())


class TestNamespaces:
    SHOP, CRM = "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/crm/pods"

    def test_lists_are_asked_for_in_each_namespace(self, api, read):
        api.say(self.SHOP, objects(a_pod("a"), token="next"), objects(a_pod("b")))
        api.say(self.CRM, objects(a_pod("a", "crm")))
        api.say("/api/v1/namespaces/shop", {"metadata": meta("shop")})
        api.say("/api/v1/namespaces/crm", (404, {}))

        records, gaps, covered = read(namespaces=["shop", "crm"])

        assert names(records) == ["a", "b", "a"]
        assert names(records, "namespace") == ["shop"]
        assert api.asked(PODS) == []
        assert "pod" in covered
        assert "namespace" not in covered
        assert "there is no namespace crm" in {gap.reason for gap in gaps}

    def test_one_that_may_not_be_read_does_not_hide_the_others(self, api, read):
        api.say(self.SHOP, (403, {}))
        api.say(self.CRM, objects(a_pod("a", "crm")))

        records, gaps, covered = read(namespaces=["shop", "crm"])

        assert names(records) == ["a"]
        assert "pod" not in covered
        lacking = Gap(kind="pod", field="*", reason="not permitted in shop", privilege="list pods")
        assert lacking in gaps

    def test_one_whose_list_fails_does_not_hide_the_others(self, api, read, monkeypatch):
        monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
        api.say(self.SHOP, (500, {}))
        api.say("/api/v1/namespaces/shop", (500, {}))
        api.say(self.CRM, objects(a_pod("a", "crm")))

        records, gaps, covered = read(namespaces=["shop", "crm"])

        assert names(records) == ["a"]
        assert why_not(gaps) == f"HTTP 500 on {self.SHOP}"
        assert "shop: HTTP 500 on /api/v1/namespaces/shop" in {gap.reason for gap in gaps}
        assert covered == COVERED - {"pod", "namespace"}

    def test_what_is_in_an_excluded_one_is_left_out(self, api, read):
        api.say(PODS, objects(a_pod("a"), a_pod("dns", "kube-system")))
        spaces = [{"metadata": meta(name)} for name in ("shop", "kube-system")]
        api.say("/api/v1/namespaces", objects(*spaces))

        records, gaps, covered = read(exclude_namespaces=["kube-system"])

        assert names(records) == ["a"]
        assert names(records, "namespace") == ["shop", "kube-system"]
        assert {"pod", "namespace"} <= covered
        assert "what is in kube-system is left out by setting" in {gap.reason for gap in gaps}
