"""What Prefect's processes are told by their environment."""

import subprocess
import sys

from deployments.services.environment import server_environment
from models.settings import settings

HEAD = """
import asyncio, sys
from datetime import timedelta
from uuid import UUID, uuid4
from prefect.server.concurrency.lease_storage import get_concurrency_lease_storage
leases = get_concurrency_lease_storage()
"""
TAKE = HEAD + "print(asyncio.run(leases.create_lease([uuid4()], timedelta(seconds=60))).id)"
FIND = HEAD + "print(asyncio.run(leases.read_lease(UUID(sys.argv[1]))).id)"


def test_who_holds_a_place_under_a_limit_is_known_to_the_server_that_follows_a_dead_one(home):
    def server(*arguments):
        command = [sys.executable, "-c", *arguments]
        environment = server_environment(4200)
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout

    lease = server(TAKE).strip()

    assert server(FIND, lease).strip() == lease


ENABLED = """
from prefect.settings import get_current_settings
print(get_current_settings().server.services.late_runs.enabled)
"""


def test_on_sqlite_late_runs_do_not_take_everybodys_turn_to_write(home, monkeypatch):
    def enabled():
        command = [sys.executable, "-c", ENABLED]
        environment = server_environment(4200)
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    assert enabled() == "False"
    monkeypatch.setenv("NIGHTSHIFT_PREFECT_DATABASE_URL", "postgresql+asyncpg://a:b@db/prefect")
    settings.cache_clear()
    assert enabled() == "True"
