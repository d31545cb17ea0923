from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from models.errors import ConfigurationError, WrongUse
from tasks.documents import export, files, generate
from tasks.documents.export import export_documents
from tasks.documents.generate import generate_documents
from tests.builders import store
from tests.generators.documents.site import records

KINDS = ("vcenter", "datacenter", "cluster", "host", "vm", "datastore", "network")


@pytest.fixture
def installation(database, tmp_path, monkeypatch):
    for module in (files, generate, export):
        monkeypatch.setattr(module, "documents_folder", lambda: tmp_path / "documents")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return tmp_path / "documents"


@pytest.fixture
def folder(installation, tmp_path):
    collect()
    return tmp_path / "copies"


def collect(change=None):
    store([change(record) if change else record for record in records()], covered=KINDS)
    generate_documents()


def grown(record):
    return replace(record, memory_mib=8192) if record.key == "vm-1" else record


def busier(record):
    return replace(record, cpu_usage_mhz=77) if record.key == "vm-1" else record


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    ).stdout


def commits(folder):
    return git(folder, "log", "--format=%s").splitlines()


def test_documents_and_inventories_are_copied(folder, installation):
    report = export_documents(folder)

    assert (folder / "overview.md").read_bytes() == (installation / "overview.md").read_bytes()
    assert (folder / "csv/vm-usage.csv").exists()
    assert len(report.written) == report.files
    assert export_documents(folder).written == ()
    assert not (folder / ".git").exists()


def test_a_fresh_repository_gets_one_commit_and_an_unchanged_site_no_other(folder, tmp_path):
    first = export_documents(folder, git=True)
    collect()
    second = export_documents(folder, git=True)

    assert first.commit
    assert (second.commit, second.written) == (None, ())
    assert len(commits(folder)) == 1
    assert commits(folder)[0].startswith("vc1 was recorded for the first time")
    assert git(folder, "status", "--porcelain") == ""
    assert not (tmp_path / "gitconfig").exists()
    assert git(folder, "log", "--format=%an") == "Nightshift\n"


def test_a_change_is_one_commit_that_says_what_changed(folder):
    export_documents(folder, git=True)
    collect(grown)

    report = export_documents(folder, git=True)

    assert len(commits(folder)) == 2
    assert "1 asset changed" in commits(folder)[0]
    assert "- virtualization.md: Virtual machines of cluster prod" in report.message
    assert "- csv/vm.csv" in report.message
    assert "4 GiB" in git(folder, "show", "HEAD~1:virtualization.md")


def test_usage_that_moves_makes_no_commit(folder):
    export_documents(folder, git=True)
    collect(busier)

    assert export_documents(folder, git=True).commit is None
    assert not (folder / "csv/vm-usage.csv").exists()


def test_in_an_existing_repository_only_our_files_are_committed(folder):
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.net")
    (folder / "mine.txt").write_text("staged by its owner\n")
    git(folder, "add", "mine.txt")

    export_documents(folder / "site", git=True)

    assert "A  mine.txt" in git(folder, "status", "--porcelain")
    assert "mine.txt" not in git(folder, "ls-tree", "-r", "--name-only", "HEAD")
    assert git(folder, "log", "--format=%an") == "Ada\n"
    assert not (folder / "site/.git").exists()


def test_an_inventory_that_is_no_more_leaves_the_repository(folder):
    export_documents(folder, git=True)
    (folder / "csv/own.csv").write_text("a,b\n")
    git(folder, "add", "csv/own.csv")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "own")
    store([record for record in records() if record.key != "net-1"], covered=KINDS)
    generate_documents()

    report = export_documents(folder, git=True)

    assert report.removed == ("csv/network.csv",)
    tracked = git(folder, "ls-tree", "-r", "--name-only", "HEAD")
    assert "csv/network.csv" not in tracked
    assert "csv/own.csv" in tracked


def test_wrong_use_is_refused_with_the_cure(folder, installation, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongUse, match="is a file"):
        export_documents(tmp_path / "file")
    with pytest.raises(WrongUse, match="name another folder"):
        export_documents(installation / "inside")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="git is not installed"):
        export_documents(folder, git=True)


def test_without_documents_there_is_nothing_to_export(installation, tmp_path):
    with pytest.raises(WrongUse, match="docs generate"):
        export_documents(tmp_path / "copies")
