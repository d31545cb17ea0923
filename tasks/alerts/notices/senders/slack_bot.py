"""Slack's Web API with a bot's token: one message an incident, edited in place, with a thread.

Source: Slack's reference of chat.postMessage, chat.update, conversations.history and message
metadata. Slack gives no key that makes a repeated post one; each of ours carries its notice in its
metadata, and before a post is repeated the channel is searched for it. Where the bot may not read
the channel (scope channels:history) it is posted again: told twice is better than never.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from models.errors import AccessDenied, Refused, Unavailable, UnexpectedReply
from models.settings import settings
from tasks.alerts.notices.senders import Delivered, Outgoing, Unanswered
from tasks.alerts.notices.senders.http import Request, send, target_of
from tasks.alerts.notices.senders.secrets import clean

SYSTEM = "Slack"
EVENT_TYPE = "nightshift_notice"
_SEARCHED = 200  # messages since the first try
_CLOCK_SLACK_SECONDS = 7200.0  # our clock and Slack's may differ, or have been set
_LITERAL: dict[str, Any] = {"parse": "none", "link_names": False}
_FORM = "application/x-www-form-urlencoded"
_DENIED = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *(
            "missing_scope",
            "not_in_channel",
            "no_permission",
            "access_denied",
            "org_login_required",
        ),
    }
)
_BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class _Gone(Refused):
    """The message is no longer there, or may no longer be edited."""


def deliver(outgoing: Outgoing) -> Delivered:
    """Post a new message, or edit the incident's one and add to its thread.

    Raises:
        Unavailable: As `senders.http.send`, and Slack's own words for the same.
        AccessDenied: The token, its scopes or its place in the channel.
        Refused: Slack does not take this message.
    """
    message = outgoing.message
    if outgoing.ref is None or "post" in message:
        return Delivered(ref=_post(outgoing, message.get("post") or message["edit"]))
    try:
        if "edit" in message:
            _edit(outgoing.ref, message["edit"])
        if "reply" in message:
            _reply(outgoing, message["reply"])
    except _Gone:
        # Somebody deleted it; the incident goes on in a new one.
        note = "its message was gone, so a new one was posted"
        if "edit" not in message:
            raise
        return Delivered(ref=_post(outgoing, message["edit"]), note=note)
    return Delivered(ref=outgoing.ref)


def _post(outgoing: Outgoing, body: Mapping[str, Any]) -> str:
    found = _find(outgoing, "conversations.history", {}) if outgoing.repeated else None
    return found or _sent(outgoing, body, {})


def _reply(outgoing: Outgoing, body: Mapping[str, Any]) -> str:
    place = {"ts": str(outgoing.ref)}
    found = _find(outgoing, "conversations.replies", place) if outgoing.repeated else None
    return found or _sent(outgoing, body, {"thread_ts": str(outgoing.ref).rpartition("/")[2]})


def _sent(outgoing: Outgoing, body: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    reply = _call(
        "chat.postMessage",
        {
            **body,
            **place,
            "channel": settings().notify_slack_channel,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"notice": outgoing.notice}},
            # Texts of alerts are not to become previews, links or mentions.
            "unfurl_links": False,
            "unfurl_media": False,
            **_LITERAL,
        },
    )
    return _ts(reply)


def _edit(ref: str, body: Mapping[str, Any]) -> None:
    channel, _, ts = ref.rpartition("/")
    where = {"channel": channel or settings().notify_slack_channel, "ts": ts}
    _call("chat.update", {**body, **where, **_LITERAL})


def _find(outgoing: Outgoing, method: str, place: Mapping[str, str]) -> str | None:
    """Return the message that an earlier try left, or None."""
    since = outgoing.begun_at - _CLOCK_SLACK_SECONDS
    asked = {
        **{name: value.rpartition("/")[2] for name, value in place.items()},
        "channel": _channel(place),
        "oldest": f"{since:.6f}",
        "limit": str(_SEARCHED),
        "include_all_metadata": "true",
    }
    try:
        reply = _call(method, asked)
    except AccessDenied:
        return None
    for message in reply.get("messages") or ():
        metadata = message.get("metadata") or {}
        if (metadata.get("event_payload") or {}).get("notice") == outgoing.notice:
            return f"{asked['channel']}/{message['ts']}"
    return None


def _channel(place: Mapping[str, str]) -> str:
    return place.get("ts", "").rpartition("/")[0] or settings().notify_slack_channel or ""


def _call(method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    token = settings().notify_slack_token
    secret = token.get_secret_value() if token else ""
    reads = method.startswith("conversations.")
    kind = _FORM if reads else "application/json; charset=utf-8"
    request = Request(
        system=SYSTEM,
        url=f"{settings().notify_slack_api_url.rstrip('/')}/{method}",
        body=(urlencode(body) if reads else json.dumps(body)).encode(),
        headers={"Authorization": f"Bearer {secret}", "Content-Type": kind},
    )
    return _answer(send(request).body)


def _answer(body: bytes) -> Mapping[str, Any]:
    target = target_of(settings().notify_slack_api_url)
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedReply(SYSTEM, target, "its answer is not JSON") from error
    if not isinstance(reply, dict):
        raise UnexpectedReply(SYSTEM, target, "its answer is no object")
    if reply.get("ok"):
        return reply
    raise _error(clean(str(reply.get("error") or "not ok")), target)


def _error(word: str, target: str) -> Exception:
    if word in _BUSY:
        return Unavailable(SYSTEM, target, word)
    if word in _BROKEN:
        return Unanswered(SYSTEM, target, word)
    if word in _DENIED:
        return AccessDenied(SYSTEM, target, word)
    return (_Gone if word in _GONE else Refused)(f"{SYSTEM} at {target}: {word}")


def _ts(reply: Mapping[str, Any]) -> str:
    ts, channel = reply.get("ts"), reply.get("channel") or settings().notify_slack_channel
    if not isinstance(ts, str):
        target = target_of(settings().notify_slack_api_url)
        raise UnexpectedReply(SYSTEM, target, "its answer names no message")
    return f"{channel}/{ts}"
