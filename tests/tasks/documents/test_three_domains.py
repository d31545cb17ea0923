from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from generators.documents.configurations import FIRST_LINE
from models.kinds import KINDS
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.records.asset import asset_id, observe
from models.store import documents, inventory, transaction
from tasks.documents.export import export_documents
from tasks.documents.files import documents_folder
from tasks.documents.generate import generate_documents
from tasks.documents.verify import verify_documents
from tasks.inventory.join import join_assets
from tests.generators.documents.domains import kubernetes_records, network_records
from tests.generators.documents.site import records

BEGIN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def collect(found, source, collector, hours=0):
    """Store records as one complete collection, taken at a time of its own."""
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, source, collector)
        conn.execute(
            "UPDATE snapshots SET taken_at = %s WHERE id = %s",
            (BEGIN + timedelta(hours=hours), taken.id),
        )
        inventory.stage(conn, taken.id, (observe(source, record) for record in found))
        inventory.collected(conn, taken.id, covered=tuple(KINDS), gaps=(), counts={}, seconds=0.1)
        inventory.store_snapshot(conn, taken.id)


@pytest.fixture
def installation(database):
    collect(records(), "vc1", "vmware")
    collect(kubernetes_records(), "k8s", "kubernetes")
    collect(network_records(), "net", "network")
    join_assets()
    return documents_folder()


def regenerated():
    return {
        (report.name, key) for report in generate_documents() for key in report.changed_sections
    }


def configured(text):
    return [
        replace(record, running_config=text) if record.key == "leaf-1" else record
        for record in network_records()
    ]


def test_all_documents_are_made_and_every_sentence_is_borne_out(installation):
    reports = {report.name: report for report in generate_documents()}

    assert reports["kubernetes"].regenerated == reports["kubernetes"].sections > 20
    assert reports["network"].regenerated == reports["network"].sections > 15
    found = verify_documents()
    assert found.unsupported == ()
    assert found.sentences > 12


def test_an_unchanged_site_writes_nothing_though_counters_and_usage_moved(installation):
    generate_documents()
    before = {
        path: path.stat().st_mtime_ns
        for path in installation.rglob("*")
        if path.is_file() and not path.name.endswith((".md", "-usage.csv", "-now.csv"))
    }
    moved = [
        replace(record, uptime_seconds=99, mac_table=()) if hasattr(record, "mac_table") else record
        for record in network_records()
    ]
    busy = [
        replace(record, cpu_usage_millicores=1690) if isinstance(record, Node) else record
        for record in kubernetes_records()
    ]
    collect(moved, "net", "network", hours=1)
    collect(busy, "k8s", "kubernetes", hours=1)
    join_assets()

    assert regenerated() == set()
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_a_pod_that_fails_leaves_the_network_s_sections_and_the_workloads_alone(installation):
    generate_documents()
    sick = [
        replace(record, phase="Failed")
        if isinstance(record, Pod) and record.key == "p2"
        else record
        for record in kubernetes_records()
    ]
    collect(sick, "k8s", "kubernetes", hours=1)

    touched = regenerated()

    assert not [key for name, key in touched if name in ("network", "virtualization")]
    assert not [key for _, key in touched if key.startswith(("workloads", "services", "volumes"))]
    assert ("kubernetes", "pods") in touched


def test_configurations_are_files_that_follow_their_devices(installation):
    generate_documents()
    file = installation / "configurations/leaf-1.txt"
    assert file.read_text() == f"{FIRST_LINE}hostname leaf-1\nntp server 10.0.0.1\n"

    collect(configured("hostname leaf-1\nntp server 10.0.0.9\n"), "net", "network", hours=1)
    generate_documents()
    assert "10.0.0.9" in file.read_text()

    collect(configured(None), "net", "network", hours=2)
    generate_documents()
    assert not file.exists()
    assert (installation / "configurations/leaf-2.txt").exists()


def test_a_configuration_keeps_its_time_while_other_facts_of_the_device_change(installation):
    leaf = asset_id("net", "device", "leaf-1")
    same = [
        replace(record, os_version="11") if record.key == "leaf-1" else record
        for record in network_records()
    ]

    def since():
        with transaction() as conn:
            return documents.configured_since(conn)[leaf]

    collect(same, "net", "network", hours=1)
    assert since() == BEGIN
    collect(configured("hostname other\n"), "net", "network", hours=2)
    assert since() == BEGIN + timedelta(hours=2)


def test_a_changed_configuration_shows_its_lines_in_the_changes(installation):
    generate_documents()
    collect(configured("hostname leaf-1\nntp server 10.0.0.9\n"), "net", "network", hours=1)
    generate_documents()

    text = (installation / "changes.md").read_text()

    assert "**Configuration of leaf-1**" in text
    assert "\n-ntp server 10.0.0.1\n+ntp server 10.0.0.9\n" in text


def test_an_export_to_git_holds_configurations_and_nothing_that_moves(
    installation, tmp_path, monkeypatch
):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    generate_documents()
    folder = tmp_path / "site"
    export_documents(folder, git=True)
    listed = subprocess.run(
        ["git", "-C", str(folder), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "configurations/leaf-1.txt" in listed
    assert "csv/device-neighbours.csv" in listed
    assert not [name for name in listed if name.endswith(("-usage.csv", "-now.csv"))]

    collect(configured(None), "net", "network", hours=1)
    generate_documents()
    report = export_documents(folder, git=True)

    assert report.removed == ("configurations/leaf-1.txt",)
    assert not (folder / "configurations/leaf-1.txt").exists()
