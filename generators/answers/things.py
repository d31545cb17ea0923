"""The kinds of thing that a question may ask for, and by what one sees that a text names one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_I = re.IGNORECASE
# What asks stands at the beginning of a clause: "what do I do when it is red" asks for no time.
ASKS = r"(?:^|[,;:-]|\band\b)\W{0,3}(?:(?:in|at|on|for|from|to|by|with) )?"
_FIGURE = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|third|quarter|"
    r"twice|once|hourly|daily|nightly|weekly|monthly|yearly|never|always|unlimited|none|no)\b"
)
_DATE = (
    r"\b\d{4}-\d\d|\b\d\d?:\d\d\b|\b(?:january|february|march|april|june|july|august|september|"
    r"october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"yesterday|today|tonight|tomorrow)\b"
)
_CONDITION = (
    r"\d|\b(?:when|once|until|before|after|if|while|as soon as|within|every|during|always|never|"
    r"daily|nightly|weekly|monthly|yearly|minutes?|hours?|days?|weeks?|months?)\b"
)
_PERSON = (
    r"\b(?:teams?|owners?|persons?|people|somebody|someone|nobody|who|operators?|admin\w*|"
    r"engineers?|makers?|providers?|vendors?|customers?|users?|editors?|visitors?|staff|desk|"
    r"shift|on-call|manager|approvers?|contact)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A kind of thing: how one asks for it, and what gives it."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


THINGS = (
    Thing(
        name="figure",
        asked=re.compile(
            rf"{ASKS}how (?:many|much|long|often|old|full|soon|big|large)\b|\bpercent(?:age)?\b", _I
        ),
        given=re.compile(_FIGURE, _I),
    ),
    Thing(
        name="person or team",
        asked=re.compile(
            rf"{ASKS}(?:who|whom|whose)\b|\bwhich (?:team|person|people|department)\b", _I
        ),
        given=re.compile(_PERSON, _I),
    ),
    Thing(
        name="single one",
        asked=re.compile(
            rf"{ASKS}which (?:\w+ )?"
            r"(?:machine|server|host|node|device|switch|vm|pod|datastore)s?\b",
            _I,
        ),
        given=re.compile(r"[A-Za-z]\w*-\w*[A-Za-z0-9]|[A-Za-z]+\d|\b(?:all|every|any|none|one)\b"),
    ),
    Thing(
        name="date or time",
        asked=re.compile(r"\bwhen (?:did|was|were|has)\b|\b(?:what|which) date\b", _I),
        given=re.compile(_DATE, _I),
    ),
    Thing(
        name="time or condition",
        asked=re.compile(r"\bwhen (?:do|does|is|are|will|should|must|can|may)\b", _I),
        given=re.compile(f"{_DATE}|{_CONDITION}", _I),
    ),
    Thing(
        name="price",
        asked=re.compile(r"\b(?:costs?|prices?|expensive|pays?|paid)\b", _I),
        given=re.compile(r"[$€£]|\b(?:costs?|prices?|eur|usd|euros?|dollars?|pays?|paid)\b", _I),
    ),
)
