"""Kubeconfigs: their contexts, and how their users log in."""

import base64
import json
import sys

import pytest
import yaml

from collectors.kubernetes import Kubernetes
from collectors.kubernetes.access import read_access
from collectors.kubernetes.options import read_options
from models.errors import AccessDenied, ConfigurationError, Unavailable
from tests.collectors.kubernetes.conftest import gather

TOKEN = {"token": "canary-token"}


def a_config(url="https://api.example:6443", *, user=None, contexts=("prod", "dev"), **more):
    return {
        "current-context": contexts[0] if contexts else "",
        "clusters": [{"name": f"at-{name}", "cluster": {"server": url}} for name in contexts],
        "contexts": [
            {"name": name, "context": {"cluster": f"at-{name}", "user": "reader"}}
            for name in contexts
        ],
        "users": [{"name": "reader", "user": user or TOKEN}],
        **more,
    }


@pytest.fixture
def source(tmp_path, kubernetes_source):
    """Make a source whose kubeconfig holds what a test says."""

    def make(config, **options):
        path = tmp_path / "config"
        path.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
        return kubernetes_source(kubeconfig=str(path), **options)

    return make


def targets(source):
    return [target.name for target in read_access(read_options(source)).targets]


def test_without_contexts_the_current_one_is_read(source):
    assert targets(source(a_config())) == ["prod"]


def test_all_contexts_may_be_asked_for_and_called_otherwise(source):
    names = {"prod": "Frankfurt"}

    assert targets(source(a_config(), contexts="all", names=names)) == ["Frankfurt", "dev"]


