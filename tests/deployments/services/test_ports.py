import socket
import subprocess
import sys

import pytest

from deployments.services.ports import LOOPBACK, choose_port, is_listening, keep_port
from models.errors import ConfigurationError


@pytest.fixture
def taken():
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_the_usual_port_is_left_for_another_where_it_is_taken(taken):
    assert choose_port(0, taken, "X") != taken


def test_a_port_that_was_asked_for_and_is_taken_is_refused_with_the_cure(taken):
    with pytest.raises(ConfigurationError, match=f"port {taken} is taken; set X to another"):
        choose_port(taken, 1, "X")


def test_two_installations_that_start_at_once_do_not_choose_the_same_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        usual = probe.getsockname()[1]
    ask = (
        "from deployments.services.ports import choose_port\n"
        f"print(choose_port(0, {usual}, 'X'), flush=True); input()"
    )
    first, second = (
        subprocess.Popen(
            [sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    )
    ports = {int(process.stdout.readline()) for process in (first, second)}
    for process in (first, second):
        process.communicate("\n")

    assert len(ports) == 2
    assert usual in ports


def test_a_listening_port_is_told_from_a_silent_one(taken):
    assert is_listening(taken)
    assert not is_listening(choose_port(0, taken, "X"))


def test_a_port_chosen_for_a_taken_one_is_said_and_kept_for_the_next_time(taken, tmp_path, caplog):
    kept = tmp_path / "ports.json"
    first = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path\n"
            "from deployments.services.ports import keep_port\n"
            f"print(keep_port(0, {taken}, 'X', Path(sys.argv[1])))",
            str(kept),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    port = int(first.stdout)

    assert first.stderr.strip() == f"port {taken} is taken, using {port}"
    assert keep_port(0, taken, "X", kept) == port
    assert not caplog.records


def test_a_kept_port_that_is_taken_meanwhile_is_left_for_another(taken, tmp_path):
    kept = tmp_path / "ports.json"
    kept.write_text(f'{{"{taken}": {taken}}}')

    assert keep_port(0, taken, "X", kept) != taken


def test_a_file_of_kept_ports_that_cannot_be_read_is_written_anew(taken, tmp_path):
    kept = tmp_path / "ports.json"
    kept.write_text("{")

    assert str(keep_port(0, taken, "X", kept)) in kept.read_text()
