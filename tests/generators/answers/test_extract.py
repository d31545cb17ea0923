"""Quoting passages: what is cut out of them, what answers, and what is refused."""

import numpy as np
import pytest

from generators.answers.extract import extract_answer, judge
from generators.answers.units import Kind, units
from generators.inference.embedder import embedder
from models.records.chunk import Passage
from models.settings import settings


@pytest.fixture(autouse=True)
def weights(shared_home, monkeypatch):
    """The embedder writes its graph into a home."""
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(shared_home))
    settings.cache_clear()


def a_passage(text, *, document="disks.md", heading="Disk full", chunk="1", score=1.0):
    return Passage(
        document=document,
        heading=heading,
        chunk_id=chunk,
        score=score,
        text=text,
        collection="runbooks",
        anchor="disk-full",
    )


DISK = a_passage(
    "A file system that is 90 percent full warns; at 97 percent nothing can be written.\n\n"
    "Find what grows:\n\n```\ndu -xh --max-depth=2 /var | sort -h\n```\n\n"
    "- Remove rotated logs first.\n- Then extend the volume by 20 GiB.\n"
)
POOL = a_passage(
    "The connection pool has 50 connections. Raise max_connections only after a restart is agreed.",
    document="pool.md",
    heading="Pool exhausted",
    chunk="2",
    score=0.4,
)


def test_sentences_items_and_commands_are_units_of_their_own():
    found = units([DISK])

    assert [(unit.text, unit.kind, unit.lead) for unit in found] == [
        (
            "A file system that is 90 percent full warns; at 97 percent nothing can be written.",
            Kind.SENTENCE,
            "",
        ),
        ("du -xh --max-depth=2 /var | sort -h", Kind.COMMAND, "Find what grows:"),
        ("Remove rotated logs first.", Kind.ITEM, "Find what grows:"),
        ("Then extend the volume by 20 GiB.", Kind.ITEM, "Find what grows:"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "## How full may a disk be",
        "How full a disk may be:",
        "**How full a disk may be:**",
        "See [how full a disk may be](limits.md).",
        "*Source: how full a disk may be; collected today.*",
        "| Disk | How full it may be |\n|---|---|",
        '```mermaid\nflowchart LR\n  n0["how full a disk may be"]\n```',
    ],
)
def test_what_only_leads_to_something_is_no_unit(line):
    assert units([a_passage(line)]) == []


def test_a_row_names_its_cells_by_the_head_of_the_table():
    (row,) = units([a_passage("| Disk | Used | Note |\n|---|---|---|\n| db-1 | 91 % | |\n")])

    assert row.text == "Disk: db-1; Used: 91 %"
    assert row.kind is Kind.ROW


def test_a_lead_in_at_the_end_of_a_passage_leads_to_the_list_of_the_next_of_its_section():
    first = a_passage("The disk fills up.\n\nDo:")
    second = a_passage("1. Remove rotated logs.\n2. Extend the volume.", chunk="2")
    elsewhere = a_passage("1. Ask the owner.", chunk="3", heading="Pool exhausted")

    assert [unit.lead for unit in units([first, second])] == ["", "Do:", "Do:"]
    assert [unit.lead for unit in units([first, elsewhere])] == ["", ""]


STEPS = a_passage(
    "Symptoms:\n\n- Writes to the disk fail\n- The log says that no space is left\n\n"
    "Do:\n\n1. Remove rotated logs first\n2. Extend the volume by 20 GiB\n3. Tell the owner\n"
)


def test_steps_are_answered_by_the_whole_list_and_what_leads_to_it():
    answer = extract_answer("What do I do when the disk is full?", [STEPS], embedder().embed)

    assert answer.statements[0].text == (
        "Do:\n1. Remove rotated logs first\n2. Extend the volume by 20 GiB\n3. Tell the owner"
    )


def test_signs_are_answered_by_the_list_of_signs():
    answer = extract_answer("What are the symptoms of a full disk?", [STEPS], embedder().embed)

    assert answer.statements[0].text == (
        "Symptoms:\n- Writes to the disk fail\n- The log says that no space is left"
    )


def test_a_list_without_end_is_quoted_in_part():
    steps = "\n".join(f"{n}. Clean the disk {n} and look at it again" for n in range(1, 60))
    answer = extract_answer("How do I clean a full disk?", [a_passage(steps)], embedder().embed)

    lines = answer.statements[0].text.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "…"


def test_a_figure_is_answered_by_what_holds_one():
    text = (
        "A volume is full when its pool is full. A volume of the pool may be filled. "
        "Extend the volume before 85 % of it are used."
    )
    answer = extract_answer("How full may a volume be?", [a_passage(text)], embedder().embed)

    assert answer.statements[0].text == "Extend the volume before 85 % of it are used."


def test_a_refusal_says_what_is_missing_and_what_comes_nearest():
    answer = extract_answer(
        "What is the phone number of the caterer?", [DISK, POOL], embedder().embed
    )

    assert not answer.answered
    assert answer.text == (
        "The indexed documents do not answer this: what was found says nothing of "
        '"phone", "number", "caterer". Nearest is disks.md, under "Disk full".'
    )
    assert [near.document for near in answer.nearest] == ["disks.md", "pool.md"]


def test_an_answer_quotes_the_passage_and_cites_it():
    answer = extract_answer(
        "How full must a disk be before it warns?", [DISK, POOL], embedder().embed
    )

    assert answer.answered
    assert "90 percent" in answer.statements[0].text
    assert answer.citations[0].document == "disks.md"
    assert answer.statements[0].citations == (1,)
    assert "[1]" in answer.text


def test_every_statement_stands_in_a_passage_that_it_cites():
    passages = [DISK, POOL]
    answer = extract_answer("What do I do when the disk is full?", passages, embedder().embed)
    texts = {passage.chunk_id: " ".join(passage.text.split()) for passage in passages}
    by_number = {citation.number: texts[citation.chunk_id] for citation in answer.citations}

    assert answer.statements
    for statement in answer.statements:
        for line in statement.text.splitlines():
            assert all(line in by_number[number] for number in statement.citations)


@pytest.mark.parametrize(
    "question",
    [
        "What is the phone number of the caterer?",
        "How do I fly to Lisbon?",
        "",
        "???",
        "\u202e" * 50,
    ],
)
def test_what_the_passages_do_not_hold_is_not_answered(question):
    answer = extract_answer(question, [DISK, POOL], embedder().embed)

    assert not answer.answered
    assert answer.statements == ()
    assert answer.citations == ()


def test_no_passage_is_no_answer():
    def never(_texts):
        raise AssertionError("nothing has to be embedded")

    assert not extract_answer("How full is full?", [], never).answered
    assert judge("How full is full?", [a_passage("\n```\n")], never) == []


def test_a_passage_of_thousands_of_lines_costs_a_bounded_number_of_vectors():
    counts = []

    def count(texts):
        counts.append(len(texts))
        return np.full((len(texts), 4), 0.5, np.float32)

    judge("How full?", [a_passage("- item of a list that is long\n" * 5000)], count)

    assert counts[0] <= 121


@pytest.mark.parametrize(
    "question",
    ["Which file systems are full right now?", "What grew on the volume in the last 24 hours?"],
)
def test_how_things_stand_at_the_moment_is_not_answered_from_what_was_written_before(question):
    found = extract_answer(question, [DISK, POOL], embedder().embed)

    assert not found.answered
    assert "was written before" in found.refusal
    assert "incidents list" in found.refusal


def test_a_question_that_ends_in_now_is_answered():
    assert extract_answer("The disk is full, what now?", [DISK, POOL], embedder().embed).answered
