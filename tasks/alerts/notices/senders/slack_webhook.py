"""A Slack incoming webhook: it takes messages and can neither edit nor show them.

It has no key that makes a repeated message one, and nothing can be looked up. A message whose
sending was cut is sent once more, since told twice is better than never, and carries the number of
its notice, by which a reader knows it again.
"""

from __future__ import annotations

import json

from models.settings import settings
from tasks.alerts.notices.senders import Delivered, Outgoing
from tasks.alerts.notices.senders.http import Request, send


def deliver(outgoing: Outgoing) -> Delivered:
    """Post a message.

    Raises:
        ExternalError: As `senders.http.send`.
    """
    configured = settings().notify_slack_webhook_url
    url = configured.get_secret_value() if configured else ""
    request = Request(
        system="Slack webhook",
        url=url,
        body=json.dumps(dict(outgoing.message)).encode(),
        headers={"Content-Type": "application/json"},
    )
    send(request)
    return Delivered()
