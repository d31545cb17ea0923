"""Run the practice datacenter: `python -m deployments.practice`.

Prints one JSON line when it is ready and serves until SIGTERM or Ctrl-C. With a state file the
whole of it is written there, for its owner alone, and the printed line, which may go to a log, has
no password and no token. A later start with the same seed and size takes dates, passwords and token
from the file, so that the site is the same one.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from deployments.practice.site import build_site
from deployments.practice.vcenter.control_http import ControlServer
from deployments.practice.vcenter.server import PracticeVCenter

_SECRETS = frozenset({"password", "write_password", "token"})


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _options(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    before = _earlier(options)
    anchor = datetime.fromisoformat(before["anchor"]) if before else None
    site = build_site(options.seed, options.vms, anchor)
    token = before.get("token") or secrets.token_urlsafe(18)
    vcenter = PracticeVCenter(
        site,
        port=options.port,
        tls=not options.http,
        password=before.get("password"),
        write_password=before.get("write_password"),
    )
    with vcenter, ControlServer(vcenter.control, token, options.control_port) as control:
        ready = {
            "url": vcenter.url,
            "username": vcenter.username,
            "password": vcenter.password,
            "write_username": vcenter.write_username,
            "write_password": vcenter.write_password,
            "control_url": control.url,
            "token": token,
            "seed": options.seed,
            "vms": options.vms,
            "anchor": site.anchor.isoformat(),
        }
        _announce(ready, options.state_file)
        stop.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m deployments.practice", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the vCenter; 0 picks a free one")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--vms", type=int, default=240)
    parser.add_argument("--http", action="store_true", help="plain HTTP instead of HTTPS")
    parser.add_argument("--state-file", type=Path)
    return parser.parse_args(arguments)


def _earlier(options: argparse.Namespace) -> dict[str, Any]:
    """Return what an earlier start with the same seed and size wrote, or nothing."""
    if options.state_file is None or not options.state_file.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(options.state_file.read_text())
    except ValueError:
        return {}
    same = found.get("seed") == options.seed and found.get("vms") == options.vms
    return found if same and "anchor" in found else {}


def _announce(ready: dict[str, Any], state_file: Path | None) -> None:
    if state_file is not None:
        state_file.touch(mode=0o600)
        state_file.chmod(0o600)
        state_file.write_text(json.dumps(ready) + "\n")
        ready = {name: value for name, value in ready.items() if name not in _SECRETS}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
