"""What must stand where an answer stands: the names of a question and the thing that it asks for.

"Who owns esx02?" is answered by what names esx02 and says whose it is. What is about esx02 and
says nothing of an owner is near, and no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generators.answers.things import ASKS, THINGS, Thing
from generators.answers.words import stem
from generators.knowledge.wording import question_words

_I = re.IGNORECASE
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[._:/-]+[A-Za-z0-9]+)*")
# An identifier: letters with digits, an inner dot, underscore or capital, or a date.
_IDENTIFIER = re.compile(
    r"(?=.*[A-Za-z])(?=.*\d).*|.*[A-Za-z0-9][._:/][A-Za-z0-9].*|\d{4}-\d\d.*|[A-Za-z]*[a-z][A-Z].*"
)
_MOST_NAMES = 12  # of a question that are looked for; one with more names is no question
_ASSET = re.compile(r"[A-Za-z]{2}.*[\d-]|[A-Za-z]-")  # `PowerEdge` is a model
_LETTER = re.compile(r"[A-Za-z]{2}")
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:%|[a-z]{1,2}|[KMGT]i?B|st|nd|rd|th|xx|min|hours?|days?)|[a-z]\d\d?|n\+\d|[KMGT]i?B|[kMG]Hz"
)
# A name of its own: a capital within a sentence, or a few of them. Longer words are shouted.
_PROPER = re.compile(r"[A-Z][A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*|[A-Z]{2,5}")
# Capitals of units and of the calendar name nothing that a text would have to hold.
_NO_NAME = re.compile(
    r"(?:GB|MB|TB|KB|GiB|MiB|TiB|[kMG]Hz|UTC|OK|ID|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?s?|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"What|Which|Who|Whose|When|Where|Why|How|Is|Are|Does|Do|Did|Can|Could|Should|Must|Will"
)
_SENTENCE = re.compile(r"(?<=[.?!:;>*\"'])\s+")
_CLAUSE_END = re.compile(
    r"[,;?!]|\b(?:if|because|so that|although|since|unless)\b|"
    r"\band (?:what|which|how|who|when|where)\b",
    _I,
)
_NOUN_END = re.compile(
    r"\b(?:of|for|in|on|at|to|by|with|per|from|is|are|was|were|be|been|does|do|did|has|have|had|"
    r"can|could|may|might|must|shall|should|will|would|that|when|before|after|until|between|the|"
    r"an?|our|my|your|its|their)\b",
    _I,
)
# Words that tell which kind of thing is asked for, or how it stands, and not what it is.
_OPEN = frozenset(
    stem(word)
    for word in re.findall(
        r"\w+",
        "action again already amount answer asset badly become box case cause check choice choose "
        "command component condition consequence currently day device down effect error event "
        "ever exactly example fact figure fill find first fix free full get go good handle "
        "happen help hour idea impact incident information item kind know left level long look "
        "machine made main make many mean meant measure mend method minute month much must name "
        "need no not notice now number often option out outage over paged part percent "
        "percentage place possible problem process query rate ratio reason recognise recognize "
        "repair resolve result risk run say see server setting shall share show sign situation "
        "size solution solve sort state step still symptom system tell thing threshold time "
        "today tool type up usage use used uses usually value way week well went work wrong "
        "year",
    )
)
_ALL = re.compile(
    rf"{ASKS}(?:who|whom|when|where|(?P<how>how (?:long|often|old|soon)))\b(?P<rest>.*)", _I
)
_SOME = re.compile(rf"{ASKS}(?:how (?:many|much)|which)\b(?P<rest>.*)", _I)
_WHAT = re.compile(
    rf"{ASKS}what (?:is|are|was|were) (?:the|an?|our|my|your|its|their) (?P<rest>.*)", _I
)
_WHAT_NOUN = re.compile(
    rf"{ASKS}what (?P<rest>(?:\w+ ){{1,3}}?"
    r"(?:is|are|was|were|does|did|has|have|must|should|will)\b)",
    _I,
)
_MOST = 0.7  # of the words of a whole clause that have to be there; some are said otherwise
_MOST_HOW = 0.6  # where a figure has to be there too
_DEED = re.compile(
    r"\bhow (?:do|can|to|should|could|must|may|would) ?(?:i|we|one|you)? (?P<deed>\w+)", _I
)
_NO_PLURAL = r"(?!(?:is|was|does|has|\w+ss)\b)"
_MEMBERS = re.compile(
    rf"\b(?:which|what) (?:{_NO_PLURAL}\w+ )?{_NO_PLURAL}\w+s\b(?! (?:the|an?)\b)", _I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an answer has to hold.

    Attributes:
        identifiers: Such as `esx02` or `KubeNodeNotReady`, as they were asked.
        proper: Names by their capitals, such as `Oracle` or `SLA`.
        focus: The words for the thing that is asked for; () where the question leaves it open.
        share: How much of the focus must be there, from 0 to 1.
        things: The kinds of thing that are asked for.
        members: Whether it asks which things belong to an asset that is named.
        deed: The verb of what one wants to do; "" where there is none, or it may be any.
    """

    identifiers: tuple[str, ...]
    proper: tuple[str, ...]
    focus: tuple[str, ...]
    share: float
    things: tuple[Thing, ...]
    members: bool
    deed: str


