"""Ports on loopback: the usual one where it is free, any free one otherwise."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import socket
import tempfile
from pathlib import Path

from models.errors import ConfigurationError

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


def choose_port(asked: int, usual: int, option: str) -> int:
    """Return a port that can be bound on loopback now.

    Args:
        asked: What the settings ask for; 0 leaves the choice.
        usual: Tried first when the choice is left; if taken, the system picks one.
        option: The variable to name when `asked` is taken.

    Raises:
        ConfigurationError: `asked` is taken or may not be bound.
    """
    if asked:
        if reason := _refusal(asked):
            raise ConfigurationError(f"port {asked} {reason}; set {option} to another, or 0")
        return asked
    if _take(usual):
        return usual
    return _any_port()


def keep_port(asked: int, usual: int, option: str, kept: Path) -> int:
    """Return a port as `choose_port` does, and the same one the next time if it is free then.

    Args:
        asked: What the settings ask for; 0 leaves the choice.
        usual: Tried where none was kept.
        option: The variable to name when `asked` is taken.
        kept: The file that has the ports that were chosen instead of usual ones.

    Raises:
        ConfigurationError: `asked` is taken or may not be bound.
    """
    if asked:
        return choose_port(asked, usual, option)
    earlier = _read(kept)
    before = earlier.get(str(usual))
    if before and _take(before):
        return before
    port = choose_port(0, usual, option)
    if port != usual:
        logger.warning("port %d is taken, using %d", usual, port)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({**earlier, str(usual): port}), encoding="ascii")
    return port


def _read(kept: Path) -> dict[str, int]:
    try:
        found: dict[str, int] = json.loads(kept.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}  # a kept port is a convenience; without it another is chosen
    return found


def _take(port: int) -> bool:
    return not _refusal(port) and _reserve(port)


def is_listening(port: int) -> bool:
    """Tell whether somebody accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _reserve(port: int) -> bool:
    # A port is bound only when its server starts, seconds later; another installation that starts
    # in the same moment must not choose it too, or its workers would talk to our server.
    path = Path(tempfile.gettempdir()) / f"nightshift-{os.getuid()}-port-{port}"
    holder = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(holder)
        return False
    return True  # held as long as this process lives


def _refusal(port: int) -> str | None:
    with socket.socket() as probe:
        # As servers do, so that a port in TIME_WAIT after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else "may not be used"
    return None


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
