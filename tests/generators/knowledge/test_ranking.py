from __future__ import annotations

from generators.knowledge.ranking import diversify, fuse
from models.records.chunk import Match


def match(chunk: int, document: int, score: float) -> Match:
    return Match(chunk_id=chunk, document_id=document, score=score)


def test_what_both_methods_find_comes_first():
    text = [match(1, 1, 9.0), match(2, 2, 8.0)]
    near = [match(2, 2, 0.8), match(3, 3, 0.75), match(4, 4, 0.2)]

    assert [found.chunk_id for found in fuse(text, near)][:1] == [2]


def test_one_method_alone_keeps_its_order():
    near = [match(3, 3, 0.9), match(1, 1, 0.5), match(2, 2, 0.1)]

    assert [found.chunk_id for found in fuse([], near)] == [3, 1, 2]
    assert fuse([], []) == []


def test_equal_scores_have_a_fixed_order():
    assert [found.chunk_id for found in fuse([match(2, 2, 1.0), match(1, 1, 1.0)], [])] == [1, 2]


def test_one_document_does_not_fill_the_list():
    ranked = [match(n, 1, 1.0 - n / 100) for n in range(8)] + [
        match(50, 2, 0.6),
        match(60, 3, 0.55),
    ]

    found = diversify(ranked, 4)

    assert [m.document_id for m in found] == [1, 2, 3, 1]
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


def test_a_document_that_several_chunks_speak_for_wins_over_a_single_one():
    ranked = [match(1, 1, 0.80), match(2, 2, 0.78), match(3, 2, 0.77), match(4, 2, 0.70)]

    assert diversify(ranked, 1)[0].chunk_id == 2


def test_the_parts_of_one_long_table_do_not_speak_for_each_other():
    parts = [Match(chunk_id=n, document_id=1, score=0.9, anchor="hosts") for n in range(5)]
    short = Match(chunk_id=9, document_id=2, score=0.95, anchor="check")

    assert diversify([*parts, short], 2)[0].chunk_id == 9
