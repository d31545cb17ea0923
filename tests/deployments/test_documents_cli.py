"""`nightshift docs` as a person and as a script use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deployments.cli.documents import app
from models.errors import WrongUse
from models.settings import settings
from models.store import transaction
from tasks.documents.generate import generate_documents
from tests.builders import store
from tests.generators.documents.site import records

KINDS = ("vcenter", "datacenter", "cluster", "host", "vm", "datastore", "network")


@pytest.fixture
def site(home):
    """An installation of its own with one stored collection."""
    store(records(), covered=KINDS)
    return home


def generate() -> Any:
    """Generate as a person does: a process of its own, which brings its own Prefect server."""
    command = [str(Path(sys.executable).parent / "nightshift"), "docs", "generate", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.stdout


def test_documents_are_generated_listed_shown_exported_and_verified(site, tmp_path):
    made = generate()["documents"]
    wanted = {"name", "sections", "regenerated", "sentences", "dropped_sentences", "path"}
    assert [wanted <= document.keys() for document in made] == [True] * 5
    assert Path(made[0]["path"]) == site / "documents" / "overview.md"
    assert [report.regenerated for report in generate_documents(["overview"])] == [0]

    there = json.loads(run("list", "--json"))
    names = [document["name"] for document in there]
    assert names == ["changes", "kubernetes", "network", "overview", "virtualization"]

    assert run("show", "overview") == (site / "documents" / "overview.md").read_text()
    assert run("show", "overview", "--as-of", there[0]["facts_from"]) == run("show", "overview")
    assert "nothing changed" in run("show", "changes", "--since", "2100-01-01")
    run("show", "overview", "--html", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")

    exported = json.loads(run("export", str(tmp_path / "copies"), "--git", "--json"))
    assert exported["commit"]
    assert "nothing to commit" in run("export", str(tmp_path / "copies"), "--git")

    report = json.loads(run("verify", "--json"))
    assert report["unsupported"] == []
    assert report["sentences"] == report["supported"] > 0


def test_an_unsupported_sentence_ends_verification_with_status_1(site):
    generate_documents()
    with transaction() as conn:
        conn.execute("UPDATE document_sentences SET text = 'The site has 99 hosts.' WHERE id = 1")

    report = json.loads(run("verify", "--json", status=1))

    found = [each for each in report["unsupported"] if "99" in each["missing"]]
    assert found[0].keys() == {"document", "section", "sentence", "missing"}
    assert found[0]["sentence"] == "The site has 99 hosts."
    assert "99 hosts" in run("verify", status=1)


def test_for_people_a_table_says_what_there_is(site):
    generate_documents()
    assert "Site overview" in run("list")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["generate", "nothing"], "no document is called 'nothing'", id="document"),
        pytest.param(["show", "overview"], "docs generate", id="not made yet"),
        pytest.param(["show", "overview", "--as-of", "soon"], "is no time", id="time"),
        pytest.param(["show", "overview", "--since", "1h"], "docs show changes", id="since"),
        pytest.param(["export", "x"], "docs generate", id="nothing to export"),
    ],
)
def test_wrong_use_says_what_can_be_done(database, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    store(records(), covered=KINDS)
    assert settings().home == database
    with pytest.raises(WrongUse, match=message):
        run(*arguments)


def test_where_nothing_was_collected_the_list_is_wrong_use(database, entry):
    status, out, err = entry("docs", "list", "--json")

    assert (status, out) == (2, "")
    cure = "run `nightshift collect`"
    assert err == f"nightshift: nothing has been collected in {database}; {cure}\n"
