"""What the wire may do, and that nothing but GET is ever sent."""

import gzip
import socketserver
import threading

import pytest
from kubernetes.client import CoreV1Api
from kubernetes.client.exceptions import ApiException

from collectors.kubernetes.access import read_access
from collectors.kubernetes.options import read_options
from collectors.kubernetes.transport import Transport
from models.errors import AccessDenied, Refused, Unavailable, UnexpectedReply
from tests.collectors.kubernetes.conftest import CUT, DROP, HANG, TRICKLE

PODS = "/api/v1/pods"
FINE = {"items": []}


@pytest.fixture
def transport(api, kubernetes_source):
    access = read_access(read_options(kubernetes_source(server=api.url, timeout_seconds=0.4)))
    configuration = access.configuration(access.targets[0])
    with Transport(configuration, timeout_seconds=0.4) as made:
        yield made


@pytest.mark.parametrize(
    "write",
    [
        lambda core: core.delete_namespaced_pod("web", "shop"),
        lambda core: core.create_namespaced_pod("shop", {}),
        lambda core: core.patch_node("node-1", {"spec": {"unschedulable": True}}),
        lambda core: core.replace_namespaced_service("web", "shop", {}),
        lambda core: core.create_namespaced_pod_eviction("web", "shop", {}),
    ],
    ids=["delete", "create", "patch", "replace", "evict"],
)
def test_a_write_of_the_official_client_never_leaves_the_transport(api, transport, write):
    with pytest.raises(Refused, match="collectors only read"):
        write(CoreV1Api(transport._client))

    assert api.requests == []


def test_a_read_of_the_official_client_passes(api, transport):
    assert CoreV1Api(transport._client).list_pod_for_all_namespaces().items == []
    assert [verb for verb, *_ in api.requests] == ["GET"]


def test_the_token_is_sent_and_never_told(api, transport):
    api.say(PODS, (401, {"message": "canary-token is wrong"}))

    with pytest.raises(AccessDenied) as caught:
        transport.get(PODS)

    assert api.requests[0][3]["Authorization"] == "Bearer canary-token"
    assert "canary-token" not in str(caught.value)
    assert len(api.requests) == 1  # a second attempt could lock the account


@pytest.mark.parametrize("trouble", [(503, {}), (500, b"oops"), (429, {}), DROP, (200, CUT)])
def test_a_passing_trouble_is_met_with_another_attempt(api, transport, trouble):
    api.say(PODS, trouble, FINE)

    assert transport.get(PODS) == b'{"items": []}'
    assert transport.requests == 2


@pytest.mark.parametrize("trouble", [(503, {}), (429, {}, {"Retry-After": "0"}), DROP, (200, CUT)])
def test_a_trouble_that_stays_is_unavailable_after_a_few_attempts(
    api, transport, trouble, monkeypatch
):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say(PODS, trouble)

    with pytest.raises(Unavailable):
        transport.get(PODS)

    assert transport.requests == 4


def test_the_wait_that_the_server_asks_for_is_kept(api, transport, monkeypatch):
    waits = []
    monkeypatch.setattr("collectors.kubernetes.transport.time.sleep", waits.append)
    api.say(PODS, (429, {}, {"Retry-After": "7"}), (429, {}, {"Retry-After": "soon"}), FINE)

    transport.get(PODS)

    assert waits == [7.0, 0.4]


def test_one_that_lets_every_list_wait_is_waited_for_so_long_and_no_longer(
    api, transport, monkeypatch
):
    waits = []
    monkeypatch.setattr("collectors.kubernetes.transport.time.sleep", waits.append)
    api.say(PODS, (429, {}, {"Retry-After": "30"}))

    for _ in range(20):
        with pytest.raises(Unavailable):
            transport.get(PODS)

    assert sum(waits) == 600


def test_a_server_that_asks_for_a_long_wait_is_left_alone(api, transport):
    api.say(PODS, (429, {}, {"Retry-After": "600"}))

    with pytest.raises(Unavailable) as caught:
        transport.get(PODS)

    assert caught.value.retry_after_seconds == 600
    assert transport.requests == 1


@pytest.mark.parametrize("trouble", [HANG, (200, TRICKLE)], ids=["silence", "a byte at a time"])
def test_a_request_that_takes_too_long_is_broken_off(api, transport, trouble):
    api.say(PODS, trouble)

    with pytest.raises(Unavailable, match=r"GET /api/v1/pods took longer than 0\.4 s"):
        transport.get(PODS)


def test_a_compressed_reply_is_unpacked(api, transport):
    api.say(PODS, (200, gzip.compress(b'{"items": []}'), {"Content-Encoding": "gzip"}))

    assert transport.get(PODS) == b'{"items": []}'
    assert api.requests[0][3]["Accept-Encoding"] == "gzip"


def test_one_that_cannot_be_unpacked_is_unavailable(api, transport, monkeypatch):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say(PODS, (200, b"not packed at all", {"Content-Encoding": "gzip"}))

    with pytest.raises(Unavailable, match="cannot be unpacked"):
        transport.get(PODS)


def test_nobody_there_is_unavailable(api, transport, monkeypatch):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    transport.server = "http://127.0.0.1:1"

    with pytest.raises(Unavailable, match="refused"):
        transport.get(PODS)


def test_a_redirect_is_not_followed(api, transport):
    api.say(PODS, (307, {}, {"Location": "/elsewhere"}))

    with pytest.raises(UnexpectedReply, match="HTTP 307"):
        transport.get(PODS)

    assert api.asked("/elsewhere") == []


def test_an_untrusted_certificate_says_how_it_may_be_trusted(
    practice_kubernetes, kubernetes_source
):
    url = practice_kubernetes.cluster_url(practice_kubernetes.clusters[0])
    access = read_access(read_options(kubernetes_source(server=url)))

    with (
        Transport(access.configuration(access.targets[0]), timeout_seconds=5) as transport,
        pytest.raises(UnexpectedReply, match=r"not trusted.*ca_file"),
    ):
        transport.get("/version")


def test_https_to_a_port_without_encryption_is_no_passing_trouble(api, transport):
    transport.server = api.url.replace("http:", "https:")

    with pytest.raises(UnexpectedReply, match=r"no encrypted connection.*its https port"):
        transport.get("/version")

    assert transport.requests == 1


def test_a_handshake_that_breaks_off_is_unavailable(transport, monkeypatch):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)

    class HangsUp(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(10_000)

    with socketserver.TCPServer(("127.0.0.1", 0), HangsUp) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        transport.server = f"https://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(Unavailable):
            transport.get("/version")
        server.shutdown()
        thread.join()

    assert transport.requests == 4


def test_without_verification_an_untrusted_certificate_does(practice_kubernetes, kubernetes_source):
    url = practice_kubernetes.cluster_url(practice_kubernetes.clusters[0])
    access = read_access(read_options(kubernetes_source(server=url, verify_tls=False)))

    with (
        Transport(access.configuration(access.targets[0]), timeout_seconds=5) as transport,
        pytest.raises(AccessDenied),
    ):
        transport.get("/version")


def test_a_verb_is_refused_whatever_asks_for_it(transport):
    with pytest.raises((Refused, ApiException)):
        transport._client.call_api("PUT", f"{transport.server}{PODS}", {}, {})
