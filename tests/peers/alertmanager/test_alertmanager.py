"""A real Alertmanager posts to the real gateway; what it says becomes an incident and ends."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models.store import transaction
from tasks.alerts.triage.draining import drain
from tests.fix_alertmanager import _await, _free_port, alertmanager

pytestmark = pytest.mark.peer
SECRET = "s3cret-of-this-test"


@contextmanager
def gateway(home):
    port = _free_port()
    environment = {
        **os.environ,
        "NIGHTSHIFT_HOME": str(home),
        "NIGHTSHIFT_WEBHOOK_ALERTMANAGER_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "deployments.gateway", str(port)]
    process = subprocess.Popen(command, env=environment)
    try:
        _await(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _listens(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def an_alert(node, *, ends_at=None):
    now = datetime.now(UTC)
    return {
        "labels": {
            "alertname": "KubeNodeNotReady",
            "cluster": "prod",
            "node": node,
            "severity": "critical",
        },
        "annotations": {"summary": f"{node} has been unready."},
        "startsAt": (now - timedelta(minutes=5)).isoformat(),
        **({"endsAt": ends_at.isoformat()} if ends_at else {}),
    }


def statuses():
    with transaction() as conn:
        return dict(conn.execute("SELECT title, status FROM alerts").fetchall())


def incidents():
    with transaction() as conn:
        return conn.execute("SELECT status, alert_count FROM incidents").fetchall()


def test_its_alerts_become_one_incident_that_ends_when_all_of_them_have(home, tmp_path):
    with (
        gateway(home) as url,
        alertmanager(tmp_path, f"{url}/webhook/alertmanager", SECRET) as sender,
    ):
        sender.post(
            an_alert("w1"),
            an_alert("w1") | {"labels": {**an_alert("w1")["labels"], "alertname": "KubeletDown"}},
        )
        _await(lambda: drain().deliveries >= 0 and len(statuses()) == 2)

        assert set(statuses().values()) == {"firing"}
        assert incidents() == [("open", 2)]

        ended = datetime.now(UTC)
        sender.post(an_alert("w1", ends_at=ended))
        _await(lambda: drain().deliveries >= 0 and "resolved" in statuses().values())
        assert incidents() == [("open", 2)]

        last = an_alert("w1", ends_at=ended)
        sender.post(last | {"labels": {**last["labels"], "alertname": "KubeletDown"}})
        _await(lambda: drain().deliveries >= 0 and set(statuses().values()) == {"resolved"})
        assert incidents() == [("resolved", 2)]


def test_a_wrong_token_stores_nothing(home, tmp_path):
    with (
        gateway(home) as url,
        alertmanager(tmp_path, f"{url}/webhook/alertmanager", "another") as sender,
    ):
        sender.post(an_alert("w1"))
        _await(lambda: _rejected() > 0)

        drain()
        assert statuses() == {}


def _rejected():
    time.sleep(0.5)
    with transaction() as conn:
        row = conn.execute(
            "SELECT coalesce(sum(count), 0) FROM delivery_counts WHERE outcome = 'rejected'"
        ).fetchone()
    return int(row[0])
