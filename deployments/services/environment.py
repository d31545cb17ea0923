"""What Prefect's processes find in their environment: loopback only, nothing reported home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deployments.services.home import prefect_credentials
from deployments.services.ports import LOOPBACK
from models.settings import settings

API_PATH = "/api"
HEARTBEAT_SECONDS = 30  # the least that Prefect takes
POLL_SECONDS = 1
_EVENT_DAYS = 2  # a task run writes about 15 KiB of events and 4 KiB of everything else
_RUN_DAYS = 30
_LEASES_ON_DISK = "prefect.server.concurrency.lease_storage.filesystem"
_DAY_SECONDS = 86_400
# Each run that is late would be called so in a transaction of its own, that reads before it writes;
# where another has written meanwhile SQLite refuses at once, whatever the timeout, and 5 s later
# all are tried again. After a pause of minutes nothing else had its turn for as long as that.
_ON_SQLITE = {"PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false"}


def base_environment() -> dict[str, str]:
    """Return our own environment with absolute paths, less what would point Prefect elsewhere."""
    own = settings()
    kept = {
        name: value
        for name, value in os.environ.items()
        if own.prefect_api_url or not name.startswith("PREFECT_")
    }
    # A flow run is started as `python -m prefect.engine`, which has to be this interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "NIGHTSHIFT_HOME": str(own.home),
        "NIGHTSHIFT_SOURCES": str(own.sources),
        "PREFECT_HOME": str(own.home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def client_environment(api_url: str) -> dict[str, str]:
    """Return the environment of whatever talks to the server: workers, flow runs, this process."""
    credentials = prefect_credentials()
    return {
        **base_environment(),
        "PREFECT_API_URL": api_url,
        **({"PREFECT_API_AUTH_STRING": credentials.get_secret_value()} if credentials else {}),
        "PREFECT_LOGGING_EXTRA_LOGGERS": "collectors,generators,models,tasks,flows",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_WORKER_QUERY_SECONDS": str(POLL_SECONDS),
        "PREFECT_WORKER_WEBSERVER_HOST": LOOPBACK,
        "PREFECT_CLI_PROMPT": "false",
    }


def server_environment(port: int) -> dict[str, str]:
    """Return the environment of our own Prefect server."""
    credentials = prefect_credentials()
    database = settings().prefect_database_url
    chosen = (
        {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database.get_secret_value()}
        if database
        else _ON_SQLITE
    )
    return {
        **base_environment(),
        **chosen,
        "PREFECT_API_URL": api_url(port),
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
        **(
            {"PREFECT_SERVER_API_AUTH_STRING": credentials.get_secret_value()}
            if credentials
            else {}
        ),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "30",
        # On disk, in its home. In memory they would end with the server: what runs could not renew
        # its own and be cancelled, and the place of a run that died meanwhile stay taken for ever.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": _LEASES_ON_DISK,
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{_EVENT_DAYS}D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(_RUN_DAYS * _DAY_SECONDS),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }


def api_url(port: int) -> str:
    """Return the address of our own server's API."""
    return f"http://{LOOPBACK}:{port}{API_PATH}"


def quiet_console() -> dict[str, str]:
    """Return what keeps a flow run in this process from logging to the terminal."""
    return {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
