"""What the sentences of an alert tell of things: what it waits for, what its title begins with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from collectors.alerts.wordlists import listed
from tasks.alerts.grouping import names
from tasks.alerts.grouping.vocabulary import EMPTY, PART, STOP

_LONGEST = 600  # characters that are read
_MOST = 12  # of what one alert waits for
_WORD = r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?"
_FEW = 3

# After these words stands what somebody needs, calls or is carried by.
_NEEDS = re.compile(
    r"(?:\b(?:calls?|calling|requests?|quer(?:y|ies)|connect(?:ing|ions?|ed|ivity)?|talk(?:ing)?|"
    r"tunnels?|traffic|access|writ(?:e|es|ing)|reads?|login|available|dial|path) (?:to|with|from)|"
    r"\bcalling|\bwait(?:s|ed|ing)? (?:for|on)|\bdepend(?:s|ent|ing|ency)?(?: on)?|"
    r"\b(?:reach|contact|resolve|fetch|load|mount|open|find)(?: from)?|"
    r"\b(?:errors?|response|answer|reply|replies|timeouts?|[45]\d\d|[45]xx) (?:from|by|at)|"
    r"\b(?:refused|rejected|throttled|blocked|closed|reset|dropped) (?:by|at|from)|"
    r"\b(?:runs?|running|hosted|stored|placed) on|\bparent|\buplink(?: to)?|\bvia|\bthrough|"
    r"\bupstream|\bbackend|\bconsumers?|\bproducers?|\bagainst|\bbehind|\blookup(?: of)?)"
    r"[ :=]+(?:(?:the|a|an|its|our|service|host|server|node|switch|router|database|db|broker|queue|"
    r"cache|topic|datastore|hypervisor|license) ){0,2}"
    rf"[\"'`(]*({_WORD})(?: ({_WORD}))?"
)
# One of these stands in whatever the above finds.
_HINTS = (
    *(f" {word} " for word in ("to", "from", "with", "for", "on", "by", "at")),
    *(
        f"{word} "
        for word in ("calling", "via", "through", "against", "behind", "reach", "contact")
    ),
    *(f"{word} " for word in ("resolve", "fetch", "load", "mount", "open", "find")),
    *listed("depend parent uplink upstream backend consumer producer lookup"),
)
# Before these words stands what did not do its part.
_FAILS = re.compile(
    r" (?:(?:has|have|had|is|was|did|does|do|were) )?(?:not )?"
    r"(?:returned|responded|replied|answer(?:ed)?|respond|refused|rejected|deferred|throttled|"
    r"timed? ?out|times out|unavailable|unreachable|reachable)\b"
)
_BEFORE = re.compile(rf"(?:({_WORD}) )?({_WORD})[\"'`)]*$")
_BEFORE_LONGEST = 90
_ADDRESS = re.compile(
    r"\b([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*):\d{2,5}\b|\b([a-z][a-z0-9-]*)(?:\.[a-z0-9-]+)*"
    r"\.(?:svc|local|internal|cluster)\b"
)
_ADDRESSES = (":", ".svc", ".local", ".internal", ".cluster")
_KINDS = re.compile(
    r"\b(datastore|lun|switch|router|firewall|hypervisor|esxi?|vm|guest|virtual (?:machine|disk))"
    rf"(?: of)? ({_WORD})"
)
_KIND_OF = {
    **dict.fromkeys(("datastore", "lun"), "storage"),
    **dict.fromkeys(("switch", "router", "firewall"), "switch"),
    **dict.fromkeys(("hypervisor", "esx", "esxi"), "hypervisor"),
}
# Two letters or more, and a number: a name. The second of these are codes and norms, not names.
_NUMBERED = re.compile(r"^(?=.*\d)[a-z]{2}[a-z0-9]*(?:[-_.][a-z0-9]+)*$")
_NO_NAME = re.compile(
    r"^[a-z]{2,4}-?\d{4,}$|^(?:http|https|tls|ssl|ip|utf|sha|md|ext|iso|rfc|cve|tcp|udp)[-v.]?\d.*$|"
    r".*\.(?:py|js|go|java|rb|php|log|json|csv|txt|conf|yaml|yml|xml|html)$"
)
_OF_SENTENCES = frozenset(
    listed("which who that it they me us him her them there here now again only both each other")
)
_PART_LABELS = frozenset(
    listed("device mountpoint mount mountpath path filesystem partition volume drive disk")
)
_PATH = re.compile(r"(?<![\w/:.])(?:/[\w./-]*\w|/(?=\s)|[a-z]:)(?![\w/])")
_HEAD = re.compile(r"^(?:\s*\[[^\]]*\])+")


def needed_in(text: str) -> frozenset[str]:
    """Return the names, and pairs of words, of what a text says that something needs.

    Of an address its first label, of a pod what it is a replica of. Most are names of nothing:
    they say something only where an alert is about a thing of that name.
    """
    found: dict[str, None] = {}
    read = text[:_LONGEST].lower()
    for name in _needed(read):
        if len(found) >= _MOST:
            break
        found[name] = None
    return frozenset(found)


def _needed(text: str) -> Iterator[str]:
    if any(sign in text for sign in _ADDRESSES):
        for host, service in _ADDRESS.findall(text):
            yield from _names(host or service)
    if any(hint in text for hint in _HINTS):
        for first, second in _NEEDS.findall(text):
            yield from _names(first)
            yield from _pair(first, second)
    for verb in _FAILS.finditer(text):
        before = _BEFORE.search(text[max(verb.start() - _BEFORE_LONGEST, 0) : verb.start()])
        if before:
            yield from _names(before[2])
            yield from _pair(before[1] or "", before[2])


def _names(word: str) -> Iterator[str]:
    for name in dict.fromkeys((word, names.short_host(word), names.workload_of(word))):
        if len(name) > 1 and not (name[0].isdigit() and name.isalnum()) and name not in _NOTHING:
            yield name


def _pair(first: str, second: str) -> Iterator[str]:
    if first.isalpha() and second.isalpha() and not {first, second} & _NOTHING:
        yield f"{first} {second}"


def subjects_of(title: str) -> tuple[str, ...]:
    """Return the pairs of words that a title begins with: "payroll run" of "Payroll run failed"."""
    words = re.findall(r"[a-z]+", _HEAD.sub("", title).lower())[: _FEW + 1]
    return tuple(f"{one} {other}" for one, other in pairwise(words) if not {one, other} & _NOTHING)


def numbered_in(words: Iterable[str]) -> Iterator[str]:
    """Yield the words that are surely a name, as `vpn-2`: letters and a number."""
    for word in words:
        if _NUMBERED.match(word) and not _NO_NAME.match(word) and not PART.match(word):
            yield word


def is_telling(name: str) -> bool:
    """Say whether something is hardly a plain word: a hyphen or a number stands in it."""
    return not name.isalpha() and " " not in name


def parts_in(labels: Mapping[str, str], title: str) -> frozenset[str]:
    """Return the disks, mounts and ports of an alert: by labels, else the paths in its title."""
    told = {names.clean(labels[label]) for label in labels.keys() & _PART_LABELS} - {""}
    return frozenset(told or _PATH.findall(title.lower()))


@lru_cache(maxsize=512)
def kinds_in(text: str) -> dict[str, str]:
    """Return which kind of machine a text calls names: storage of "datastore ds-1"."""
    found: dict[str, str] = {}
    for noun, name in _KINDS.findall(text[:_LONGEST].lower()):
        found[name] = _KIND_OF.get(noun, "vm")
    return found


_NOTHING = STOP | EMPTY | _OF_SENTENCES
