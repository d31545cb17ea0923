"""`nightshift collect` as a person and as a script use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from deployments.cli import inventory as verbs
from models.records.asset import Gap, observe
from models.records.graph import JoinReport
from models.store import inventory, transaction
from models.store.embedded import stop
from tasks.inventory.collect import Tally
from tests.builders import a_vm, store

REPORT = {
    *("source", "collector", "status", "seen", "created", "changed", "deleted", "quarantined"),
    *("seconds", "error"),
}


SOURCES = """\
[[source]]
name = "vc1"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "PRACTICE_PASSWORD"
verify_tls = false
"""


@pytest.fixture
def sources(database, tmp_path, monkeypatch, practice_vcenter):
    """A sources file of the session's installation that names the practice vCenter; returns a way to write another one."""
    file = tmp_path / "sources.toml"

    def write(text):
        file.write_text(text, encoding="utf-8")

    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(file))
    monkeypatch.setenv("PRACTICE_PASSWORD", practice_vcenter.password)
    write(SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username))
    return write


def hold(records, reason="8 of 10 VMs are gone", gaps=()):
    """Collect records and keep them for a person."""
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.stage(conn, taken.id, (observe("vc1", record) for record in records))
        inventory.collected(
            conn, taken.id, covered=("vm",), gaps=gaps, counts={"vm": len(records)}, seconds=0.5
        )
        inventory.hold_snapshot(conn, taken.id, reason)
        return taken.id


def test_a_dry_run_counts_and_stores_nothing(entry, sources, practice_vcenter):
    status, out, _ = entry("collect", "--dry-run", "--json")

    found = json.loads(out)
    (report,) = found["sources"]
    assert status == 0
    assert found["snapshot_id"] is None
    assert report.keys() >= REPORT
    assert (report["status"], report["created"], report["error"]) == ("complete", 0, None)
    assert report["seen"] > 60
    with transaction() as conn:
        rows = "SELECT (SELECT count(*) FROM snapshots) + (SELECT count(*) FROM observations)"
        assert conn.execute(rows).fetchone() == (0,)
    assert practice_vcenter.control.counters()["mutating"] == 0


def test_a_dry_run_tells_people_what_was_seen_of_each_kind(entry, sources):
    status, out, _ = entry("collect", "--dry-run")

    assert status == 0
    assert out.startswith("Would be collected (nothing was stored)")
    assert "vm" in out
    assert "created" not in out


def _unread(number):
    names = (f"sw-{one:02}" for one in range(number))
    return [Gap(kind="device", field="*", reason=f"{name}: it did not answer") for name in names]


def test_a_dry_run_tells_people_why_a_part_could_not_be_seen(entry, sources, monkeypatch):
    gaps = [
        Gap(kind="device", field="*", reason="sw-b: the connection was refused"),
        *[Gap(kind="vm", field="disks", reason="no right to [read] disks", count=2)] * 2,
    ]
    tally = Tally(counts=Counter(vm=2), gaps=gaps)
    monkeypatch.setattr("tasks.inventory.collect.preview_source", lambda _: tally)

    status, out, _ = entry("collect", "--dry-run")

    assert status == 0
    assert out.splitlines()[-2:] == [
        "vc1: device: sw-b: the connection was refused (1)",
        "vc1: vm.disks: no right to [read] disks (4)",
    ]
    (report,) = json.loads(entry("collect", "--dry-run", "--json")[1])["sources"]
    assert report.keys() >= REPORT
    assert "gaps" not in report


def test_of_many_parts_that_could_not_be_seen_the_first_ten_are_told(entry, sources, monkeypatch):
    tally = Tally(counts=Counter(vm=2), gaps=_unread(13))
    monkeypatch.setattr("tasks.inventory.collect.preview_source", lambda _: tally)

    lines = entry("collect", "--dry-run")[1].splitlines()[-11:]

    assert lines[0] == "vc1: device: sw-00: it did not answer (1)"
    assert lines[-2:] == ["vc1: device: sw-09: it did not answer (1)", "vc1: 3 more"]


