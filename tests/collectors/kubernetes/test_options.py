"""What a source of the collector `kubernetes` may and may not say."""

import pytest

from collectors.kubernetes import Kubernetes
from collectors.kubernetes.options import read_options
from models.errors import ConfigurationError
from models.sources import Source

SERVER = "https://api.example:6443"


def test_options_that_are_left_out_have_safe_defaults(kubernetes_source):
    options = read_options(kubernetes_source())

    assert options.verify_tls is True
    assert options.watch_cache is False
    assert (options.page_size, options.timeout_seconds) == (500, 60.0)
    assert (options.namespaces, options.exclude_namespaces) == (None, frozenset())
    assert options.token.get_secret_value() == "canary-token"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"server": "api.example"}, "server must look like https://api.example:6443"),
        ({"server": "ftp://api.example"}, "server must look like"),
        ({"server": "https://api.example:http"}, "server must look like"),
        ({"server": "https://api.example/?token=x"}, "server must look like"),
        ({"server": "https://me:secret@api.example"}, "holds credentials in its address"),
        ({"server": "http://api.example:6443"}, "would send the credentials unencrypted"),
        ({"server": 6443}, "server must look like"),
        (
            {"server": SERVER, "token_env": "NOT_SET"},
            "environment variable NOT_SET is not set; export it",
        ),
        ({"server": SERVER, "ca_file": "nowhere.pem"}, "ca_file names no file"),
        ({"server": SERVER, "in_cluster": True}, "set one of kubeconfig, server, in_cluster, and"),
        ({"server": SERVER, "contexts": ["a"]}, "contexts goes with kubeconfig only"),
        ({"in_cluster": True, "token_env": "X"}, "token_env goes with server only"),
        ({"in_cluster": False}, "and none is there"),
        ({"verify_tls": "no"}, "verify_tls must be bool"),
        ({"page_size": 0}, "page_size must lie between 1 and"),
        ({"page_size": True}, "page_size must be int"),
        ({"timeout_seconds": 0}, "timeout_seconds must lie between"),
        ({"watch_cache": 1}, "watch_cache must be bool"),
        ({"namespaces": "shop"}, "namespaces must be a list of names"),
        ({"namespaces": []}, "namespaces must be a list of names"),
        ({"exclude_namespaces": [1]}, "exclude_namespaces must be a list of names"),
        ({"namespaces": ["a"], "exclude_namespaces": ["b"]}, "does not go with namespaces"),
        ({"pagesize": 1}, "pagesize is not known; there are kubeconfig, contexts"),
        ({"kubeconfig": "/nowhere/config"}, "kubeconfig names no file: '/nowhere/config'"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(kubernetes_source, options, says):
    with pytest.raises(ConfigurationError) as caught:
        Kubernetes.for_source(kubernetes_source(**options))

    assert says in str(caught.value)
    assert str(caught.value).startswith("source prod: ")
    assert "\n" not in str(caught.value)


def test_a_server_needs_a_token():
    source = Source(name="prod", collector="kubernetes", options={"server": SERVER})

    with pytest.raises(ConfigurationError, match="set token_env to the name"):
        read_options(source)


def test_a_ca_file_that_holds_no_certificate_is_named(kubernetes_source, tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("garbage")

    with pytest.raises(ConfigurationError, match=r"ca_file is no certificate in PEM: .*ca\.pem"):
        read_options(kubernetes_source(ca_file=str(path)))


def test_loopback_may_go_without_encryption(kubernetes_source):
    assert read_options(kubernetes_source(server="http://127.0.0.1:8001/")).server.endswith("8001")


def test_a_namespace_that_is_named_twice_is_read_once(kubernetes_source):
    options = read_options(kubernetes_source(namespaces=["shop", "crm", "shop"]))

    assert options.namespaces == ("shop", "crm")
