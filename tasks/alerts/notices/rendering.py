"""From a briefing to the message of a channel; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from generators.incidents.messages import cloud_events, mail, pd_cef, slack
from generators.incidents.messages.rollups import Item
from generators.incidents.messages.story import Story, tell
from models.records.incident import Incident, IncidentStatus
from models.records.notice import Briefing, Channel, Notice, Thread, Told
from models.records.severity import Severity
from tasks.alerts.notices.folding import Step, worse

ROLLS = frozenset({Channel.SLACK, Channel.SLACK_WEBHOOK, Channel.EMAIL, Channel.CLOUDEVENTS})


def identity(key: str, created_at: datetime) -> str:
    """Return the id of a notice as receivers see it, the same whenever it is sent."""
    return str(uuid5(NAMESPACE_URL, f"nightshift:notice/{key}/{created_at.isoformat()}"))


def message(
    step: Step, carrier: Notice, briefing: Briefing, thread: Thread | None, sender: str
) -> dict[str, Any]:
    """Return what a channel is sent on one incident.

    Args:
        step: What it tells.
        carrier: The notice that stands for the message.
        briefing: The incident as it is now.
        thread: Its message in the channel.
        sender: The address that e-mail is sent from.
    """
    channel = carrier.channel
    if channel is Channel.PAGERDUTY:
        return pd_cef.render(_at_change(briefing, carrier), carrier.kind)
    if channel is Channel.CLOUDEVENTS:
        at_change = _at_change(briefing, carrier)
        notice = identity(carrier.key, carrier.created_at)
        return cloud_events.render(at_change, carrier.kind, notice, carrier.created_at)
    story = tell(briefing, step.kinds)
    if channel is Channel.EMAIL:
        return _mail(story, step, carrier, briefing.incident, sender)
    if channel is Channel.SLACK_WEBHOOK:
        return slack.render(story, news=Told.OPENED not in step.kinds, note=_cannot_edit(carrier))
    return _slack(story, step, briefing.incident, thread)


def rollup(
    channel: Channel, items: Sequence[Item], key: str, created_at: datetime, sender: str
) -> dict[str, Any]:
    """Return one message on many incidents."""
    notice = identity(key, created_at)
    if channel is Channel.CLOUDEVENTS:
        return cloud_events.rollup(items, notice, created_at)
    if channel is Channel.EMAIL:
        return mail.rollup(items, mail.message_id(notice, sender))
    written = slack.rollup(items)
    return {"post": written} if channel is Channel.SLACK else written


def test(channel: Channel, text: str, key: str, at: datetime, sender: str) -> dict[str, Any]:
    """Return a message by which a person tries a channel."""
    notice = identity(key, at)
    if channel is Channel.CLOUDEVENTS:
        return cloud_events.test(text, notice, at)
    if channel is Channel.PAGERDUTY:
        return pd_cef.test(text)
    if channel is Channel.EMAIL:
        return mail.test(text, mail.message_id(notice, sender))
    return {"post": slack.test(text)} if channel is Channel.SLACK else slack.test(text)


def _slack(story: Story, step: Step, incident: Incident, thread: Thread | None) -> dict[str, Any]:
    risen = thread is not None and worse(incident.severity, thread.severity)
    if thread is None or (thread.rolled and risen):
        return {"post": slack.render(story)}
    parts: dict[str, Any] = {} if thread.rolled else {"edit": slack.render(story)}
    if set(step.kinds) != {Told.UPDATED}:
        # It also stands in the channel where it is worse than was said there.
        loud = risen or Told.REOPENED in step.kinds
        parts["reply"] = {**slack.reply(story), "reply_broadcast": loud}
    return parts


def _mail(
    story: Story, step: Step, carrier: Notice, incident: Incident, sender: str
) -> dict[str, Any]:
    root = mail.root_id(incident, sender)
    own = mail.message_id(identity(carrier.key, carrier.created_at), sender)
    return mail.render(story, root if Told.OPENED in step.kinds else own, root)


def _cannot_edit(carrier: Notice) -> str:
    number = identity(carrier.key, carrier.created_at)[:8]
    return f"this webhook cannot edit messages, later states are new ones · notice {number}"


def _at_change(briefing: Briefing, carrier: Notice) -> Briefing:
    """Return the briefing with what the incident was when it changed."""
    then = carrier.payload
    severity = then.get("severity")
    incident = replace(
        briefing.incident,
        status=IncidentStatus(then.get("status") or briefing.incident.status),
        severity=Severity(severity) if severity else None,
        version=int(then.get("version") or briefing.incident.version),
    )
    return replace(briefing, incident=incident)
