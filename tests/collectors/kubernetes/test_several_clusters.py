"""Several clusters of one source: one that cannot be read changes nothing for the others."""

import pytest
import yaml

from collectors.kubernetes import Kubernetes
from collectors.kubernetes.reading import COVERED
from models.errors import AccessDenied, Unavailable
from tests.collectors.kubernetes.conftest import ScriptedApi, a_pod, gather, objects

DOWN = (503, {})


@pytest.fixture
def other():
    with ScriptedApi() as server:
        server.say(
            "/api/v1/namespaces/kube-system", {"metadata": {"name": "kube-system", "uid": "other"}}
        )
        yield server


@pytest.fixture
def both(api, other, kubernetes_source, tmp_path, monkeypatch):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say("/api/v1/pods", objects(a_pod("a")))
    return two(kubernetes_source, tmp_path, api, other, {"token": "x"})


def two(kubernetes_source, tmp_path, api, other, user):
    """Make the collector of two clusters; `user` logs in to the second."""
    config = {
        "clusters": [
            {"name": "prod", "cluster": {"server": api.url}},
            {"name": "dev", "cluster": {"server": other.url}},
        ],
        "contexts": [{"name": n, "context": {"cluster": n, "user": n}} for n in ("prod", "dev")],
        "users": [{"name": "prod", "user": {"token": "x"}}, {"name": "dev", "user": user}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    return Kubernetes.for_source(kubernetes_source(kubeconfig=str(path), contexts="all"))


def test_each_is_an_asset_of_its_own(both):
    records, _, covered = gather(both)

    assert [one.name for one in records["kubernetes_cluster"].values()] == ["prod", "dev"]
    assert covered == COVERED


def test_gaps_say_of_which_cluster_they_are(both, other):
    other.say("/api/v1/secrets", (403, {}))

    _, gaps, covered = gather(both)

    assert {gap.reason for gap in gaps if gap.kind == "secret"} == {"dev: not permitted"}
    assert covered == COVERED - {"secret"}


@pytest.mark.parametrize("answer", [DOWN, (401, {}), (200, b"<html>")])
def test_one_that_cannot_be_read_is_a_gap_and_takes_nothing_for_gone(both, other, answer):
    other.say("/version", answer)

    records, gaps, covered = gather(both)

    assert [one.name for one in records["pod"].values()] == ["a"]
    assert covered == frozenset()
    unread = {gap.kind for gap in gaps if gap.field == "*" and gap.reason.startswith("dev: ")}
    assert unread == COVERED


@pytest.mark.parametrize("user", [{"exec": {"command": "no-such-program"}}, {"tokenFile": "none"}])
def test_one_whose_login_is_badly_configured_changes_nothing_for_the_others(
    api, other, kubernetes_source, tmp_path, user
):
    api.say("/api/v1/pods", objects(a_pod("a")))
    made = two(kubernetes_source, tmp_path, api, other, user)

    records, gaps, covered = gather(made)

    assert [one.name for one in records["pod"].values()] == ["a"]
    assert covered == frozenset()
    unread = {gap.kind for gap in gaps if gap.field == "*" and gap.reason.startswith("dev: ")}
    assert unread == COVERED


def test_if_none_can_be_read_the_error_is_raised(both, api, other):
    api.say("/version", DOWN)
    other.say("/version", (401, {}))

    with pytest.raises(Unavailable):
        list(both.batches())


def test_refused_credentials_of_both_are_no_passing_trouble(both, api, other):
    for server in (api, other):
        server.say("/version", (401, {}))

    with pytest.raises(AccessDenied):
        list(both.batches())


def test_a_cluster_that_two_contexts_reach_is_read_once(both, api, other):
    same = {"metadata": {"name": "kube-system", "uid": "cluster-1"}}
    other.say("/api/v1/namespaces/kube-system", same)
    other.say("/api/v1/pods", objects(a_pod("a")))

    records, gaps, covered = gather(both)

    assert len(records["pod"]) == 1
    assert "dev: dev is the same as prod" in {gap.reason for gap in gaps}
    assert covered == COVERED
