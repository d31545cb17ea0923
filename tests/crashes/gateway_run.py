"""The gateway, killing itself at a named point: run by the crash tests.

usage: python -m tests.crashes.gateway_run PORT POINT
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from deployments.gateway.app import create_app
from deployments.gateway.server import serve
from models.store import deliveries

POINTS = ("before commit", "after commit")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Make the store kill this process before or after it has committed a batch."""
    add = deliveries.add_batch

    async def deadly(*arguments: Any) -> Any:
        if point == "before commit":
            die()
        stored = await add(*arguments)
        if point == "after commit":
            die()
        return stored

    deliveries.add_batch = deadly


if __name__ == "__main__":
    if sys.argv[2] in POINTS:
        arm(sys.argv[2])
    serve(create_app(), "127.0.0.1", int(sys.argv[1]))
