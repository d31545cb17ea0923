"""What titles and descriptions say beside the labels; read once for each text that recurs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from tasks.alerts.extraction.codes import code_in_text
from tasks.alerts.extraction.places import environment_in_text, region_in_text
from tasks.alerts.extraction.words import address_of, bare_host

MOST_CHARACTERS = 2_000  # of title and description together: what matters stands at the beginning
_MOST_NAMES = 40

_PAIR = re.compile(r"\b([A-Za-z][\w.]{1,40})\s?=\s?[\"'`]?([\w./:@-]{2,253})[\"'`]?")
_NAMED = re.compile(
    r"\b(?P<what>host|hostname|node|server|instance|machine|vm|pod|switch|router|device|service"
    r"|app|application|deployment|statefulset|daemonset|datastore|namespace)\b"
    r"(?:[ \t]named)?[ \t:]{1,2}[\"'`]?(?P<name>[\w][\w.:/-]{1,252})",
    re.I,
)
_BEFORE = re.compile(r"(?<![\w.-])([A-Za-z0-9][\w-]{1,60}) (?:service|app|application)\b", re.I)
_NAME = re.compile(r"[A-Za-z0-9][\w.:/-]*[\w]")
_JOINED = re.compile(r"\d|[^\W_][-_.]+[^\W_]")
_HOST_WORDS = frozenset(
    (
        "host",
        "hostname",
        "node",
        "server",
        "instance",
        "machine",
        "vm",
        "switch",
        "router",
        "device",
    )
)
_SERVICE_WORDS = frozenset(("service", "app", "application"))
_NO_NAME = frozenset(
    re.findall(
        r"\w+",
        "is are was has have had not in on at of for to the a an and or with from by be "
        "been its this that down up unreachable unavailable failed failing fails error "
        "errors high low usage memory cpu disk status state health check checks level "
        "account name names mesh discovery degraded unhealthy which will may can does did "
        "no reported reports restarted restarting stopped running exporter unknown "
        "offline online latency load group groups count type version all any each some "
        "other one two most many new old your our their web same entire",
    )
)
_ENDINGS = frozenset(
    re.findall(
        r"\w+",
        "com net org io dev cloud local internal lan corp home example test invalid localdomain "
        "intra de uk fr nl eu us ch at it es se no dk fi pl cz be jp cn in au ca br edu gov int "
        "tech app",
    )
)
_DOMAIN = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))+\.?(?:[a-z]{2,24})", re.I
)


@dataclass(frozen=True, slots=True)
class Texts:
    """What a text names; `names` are words that may be names of assets, in order, lower case."""

    environment: str | None = None
    region: str | None = None
    error_code: str | None = None
    host: str | None = None
    service: str | None = None
    pairs: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@lru_cache(maxsize=2048)
def read_text(text: str) -> Texts:
    """Return what a text of at most `MOST_CHARACTERS` names."""
    pairs = {name.lower(): value.rstrip(".:,") for name, value in _PAIR.findall(text)}
    named = {
        found["what"].lower(): found["name"].rstrip(".:,/")
        for found in reversed(list(_NAMED.finditer(text)))
        if _is_name(found["name"])
    }
    return Texts(
        environment=environment_in_text(text),
        region=region_in_text(text),
        error_code=code_in_text(text, text.lower()),
        host=_first(named, _HOST_WORDS, plain=False) or _host(text),
        service=_first(named, _SERVICE_WORDS, plain=True) or _service_before(text),
        pairs=pairs,
        names=_names(text),
    )


def _is_name(word: str) -> bool:
    return word.lower().rstrip(".:,/") not in _NO_NAME


def _looks_named(word: str) -> bool:
    """Tell a name from a plain word: it has a digit, or is joined of several."""
    return _JOINED.search(word) is not None


def _first(named: dict[str, str], words: frozenset[str], *, plain: bool) -> str | None:
    return next(
        (
            bare_host(name) if words is _HOST_WORDS else name
            for what, name in named.items()
            if what in words and (plain or _looks_named(name)) and not name.isdigit()
        ),
        None,
    )


def _service_before(text: str) -> str | None:
    found = _BEFORE.search(text)
    return found[1] if found and _looks_named(found[1]) and _is_name(found[1]) else None


def _host(text: str) -> str | None:
    """Return the first IP address or qualified host name of a text."""
    for word in _NAME.findall(text)[: _MOST_NAMES * 4]:
        # Links lead to runbooks and dashboards more often than to what is meant.
        if "://" in word or ("." not in word and word.count(":") < 2):  # noqa: PLR2004
            continue
        host = bare_host(word[:253])
        if address_of(host) or (_DOMAIN.fullmatch(host) and host.rpartition(".")[2] in _ENDINGS):
            return host
    return None


def _names(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in _NAME.findall(text):
        if len(word) <= 253 and _looks_named(word) and len(word) > 2:  # noqa: PLR2004
            found[word.rstrip(".:/").lower()] = None
            if len(found) == _MOST_NAMES:
                break
    return tuple(found)