@pytest.mark.parametrize(
    ("config", "options", "says"),
    [
        (a_config(), {"contexts": ["test"]}, "contexts names 'test'; there are prod, dev"),
        (a_config(), {"names": {"test": "x"}}, "names names 'test'; there are prod, dev"),
        (
            a_config(),
            {"contexts": "all", "names": {"prod": "dev"}},
            "calls two clusters the same",
        ),
        (a_config(), {"contexts": "some"}, 'must be a list of names or "all"'),
        (a_config(**{"current-context": ""}), {}, "the kubeconfig has no current one"),
        (a_config("http://api.example"), {}, "would send the credentials unencrypted"),
        (a_config("https://a:b@api.example"), {}, "holds credentials"),
        (a_config(clusters=[]), {}, "has no cluster 'at-prod' of context prod"),
        ("", {}, "is not a kubeconfig"),
        ("- a\n- b", {}, "is not a kubeconfig"),
        ("token: [canary-token", {}, "cannot be read"),
        ({"contexts": [{"name": "prod"}], "current-context": "prod"}, {}, "is not a kubeconfig"),
        ({"contexts": ["prod"], "current-context": "prod"}, {}, "is not a kubeconfig"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_told_in_one_line(source, config, options, says):
    with pytest.raises(ConfigurationError) as caught:
        Kubernetes.for_source(source(config, **options))

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "canary-token" not in str(caught.value)


def test_the_users_token_is_sent(api, source):
    gather(Kubernetes.for_source(source(a_config(api.url))))

    assert {headers["Authorization"] for *_, headers in api.requests} == {"Bearer canary-token"}


def test_the_line_end_of_a_token_file_is_not_sent(api, source, tmp_path):
    (tmp_path / "token").write_text("canary-token\n")
    config = a_config(api.url, user={"tokenFile": "token"})

    gather(Kubernetes.for_source(source(config)))

    assert {headers["Authorization"] for *_, headers in api.requests} == {"Bearer canary-token"}


@pytest.mark.parametrize("token", ["canary-token\nX: y", "canary-token\0", "canary-tokeñ"])
def test_a_token_that_cannot_be_one_says_where_it_stands(source, kubernetes_source, token):
    config = a_config(user={"token": token})

    with pytest.raises(ConfigurationError, match="option kubeconfig gives a token") as caught:
        list(Kubernetes.for_source(source(config)).batches())

    assert "canary" not in str(caught.value)


def test_a_token_of_the_environment_cannot_hold_a_line_break_either(kubernetes_source, monkeypatch):
    made = kubernetes_source()
    monkeypatch.setenv("TEST_KUBE_TOKEN", "canary\ntoken")

    with pytest.raises(ConfigurationError, match="option token_env gives a token"):
        list(Kubernetes.for_source(made).batches())


@pytest.mark.parametrize(
    ("cluster", "user", "says"),
    [
        ({"certificate-authority-data": "Z2FyYmFnZQ=="}, {}, "its certificate authority is no"),
        ({}, {"client-certificate-data": "Z2E=", "client-key-data": "Z2E="}, "its client cert"),
    ],
)
def test_a_kubeconfig_whose_certificates_are_none_says_so(source, cluster, user, says):
    config = a_config(contexts=("prod",), user={**TOKEN, **user})
    config["clusters"][0]["cluster"].update(cluster)

    with pytest.raises(ConfigurationError, match=f"option kubeconfig cannot be used: {says}"):
        list(Kubernetes.for_source(source(config)).batches())


def test_certificates_are_found_beside_the_kubeconfig(source):
    config = a_config(user={"client-certificate": "reader.crt", "client-key": "reader.key"})
    made = Kubernetes.for_source(source(config))

    with pytest.raises(ConfigurationError, match=r"reader\.crt"):
        list(made.batches())


def test_a_login_that_kubernetes_dropped_is_refused(source):
    made = Kubernetes.for_source(source(a_config(user={"auth-provider": {"name": "gcp"}})))

    with pytest.raises(ConfigurationError, match="logs in by auth-provider"):
        list(made.batches())


def a_program(script, **more):
    said = {"apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable}
    return {"exec": {**said, "args": ["-c", script], **more}}


class TestPrograms:
    """Programs that a kubeconfig names for its credentials."""

    def test_their_token_is_sent(self, api, source):
        status = json.dumps({"kind": "ExecCredential", "status": {"token": "from-program"}})
        user = a_program("import os; print(os.environ['SAID'])")
        user["exec"]["env"] = [{"name": "SAID", "value": status}]

        gather(Kubernetes.for_source(source(a_config(api.url, user=user))))

        assert {headers["Authorization"] for *_, headers in api.requests} == {"Bearer from-program"}

    # It prints what it was told as its token.
    TOLD = (
        "import base64, json, os; told = os.environ['KUBERNETES_EXEC_INFO'].encode();"
        "print(json.dumps({'status': {'token': base64.b64encode(told).decode()}}))"
    )

    def told(self, api, source, config):
        gather(Kubernetes.for_source(source(config)))
        (token,) = {headers["Authorization"] for *_, headers in api.requests}
        return json.loads(base64.b64decode(token.removeprefix("Bearer ")))

    def test_one_that_wants_to_know_the_cluster_is_told(self, api, source, tmp_path):
        (tmp_path / "ca.crt").write_bytes(b"authority")
        config = a_config(api.url, user=a_program(self.TOLD, provideClusterInfo=True))
        more = {"certificate-authority": "ca.crt", "insecure-skip-tls-verify": True}
        config["clusters"][0]["cluster"].update(more)

        assert self.told(api, source, config)["spec"] == {
            "interactive": False,
            "cluster": {
                "server": api.url,
                "insecure-skip-tls-verify": True,
                "certificate-authority-data": base64.b64encode(b"authority").decode(),
            },
        }

    def test_others_are_told_nothing_of_it(self, api, source):
        config = a_config(api.url, user=a_program(self.TOLD))

        assert self.told(api, source, config)["spec"] == {"interactive": False}

    def test_one_that_hangs_is_ended_with_what_it_started(self, source):
        script = "import subprocess, sys; subprocess.run(['sleep', '600'])"
        made = Kubernetes.for_source(source(a_config(user=a_program(script)), timeout_seconds=0.5))

        # The child holds the program's output open; it would be waited for until the test's own end.
        with pytest.raises(Unavailable, match=r"took longer than 0\.5 s"):
            list(made.batches())

    @pytest.mark.parametrize(
        ("script", "says"),
        [
            ("import sys; sys.stderr.write('canary-token'); sys.exit(3)", "ended with 3"),
            ("print('canary-token')", "gave no credentials"),
            ("print('[]')", "gave no credentials"),
            ("print('{\"status\": {}}')", "gave no credentials"),
        ],
    )
    def test_one_that_fails_is_no_login_and_is_not_quoted(self, source, script, says):
        made = Kubernetes.for_source(source(a_config(user=a_program(script))))

        with pytest.raises(AccessDenied) as caught:
            list(made.batches())

        assert says in str(caught.value)
        assert "canary-token" not in str(caught.value)

    def test_one_that_is_not_there_is_told(self, source):
        user = {"exec": {"apiVersion": "v1", "command": "no-such-program"}}

        with pytest.raises(ConfigurationError, match="no-such-program cannot be run"):
            list(Kubernetes.for_source(source(a_config(user=user))).batches())


def test_outside_of_a_cluster_there_is_no_service_account(kubernetes_source, monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    made = Kubernetes.for_source(kubernetes_source(in_cluster=True))

    with pytest.raises(ConfigurationError, match="needs a pod with a service account"):
        list(made.batches())
