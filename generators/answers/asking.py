"""What a question asks for, by its words: a figure, steps, a cause, signs, where to look.

It says which of several units on the same matter is the answer, never what the matter is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generators.answers.units import Kind, Unit
from generators.knowledge.wording import question_words

_I = re.IGNORECASE
_FIGURE_WORDS = (
    "many|much|full|long|often|large|big|high|low|old|far|fast|slow|quickly|soon|late|few|wide|"
    "deep|hot|busy|frequently"
)
_MEASURES = (
    "level|percentage|percent|share|size|threshold|number|limit|version|port|rate|ratio|value|"
    "amount|age|interval|timeout|capacity|maximum|minimum|length|date|time|year|hour|day"
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|third|quarter|twice|"
    r"once|hourly|daily|weekly|monthly|yearly|never|unlimited)\b",
    _I,
)
# What a figure has to be counted in, by the word that asks for it; others take any number.
_COUNTED = (
    (
        re.compile(r"\bhow full\b|\b(?:percentage|percent|share|ratio)\b", _I),
        re.compile(r"%|\bper ?cent\b", _I),
    ),
    (
        re.compile(
            r"\bhow (?:long|often|old|soon|late|quickly|frequently)\b|\b(?:interval|timeout|age)\b",
            _I,
        ),
        re.compile(
            r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|few|an?|every|each))"
            r"[ -]?(?:ms|s|min|h|d|seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|"
            r"years?|shifts?|runs?)\b|\b(?:once|twice|hourly|daily|nightly|weekly|monthly|yearly|never|"
            r"always|characters|bytes|dimensions)\b",
            _I,
        ),
    ),
)

# Not "now", which many end a question with, nor "currently", as documents tell how things are set.
_MOMENT = re.compile(
    r"\bright now\b|\bat (?:the|this) moment\b|\b(?:yesterday|today|tonight|last night)\b|"
    r"\b(?:last|past) (?:\d{1,3} )?(?:minutes?|hours?|days?)\b",
    _I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a question may ask for, and by what one sees that a text gives it.

    `place` is looked for in the line that leads to a unit and in the last heading above it.
    """

    name: str
    asked: re.Pattern[str]
    place: re.Pattern[str]
    several: bool = False


