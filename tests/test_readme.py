"""What the README tells people to type names things that the demo has."""

import re
from pathlib import Path

import pytest

from collectors.alerts import normalize
from deployments.cli import app as command_line
from deployments.practice.alerting.stories import STORIES
from deployments.practice.faults import FAULTS
from deployments.practice.site import build_site
from models.records.alert import Outcome
from models.settings import Settings
from tasks.inventory.checks import CHECKS

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_assets_that_it_shows_are_in_the_practice_datacenter():
    site = build_site()
    # A stateful set numbers its pods; one of that name in one cluster alone can be asked for by name.
    sets = [work for cluster in site.kubernetes for work in cluster.workloads]
    vms = {vm.name for vm in site.vms}
    shown = re.findall(r"nightshift assets show (\S+)", TEXT)
    silenced = re.findall(r"checks suppress (\S+) (\S+)", TEXT)

    assert shown
    assert silenced
    for pod in shown:
        workload, _, number = pod.rpartition("-")
        numbered = [work for work in sets if work.name == workload and work.replicas > int(number)]
        assert len(numbered) == 1
    assert {name for _, name in silenced} <= vms
    assert {check for check, _ in silenced} <= CHECKS.keys()


def test_the_faults_that_it_plants_are_there():
    named = re.findall(r"demo break (\S+)", TEXT)

    assert named
    assert set(named) <= FAULTS.keys()


def test_every_file_that_it_links_to_is_there():
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)

    assert links
    assert [link for link in links if not (root / link).exists()] == []


def test_the_stories_that_it_lets_the_monitoring_tell_are_there():
    named = re.findall(r"demo alerts (\S+)", TEXT)

    assert named
    assert set(named) <= STORIES.keys()


def commands() -> list[list[str]]:
    """Every command that the README gives, as the words after `nightshift`, up to its comment."""
    lines = re.findall(
        r"(?:^|[`&;] ?)(?:\.venv/bin/)?nightshift ([a-z][^`#&\n]*)", TEXT, re.MULTILINE
    )
    return [line.split() for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_and_option_that_it_gives_exists(words):
    command = command_line.VERBS.get(words[0])
    assert command, words
    found = command_line._load(words[0], command)
    for word in words[1:]:
        found = getattr(found, "commands", {}).get(word, found)
    options = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_variable_that_it_names_is_a_setting():
    named = set(re.findall(r"NIGHTSHIFT_[A-Z_]*[A-Z]", TEXT)) - {"NIGHTSHIFT_NOTIFY"}
    known = {f"NIGHTSHIFT_{name}".upper() for name in Settings.model_fields}
    senders = {name for name in named if re.fullmatch(r"NIGHTSHIFT_WEBHOOK_[A-Z]+_SECRET", name)}

    assert senders
    assert named - senders <= known


def test_the_template_that_it_gives_for_datadog_is_read_as_an_alert_once_it_is_filled_in():
    (template,) = re.findall(r"```json\n(\{.*?\})\n```", TEXT, re.DOTALL)
    values = {
        "ALERT_TRANSITION": "Triggered",
        "ALERT_PRIORITY": "P2",
        "ALERT_TITLE": "Error rate",
        "EVENT_TITLE": "[Triggered] Error rate",
        "HOSTNAME": "web-01",
        "TAGS": "env:prod,service:shop",
        "DATE": "1796000000000",
    }
    body = re.sub(r"\$([A-Z_]+)", lambda match: values.get(match[1], "7"), template)
    found = normalize("datadog", body.encode())

    assert found.outcome is Outcome.ALERT
    (alert,) = found.alerts
    assert (alert.severity, alert.host, alert.service) == ("high", "web-01", "shop")
