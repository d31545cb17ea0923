"""A real Alertmanager from Debian's package that posts to a gateway.

With NIGHTSHIFT_INSTALL_PEERS=1 the package is installed where it is absent; without it tests that
need it are skipped by name. Source: Alertmanager's configuration reference (`webhook_configs`,
`http_config.authorization`) and its API v2.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import httpx
import pytest

PACKAGE = "prometheus-alertmanager"
PATIENCE_SECONDS = 30
CONFIGURATION = """\
route:
  receiver: nightshift
  group_by: [alertname, cluster]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: nightshift
    webhook_configs:
      - url: {url}
        send_resolved: true
        http_config:
          authorization: {{ credentials: {secret} }}
"""


class Alertmanager:
    """One running Alertmanager."""

    def __init__(self, url):
        self.url = url

    def post(self, *alerts):
        """Hand alerts over as Prometheus does."""
        httpx.post(
            f"{self.url}/api/v2/alerts", json=list(alerts), trust_env=False
        ).raise_for_status()


@contextlib.contextmanager
def alertmanager(folder, receiver_url, secret):
    """Run one that posts to this address with this token."""
    program = _program()
    port = _free_port()
    (folder / "alertmanager.yml").write_text(
        CONFIGURATION.format(url=receiver_url, secret=secret), encoding="utf-8"
    )
    command = [
        program,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(lambda: _answers(url))
        yield Alertmanager(url)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _program():
    if shutil.which(PACKAGE) is None and os.environ.get("NIGHTSHIFT_INSTALL_PEERS") == "1":
        subprocess.run(["apt-get", "install", "-y", "-q", PACKAGE], check=False)
    found = shutil.which(PACKAGE)
    if found is None:
        pytest.skip(f"needs Debian's {PACKAGE}")
    return found


def _answers(url):
    try:
        return httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _await(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
