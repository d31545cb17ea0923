"""PagerDuty's Events API v2, or anything else that takes PD-CEF.

A repeated event is no second one: the receiver knows it by its `dedup_key`.
"""

from __future__ import annotations

import json

from models.settings import settings
from tasks.alerts.notices.senders import Delivered, Outgoing
from tasks.alerts.notices.senders.http import Request, send


def deliver(outgoing: Outgoing) -> Delivered:
    """Send an event; the routing key is added here and stands nowhere else.

    Raises:
        ExternalError: As `senders.http.send`.
    """
    key = settings().notify_pagerduty_key
    secret = key.get_secret_value() if key else ""
    body = {**outgoing.message, "routing_key": secret}
    request = Request(
        system="PagerDuty",
        url=settings().notify_pagerduty_url or "",
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    send(request)
    return Delivered(ref=str(outgoing.message.get("dedup_key")))