def test_what_is_stored_of_a_part_comes_with_the_reason_of_the_rest(entry, sources):
    store([a_vm(1), a_vm(2)])
    hold([a_vm(1)], gaps=_unread(1))

    status, out, _ = entry("collect", "vc1", "--accept-held")

    assert status == 0
    assert out.splitlines()[-1] == "vc1: device: sw-00: it did not answer (1)"


def test_a_source_that_is_down_is_a_failed_report_and_status_1(entry, sources):
    sources(SOURCES.format(url="https://127.0.0.1:1/sdk", username="user"))

    status, out, _ = entry("collect", "--dry-run", "--json")
    assert status == 1
    (report,) = json.loads(out)["sources"]
    assert report["status"] == "failed"
    assert "127.0.0.1:1" in report["error"]

    status, out, err = entry("collect", "--dry-run")
    assert (status, out) == (1, "")
    assert err.strip().splitlines()[-1].startswith("vc1: ")


def test_a_wrong_password_is_said_and_never_shown(entry, sources, monkeypatch, practice_vcenter):
    monkeypatch.setenv("PRACTICE_PASSWORD", "canary-9f2c")

    status, out, err = entry("collect", "--dry-run", "--json")

    (report,) = json.loads(out)["sources"]
    assert (status, report["status"]) == (1, "failed")
    assert practice_vcenter.username in report["error"] or "refused" in report["error"]
    assert "canary-9f2c" not in out + err


def test_one_source_that_fails_does_not_stop_the_others(entry, sources, practice_vcenter):
    good = SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username)
    bad = SOURCES.format(url="https://127.0.0.1:1/sdk", username="u").replace("vc1", "vc0")
    sources(bad + good)

    status, out, _ = entry("collect", "--dry-run", "--json")

    assert status == 1
    found = {each["source"]: each["status"] for each in json.loads(out)["sources"]}
    assert found == {"vc0": "failed", "vc1": "complete"}
    assert entry("collect", "vc1", "--dry-run", "--json")[0] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("vmware", "vmwar"), "no collector is called 'vmwar'; there are", id="kind"),
        pytest.param(
            ("PRACTICE_PASSWORD", "UNSET_PASSWORD"),
            "environment variable UNSET_PASSWORD is not set; export it",
            id="variable",
        ),
    ],
)
def test_what_one_source_lacks_is_its_report(entry, sources, practice_vcenter, change, message):
    text = SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username)
    sources(text.replace(*change))

    status, out, _ = entry("collect", "--dry-run", "--json")

    (report,) = json.loads(out)["sources"]
    assert (status, report["status"]) == (1, "failed")
    assert message in report["error"]
    assert practice_vcenter.password not in out


def test_an_error_of_a_source_names_it_once(entry, sources, monkeypatch):
    monkeypatch.setenv("PRACTICE_PASSWORD", "")

    err = entry("collect", "--dry-run")[2]

    line = "vc1: environment variable PRACTICE_PASSWORD is empty"
    assert err.strip().splitlines()[-1] == line


@pytest.mark.parametrize("flags", [(), ("--dry-run",), ("--accept-held",)])
@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        pytest.param(SOURCES, ("vc9",), "no source is called 'vc9'; there are vc1", id="unknown"),
        pytest.param("[[source]\nname", ("vc1",), "sources.toml: ", id="syntax"),
        pytest.param("", ("vc1",), "names no source; add a [[source]] table", id="empty"),
        pytest.param(SOURCES + SOURCES, ("vc1",), "two sources are called 'vc1'", id="twice"),
        pytest.param("source = 1", ("vc1",), "names no source", id="no tables"),
    ],
)
def test_a_sources_file_that_cannot_be_used_is_told_before_anything_starts(
    entry, sources, text, names, message, flags
):
    sources(text)

    status, out, err = entry("collect", *names, *flags, "--json")

    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_without_a_sources_file_the_cure_is_named(database, entry, monkeypatch, tmp_path):
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(tmp_path / "none.toml"))

    status, _, err = entry("collect")

    assert status == 2
    assert "there is no sources file at" in err
    assert "NIGHTSHIFT_SOURCES" in err


