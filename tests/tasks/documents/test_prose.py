from __future__ import annotations

import json
import re

import pytest

from models.settings import settings
from models.store import documents, transaction
from tasks.documents import files, generate, verify
from tasks.documents.generate import generate_documents
from tasks.documents.prose import write_prose
from tasks.documents.verify import verify_documents
from tests.builders import store
from tests.fix_llm import Fault, LlmServer
from tests.generators.documents.site import a_vm, records

KINDS = ("vcenter", "datacenter", "cluster", "host", "vm", "datastore", "network")


@pytest.fixture
def installation(database, tmp_path, monkeypatch):
    for module in (files, generate, verify):
        monkeypatch.setattr(module, "documents_folder", lambda: tmp_path / "documents")
    store(records(), covered=KINDS)
    return tmp_path / "documents"


@pytest.fixture
def llm(monkeypatch):
    """A server that cites the hosts of the prompt, once rightly and once with a wrong number."""
    with LlmServer() as server:
        server.reply = answer
        monkeypatch.setenv("NIGHTSHIFT_LLM_URL", server.url)
        monkeypatch.setenv("NIGHTSHIFT_LLM_MODEL", "test")
        monkeypatch.setenv("NIGHTSHIFT_LLM_RETRIES", "0")
        settings.cache_clear()
        yield server


def answer(body) -> str:
    prompt = body["messages"][-1]["content"]
    found = re.search(r"^(f\d+): hosts that the site has: (\d+)$", prompt, re.MULTILINE)
    if found is None:
        return json.dumps({"sentences": []})
    alias, number = found[1], found[2]
    said = [f"The site has {number} hosts.", "The site has 97 hosts.", "Host mars-01 is down."]
    return json.dumps({"sentences": [{"text": text, "fact_ids": [alias]} for text in said]})


def requests(llm) -> int:
    return sum("facts" in prompt for prompt in llm.prompts)


def test_only_supported_sentences_stand_in_the_document_in_a_marked_block(installation, llm):
    report = write_prose()[0]

    assert (report.name, report.sentences, report.dropped_sentences) == ("overview", 1, 2)
    text = (installation / "overview.md").read_text()
    assert "> **Written by a language model**" in text
    assert "The site has 3 hosts." in text
    assert "97" not in text
    assert "mars" not in text
    with transaction() as conn:
        blocks = [block for block in documents.prose(conn, "overview").values() if block.dropped]
    assert [each.missing for each in blocks[0].dropped] == [("97",), ("mars-01",)]


def test_the_same_facts_are_not_asked_about_again(installation, llm):
    write_prose()
    asked = requests(llm)
    before = (installation / "overview.md").read_bytes()

    reports = write_prose()

    assert requests(llm) == asked == 1
    assert reports[0].sentences == 1
    assert (installation / "overview.md").read_bytes() == before


def test_changed_facts_are_asked_about_again_and_stale_sentences_never_stay(installation, llm):
    write_prose()
    asked = requests(llm)
    store([*records(), a_vm("vm-8")], covered=KINDS)

    without = generate_documents()
    assert without[0].sentences == 0
    assert "Written by a language model" not in (installation / "overview.md").read_text()

    write_prose()
    assert requests(llm) > asked
    assert "Written by a language model" in (installation / "overview.md").read_text()


@pytest.mark.parametrize(
    "fault", [Fault.DOWN, Fault.WRONG_SCHEMA, Fault.PROSE, Fault.CUT, Fault.NOT_JSON, Fault.EMPTY]
)
def test_a_model_that_fails_leaves_the_document_complete_with_the_reason(installation, llm, fault):
    llm.always = fault
    complete = {report.name: report.sections for report in generate_documents()}
    before = (installation / "overview.md").read_bytes()

    reports = write_prose()

    assert {report.name: report.sections for report in reports} == complete
    assert (installation / "overview.md").read_bytes() == before
    assert reports[0].failures[0].startswith("summary: ")
    assert verify_documents().unsupported == ()

    llm.always = None
    assert write_prose()[0].sentences in (0, 1)


