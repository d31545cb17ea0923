"""The monitoring of a demo: its keys, the site it speaks of, and its way through the gateway."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.practice.site import Site, build_site
from deployments.services.demo import practice_state
from deployments.services.stack import GATEWAY, Stack
from deployments.services.supervisor import Service
from models.errors import Unavailable, WrongUse
from models.records.incident import Incident
from models.records.severity import Severity
from models.settings import settings

if TYPE_CHECKING:
    from deployments.practice.alerting.sender import Sent
    from deployments.practice.alerting.signing import Keys

_KEYS, _CERTIFICATE = "webhooks.json", "sns.pem"
_TRIAGE_SECONDS = 60.0
_SUMMARY_SECONDS = 10.0
_LOOK_SECONDS = 0.2
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a story: what was sent, and the incidents that it is part of now."""

    sent: Sent
    incidents: tuple[Incident, ...]


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


def with_keys(stack: Stack) -> Stack:
    """Return the services with the secrets of the demo's monitoring in the gateway's environment.

    No other service is given them. What somebody has set for a sender holds beside them.
    """
    from deployments.practice.alerting.signing import variables

    given = variables(practice_keys())
    certificate = {"NIGHTSHIFT_SNS_CERTIFICATE": str(_folder() / _CERTIFICATE)}

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


def tell(
    gateway_url: str,
    story: str,
    *,
    rate: float = 0.0,
    at_least: int = 0,
    recovered: bool = False,
    on_sent: Callable[[Sent], None] | None = None,
) -> Told:
    """Send what the monitoring says during a story, wait for triage, and return what it made.

    Raises:
        WrongUse: There is no such story.
        Unavailable: The gateway does not answer, or triage does not take the alerts in time.
    """
    from deployments.practice.alerting.generate import posts
    from deployments.practice.alerting.sender import post
    from deployments.practice.alerting.stories import STORIES

    if story not in STORIES:
        raise WrongUse(f"there is no story {story!r}; there are {', '.join(STORIES)}")
    began = datetime.now(UTC)
    bodies = posts(story, practice_site(), at_least=at_least, recovered=recovered)
    sent = post(bodies, gateway_url, practice_keys(), rate=rate, on_sent=on_sent)
    await_triage()
    return Told(sent=sent, incidents=_touched_since(began))


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


def _touched_since(began: datetime) -> tuple[Incident, ...]:
    """Return the incidents that changed since, the worst first; what is said of them comes later.

    Their summaries are written after the alerts are grouped, so they are waited for a while.
    """
    from models.store import incidents, transaction

    deadline = time.monotonic() + _SUMMARY_SECONDS
    while True:
        with transaction() as conn:
            found = incidents.listed(conn, incidents.Filter(limit=_MOST))
        touched = [one for one in found if one.updated_at >= began]
        if all(one.summary for one in touched) or time.monotonic() > deadline:
            return tuple(sorted(touched, key=_rank))
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
