"""The rules of grouping as a versioned file: packaged ones, or a site's own."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec

from models.errors import ConfigurationError
from models.records.severity import Severity

Positive = Annotated[float, msgspec.Meta(gt=0)]
Score = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Steps = Annotated[tuple[Score, ...], msgspec.Meta(min_length=1, max_length=8)]


class Windows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times, in the units that the names say."""

    full_minutes: Positive
    window_minutes: Positive
    reopen_minutes: Positive
    join_resolved_minutes: Positive
    recur_hours: Positive
    expire_hours: Positive
    creep_minutes: Positive
    burst_minutes: Positive
    company_minutes: Positive
    changes_minutes: Positive


class Scores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How strongly each kind of evidence ties an event to an incident, 0 to 1."""

    join: Score
    merge: Score
    text: Score
    second: Score
    same_entity: Score
    same_name_other_kind: Score
    other_disk: Score
    mention: Score
    needs: Score
    needs_known: Score
    needed: Score
    needs_too: Score
    kin: Score
    elsewhere: Score
    namespace: Score
    brings: Score
    one_storage: Score
    infrastructure: Score
    expected: Score
    company: Score
    one_supply: Score
    place: Score
    device_place: Score
    device_cluster: Score
    downstream: Steps
    downstream_of_member: Steps
    upstream: Steps
    upstream_of_member: Steps
    unlike: Score
    wrong_order: Score
    intrinsic: Score


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What bounds the cost of an event and the size of what is remembered."""

    candidates: Limit
    tokens: Limit
    indexed: Limit
    entities: Limit
    words: Limit
    services: Limit
    contenders: Limit
    hops: Annotated[int, msgspec.Meta(ge=1, le=8)]
    neighbours: Limit


class Bursts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many hosts on failures at one place count as one."""

    hub_hosts: Count
    hub_share: Score
    place_hosts: Count
    alike_hosts: Count


class Flapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many turns within which time a key counts as flapping."""

    turns: Count
    minutes: Positive


class Noise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What opens no incident."""

    lone: tuple[Severity, ...]
    heartbeats: bool
    info_joins: Score


class Occurrences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often an alert of a severity has to come before it opens an incident."""

    critical: Count
    high: Count
    medium: Count
    low: Count
    unknown: Count


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules; `version` is the declared number and the hash of the file's content."""

    version: str
    windows: Windows
    scores: Scores
    limits: Limits
    bursts: Bursts
    flapping: Flapping
    noise: Noise
    occurrences: Occurrences

    def occurrences_of(self, severity: Severity | None) -> int:
        """Return how often an alert of this severity comes before it opens an incident."""
        if severity is Severity.INFO:
            return 1
        name = severity.value if severity else "unknown"
        return int(getattr(self.occurrences, name))


@lru_cache(maxsize=8)
def load_policy(path: Path | None = None) -> Policy:
    """Return the policy of a file; without one the packaged one. A file may leave rules out.

    Raises:
        ConfigurationError: The file cannot be read, or a rule in it is unknown or out of range.
    """
    packaged = resources.files("tasks.alerts.grouping").joinpath("policy.toml").read_bytes()
    if path is None:
        return _parse(packaged, packaged, "the packaged policy")
    try:
        return _parse(path.read_bytes(), packaged, str(path))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error


def _parse(content: bytes, packaged: bytes, where: str) -> Policy:
    try:
        rules = _over(_tables(packaged), _tables(content))
        number = msgspec.convert(rules["version"], Count)
        digest = blake2b(content, digest_size=4).hexdigest()
        return msgspec.convert({**rules, "version": f"{number}-{digest}"}, Policy)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise ConfigurationError(f"{where} is not a grouping policy: {first}") from error


def _tables(content: bytes) -> dict[str, object]:
    return msgspec.toml.decode(content, type=dict[str, object])


def _over(base: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    merged = dict(base)
    for name, value in changes.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[name] = {**below, **value} if both else value  # type: ignore[dict-item]
    return merged
