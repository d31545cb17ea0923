"""The entry of the command line, called in this process as the installed script calls it."""

import json
import sys

import pytest

from deployments.cli.app import main
from models.settings import settings
from models.store import transaction
from tests.alerting import HOSTILE, an_alert, an_incident


@pytest.fixture
def entry(capsys, monkeypatch):
    """Run a command line; returns its exit status, standard output and standard error."""

    def run(*arguments):
        words = [str(argument) for argument in arguments]
        settings.cache_clear()  # a new process reads the environment anew
        monkeypatch.setattr(sys, "argv", ["nightshift", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return run


@pytest.fixture
def listed(database, entry):
    """Ask `assets list --json`; returns the assets by name."""

    def ask(*arguments):
        status, out, err = entry("assets", "list", *arguments, "--json")
        assert (status, err) == (0, "")
        return {row["name"]: row for row in json.loads(out)}

    return ask


@pytest.fixture
def number(database, monkeypatch):
    """Store an open incident of two alerts, and a resolved one; returns the id of the open one."""
    monkeypatch.delenv("NIGHTSHIFT_TOKEN", raising=False)
    with transaction() as conn:
        number = an_incident(conn, title=HOSTILE, alert_count=2, firing_count=2)
        for title in ("one", HOSTILE):
            an_alert(conn, incident_id=number, title=title, host="db-01", service_name="shop")
        an_incident(conn, title="Mail is slow", severity=None, status="resolved")
    return number
