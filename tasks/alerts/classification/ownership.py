"""Which team an alert belongs to: rules of a TOML file, then labels, kinds of assets and words."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec

from generators.knowledge.wording import split_names
from models.errors import ConfigurationError
from models.kinds import KINDS
from models.records.alert import Alert, Extraction
from models.settings import settings
from tasks.alerts.extraction.places import canonical_environment
from tasks.alerts.extraction.words import label_name

PACKAGED = Path(__file__).with_name("ownership.toml")
_LABELS = ("team", "owner", "squad", "owner_team", "owning_team", "team_name", "responsible_team")
_NAMESPACES = ("namespace", "kube_namespace", "kubernetes_namespace", "k8s_namespace_name")
_CLUSTERS = ("cluster", "cluster_name", "kube_cluster_name", "k8s_cluster_name")
_OF_RULE, _OF_LABEL, _OF_KIND, _OF_WORDS = 1.0, 0.95, 0.8, 0.5
_LONGEST = 100
_DIGITS = re.compile(r"\d+")
_JOINTS = re.compile(r"[\s_-]")
_READ = 500  # characters of the title that words are looked for in

_Team = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST)]
_Patterns = str | list[str] | None


class _Match(msgspec.Struct, forbid_unknown_fields=True):
    """What a rule of the file may name; None matches anything."""

    service: _Patterns = None
    namespace: _Patterns = None
    cluster: _Patterns = None
    kind: _Patterns = None
    entity: _Patterns = None
    host: _Patterns = None
    rule: _Patterns = None
    environment: _Patterns = None
    region: _Patterns = None
    source: _Patterns = None
    labels: dict[str, str | list[str]] = {}


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    team: _Team
    match: _Match


class _Area(msgspec.Struct, forbid_unknown_fields=True):
    team: _Team
    words: Annotated[list[str], msgspec.Meta(min_length=1)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    rule: list[_Rule] = []
    kinds: dict[str, list[str]] | None = None
    area: list[_Area] | None = None
    fallback: _Team | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A team, how sure that is (0 to 1), and what said so."""

    team: str
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that speak of a team's work, the first area first, and one pattern of all."""

    teams: Mapping[str, str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, areas: Sequence[_Area]) -> _Words:
        teams: dict[str, str] = {}
        for area in areas:
            for word in area.words:
                teams.setdefault(" ".join(word.lower().split()), area.team)
        several = sorted(teams, key=len, reverse=True)
        options = "|".join(re.escape(word).replace(r"\ ", r"[\s_-]?") for word in several)
        return cls(teams, re.compile(rf"(?<![a-z])(?=({options or '(?!)'})(?![a-z]))"))

    def first(self, text: str) -> str | None:
        """Return the word of the first area that stands in a text, also inside of camel case."""
        found = _words_in(self.pattern, text)
        return next((word for word in self.teams if word.replace(" ", "") in found), None)