AIMS = (
    Aim(
        name="undoing",
        asked=re.compile(r"\b(undo\w*|undone|way back|roll(?:ed|ing)? ?back|revert\w*)\b", _I),
        place=re.compile(r"\b(way back|undo\w*|roll ?back|revert\w*)\b", _I),
    ),
    Aim(
        name="signs",
        asked=re.compile(
            r"\b(symptoms?|signs?|recogni[sz]e\w*|how do i (?:see|notice|tell))\b", _I
        ),
        place=re.compile(r"\b(symptoms?|signs?|detection|meaning)\b", _I),
        several=True,
    ),
    Aim(
        name="looking",
        asked=re.compile(
            r"\b(look(?:ing)? (?:at|for|into)|check(?:s|ed)?|diagnos\w+|investigat\w+|inspect\w*|"
            r"debug\w*|find out|(?:which|what) (?:commands?|quer(?:y|ies))|verif\w+)\b",
            _I,
        ),
        place=re.compile(
            r"\b(look at|check\w*|diagnos\w+|investigat\w+|debug\w*|triage|verif\w+)\b", _I
        ),
        several=True,
    ),
    Aim(
        name="steps",
        asked=re.compile(
            r"\b(how (?:do|can|to|should|could|must|may|does one) ?(?:i|we|one|you)?\b"
            r"(?! (?:know|see))|"
            r"how (?:is|are) .*(?:ed|en|one)\b|what (?:do|should|can|must|shall) (?:i|we|one) do|"
            r"what (?:now|next|to do|helps)|steps|procedure|fix\w*|solve|resolve|mitigat\w+|"
            r"recover\w*|repair\w*)",
            _I,
        ),
        place=re.compile(
            r"(^|\b)(do|steps?|mitigation|resol\w+|fix\w*|remed\w+|procedure|solution|actions?|"
            r"recover\w*|repair\w*|how to)\b",
            _I,
        ),
        several=True,
    ),
    Aim(
        name="cause",
        asked=re.compile(r"\b(why|causes?|caused|reasons?|what made|root cause|due to)\b", _I),
        place=re.compile(r"\b(causes?|reasons?|why|meaning)\b", _I),
    ),
    Aim(
        name="who",
        asked=re.compile(r"\b(who|whom|whose|(?:which|what) (?:team|person|people))\b", _I),
        place=re.compile(r"\b(teams?|owners?|owned|persons?|contacts?|responsible)\b", _I),
    ),
    Aim(
        name="impact",
        asked=re.compile(
            r"\b(impact\w*|consequences?|what happens|effects?|affect\w*|what breaks)\b", _I
        ),
        place=re.compile(r"\b(impact\w*|consequences?|effects?)\b", _I),
    ),
)
_FIGURE = re.compile(
    rf"\bhow (?:{_FIGURE_WORDS})\b|\b(?:what|which)(?: \w+)? (?:{_MEASURES})\b", _I
)
# How far a thing may go, and by what one sees that a text tells such a limit.
_LIMIT = re.compile(
    r"\bhow \w+ (?:may|must|can|should)\b|\b(?:at|from|above|below) (?:which|what)\b|"
    r"\b(?:threshold|limit|critical|warn\w*)\b",
    _I,
)
_TELLS_LIMIT = re.compile(
    r"\b(?:threshold|limit|critical|warn\w*|alert\w*|fires?|triggered|at (?:most|least)|maximum|"
    r"minimum|m(?:ore|ost) than|less than)\b|[<>]",
    _I,
)
_NO_LIMIT = 0.7  # of what a figure counts that is no limit, where one is asked for
_LABEL = 30  # characters of what may be a line's own label, such as "Way back:"
# "How full" says more than that a figure is asked for, "how many" does not.
_HOW = re.compile(r"\bhow (?:many|much|long|often|far|soon|late|quickly|few|frequently)\b", _I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks for; `aims` is empty where its words do not say.

    `counted` finds what a figure has to be counted in, where the question says it.
    """

    figure: bool
    limit: bool
    counted: re.Pattern[str] | None
    aims: tuple[Aim, ...]

    @property
    def several(self) -> bool:
        """Whether the whole of a list answers rather than one item of it."""
        return not self.figure and any(aim.several for aim in self.aims)


def asked_for(question: str) -> Asked:
    """Return what a question asks for."""
    return Asked(
        figure=bool(_FIGURE.search(question)),
        limit=bool(_LIMIT.search(question)),
        counted=next((unit for word, unit in _COUNTED if word.search(question)), None),
        aims=tuple(aim for aim in AIMS if aim.asked.search(question)),
    )


def topic(question: str) -> str:
    """Return the words that say what a question is about: a figure stands for "how often"."""
    return question_words(_HOW.sub(" ", question)) or question_words(question)


def fit(asked: Asked, unit: Unit, heading: str) -> float:
    """Return how well the form and place of a unit fit what is asked for, from 0 to 1."""
    if asked.figure:
        told = not asked.limit or _TELLS_LIMIT.search(unit.text)
        return _figure(asked, unit.text) * (1.0 if told else _NO_LIMIT)
    where = f"{heading.rpartition(' > ')[2]} {unit.lead} {unit.text.partition(':')[0][:_LABEL]}"
    fitting = [aim for aim in asked.aims if aim.place.search(where)]
    if fitting:
        # What is told in sentences is seldom one entry of a list.
        listed = unit.list is not None and not any(aim.several for aim in fitting)
        return 0.5 if listed else 1.0
    steps = any(aim.name == "steps" for aim in asked.aims)
    return 0.5 if steps and unit.kind in (Kind.STEP, Kind.COMMAND) else 0.0


def _figure(asked: Asked, text: str) -> float:
    if asked.counted and asked.counted.search(text):
        return 1.0
    number = bool(_NUMBER.search(text))
    return (0.5 if asked.counted else 1.0) * number


def is_of_the_moment(question: str) -> bool:
    """Tell whether a question asks how things stand just now, or went in the last hours."""
    return _MOMENT.search(question) is not None
