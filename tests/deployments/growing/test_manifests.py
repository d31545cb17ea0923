"""The Kubernetes manifests: valid, least privilege, closed by default."""

from __future__ import annotations

import copy

import pytest

from tests.deployments.growing.manifests import documents, mistakes

FILES = (
    "kubernetes/collector-access.yaml",
    "kubernetes/nightshift.yaml",
    "kubernetes/network-policy.yaml",
)


def _named(file: str, kind: str, name: str) -> dict:
    (found,) = (
        item
        for item in documents(file)
        if item["kind"] == kind and item["metadata"]["name"] == name
    )
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_key_of_a_manifest_is_one_that_kubernetes_knows(file):
    for manifest in documents(file):
        assert mistakes(manifest) == []


def test_a_misspelt_key_and_a_wrong_type_would_be_found():
    policy = copy.deepcopy(documents("kubernetes/network-policy.yaml")[0])
    policy["spec"]["podSelectors"] = {}
    policy["spec"]["policyTypes"] = "Ingress"
    assert set(mistakes(policy)) == {"spec.podSelectors", "spec.policyTypes"}


def test_the_collectors_role_only_reads_and_sees_no_secrets():
    role = _named("kubernetes/collector-access.yaml", "ClusterRole", "nightshift-collector")
    for rule in role["rules"]:
        assert set(rule["verbs"]) <= {"get", "list", "watch"}
        named = set(rule.get("resources", ())) | set(rule.get("apiGroups", ()))
        assert "secrets" not in named
        assert "*" not in named


def test_the_role_that_lists_secrets_is_bound_to_nobody():
    bound = {
        item["roleRef"]["name"]
        for item in documents("kubernetes/collector-access.yaml")
        if item["kind"] == "ClusterRoleBinding"
    }
    assert bound == {"nightshift-collector"}


def test_no_manifest_carries_a_secrets_contents():
    for file in FILES:
        for item in documents(file):
            assert not ({"data", "stringData"} & item.keys())


def test_pods_run_without_root_without_privileges_and_cannot_write_their_own_files():
    pod = _named("kubernetes/nightshift.yaml", "Deployment", "nightshift")["spec"]["template"]
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    for container in pod["spec"]["containers"]:
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        assert container["readinessProbe"]
        assert container["livenessProbe"]
        assert ":" in container["image"].rpartition("/")[2], "an image without a tag"


def test_the_namespace_is_closed_until_a_policy_opens_it():
    policies = documents("kubernetes/network-policy.yaml")
    default = next(item for item in policies if item["metadata"]["name"] == "default-deny")
    assert default["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies:
        for rule in (*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())):
            assert rule.get("ports"), "a rule that opens every port"
            assert rule.get("to") or rule.get("from"), "a rule that opens to everybody"


def test_the_labels_that_policies_and_services_select_are_those_that_the_pods_have():
    pod = _named("kubernetes/nightshift.yaml", "Deployment", "nightshift")["spec"]["template"]
    labels = pod["metadata"]["labels"]
    service = _named("kubernetes/nightshift.yaml", "Service", "nightshift")
    selected = [service["spec"]["selector"]]
    selected += [
        policy["spec"]["podSelector"].get("matchLabels", {})
        for policy in documents("kubernetes/network-policy.yaml")
    ]
    for selector in selected:
        assert selector.items() <= labels.items()