def test_an_address_that_cannot_be_used_costs_only_the_sentences(installation, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_LLM_URL", "ftp://nowhere")
    settings.cache_clear()

    assert write_prose()[0].sections > 3


def test_without_a_model_nothing_is_asked_and_nothing_is_missing(installation):
    report = write_prose()[0]

    assert (report.sentences, report.dropped_sentences, report.failures) == (0, 0, ())
    assert verify_documents().sentences > 0


def test_verification_counts_every_sentence_and_finds_none_wrong(installation, llm):
    write_prose()

    report = verify_documents()

    assert report.unsupported == ()
    assert report.supported == report.sentences >= 8


def tamper(statement: str) -> None:
    with transaction() as conn:
        assert conn.execute(statement).rowcount > 0


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        pytest.param(
            "UPDATE document_sentences SET text = 'The site has 12 hosts.' WHERE writer = 'model'",
            "12",
            id="number of a model's sentence",
        ),
        pytest.param(
            "UPDATE document_sentences SET text = replace(text, '3 hosts', '8 hosts')"
            " WHERE writer = 'template' AND text LIKE '%3 hosts%'",
            "8",
            id="number of our own sentence",
        ),
        pytest.param(
            "UPDATE document_sentences SET fact_ids = '{total:vm}' WHERE writer = 'model'",
            "unknown fact total:vm.",
            id="citation",
        ),
        pytest.param(
            "UPDATE document_sentences SET fact_ids = '{}' WHERE writer = 'model'",
            "it cites no fact",
            id="no citation",
        ),
        pytest.param(
            "UPDATE document_sections SET body = replace(body, '4 GiB', '9 GiB')"
            " WHERE body LIKE '%4 GiB%'",
            "the facts give: ",
            id="table",
        ),
        pytest.param(
            "DELETE FROM document_sentences WHERE writer = 'template' AND text LIKE '%3 hosts%'",
            "the facts give: The site has",
            id="a sentence of ours that is gone",
        ),
        pytest.param(
            "UPDATE document_sections SET title = 'Other' WHERE key = 'summary'",
            "the facts give: Summary",
            id="title",
        ),
        pytest.param(
            "UPDATE document_editions SET collected = 'Collected at: vc1 2020-01-01T00:00:00Z'",
            "the facts give: Collected at: ",
            id="time of collection",
        ),
        pytest.param(
            "DELETE FROM document_prose WHERE writer = 'model'",
            "no facts were recorded for it",
            id="no facts",
        ),
    ],
)
def test_tampering_with_what_is_stored_is_found(installation, llm, statement, missing):
    write_prose()
    statement = statement.replace("{total:vm}", "{total:vm.}")

    tamper(statement)

    report = verify_documents()
    assert report.unsupported
    assert report.supported == report.sentences - len(report.unsupported)
    assert any(said.startswith(missing) for each in report.unsupported for said in each.missing)


def test_tampering_with_a_file_is_found_at_its_line(installation):
    generate_documents()
    path = installation / "overview.md"
    path.write_text(path.read_text().replace("3 hosts", "4 hosts"))

    report = verify_documents()

    assert [each.document for each in report.unsupported] == ["overview"]
    assert "4 hosts" in report.unsupported[0].sentence
    assert "3 hosts" in report.unsupported[0].missing[0]


def test_a_sentence_of_older_facts_is_checked_with_the_facts_it_was_written_from(installation, llm):
    write_prose()
    store([*records(), a_vm("vm-8")], covered=KINDS)

    assert verify_documents().unsupported == ()

    tamper(
        "UPDATE document_prose SET facts = replace(facts::text, 'hosts that the site has: 3', 'hosts that the site has: 12')::jsonb"
        " WHERE writer = 'model' AND facts::text LIKE '%hosts that the site has: 3%'"
    )
    tamper(
        "UPDATE document_sentences SET text = 'The site has 12 hosts.' WHERE writer = 'model'"
        " AND section = 'summary'"
    )
    found = verify_documents().unsupported
    assert ("its recorded facts were altered",) in [each.missing for each in found]
