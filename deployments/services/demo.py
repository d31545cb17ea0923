"""What a demo adds to the services: the practice datacenter, and the sources file that names it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deployments.services import state
from deployments.services.environment import base_environment
from deployments.services.home import ports_path
from deployments.services.ports import LOOPBACK, is_listening, keep_port
from deployments.services.stack import PRACTICE, module
from deployments.services.state import Installation, Mode
from deployments.services.supervisor import Service
from models.errors import WrongUse
from models.settings import settings

PASSWORD_VARIABLE = "NIGHTSHIFT_PRACTICE_PASSWORD"  # noqa: S105 - the name of a variable
SEED = 7
_USUAL_PORT = 8989
_USERNAME = "nightshift@vsphere.local"
_SOURCES = """\
# Written by `nightshift demo`; the password stands in practice.json beside this file.
[[source]]
name = "practice"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "{variable}"
verify_tls = false
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
    url = f"https://{LOOPBACK}:{port}/sdk"
    told = _draw(folder / "practice.json", vm_count)
    sources = sources_path()
    text = _SOURCES.format(url=url, username=_USERNAME, variable=PASSWORD_VARIABLE)
    sources.write_text(text, encoding="utf-8")
    os.environ.update({"NIGHTSHIFT_SOURCES": str(sources), PASSWORD_VARIABLE: told["password"]})
    settings.cache_clear()
    command = module(
        "deployments.practice", "--port", str(port), "--seed", str(SEED), "--vms", str(vm_count),
        "--state-file", str(folder / "practice.json"),
    )  # fmt: skip
    service = Service(
        name=PRACTICE,
        arguments=command,
        environment=base_environment(),
        port=port,
        ready=lambda: is_listening(port),
    )
    return Practice(service=service, url=url)


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
    told = _read(settings().home / "demo" / "practice.json")
    return found, Control(url=str(told["control_url"]), token=str(told["token"]))


def _draw(path: Path, vm_count: int) -> dict[str, Any]:
    """Return the password and token that the practice datacenter will take from its state file.

    They are drawn before it starts, so that the services that need them start at the same moment.
    """
    earlier = _read(path) if path.exists() else {}
    if earlier.get("seed") == SEED and earlier.get("vms") == vm_count and "anchor" in earlier:
        return earlier
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    told = {
        "seed": SEED,
        "vms": vm_count,
        "anchor": midnight.isoformat(),
        "password": secrets.token_urlsafe(18),
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