@lru_cache(maxsize=8192)
def _words_in(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    """Return the words that stand in a text, without what joins their parts."""
    both = f"{text} {split_names(text)}".lower()
    return frozenset(_JOINTS.sub("", found) for found in pattern.findall(both))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The rules, ready to use.

    `rules` hold a team and the patterns that each fact of an alert has to match; `kinds` maps kinds
    of assets to teams; `words` are those that speak of a team's work.
    """

    rules: Sequence[tuple[str, Mapping[str, re.Pattern[str]]]] = ()
    kinds: Mapping[str, str]
    words: _Words
    fallback: str

    @classmethod
    def load(cls, path: Path | None = None) -> Ownership:
        """Read the rules of a file; what it leaves out is as in the packaged one.

        Raises:
            ConfigurationError: The file cannot be read or used; one line says where and why.
        """
        packaged = _read(PACKAGED)
        held = _read(path) if path is not None else packaged
        kinds = held.kinds if held.kinds is not None else packaged.kinds or {}
        areas = held.area if held.area is not None else packaged.area or []
        return cls(
            rules=[(rule.team, _patterns(rule.match)) for rule in held.rule],
            kinds={kind: team for team, theirs in kinds.items() for kind in theirs},
            words=_Words.of(areas),
            fallback=held.fallback or packaged.fallback or "unassigned",
        )

    @classmethod
    def configured(cls) -> Ownership:
        """Read the rules of the file that the settings name.

        Raises:
            ConfigurationError: The file cannot be read or used.
        """
        return cls.load(settings().ownership)

    def owner(
        self,
        alert: Alert,
        extraction: Extraction,
        kind: str | None = None,
        source: str | None = None,
    ) -> Owner:
        """Return the team of an alert.

        Args:
            alert: What the sender said.
            extraction: What was read out of it.
            kind: The kind of the asset that it is about, where that is known.
            source: The vendor that sent it.
        """
        labels = {label_name(name): value for name, value in alert.labels.items()}
        facts = _facts(alert, extraction, labels) | {"kind": [kind], "source": [source]}
        for number, (team, patterns) in enumerate(self.rules, start=1):
            if all(_matches(pattern, facts, labels, name) for name, pattern in patterns.items()):
                return Owner(team=team, confidence=_OF_RULE, source=f"rule {number}")
        return self._by_label(labels) or self._by_kind(kind, extraction) or self._by_words(alert)

    def _by_label(self, labels: Mapping[str, str]) -> Owner | None:
        for name in _LABELS:
            team = " ".join(labels.get(name, "").split())[:_LONGEST]
            if team:
                return Owner(team=team, confidence=_OF_LABEL, source=f"label {name}")
        return None

    def _by_kind(self, kind: str | None, extraction: Extraction) -> Owner | None:
        team = self.kinds.get(kind or "")
        if team is None:
            return None
        sure = _OF_KIND * (extraction.entity_confidence or 0.0)
        return Owner(team=team, confidence=round(sure, 3), source=f"kind {kind}")

    def _by_words(self, alert: Alert) -> Owner:
        text = _DIGITS.sub("", f"{alert.rule or ''} {alert.title}"[:_READ])
        word = self.words.first(text)
        if word is None:
            return Owner(team=self.fallback, confidence=0.0, source="fallback")
        return Owner(team=self.words.teams[word], confidence=_OF_WORDS, source=f"word {word}")


def _facts(
    alert: Alert, extraction: Extraction, labels: Mapping[str, str]
) -> dict[str, list[str | None]]:
    """Return what rules may match, with each spelling that counts."""
    environment = alert.environment or extraction.environment
    canonical = canonical_environment(environment) if environment else None
    return {
        "service": [alert.service or extraction.service],
        "namespace": [_first(labels, _NAMESPACES)],
        "cluster": [_first(labels, _CLUSTERS)],
        "entity": [extraction.entity_hint],
        "host": [alert.host or extraction.host],
        "rule": [alert.rule, alert.title[:_READ]],
        "environment": [environment, canonical],
        "region": [alert.region or extraction.region],
    }


def _first(labels: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((labels[name] for name in names if name in labels), None)


def _matches(
    pattern: re.Pattern[str],
    facts: Mapping[str, Sequence[str | None]],
    labels: Mapping[str, str],
    name: str,
) -> bool:
    values = facts.get(name) or [labels.get(name.removeprefix("labels."))]
    return any(value is not None and pattern.match(value) for value in values)


def _patterns(match: _Match) -> dict[str, re.Pattern[str]]:
    plain = {
        name: _globs(wanted)
        for name in match.__struct_fields__
        if name != "labels" and (wanted := getattr(match, name)) is not None
    }
    labelled = {f"labels.{label_name(name)}": _globs(value) for name, value in match.labels.items()}
    return {**plain, **labelled}


def _globs(patterns: str | list[str]) -> re.Pattern[str]:
    several = [patterns] if isinstance(patterns, str) else patterns
    return re.compile("|".join(fnmatch.translate(one) for one in several), re.IGNORECASE)


def _read(path: Path) -> _File:
    """Return what a file says.

    Raises:
        ConfigurationError: It cannot be read or used.
    """
    try:
        held = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except OSError as error:
        raise ConfigurationError(f"NIGHTSHIFT_OWNERSHIP: {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"NIGHTSHIFT_OWNERSHIP: {path}: {reason}") from error
    _check(path, held)
    return held


def _check(path: Path, held: _File) -> None:
    for number, rule in enumerate(held.rule, start=1):
        if not _patterns(rule.match):
            raise ConfigurationError(
                f"NIGHTSHIFT_OWNERSHIP: {path}: rule {number} matches nothing in particular; "
                "name what it matches, or set `fallback`"
            )
    unknown = {kind for kinds in (held.kinds or {}).values() for kind in kinds} - set(KINDS)
    if unknown:
        raise ConfigurationError(
            f"NIGHTSHIFT_OWNERSHIP: {path}: no kind is called {min(unknown)!r}; "
            f"there are {', '.join(KINDS)}"
        )
