"""Waiting for the Prefect server from a process that needs it."""

from __future__ import annotations

import time

from deployments.services.api import PrefectApi
from models.errors import Unavailable

# 13 s with a new SQLite file on 2 free cores; over 120 s on two that 16 processes want.
# A program that ends is seen at once; the limit is for one that hangs.
SERVER_START_SECONDS = 300.0
_PAUSE_SECONDS = 0.2


def wait_for_server(api_url: str, timeout_seconds: float = SERVER_START_SECONDS) -> None:
    """Return once the server is ready.

    Raises:
        Unavailable: It was not within the time.
    """
    api = PrefectApi(api_url)
    deadline = time.monotonic() + timeout_seconds
    while not api.is_ready():
        if time.monotonic() > deadline:
            raise Unavailable("prefect", api_url, f"not ready after {timeout_seconds:.0f} s")
        time.sleep(_PAUSE_SECONDS)
