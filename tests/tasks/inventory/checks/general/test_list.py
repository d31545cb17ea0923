"""`nightshift checks list` over the declarations: for people, for scripts, for the documentation."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from deployments.cli.checks import app
from models.errors import WrongUse
from models.settings import settings
from tasks.inventory.checks import CHECKS
from tasks.inventory.checks.catalogue import catalogue


def run(*arguments):
    result = CliRunner().invoke(app, ["list", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_markdown_is_that_of_the_readme():
    assert run("--markdown") == catalogue(list(CHECKS.values()))


def test_the_json_has_the_thresholds_of_the_site_and_says_what_it_switched_off(
    tmp_path, monkeypatch
):
    file = tmp_path / "policy.toml"
    file.write_text('disabled = ["NE-21"]\n[uplink_use]\nwarn_percent = 50\n', encoding="utf-8")
    monkeypatch.setenv("NIGHTSHIFT_CHECK_POLICY", str(file))
    settings.cache_clear()

    listed = {one["check"]: one for one in json.loads(run("--json"))}

    assert listed["NE-17"]["thresholds"]["uplink_use.warn_percent"] == 50
    assert listed["NE-17"]["needs"] == ["speed_mbps", "input_rate_bps", "output_rate_bps"]
    assert [name for name, one in listed.items() if one["disabled"]] == ["NE-21"]
    assert "uplink_use.warn_percent` 70" in run("--markdown")


def test_two_forms_at_once_are_refused():
    with pytest.raises(WrongUse, match="not both"):
        CliRunner().invoke(app, ["list", "--json", "--markdown"], catch_exceptions=False)
