"""Which services an installation consists of."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from deployments.gateway.intake.vendors import Vendors
from deployments.services import prefect_database
from deployments.services.api import PrefectApi
from deployments.services.environment import api_url, client_environment, server_environment
from deployments.services.home import ports_path
from deployments.services.ports import LOOPBACK, choose_port, is_listening, keep_port
from deployments.services.state import Installation, Mode
from deployments.services.supervisor import Service
from models.processes import start_time
from models.settings import settings

SERVER = "prefect-server"
WORKER = "worker-default"
TRIAGE = "triage"
REGISTER = "register"
GATEWAY = "gateway"
PRACTICE = "practice"
_USUAL_PREFECT_PORT = 4200
_USUAL_GATEWAY_PORT = 8420


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Services that were chosen together with the addresses that they will have."""

    installation: Installation
    services: Sequence[Service]

    @property
    def names(self) -> list[str]:
        """What the services are called."""
        return [service.name for service in self.services]


def full_stack(mode: Mode, extra: Sequence[Service] = (), practice_url: str | None = None) -> Stack:
    """Return server, registration, worker, triage, reconciler, gateway, and what a demo adds."""
    asked = settings().prefect_port
    server, url = _server(
        lambda: keep_port(asked, _USUAL_PREFECT_PORT, "NIGHTSHIFT_PREFECT_PORT", ports_path())
    )
    port = keep_port(
        settings().gateway_port, _USUAL_GATEWAY_PORT, "NIGHTSHIFT_GATEWAY_PORT", ports_path()
    )
    gateway_url = f"http://{LOOPBACK}:{port}"
    services = [*server, *extra, *_clients(url), _gateway(port, gateway_url, url)]
    return Stack(
        installation=_installation(mode, url, gateway_url, practice_url), services=services
    )


def server_only() -> Stack:
    """Return the Prefect server alone, for the length of one command."""
    asked = settings().prefect_port
    server, url = _server(
        lambda: choose_port(asked, _USUAL_PREFECT_PORT, "NIGHTSHIFT_PREFECT_PORT")
    )
    return Stack(installation=_installation(Mode.COMMAND, url, None, None), services=server)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module of ours with this interpreter."""
    return (sys.executable, "-m", name, *arguments)


def _installation(mode: Mode, url: str, gateway: str | None, practice: str | None) -> Installation:
    pid = os.getpid()
    return Installation(
        mode=mode,
        supervisor_pid=pid,
        supervisor_started=start_time(pid) or "",
        api_url=url,
        ui_url=url.removesuffix("/api"),
        gateway_url=gateway,
        practice_url=practice,
    )


def _server(choose: Callable[[], int]) -> tuple[list[Service], str]:
    if outside := settings().prefect_api_url:
        return [], outside.rstrip("/")
    port = choose()
    url = api_url(port)
    if settings().prefect_database_url is None:
        prefect_database.begin(settings().home / "prefect")
    # uvicorn directly: Prefect's own command line costs another second to import.
    command = module(
        "uvicorn", "--factory", "prefect.server.api.server:create_app",
        "--host", LOOPBACK, "--port", str(port), "--log-level", "warning",
    )  # fmt: skip
    ready = PrefectApi(url).is_ready
    environment = server_environment(port)
    return [
        Service(name=SERVER, arguments=command, environment=environment, port=port, ready=ready)
    ], url


def _clients(url: str) -> list[Service]:
    environment = client_environment(url)
    return [
        Service(
            name=REGISTER,
            arguments=module("deployments.services.register"),
            environment=environment,
            once=True,
        ),
        Service(
            name=WORKER,
            arguments=module("deployments.services.worker", "default", WORKER),
            environment=environment,
            ready=_worker_is_online(url),
        ),
        Service(
            name=TRIAGE,
            arguments=module("deployments.services.triage_worker"),
            environment=environment,
        ),
        Service(
            name="reconciler",
            arguments=module("deployments.services.reconciler"),
            environment=environment,
        ),
    ]


def _worker_is_online(url: str) -> Callable[[], bool]:
    api = PrefectApi(url, timeout_seconds=2.0)

    def online() -> bool:
        return api.is_ready() and WORKER in api.online_workers("default")

    return online


def _gateway(port: int, url: str, server_url: str) -> Service:
    Vendors()  # an empty secret is told now, and not by a service that ends again and again

    def ready() -> bool:
        if not is_listening(port):
            return False
        try:
            answer = httpx.get(f"{url}/health", timeout=2.0, trust_env=False)
        except httpx.TransportError:
            return False
        return not answer.is_server_error

    return Service(
        name=GATEWAY,
        arguments=module("deployments.gateway", str(port)),
        environment=client_environment(server_url),
        port=port,
        ready=ready,
    )
