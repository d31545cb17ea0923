"""The signals that ask services to end, and what a person is told of each."""

from __future__ import annotations

import signal

_REASONS = {
    signal.SIGINT: "Ctrl-C (SIGINT)",
    signal.SIGTERM: "something sent SIGTERM, as `nightshift down` and `kill` do",
    signal.SIGHUP: "the terminal was closed (SIGHUP)",
}


def endings() -> tuple[signal.Signals, ...]:
    """Return the signals that end the services; a hang-up that `nohup` has ignored is not one."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return tuple(number for number in _REASONS if number is not signal.SIGHUP or not ignored)


def reason_of(number: int) -> str:
    """Return in words what a signal stands for."""
    return _REASONS.get(signal.Signals(number), signal.Signals(number).name)
