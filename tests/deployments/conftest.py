"""The entry of the command line, called in this process as the installed script calls it."""

import json
import sys

import pytest

from deployments.cli.app import main
from models.settings import settings


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
