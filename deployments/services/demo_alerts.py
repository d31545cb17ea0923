"""The monitoring of a demo: its keys, the site it speaks of, and its way through the gateway."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from deployments.practice.site import Site, build_site
from deployments.services.demo import practice_state
from deployments.services.stack import GATEWAY, Stack
from deployments.services.supervisor import Service
from models.errors import Unavailable, WrongUse
from models.records.incident import Incident, IncidentStatus
from models.records.severity import Severity
from models.settings import settings

if TYPE_CHECKING:
    from deployments.practice.alerting.sender import Sent
    from deployments.practice.alerting.signing import Keys

_KEYS, _CERTIFICATE, _STORIES = "webhooks.json", "sns.pem", "stories.json"
_TRIAGE_SECONDS = 60.0
_SUMMARY_SECONDS = 10.0
_LOOK_SECONDS = 0.2
_MOST = 500
_COUNTED = {"ignore": "ignored", "suppress": "held", "hand_back": "held"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What triage made of the alerts that passed the door."""

    grouped: int = 0
    resolves: int = 0
    ignored: int = 0
    held: int = 0
    incidents: frozenset[int] = frozenset()

    @property
    def events(self) -> int:
        """All of them."""
        return self.grouped + self.resolves + self.ignored + self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a story: what was sent, and the incidents that it is part of now.

    `ended` are the stories told before that ended for it, and `closed_by` is who closed what they
    had led to; `became` is None where nobody counted.
    """

    sent: Sent
    incidents: tuple[Incident, ...]
    ended: tuple[str, ...] = ()
    closed_by: str | None = None
    became: Became | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A story that was told and has not ended, with its beginning by the senders' clocks."""

    story: str
    starts_at: datetime


