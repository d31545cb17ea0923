"""Services that are asked to end say by what."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from deployments.cli.services import say_stopping, wait_for_signal

HUNG_UP = """
import signal
from deployments.services.signals import endings
signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(*[number.name for number in endings()])
"""


@pytest.fixture
def handlers():
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGTERM, "something sent SIGTERM, as `nightshift down` and `kill` do"),
        (signal.SIGINT, "Ctrl-C (SIGINT)"),
        (signal.SIGHUP, "the terminal was closed (SIGHUP)"),
    ],
)
def test_what_ended_the_services_is_told(handlers, number, words, capsys):
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()

    say_stopping(wait_for_signal())

    assert capsys.readouterr().err == f"Stopping: {words}...\n"


def test_a_hang_up_that_nohup_ignores_ends_nothing():
    command = [sys.executable, "-c", HUNG_UP]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)

    assert ended.stdout.split() == ["SIGINT", "SIGTERM"]
