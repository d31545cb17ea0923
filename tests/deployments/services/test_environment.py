"""What Prefect's processes are told by their environment."""

import subprocess
import sys

from deployments.services.environment import server_environment

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
