"""The compose file's proxy, run by a real nginx in front of a gateway that says what reached it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from deployments.practice.vcenter.certificate import server_certificate
from tests.deployments.growing.manifests import FOLDER

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


class Upstream(BaseHTTPRequestHandler):
    """Answers with the request line that came and the Authorization header that came with it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = f"{self.requestline}\n{self.headers.get('Authorization', '')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815  http.server's names

    def log_message(self, *_):
        pass


def a_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """A client of the proxy; `site/htpasswd` knows ada with the password secret."""
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "errors").touch()
    pem = server_certificate("localhost", 7, datetime.now(UTC) + timedelta(days=2))
    for name in ("tls.crt", "tls.key"):
        (folder / name).write_bytes(pem)
    (folder / "htpasswd").write_text("ada:{PLAIN}secret\n")
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    pages, prefect = a_port(), a_port()
    text = (FOLDER / "compose/proxy.conf").read_text(encoding="utf-8")
    for was, now in (
        ("/etc/nginx/site", str(folder)),
        ("/dev/stdout", str(folder / "access")),
        ("/dev/stderr", str(folder / "errors")),
        ("127.0.0.1:8420", f"127.0.0.1:{upstream.server_port}"),
        ("listen 8443", f"listen 127.0.0.1:{pages}"),
        ("listen 8444", f"listen 127.0.0.1:{prefect}"),
    ):
        assert was in text
        text = text.replace(was, now)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        # One process runs as who started it, who may read the folder.
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/bodies;"
        f" proxy_temp_path {folder}/answers; include {folder}/site.conf; }}\n"
    )
    nginx = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")])
    try:
        _wait(pages)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with httpx.Client(
            base_url=f"https://127.0.0.1:{pages}", verify=context, trust_env=False
        ) as client:
            client.logs = folder / "access", folder / "errors"
            yield client
    finally:
        nginx.terminate()
        nginx.wait(10)
        upstream.shutdown()
        upstream.server_close()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx did not start")


@pytest.mark.parametrize("path", ["/webhook/datadog", "/change", "/heartbeat/backup"])
def test_senders_post_without_a_password_and_their_own_proof_reaches_the_gateway(proxy, path):
    bare = proxy.post(path, json={})
    proven = proxy.post(path, json={}, headers={"Authorization": "Bearer sender"})

    assert (bare.status_code, bare.text) == (200, f"POST {path} HTTP/1.1\n")
    assert proven.text.endswith("\nBearer sender")


@pytest.mark.parametrize(
    "path",
    ["/", "/incidents", "/incidents/1", "/documents/overview", "/csv/vm.csv", "/metrics",
     "/api/docs", "/api/incidents", "/run/collect", "/webhook/%2e%2e/incidents"],
)  # fmt: skip
def test_pages_ask_for_a_password(proxy, path):
    asked = proxy.get(path)
    known = proxy.get(path, auth=("ada", "secret"))

    assert (asked.status_code, asked.headers["www-authenticate"]) == (
        401,
        'Basic realm="Nightshift"',
    )
    assert proxy.get(path, auth=("ada", "wrong")).status_code == 401
    assert known.status_code == 200


def test_a_person_s_token_passes_to_the_api_and_to_no_page(proxy):
    token = {"Authorization": "Bearer person"}

    for path in ("/api/incidents", "/run/collect"):
        assert proxy.get(path, headers=token).text.endswith("\nBearer person")
    assert proxy.get("/incidents", headers=token).status_code == 401


def test_health_is_asked_without_a_password_and_nothing_beside_it(proxy):
    assert proxy.get("/health").status_code == 200
    assert proxy.get("/healthy").status_code == 401


def test_a_token_in_an_address_stands_in_no_log(proxy):
    proxy.post("/webhook/pingdom?token=canary", content=b"x" * (2 << 20))
    proxy.post("/webhook/pingdom?token=canary", json={})

    access, errors = proxy.logs
    deadline = time.monotonic() + 10
    while '"POST /webhook/pingdom HTTP/1.1" 200' not in access.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "canary" not in access.read_text(encoding="utf-8") + errors.read_text(encoding="utf-8")
