"""`nightshift checks` as a person and as a script use it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from deployments.cli.checks import app
from models.errors import ConfigurationError, WrongUse
from models.kinds.device import Device
from models.kinds.interface import Interface, InterfaceState
from models.settings import settings
from models.store import transaction
from tasks.inventory.checks import CHECKS
from tests.builders import a_datastore, a_host, store

FULL = a_datastore(1, free_mib=1000, name="ds[full]")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def space() -> dict[str, str]:
    results = json.loads(run("run", "--json"))
    return {one["asset_name"]: one["result"] for one in results if one["check"] == "DS-01"}


def test_run_prints_every_result_as_json_with_the_fields_of_the_contract(database):
    store([FULL, a_datastore(2)])

    results = json.loads(run("run", "--json"))

    assert {"check", "asset_id", "result", "message", "evidence", "remedy"} <= results[0].keys()
    by_name = {one["asset_name"]: one for one in results if one["check"] == "DS-01"}
    assert by_name["ds[full]"]["result"] == "crit"
    assert by_name["ds[full]"]["evidence"] == {"capacity_mib": 1_000_000, "used_percent": 99}
    assert by_name["ds-2"]["result"] == "ok"


def test_run_prints_tables_by_severity_and_counts_for_people(database):
    store([FULL, a_datastore(2)])

    text = run("run")

    assert "crit (1)" in text
    assert "ds[full]" in text
    assert "1 crit, 0 warn, 4 unknown" in text


def test_people_read_the_remedy_once_and_the_privilege_of_what_is_unknown(database):
    store([FULL, a_datastore(2, free_mib=1000)])

    text = " ".join(run("run").split())

    assert text.count("Free space (old snapshots, machines that are off)") == 1
    assert "See that the account that collects has System.Read there." in text


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_where_nothing_was_collected_a_run_does_not_say_that_all_is_well(database, entry, options):
    status, out, err = entry("checks", "run", *options)

    assert (status, out) == (2, "")
    cure = "run `nightshift collect`"
    assert err == f"nightshift: nothing has been collected in {database}; {cure}\n"


def test_a_suppression_silences_until_it_is_taken_back(database):
    store([FULL, a_datastore(2)])

    run("suppress", "ds-01", "ds[full]", "--reason", "moving", "--until", "2999-12-31")

    assert space() == {"ds[full]": "suppressed", "ds-2": "ok"}
    (listed,) = json.loads(run("suppressions", "--json"))
    assert (listed["check"], listed["asset"], listed["reason"]) == ("DS-01", "ds[full]", "moving")
    assert (listed["until"], listed["active"]) == ("2999-12-31T23:59:59.999999Z", True)

    run("unsuppress", "DS-01", "ds[full]")

    assert space() == {"ds[full]": "crit", "ds-2": "ok"}


def test_a_suppression_by_id_is_listed_with_its_name_and_may_end_a_span_ahead(database):
    store([FULL])
    (asset,) = {one["asset_id"] for one in json.loads(run("run", "--json"))}

    run("suppress", "DS-01", asset, "--reason", "moving", "--until", "7d")

    (listed,) = json.loads(run("suppressions", "--json"))
    ahead = datetime.fromisoformat(listed["until"]) - datetime.fromisoformat(listed["created_at"])
    assert timedelta(days=6, hours=23) < ahead <= timedelta(days=7)
    assert "ds[full]" in run("suppressions")


def test_a_port_is_silenced_by_its_own_name_or_with_that_of_its_device(database):
    names = ("leaf-01", "leaf-02")
    ports = [
        Interface(key=f"{name}/Eth1", name="Eth1", device=name, state=InterfaceState.ERR_DISABLED)
        for name in names
    ]
    devices = [Device(key=name, name=name, address="10.0.0.1", platform="eos") for name in names]
    store([*devices, *(replace(port, name="Ethernet1/1") for port in ports)], source="net")
    rest = ("--reason", "spare", "--until", "7d")

    assert "on 1 of 2 assets" in run("suppress", "NE-13", "leaf-01 *", *rest)
    assert "on 2 of 2 assets" in run("suppress", "NE-13", "Ethernet1/1", *rest)
    run("unsuppress", "NE-13", "Ethernet1/1")

    results = json.loads(run("run", "--json"))
    assert {one["asset_name"]: one["result"] for one in results if one["check"] == "NE-13"} == {
        "leaf-01 Ethernet1/1": "suppressed",
        "leaf-02 Ethernet1/1": "crit",
    }


def test_an_expired_suppression_is_marked_and_no_longer_holds(database):
    store([FULL])
    run("suppress", "DS-01", "ds*", "--reason", "moving", "--until", "2999-12-31")
    with transaction() as conn:
        conn.execute("UPDATE check_suppressions SET until = now() - interval '1 second'")

    assert space() == {"ds[full]": "crit"}
    assert json.loads(run("suppressions", "--json"))[0]["active"] is False
    assert "expired" in run("suppressions")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["suppress", "DS-99", "ds-2", "--reason", "r", "--until", "2999-01-01"],
            "no check is called 'DS-99'; there are",
            id="a check that there is not",
        ),
        pytest.param(
            ["suppress", "DS-01", "ds-9", "--reason", "r", "--until", "2999-01-01"],
            "no datastore has the id or name 'ds-9'",
            id="an asset that there is not",
        ),
        pytest.param(
            ["suppress", "DS-01", "esx01.example", "--reason", "r", "--until", "2999-01-01"],
            "no datastore has the id or name 'esx01.example'",
            id="an asset that the check does not concern",
        ),
        pytest.param(
            ["suppress", "DS-01", "ds-2", "--reason", " ", "--until", "2999-01-01"],
            "needs a reason",
            id="no reason",
        ),
        pytest.param(
            ["suppress", "DS-01", "ds-2", "--reason", "r", "--until", "2020-01-01"],
            "is in the past",
            id="an end that is over",
        ),
        pytest.param(
            ["suppress", "DS-01", "ds-2", "--reason", "r", "--until", "soon"],
            "'soon' is not a date",
            id="an end that is no date",
        ),
        pytest.param(
            ["suppress", "DS-01", "ds-2", "--reason", "r", "--until", "999999w"],
            "'999999w' is not a date",
            id="an end past the calendar",
        ),
        pytest.param(["unsuppress", "DS-01", "ds-2"], "is not suppressed", id="nothing to end"),
    ],
)
def test_wrong_use_is_one_line_with_the_cure(database, arguments, message):
    store([a_datastore(2), a_host(1)])

    with pytest.raises(WrongUse, match=message):
        run(*arguments)


@pytest.mark.parametrize("missing", ["--reason", "--until"])
def test_suppressing_needs_a_reason_and_an_end(missing):
    options = {"--reason": "r", "--until": "2999-01-01"}
    del options[missing]
    arguments = [part for pair in options.items() for part in pair]

    result = CliRunner().invoke(app, ["suppress", "DS-01", "ds-2", *arguments])

    assert result.exit_code == 2


def test_the_list_names_every_check_with_its_privilege():
    listed = json.loads(run("list", "--json"))

    assert [one["check"] for one in listed] == list(CHECKS)
    assert all(one["privilege"] and one["remedy"] and one["levels"] for one in listed)
    assert "VM-04" in run("list")


def test_a_policy_that_cannot_be_used_stops_the_run(database, tmp_path, monkeypatch):
    file = tmp_path / "policy.toml"
    file.write_text("[snapshot]", encoding="utf-8")
    monkeypatch.setenv("NIGHTSHIFT_CHECK_POLICY", str(file))
    settings.cache_clear()
    store([FULL])

    with pytest.raises(ConfigurationError, match="has no 'snapshot'"):
        run("run", "--json")