def test_without_a_database_nothing_is_collected(entry, sources, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", "postgresql://u:canary@127.0.0.1:1/x")

    status, out, err = entry("collect", "--json")

    assert (status, out) == (3, "")
    assert "Postgres does not answer" in err
    assert "canary" not in err


def test_a_held_collection_that_is_accepted_answers_as_collect_does(entry, sources):
    store([a_vm(1), a_vm(2)])
    held = hold([a_vm(1, cpu_count=8)])

    status, out, _ = entry("collect", "vc1", "--accept-held", "--json")

    found = json.loads(out)
    (report,) = found["sources"]
    assert status == 0
    assert found["snapshot_id"] == report["snapshot_id"] == str(held)
    assert report.keys() >= REPORT
    assert (report["status"], report["changed"], report["deleted"]) == ("complete", 1, 1)

    status, out, err = entry("collect", "vc1", "--accept-held", "--json")
    assert (status, out) == (2, "")
    assert "no held collection of 'vc1' waits" in err


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (("--accept-held",), "name the source whose held collection is right"),
        (("vc1", "--accept-held", "--dry-run"), "give one of them"),
    ],
)
def test_flags_of_collect_that_make_no_sense_are_wrong_use(entry, sources, arguments, cure):
    status, out, err = entry("collect", *arguments)

    assert (status, out) == (2, "")
    assert cure in err


def test_a_held_or_failed_source_is_status_1_and_the_newest_collection_names_the_call(
    entry, sources, monkeypatch
):
    reports = [
        verbs.SourceReport(source="a", collector="vmware", status="complete", snapshot_id="9"),
        verbs.SourceReport(source="b", collector="vmware", status="held", snapshot_id="10"),
    ]
    joins = JoinReport(edges=0, opened=0, closed=0, error="another process joins")
    collected = (reports, joins, "run")
    monkeypatch.setattr("deployments.running.collect_sources", lambda names: collected)

    status, out, _ = entry("collect", "--json")

    found = json.loads(out)
    assert (status, found["snapshot_id"], found["flow_run_id"]) == (1, "10", "run")
    assert found["joins"]["error"] == "another process joins"
    assert "not joined anew: another process joins" in entry("collect")[2]


def test_collect_through_the_entry_stores_and_leaks_no_password(sources, home, practice_vcenter):
    password = practice_vcenter.password
    script = Path(sys.executable).parent / "nightshift"
    command = [script, "collect", "vc1", "--json"]
    environment = {**os.environ, "NIGHTSHIFT_DATABASE_IDLE_SECONDS": "600"}

    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (report,) = found["sources"]
    assert found.keys() >= {"snapshot_id", "sources"}
    assert report.keys() >= REPORT
    assert found["snapshot_id"] == report["snapshot_id"] == "1"
    assert (report["source"], report["collector"]) == ("vc1", "vmware")
    assert (report["status"], report["error"]) == ("complete", None)
    assert report["created"] == report["seen"] > 60
    assert practice_vcenter.control.counters()["mutating"] == 0
    assert practice_vcenter.control.counters()["sessions"] == 0

    with transaction() as conn:
        conn.execute("CHECKPOINT")
    stop(home)
    assert password not in done.stdout + done.stderr
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 1000  # with the data folder of Postgres
    contents = {path: path.read_bytes() for path in files}
    assert [path for path, content in contents.items() if password.encode() in content] == []
    assert any(b"esx01.fra1" in content for content in contents.values())  # facts are found so
