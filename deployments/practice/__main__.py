"""Run the practice datacenter: `python -m deployments.practice`.

Prints one JSON line when it is ready and serves until SIGTERM or Ctrl-C. With a state file the
whole of it is written there, for its owner alone, and the printed line, which may go to a log, has
no password and no token. A later start with the same seed and size takes dates, passwords, tokens
and the devices' ports from the file, so that the site is the same one.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from deployments.practice.datacenter import Ports, PracticeDatacenter
from deployments.practice.site import build_site


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _options(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    before = _earlier(options)
    anchor = datetime.fromisoformat(before["anchor"]) if before else None
    datacenter = PracticeDatacenter(
        build_site(options.seed, options.vms, anchor, pod_count=options.pods),
        Ports(
            vcenter=options.port,
            kubernetes=options.kubernetes_port,
            control=options.control_port,
            devices=_free(before.get("device_ports", {})),
        ),
        {"token": secrets.token_urlsafe(18), **before},
        tls=not options.http,
        at_least_devices=options.devices,
    )
    with datacenter:
        _announce(datacenter, options)
        stop.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m deployments.practice", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the vCenter; 0 picks a free one")
    parser.add_argument("--kubernetes-port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--vms", type=int, default=240)
    parser.add_argument("--pods", type=int, default=150, help="at least about 140 there are")
    parser.add_argument("--devices", type=int, default=0, help="so many at the least")
    parser.add_argument("--http", action="store_true", help="plain HTTP instead of HTTPS")
    parser.add_argument("--state-file", type=Path)
    parser.add_argument("--kubeconfig", type=Path, help="write the reader's kubeconfig there")
    parser.add_argument("--devices-file", type=Path, help="write the list of devices there")
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


def _free(ports: dict[str, int]) -> dict[str, int]:
    """Return the ports of an earlier start that nobody else has taken since."""
    return {name: port for name, port in ports.items() if _can_be_bound(port)}


def _can_be_bound(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _announce(datacenter: PracticeDatacenter, options: argparse.Namespace) -> None:
    """Write the files that were asked for, then say that all is ready."""
    ready = {
        **datacenter.addresses,
        "seed": options.seed,
        "vms": options.vms,
        "pods": options.pods,
        "anchor": datacenter.site.anchor.isoformat(),
    }
    whole = {**ready, **datacenter.secrets}
    if options.kubeconfig:
        _write_private(options.kubeconfig, datacenter.kubernetes.kubeconfig())
    if options.devices_file:
        _write_private(options.devices_file, datacenter.devices_file())
    if options.state_file:
        _write_private(options.state_file, json.dumps(whole) + "\n")
    sys.stdout.write(json.dumps(ready if options.state_file else whole) + "\n")
    sys.stdout.flush()


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
