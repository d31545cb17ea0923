from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from generators.documents.inventories import Inventory
from models.errors import Busy, ExternalError, WrongUse
from models.records.asset import Gap, asset_id
from models.settings import settings
from models.store import documents, inventory, transaction
from models.store.work import claim
from tasks.documents import files, generate
from tasks.documents.files import documents_folder, write_whole
from tasks.documents.generate import generate_documents
from tasks.documents.show import changes_text, document_page, document_text, list_documents
from tasks.inventory.health import run_checks
from tests.builders import store
from tests.generators.documents.site import a_vm, records

KINDS = ("vcenter", "datacenter", "cluster", "host", "vm", "datastore", "network")


@pytest.fixture
def installation(database, tmp_path, monkeypatch):
    """The session's database; the documents go to a folder of the test's own."""
    monkeypatch.setattr(files, "documents_folder", lambda: tmp_path / "documents")
    monkeypatch.setattr(generate, "documents_folder", lambda: tmp_path / "documents")
    return tmp_path / "documents"


def collect(found, **options):
    return store(found, covered=KINDS, **options)


def fail(error, source="vc1"):
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, source, "vmware")
        inventory.fail_snapshot(conn, taken.id, error)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def without_collected(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if not line.startswith(b"Collected at:")]


def regenerated(reports):
    return {report.name: report.regenerated for report in reports}


def changed(reports):
    return {(report.name, key) for report in reports for key in report.changed_sections}


def test_without_a_collection_there_is_nothing_to_write_about(installation):
    with pytest.raises(WrongUse, match="nightshift collect"):
        generate_documents()


def test_an_unknown_document_is_refused_before_anything_is_done(installation):
    with pytest.raises(WrongUse, match="no document is called 'x'"):
        generate_documents(("x",))


def test_all_documents_and_inventories_are_written(installation):
    collect(records())
    run_checks()

    reports = generate_documents()

    assert [report.name for report in reports] == [
        "overview",
        "virtualization",
        "kubernetes",
        "network",
        "changes",
    ]
    assert all(report.regenerated == report.sections >= 1 for report in reports)
    assert all(Path(report.path).read_bytes().startswith(b"# ") for report in reports)
    there = set(contents(installation))
    assert {"overview.md", "changes.md", "csv/vm.csv", "csv/vm-disks.csv"} <= there
    assert [edition.name for edition in list_documents()] == [
        "changes",
        "kubernetes",
        "network",
        "overview",
        "virtualization",
    ]


def test_an_unchanged_site_collected_again_changes_one_line_and_renders_nothing(installation):
    collect(records())
    generate_documents()
    before = contents(installation)
    collect(records())

    reports = generate_documents()

    after = contents(installation)
    assert set(regenerated(reports).values()) == {0}
    assert after.keys() == before.keys()
    for name, content in before.items():
        assert without_collected(after[name]) == without_collected(content)
        differing = sum(
            a != b for a, b in zip(after[name].splitlines(), content.splitlines(), strict=True)
        )
        assert differing <= (1 if name.endswith(".md") else 0)
    with transaction() as conn:
        assert conn.execute(
            "SELECT count(*) FROM document_sections WHERE valid_to IS NOT NULL"
        ).fetchone() == (0,)


def test_a_second_run_over_the_same_collection_touches_no_file(installation):
    collect(records())
    generate_documents()
    before = {path: path.stat().st_mtime_ns for path in installation.rglob("*.*")}

    generate_documents()

    assert {path: path.stat().st_mtime_ns for path in installation.rglob("*.*")} == before


def test_a_failed_collection_is_told_once_and_a_good_one_takes_it_back(installation):
    collect(records())
    generate_documents()
    healthy = (installation / "overview.md").read_text()

    fail("vc1: the login was refused")
    first = changed(generate_documents())
    told = (installation / "overview.md").read_text()
    fail("vc1: the login was refused")
    again = changed(generate_documents())

    parts = {("overview", "summary"), ("overview", "sources"), ("virtualization", "coverage")}
    assert first == parts
    assert again == set()
    assert "| **last attempt failed**: vc1: the login was refused | **behind** |" in told

    collect(records())

    assert changed(generate_documents()) == parts
    assert without_collected((installation / "overview.md").read_bytes()) == without_collected(
        healthy.encode()
    )


def test_one_change_makes_only_the_sections_that_depend_on_it_again(installation):
    collect(records())
    generate_documents()
    collect([replace(r, memory_mib=8192) if r.key == "vm-3" else r for r in records()])

    reports = generate_documents()

    cluster = asset_id("vc1", "cluster", "c-2")
    assert changed(reports) == {
        ("virtualization", f"vms:{cluster}"),
        ("overview", "summary"),
        ("overview", "changes"),
        ("changes", "summary"),
        ("changes", "risky"),
        ("changes", "earlier"),
    }
    assert "| web-3 | Memory | 4 GiB | 8 GiB |" in (installation / "changes.md").read_text()


def test_a_cluster_that_is_gone_takes_its_sections_with_it(installation):
    collect(records())
    generate_documents()
    gone = {"c-2", "host-3", "vm-3"}
    for _ in range(2):  # its host and machines are gone once a second collection misses them
        collect([record for record in records() if record.key not in gone])

    reports = {report.name: report for report in generate_documents()}

    cluster = asset_id("vc1", "cluster", "c-2")
    assert reports["virtualization"].removed_sections == (f"hosts:{cluster}", f"vms:{cluster}")
    assert "cluster test" not in (installation / "virtualization.md").read_text()
    assert "| web-3 | **deleted** |" in (installation / "changes.md").read_text()


