"""The flow that sends notices, against a real Prefect server."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deployments.services.environment import client_environment
from models.settings import settings
from tests.fix_receivers import KEY, Receiver
from tests.telling import opened

pytestmark = pytest.mark.prefect
RUN = "import asyncio; from flows.send_notices import send_notices; print(asyncio.run(send_notices()))"


def test_the_flow_sends_what_waits_and_says_how_much(prefect_server, monkeypatch):
    with Receiver() as receiver:
        monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_URL", f"{receiver.url}/v2/enqueue")
        monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_KEY", KEY)
        settings.cache_clear()
        opened()
        ended = subprocess.run(
            [sys.executable, "-c", RUN],
            env=client_environment(prefect_server.installation.api_url),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.split()[-1] == "1"
        assert [body["event_action"] for body in receiver.bodies] == ["trigger"]
        assert KEY not in ended.stderr
