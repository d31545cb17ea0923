"""Quoting passages: what is cut out of them, what answers, and what is refused."""

import numpy as np
import pytest

from generators.answers.extract import extract_answer, judge
from generators.answers.units import units
from generators.inference.embedder import embedder
from models.records.chunk import Passage


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

    assert [(unit.text, unit.command) for unit in found] == [
        (
            "A file system that is 90 percent full warns; at 97 percent nothing can be written.",
            False,
        ),
        ("Find what grows:", False),
        ("du -xh --max-depth=2 /var | sort -h", True),
        ("Remove rotated logs first.", False),
        ("Then extend the volume by 20 GiB.", False),
    ]


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
        assert all(statement.text in by_number[number] for number in statement.citations)


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
