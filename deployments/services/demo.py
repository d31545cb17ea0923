"""What a demo adds to the services: the practice datacenter, and the sources file that names it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deployments.practice import client
from deployments.services import state
from deployments.services.environment import base_environment
from deployments.services.home import log_path, ports_path
from deployments.services.ports import LOOPBACK, is_listening, keep_port
from deployments.services.stack import PRACTICE, module
from deployments.services.state import Installation, Mode, ServiceState
from deployments.services.supervisor import Service
from models.errors import Unavailable, WrongUse
from models.settings import settings

PASSWORD_VARIABLE = "NIGHTSHIFT_PRACTICE_PASSWORD"  # noqa: S105 - the name of a variable
DEVICES_PASSWORD_VARIABLE = "NIGHTSHIFT_PRACTICE_DEVICES_PASSWORD"  # noqa: S105 - also a name
# What only the demo's own services have in their environment.
PASSWORD_VARIABLES = frozenset({PASSWORD_VARIABLE, DEVICES_PASSWORD_VARIABLE})
SEED = 7
_MEND_SECONDS = 120.0
_LOOK_SECONDS = 0.2
_USUAL_PORT, _USUAL_KUBERNETES_PORT = 8989, 8990
_USERNAME = "nightshift@vsphere.local"
_DEVICES_USERNAME = "nightshift"
_STATE, _KUBECONFIG, _DEVICES = "practice.json", "kubeconfig", "devices.toml"
_SOURCES = """\
# Written by `nightshift demo`; the passwords stand in practice.json beside this file.
[[source]]
name = "practice"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "{variable}"
verify_tls = false

[[source]]
name = "practice-k8s"
collector = "kubernetes"
kubeconfig = {kubeconfig}
contexts = "all"

[[source]]
name = "practice-network"
collector = "network"
username = "{devices_username}"
password_env = "{devices_variable}"
devices_file = "{devices}"
verify_host_key = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The practice datacenter of a demo."""

    service: Service
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Where the running practice datacenter takes orders."""

    url: str
    token: str


def practice(vm_count: int) -> Practice:
    """Write the practice datacenter's files and point this process, hence its children, at them."""
    folder = settings().home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    port = keep_port(0, _USUAL_PORT, "", ports_path())
    kubernetes_port = keep_port(0, _USUAL_KUBERNETES_PORT, "", ports_path())
    url = f"https://{LOOPBACK}:{port}/sdk"
    told = _draw(folder / _STATE, vm_count)
    _write_sources(url)
    os.environ.update(
        {
            "NIGHTSHIFT_SOURCES": str(sources_path()),
            PASSWORD_VARIABLE: told["password"],
            DEVICES_PASSWORD_VARIABLE: told["devices_password"],
        }
    )
    settings.cache_clear()
    written = (folder / _KUBECONFIG, folder / _DEVICES)
    for path in written:
        path.unlink(missing_ok=True)
    command = module(
        "deployments.practice", "--port", str(port), "--kubernetes-port", str(kubernetes_port),
        "--seed", str(SEED), "--vms", str(vm_count), "--state-file", str(folder / _STATE),
        "--kubeconfig", str(written[0]), "--devices-file", str(written[1]),
    )  # fmt: skip
    service = Service(
        name=PRACTICE,
        arguments=command,
        environment=base_environment(),
        port=port,
        ready=lambda: all(path.exists() for path in written) and is_listening(port),
    )
    return Practice(service=service, url=url)


def _write_sources(url: str) -> None:
    text = _SOURCES.format(
        url=url,
        username=_USERNAME,
        variable=PASSWORD_VARIABLE,
        kubeconfig=json.dumps(str(sources_path().with_name(_KUBECONFIG))),
        devices_username=_DEVICES_USERNAME,
        devices_variable=DEVICES_PASSWORD_VARIABLE,
        devices=_DEVICES,
    )
    sources_path().write_text(text, encoding="utf-8")


def sources_path() -> Path:
    """Return the sources file of the demo in this data folder."""
    return settings().home / "demo" / "sources.toml"


def running_demo() -> tuple[Installation, Control]:
    """Return the demo that runs in this data folder.

    Raises:
        WrongUse: None does.
    """
    found = state.running_installation()
    if found is None or found.mode is not Mode.DEMO:
        raise WrongUse(f"no demo runs in {settings().home}; start one with `nightshift demo`")
    told = practice_state()
    return found, Control(url=str(told["control_url"]), token=str(told["token"]))


def mend(found: Installation) -> None:
    """Start the practice datacenter anew, as its description has it, and wait until it answers.

    What was broken in it is held by its process alone.

    Raises:
        Unavailable: It does not run, or did not come back in time.
    """
    line = found.service(PRACTICE)
    if line is None or line.pid is None:
        raise Unavailable(PRACTICE, LOOPBACK, "does not run; see `nightshift status`")
    os.kill(line.pid, signal.SIGTERM)
    deadline = time.monotonic() + _MEND_SECONDS
    while time.monotonic() < deadline:
        if _is_back(line.pid):
            return
        time.sleep(_LOOK_SECONDS)
    raise Unavailable(PRACTICE, LOOPBACK, f"did not start again; see {log_path(PRACTICE)}")


def _is_back(before: int) -> bool:
    """Tell whether another process than before serves the practice datacenter and its control."""
    now = state.running_installation()
    line = now.service(PRACTICE) if now else None
    if line is None or line.pid in (None, before) or line.state is not ServiceState.RUNNING:
        return False
    told = practice_state()
    try:
        return not client.broken(str(told["control_url"]), str(told["token"]))
    except Unavailable:  # the file is still the one of before
        return False


def practice_state() -> dict[str, Any]:
    """Return what the practice datacenter of this data folder was started with.

    Raises:
        WrongUse: There is none.
    """
    return _read(settings().home / "demo" / _STATE)


def _draw(path: Path, vm_count: int) -> dict[str, Any]:
    """Return the passwords and token that the practice datacenter will take from its state file.

    They are drawn before it starts, so that the services that need them start at the same moment.
    """
    earlier = _read(path) if path.exists() else {}
    same = earlier.get("seed") == SEED and earlier.get("vms") == vm_count
    if same and {"anchor", "devices_password"} <= set(earlier):
        return earlier
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    told = {
        "seed": SEED,
        "vms": vm_count,
        "anchor": midnight.isoformat(),
        "password": secrets.token_urlsafe(18),
        "devices_password": secrets.token_urlsafe(18),
        "token": secrets.token_urlsafe(18),
    }
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(told), encoding="utf-8")
    return told


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read ({error}); remove it") from error
    return found