def wanted(question: str, *, about: str = "") -> Wanted:
    """Return what an answer has to hold.

    Args:
        question: As it was asked.
        about: The question with the one before it, where it points at what that one names.
    """
    whole = about or question
    named = dict.fromkeys(filter(_identifies, _TOKEN.findall(whole)))
    identifiers = tuple(named)[:_MOST_NAMES]
    focus, share = _focus(question, identifiers)
    return Wanted(
        identifiers=identifiers,
        proper=tuple(one for one in _proper(whole) if one not in named)[:_MOST_NAMES],
        focus=focus[:_MOST_NAMES],
        share=share,
        things=tuple(thing for thing in THINGS if thing.asked.search(question)),
        members=any(map(_ASSET.search, identifiers)) and bool(_MEMBERS.search(question)),
        deed=_deed(question),
    )


def others(text: str, known: Sequence[str]) -> list[str]:
    """Return the names of assets in a text that are not those known, nor longer forms of them."""
    return [
        one
        for one in filter(_identifies, _TOKEN.findall(text))
        if _ASSET.search(one) and not any(name.lower() in one.lower() for name in known)
    ]


def subject(row: str) -> str:
    """Return the cells of a row up to the first that names what the row is about."""
    cells = row.split("; ")
    for place, cell in enumerate(cells):
        named = filter(_identifies, _TOKEN.findall(cell))
        if any(_LETTER.search(one) for one in named):
            return "; ".join(cells[: place + 1])
    return row


def _identifies(token: str) -> bool:
    return bool(_IDENTIFIER.fullmatch(token)) and not _MEASURE.fullmatch(token)


def _proper(question: str) -> list[str]:
    """Return the names in capitals; a sentence begins with one, whatever its first word is."""
    found: dict[str, None] = {}
    for sentence in () if question.isupper() else _SENTENCE.split(question):
        for place, token in enumerate(_TOKEN.findall(sentence)):
            named = _PROPER.fullmatch(token) and (place or token[1].isupper())
            if named and not _NO_NAME.fullmatch(token):
                found[token] = None
    return [*found]


def _focus(question: str, identifiers: Sequence[str]) -> tuple[tuple[str, ...], float]:
    """Return the words for what is asked for, and how much of them must be there."""
    plain = question
    for one in identifiers:
        plain = plain.replace(one, " ")
    for sentence in reversed(_SENTENCE.split(plain)):
        if found := _ALL.search(sentence):
            share = _MOST_HOW if found["how"] else _MOST
            return _said(_words(_clause(found["rest"]))), share
        if found := _SOME.search(sentence) or _WHAT_NOUN.search(sentence):
            return _said(_words(_noun(found["rest"]))[:1]), 1.0
        if found := _WHAT.search(sentence):
            return _said(_words(_noun(found["rest"])))[-1:], 1.0
    return (), 1.0


def _deed(question: str) -> str:
    found = _DEED.search(question)
    return "".join(_said((found["deed"].lower(),))) if found else ""


def _clause(text: str) -> str:
    return _CLAUSE_END.split(text, maxsplit=1)[0]


def _noun(text: str) -> str:
    """Return the words that a clause begins with, up to its verb or preposition."""
    return _NOUN_END.split(_clause(text), maxsplit=1)[0]


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question_words(text).lower().split()))


def _said(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if stem(word) not in _OPEN)
