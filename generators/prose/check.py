"""The check that a sentence says nothing that its facts do not: numbers, names, dates.

It is deterministic and errs on the strict side: a sentence that it cannot follow is dropped, which
costs a sentence, while a wrong one that is let through costs trust. It does not read meaning: a
sentence may still draw a poor conclusion from the right numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from generators.prose.quantities import VAGUE, mentions, quantities
from generators.prose.words import NAMING, OPENERS, ORDINARY, TERMS
from models.records.document import CitedFact, Sentence

_TOKEN = re.compile(r"[^\s\"'`()\[\]{}<>,;|\u2018\u2019\u201c\u201d]+")
_QUOTED = re.compile(r"[\"`\u201c\u2018']([^\"`\u201c\u201d\u2018\u2019']{2,80})[\"`\u201d\u2019']")
_ISO_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_WRITTEN_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)}),? (\d{{4}})"
    rf"|({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}))\b",
    re.IGNORECASE,
)
_EDGES = ".:!?*_"


def check_sentence(
    sentence: Sentence, facts: Mapping[str, CitedFact], known_names: Collection[str] = ()
) -> tuple[str, ...]:
    """Return what the sentence says and its cited facts do not; () when all is borne out.

    Args:
        sentence: The text and the ids that it cites.
        facts: All facts that could be cited, by id.
        known_names: Names of assets; one of them that the cited facts lack is missing even where
            it looks like an ordinary word.
    """
    if not sentence.fact_ids:
        return ("it cites no fact",)
    strangers = [fact_id for fact_id in sentence.fact_ids if fact_id not in facts]
    if strangers:
        return tuple(f"unknown fact {fact_id}" for fact_id in strangers)
    evidence = "\n".join(facts[fact_id].text for fact_id in sentence.fact_ids)
    text, dates = _without_dates(sentence.text)
    missing = [
        *(day for day in dates if day not in evidence),
        *_numbers(text, evidence),
        *_names(text, evidence, known_names),
    ]
    return tuple(dict.fromkeys(missing))


def _without_dates(text: str) -> tuple[str, list[str]]:
    """Return the text without dates in words, and those dates as ISO 8601."""
    found: list[str] = []

    def taken(match: re.Match[str]) -> str:
        day, month, year = (
            (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        )
        try:
            found.append(date(int(year), _MONTHS.index(month.lower()) + 1, int(day)).isoformat())
        except ValueError:
            found.append(match[0])
        return " "

    return _WRITTEN_DATE.sub(taken, text), found


def _numbers(text: str, evidence: str) -> list[str]:
    """Return the quantities that the evidence lacks, and amounts in words that it lacks too."""
    supported = quantities(evidence)
    said = {word.lower() for word in re.findall(r"[A-Za-z]+", evidence)}
    missing = [mention.text for mention in mentions(text) if mention.quantity not in supported]
    words = [word for word in re.findall(r"[A-Za-z]+", text) if word.lower() in VAGUE]
    return missing + [word for word in words if word.lower() not in said]


def _names(text: str, evidence: str, known_names: Collection[str]) -> list[str]:
    """Return words that look like names and stand nowhere in the evidence."""
    said = _vocabulary(evidence)
    words = [token.strip(_EDGES) for token in _TOKEN.findall(text)]
    words = [word for word in words if word]
    missing = [
        word
        for place, word in enumerate(words)
        if word.lower() not in said and _is_name(words, place, known_names)
    ]
    # What is quoted is a claim to the letter; a quoted ordinary word is emphasis.
    quoted = [match[1] for match in _QUOTED.finditer(text)]
    return missing + [words for words in quoted if words.lower() not in evidence.lower()]


def _vocabulary(evidence: str) -> set[str]:
    """Return the words of the evidence; a date is also part of its time."""
    words = {token.strip(_EDGES).lower() for token in _TOKEN.findall(evidence)}
    dates = {match[0] for match in _ISO_DATE.finditer(evidence)}
    return words | dates


def _is_name(words: list[str], place: int, known_names: Collection[str]) -> bool:
    """Tell whether a word must be a name, a version or an address by its shape or its place."""
    word = words[place]
    lowered = word.lower().removesuffix("'s")
    if _is_plain_number(word) or lowered in TERMS:
        return False
    if word in known_names or _has_shape_of_name(word):
        return True
    if lowered in ORDINARY:
        return False
    if place == 0:
        return lowered not in OPENERS
    follows_noun = words[place - 1].lower() in NAMING
    return word[0].isupper() or follows_noun


def _is_plain_number(word: str) -> bool:
    """Numbers, with or without a unit attached, are checked as quantities."""
    found = next(iter(mentions(word)), None)
    return found is not None and found.text == word


def _has_shape_of_name(word: str) -> bool:
    if any(character.isdigit() for character in word):
        return True
    if any(mark in word for mark in "_@\\/") or re.search(r"\w\.\w", word):
        return True
    if "-" in word.strip("-"):
        return any(_is_strange(part) for part in word.lower().split("-") if part)
    return any(character.isupper() for character in word[1:])


def _is_strange(part: str) -> bool:
    return part not in ORDINARY and part not in TERMS and part not in OPENERS


def supported(
    sentences: Iterable[Sentence], facts: Mapping[str, CitedFact], known_names: Collection[str]
) -> list[tuple[Sentence, tuple[str, ...]]]:
    """Return each sentence with what it lacks."""
    return [(sentence, check_sentence(sentence, facts, known_names)) for sentence in sentences]