def test_a_relation_to_an_asset_that_is_gone_says_so_by_its_name(installation):
    collect(records())
    for _ in range(2):
        collect([record for record in records() if record.key != "host-3"])

    generate_documents()

    assert "esx-3 (gone)" in (installation / "virtualization.md").read_text()
    assert asset_id("vc1", "host", "host-3") not in (installation / "virtualization.md").read_text()


def test_an_inventory_of_a_kind_that_is_gone_is_removed(installation):
    collect(records())
    generate_documents()
    collect([record for record in records() if record.key != "net-1"])

    generate_documents()

    assert not (installation / "csv/network.csv").exists()
    assert (installation / "csv/vm.csv").exists()


def test_an_earlier_time_shows_the_earlier_text(installation):
    collect(records())
    generate_documents()
    with transaction() as conn:
        first = documents.editions(conn, "virtualization")[0].valid_from
    collect([replace(r, memory_mib=65_536) if r.key == "vm-1" else r for r in records()])
    generate_documents()

    assert "64 GiB" in document_text("virtualization")
    then = document_text("virtualization", first)
    assert "64 GiB" not in then
    assert "| web-1 | on | 2 | 4 GiB |" in then
    with pytest.raises(WrongUse, match="there was no document 'overview' then"):
        document_text("overview", first.replace(year=2020))


def test_a_document_that_is_not_there_yet_says_how_to_make_it(installation):
    with pytest.raises(WrongUse, match="docs generate"):
        document_text("overview")
    with pytest.raises(WrongUse, match="no document is called 'nothing'"):
        document_text("nothing")


def test_changes_since_any_time_are_told_without_being_stored(installation):
    collect(records())
    generate_documents()
    with transaction() as conn:
        first = documents.editions(conn, "changes")[0].valid_from
    later = [replace(r, host="host-2") if r.key == "vm-1" else r for r in records()]
    collect([*later, a_vm("vm-8", name="new | one")])

    text = changes_text(first)

    assert "2 assets" not in text
    assert "1 asset created and 1 asset changed" in text
    assert "| web-1 | Host | esx-1 | esx-2 |" in text
    assert "| new \\| one | **created** |" in text
    assert "nothing changed" in changes_text(first.replace(year=2100))


def test_what_could_not_be_seen_is_said_with_the_privilege(installation):
    gap = Gap(kind="vcenter", field="licences", reason="not permitted", privilege="Global.Licenses")

    collect(records(), gaps=(gap,))
    generate_documents()

    for name in ("overview", "virtualization"):
        text = (installation / f"{name}.md").read_text()
        assert "**not seen**: Licences of vCenters (not permitted; needs Global.Licenses)" in text


def test_a_file_that_somebody_changed_or_deleted_is_made_whole_again(installation):
    collect(records())
    generate_documents()
    before = contents(installation)
    (installation / "overview.md").write_text("# mine\n")
    (installation / "csv/vm.csv").write_text("id\n")
    (installation / "csv/host.csv").unlink()

    generate_documents()

    assert contents(installation) == before


def test_a_run_that_died_between_store_and_file_is_finished_by_the_next(installation, monkeypatch):
    collect(records())

    def full(*_: object) -> bool:
        raise ExternalError("file system", "x", "No space left on device")

    monkeypatch.setattr(generate, "write_whole", full)
    with pytest.raises(ExternalError):
        generate_documents()
    monkeypatch.undo()
    monkeypatch.setattr(files, "documents_folder", lambda: installation)
    monkeypatch.setattr(generate, "documents_folder", lambda: installation)

    reports = generate_documents()

    assert reports[0].regenerated == 0
    assert (installation / "overview.md").read_text().startswith("# Site overview")


def test_a_writer_that_dies_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.md"
    write_whole(path, b"old")

    def dies(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(ExternalError, match="No space left"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_cleared_away(installation):
    collect(records())
    generate_documents()
    left = installation / ".overview.md.99999.unfinished"
    left.write_text("half")

    generate_documents()

    assert not left.exists()


def test_two_generations_never_run_at_once(installation):
    collect(records())
    held, done = threading.Event(), threading.Event()

    def holds() -> None:
        with claim("documents", "generate"):
            held.set()
            done.wait(20)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(holds)
        assert held.wait(20)
        with pytest.raises(Busy):
            generate_documents()
        done.set()
        holder.result()


def test_a_document_is_a_page_with_links_to_the_others(installation):
    collect(records())
    generate_documents()

    page = document_page("overview")

    assert page.startswith("<!doctype html>")
    assert '<a href="overview" aria-current="page">Site overview</a>' in page
    assert '<a href="virtualization">Virtualization</a>' in page


def test_the_documents_live_below_the_home_of_the_installation(database):
    assert documents_folder() == settings().home / "documents"


def test_an_inventory_is_made_only_once_for_its_hash_and_its_text():
    calls = []

    def rows():
        calls.append(1)
        yield ("a",)

    file = Inventory(name="x.csv", header=("id",), rows=rows)

    assert (len(file.input_hash), file.text()) == (16, "id\na\n")
    assert calls == [1]