def practice_keys() -> Keys:
    """Return what the demo's monitoring signs with; it is drawn once and kept for its owner.

    Raises:
        WrongUse: The file of an earlier demo cannot be read.
    """
    from deployments.practice.alerting.signing import draw_keys, read_keys

    path = _folder() / _KEYS
    if not path.exists():
        keys = draw_keys()
        _write_private(path, keys.to_json())
        (_folder() / _CERTIFICATE).write_text(keys.certificate, encoding="utf-8")
        return keys
    try:
        return read_keys(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read ({error}); remove it") from error


def keys_path() -> Path:
    """Return the file that holds what the demo's monitoring signs with."""
    return _folder() / _KEYS


def with_keys(stack: Stack) -> Stack:
    """Return the services with the secrets of the demo's monitoring in the gateway's environment.

    No other service is given them. What somebody has set for a sender holds beside them.
    """
    from deployments.practice.alerting.signing import variables
    from deployments.practice.alerting.vendors.cloudwatch import TOPIC

    given = variables(practice_keys())
    certificate = {
        "NIGHTSHIFT_SNS_CERTIFICATE": str(_folder() / _CERTIFICATE),
        "NIGHTSHIFT_SNS_TOPICS": TOPIC,
    }

    def with_secrets(service: Service) -> Service:
        own = service.environment
        both = {name: ",".join(filter(None, (own.get(name), one))) for name, one in given.items()}
        return replace(service, environment={**certificate, **own, **both})

    services = [with_secrets(one) if one.name == GATEWAY else one for one in stack.services]
    return replace(stack, services=services)


def practice_site() -> Site:
    """Return the site of the demo in this data folder, as its practice datacenter has it."""
    told = practice_state()
    anchor = datetime.fromisoformat(told["anchor"])
    return build_site(int(told["seed"]), int(told["vms"]), anchor)


def index_runbooks(site: Site) -> int:
    """Write the practice runbooks and index them where incidents look; returns how many."""
    from deployments.practice.runbooks import COLLECTION, write_runbooks
    from tasks.knowledge.folder import add_paths

    folder = _folder() / "runbooks"
    written = write_runbooks(site, folder)
    add_paths([folder], COLLECTION)
    return len(written)


def tell(  # noqa: PLR0913 - by name, as a person gives them
    gateway_url: str,
    story: str,
    *,
    rate: float = 0.0,
    at_least: int = 0,
    recovered: bool = False,
    beside: bool = False,
    by: str | None = None,
) -> Told:
    """Send what the monitoring says during a story, wait for triage, and return what it made.

    Args:
        gateway_url: Where it is sent to.
        story: One of the stories.
        rate: Deliveries a second; 0 is as fast as they are taken.
        at_least: So many alerts, by repeats.
        recovered: Whether it ends well.
        beside: Leave the stories burning that were told before; otherwise they end first.
        by: Who closes what those had led to; None leaves it resolved.

    Raises:
        WrongUse: There is no such story, or the site is too small for it.
        Unavailable: The gateway does not answer, or triage does not take the alerts in time.
    """
    from deployments.practice.alerting.generate import lasts, posts
    from deployments.practice.alerting.sender import post
    from deployments.practice.alerting.stories import STORIES

    if story not in STORIES:
        raise WrongUse(f"there is no story {story!r}; there are {', '.join(STORIES)}")
    site = practice_site()
    wanted: dict[str, Any] = {"at_least": at_least, "recovered": recovered}
    length = lasts(story, site, **wanted)
    ended = () if beside else end_stories(gateway_url, by)
    began = datetime.now(UTC)
    bodies = posts(story, site, began - length, **wanted)
    _remember(Begun(story=story, starts_at=began - length))
    sent = post(bodies, gateway_url, practice_keys(), rate=rate)
    await_triage()
    became = _became_since(began)
    found = _summarised(became.incidents)
    return Told(sent=sent, incidents=found, ended=ended, closed_by=by, became=became)


def burning() -> tuple[str, ...]:
    """Return the names of the stories that were told and have not ended."""
    return tuple(dict.fromkeys(one.story for one in _remembered()))


def end_stories(gateway_url: str, by: str | None) -> tuple[str, ...]:
    """Let all end that was told before: alerts are resolved, incidents that are over closed.

    An incident that still burns would take in whatever happens near it.

    Args:
        gateway_url: Where the monitoring says that all is well.
        by: Who closes the incidents; None leaves them resolved.

    Returns:
        The names of what ended.
    """
    from deployments.practice.alerting.generate import endings
    from deployments.practice.alerting.sender import post

    begun = _remembered()
    if not begun:
        return ()
    began, site = datetime.now(UTC), practice_site()
    for one in begun:
        post(endings(one.story, site, one.starts_at, began), gateway_url, practice_keys())
    await_triage()
    if by is not None:
        _close_resolved_since(began, by)
    (_folder() / _STORIES).unlink(missing_ok=True)
    return tuple(dict.fromkeys(one.story for one in begun))


def _close_resolved_since(began: datetime, by: str) -> None:
    from models.store import incidents, transaction
    from tasks.alerts.incidents import handling

    act = handling.Act(actor=by, reason="the story of the demo is over")
    with transaction() as conn:
        over = incidents.Filter(statuses=(IncidentStatus.RESOLVED,), limit=_MOST)
        for one in incidents.listed(conn, over):
            if one.updated_at >= began:
                handling.close(conn, one.id, act)


def _remember(begun: Begun) -> None:
    text = msgspec.json.encode([*_remembered(), begun])
    (_folder() / _STORIES).write_bytes(text)


def _remembered() -> list[Begun]:
    """Return the stories that still burn; of a file that cannot be read, none."""
    try:
        return msgspec.json.decode((_folder() / _STORIES).read_bytes(), type=list[Begun])
    except (OSError, msgspec.DecodeError):
        return []


def await_triage() -> None:
    """Wait until every delivery was triaged.

    Raises:
        Unavailable: Nobody takes them.
    """
    from models.store import deliveries, transaction

    deadline = time.monotonic() + _TRIAGE_SECONDS
    while time.monotonic() < deadline:
        with transaction() as conn:
            if not deliveries.waiting(conn):
                return
        time.sleep(_LOOK_SECONDS)
    raise Unavailable("triage", "this machine", "takes no alerts; see `nightshift status`")


def _became_since(began: datetime) -> Became:
    """Return what became of the alerts that reached us since."""
    from models.store import alerts, transaction

    counts, places = Counter[str](), set[int]()
    with transaction() as conn:
        for incident, action, over, number in alerts.became(conn, began):
            counts["resolves" if over else _COUNTED.get(action, "grouped")] += number
            if incident is not None:
                places.add(incident)
    return Became(**counts, incidents=frozenset(places))


def _summarised(wanted: Collection[int]) -> tuple[Incident, ...]:
    """Return these incidents, the worst first; what is said of them comes later.

    Their summaries are written after the alerts are grouped, so they are waited for a while.
    """
    from models.store import incidents, transaction

    deadline = time.monotonic() + _SUMMARY_SECONDS
    while True:
        with transaction() as conn:
            found = [
                one
                for one in incidents.many(conn, wanted)
                if one.status is not IncidentStatus.MERGED
            ]
        if all(one.summary for one in found) or time.monotonic() > deadline:
            return tuple(sorted(found, key=_rank))
        time.sleep(_LOOK_SECONDS)


def _rank(incident: Incident) -> tuple[int, int]:
    severity = incident.severity
    return (severity.rank if severity else len(Severity), -incident.alert_count)


def _folder() -> Path:
    folder = settings().home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
