import os
import stat
import sys

import pytest

from deployments.services import logs
from deployments.services.home import credentials_path, log_path, prefect_credentials, prepare_home
from deployments.services.processes import launch
from deployments.services.starting import addresses
from deployments.services.state import Installation, Mode

HERE = Installation(
    mode=Mode.UP, supervisor_pid=1, supervisor_started="1", api_url="u/api", ui_url="u"
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_services_print_is_readable_by_its_owner_alone(home):
    old = home / "logs"
    old.mkdir(mode=0o755)
    (old / "one.log").write_text("before\n")
    (old / "one.log").chmod(0o644)
    prepare_home()

    launch((sys.executable, "-c", "print('said')"), os.environ, log_path("one")).wait()
    launch((sys.executable, "-c", "print('said')"), os.environ, log_path("two")).wait()

    assert mode(home / "logs") == 0o700
    assert (mode(log_path("one")), mode(log_path("two"))) == (0o600, 0o600)
    assert log_path("one").read_text() == "before\nsaid\n"


def test_a_log_that_grew_too_large_is_moved_away_under_whoever_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 10)
    path = tmp_path / "one.log"
    with logs.open_log(path) as writer:
        for text in (b"the first words\n", b"the second words\n"):
            writer.write(text)
            writer.flush()
            logs.shorten(path)
        writer.write(b"on\n")

    assert path.read_bytes() == b"on\n"
    assert logs.earlier(path).read_bytes() == b"the second words\n"
    assert mode(logs.earlier(path)) == 0o600


def test_a_log_that_is_not_there_yet_or_short_is_left_alone(tmp_path):
    logs.shorten(tmp_path / "none.log")
    (tmp_path / "one.log").write_text("short")
    logs.shorten(tmp_path / "one.log")

    assert [path.name for path in tmp_path.iterdir()] == ["one.log"]


def test_the_credential_is_shown_to_a_person_and_only_named_to_a_log(home):
    secret = prefect_credentials().get_secret_value()

    assert secret in "\n".join(addresses(HERE, to_person=True))
    logged = "\n".join(addresses(HERE, to_person=False))
    assert secret not in logged
    assert str(credentials_path()) in logged


@pytest.mark.parametrize("to_person", [True, False])
def test_a_credential_that_was_set_is_named_by_its_variable_in_a_log(home, monkeypatch, to_person):
    monkeypatch.setenv("NIGHTSHIFT_PREFECT_AUTH", "operator:s3cret")

    text = "\n".join(addresses(HERE, to_person=to_person))

    assert ("operator:s3cret" in text) is to_person
    assert ("NIGHTSHIFT_PREFECT_AUTH" in text) is not to_person
