from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.records.document import (
    CitedFact,
    DroppedSentence,
    Edition,
    Prose,
    SectionText,
    Sentence,
    Writer,
    WrittenFile,
)
from models.store import documents

T0 = datetime(2026, 11, 20, 6, tzinfo=UTC)
T1, T2 = T0 + timedelta(hours=1), T0 + timedelta(hours=2)


def a_section(key="one", body="first", position=0):
    return SectionText(
        document="overview",
        key=key,
        position=position,
        title=key.title(),
        input_hash=body.encode(),
        body=body,
        fact_ids=("vm-1",),
    )


def a_block(*texts, **changes):
    values = {
        "document": "overview",
        "section": "one",
        "writer": Writer.MODEL,
        "input_hash": b"hash",
        "facts": (CitedFact(id="f", text="hosts: 4"),),
        "sentences": tuple(Sentence(text=text, fact_ids=("f",)) for text in texts),
        "model": "m",
        "prompt_version": "v",
    }
    return Prose(**{**values, **changes})


def bodies(conn, as_of=None):
    return [section.body for section in documents.sections(conn, "overview", as_of)]


def test_a_changed_section_is_a_new_version_and_the_old_text_stays_readable(conn):
    documents.save_sections(conn, "overview", [a_section(), a_section("two", "same", 1)], T0)
    documents.save_sections(conn, "overview", [a_section(body="second")], T1)

    assert bodies(conn) == ["second", "same"]
    assert bodies(conn, T0) == ["first", "same"]
    assert bodies(conn, T1) == ["second", "same"]
    assert bodies(conn, T0 - timedelta(seconds=1)) == []
    assert documents.section_hashes(conn, "overview") == {"one": b"second", "two": b"same"}


def test_a_section_that_is_no_more_ends(conn):
    documents.save_sections(conn, "overview", [a_section(), a_section("two", "same", 1)], T0)

    documents.close_sections(conn, "overview", ["two"], T1)

    assert bodies(conn) == ["first"]
    assert bodies(conn, T0) == ["first", "same"]


def test_a_section_made_again_from_the_same_facts_replaces_its_version(conn):
    documents.save_sections(conn, "overview", [a_section()], T0)
    documents.save_sections(conn, "overview", [a_section(body="better")], T0)

    assert bodies(conn) == bodies(conn, T0) == ["better"]


def test_moving_a_section_writes_no_version(conn):
    documents.save_sections(conn, "overview", [a_section(), a_section("two", "same", 1)], T0)

    documents.move_sections(conn, "overview", {"one": 1, "two": 0})

    assert bodies(conn) == ["same", "first"]
    assert conn.execute("SELECT count(*) FROM document_sections").fetchone() == (2,)


def test_sentences_are_replaced_as_a_block_and_kept_for_their_time(conn):
    dropped = DroppedSentence(text="x", fact_ids=("f",), missing=("5",))
    documents.save_prose(conn, a_block("a", "b", dropped=(dropped,)), T0)
    documents.save_prose(conn, a_block("c", failure=None), T1)

    key = ("one", Writer.MODEL)
    assert [each.text for each in documents.sentences(conn, "overview")[key]] == ["c"]
    assert [each.text for each in documents.sentences(conn, "overview", T0)[key]] == ["a", "b"]
    assert documents.prose(conn, "overview")[key] == a_block("c")

    documents.remove_prose(conn, "overview", "one", Writer.MODEL, T2)
    assert documents.prose(conn, "overview") == {}
    assert documents.sentences(conn, "overview") == {}


def test_what_was_dropped_and_why_a_model_failed_is_kept(conn):
    block = a_block(
        dropped=(DroppedSentence(text="x", fact_ids=("f",), missing=("5",)),), failure="timed out"
    )

    documents.save_prose(conn, block, T0)

    assert documents.prose(conn, "overview") == {("one", Writer.MODEL): block}


def an_edition(at):
    return Edition(name="overview", title="Site", collected=f"Collected at: {at}", valid_from=at)


def test_the_edition_of_a_time_is_the_newest_before_it(conn):
    for at in (T0, T2):
        documents.save_edition(conn, an_edition(at))
    documents.save_sections(conn, "overview", [a_section()], T0)

    assert [each.valid_from for each in documents.editions(conn)] == [T2]
    assert [each.valid_from for each in documents.editions(conn, "overview", T1)] == [T0]
    assert documents.editions(conn, "overview", T0 - timedelta(1)) == []
    assert documents.editions(conn)[0].sections == 1
    assert documents.first_edition(conn, "overview") == T0
    assert documents.first_edition(conn, "nothing") is None


def test_retention_deletes_ended_versions_and_keeps_what_is_shown(conn):
    documents.save_edition(conn, an_edition(T0))
    documents.save_edition(conn, an_edition(T1))
    documents.save_sections(conn, "overview", [a_section()], T0)
    documents.save_sections(conn, "overview", [a_section(body="second")], T1)
    documents.save_prose(conn, a_block("a"), T0)
    documents.save_prose(conn, a_block("b"), T1)

    assert documents.prune(conn, T2) == 3

    assert bodies(conn) == ["second"]
    assert [each.valid_from for each in documents.editions(conn)] == [T1]
    assert documents.counts(conn) == (1, 1)


def test_files_are_known_by_their_input_until_they_are_made_no_more(conn):
    file = WrittenFile(path="vm.csv", input_hash=b"i", content_hash=b"c")

    documents.save_files(conn, [file, file])
    assert documents.files(conn) == {"vm.csv": file}

    documents.delete_files(conn, ["vm.csv"])
    assert documents.files(conn) == {}
