"""Post what the practice monitoring says to a gateway, signed, at a given rate."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx

from deployments.practice.alerting.generate import Post
from deployments.practice.alerting.signing import Keys, sign
from models.errors import AccessDenied, Unavailable, UnexpectedReply

SYSTEM = "gateway"
_ATTEMPTS = 5
_ACCEPTED = 202
_REFUSED = (401, 403)
_LATER = (429, 503)
_LONGEST_WAIT_SECONDS = 30.0


@dataclass(slots=True)
class Sent:
    """What the gateway said: deliveries by status (accepted, duplicate, dead_letter) and vendor.

    `answers` are the alerts in them by that status.
    """

    deliveries: int = 0
    alerts: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    vendors: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def count(self, post: Post, status: str) -> None:
        """Add the answer to one delivery."""
        self.deliveries += 1
        self.alerts += len(post.reports)
        self.statuses[status] += 1
        self.answers[status] += len(post.reports)
        self.vendors[post.vendor] += 1


def post(
    posts: Iterable[Post],
    url: str,
    keys: Keys,
    *,
    rate: float = 0.0,
    on_sent: Callable[[Sent], None] | None = None,
) -> Sent:
    """Send bodies to a gateway in their order; what it is too busy for is sent again.

    Args:
        posts: What to send.
        url: The gateway's address, without a path.
        keys: What the senders sign with.
        rate: Deliveries a second at the most; 0 sends as fast as it is answered.
        on_sent: Called after each delivery.

    Raises:
        AccessDenied: The gateway does not know the secret.
        Unavailable: It does not answer, or is still too busy after several attempts.
        UnexpectedReply: It answers something else than 202.
    """
    sent, began = Sent(), time.monotonic()
    # A proxy of the environment is not asked for an address of our own.
    with httpx.Client(base_url=url, timeout=30.0, trust_env=False) as client:
        for number, one in enumerate(posts):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            sent.count(one, _deliver(client, one, keys))
            if on_sent:
                on_sent(sent)
    return sent


def _deliver(client: httpx.Client, one: Post, keys: Keys) -> str:
    body, proof = sign(one.vendor, one.body, keys)
    headers = {"Content-Type": "application/json", **one.headers, **proof}
    target = f"{client.base_url}/webhook/{one.vendor}"
    for attempt in range(_ATTEMPTS):
        try:
            answer = client.post(f"/webhook/{one.vendor}", content=body, headers=headers)
        except httpx.TransportError as error:
            raise Unavailable(SYSTEM, target, f"{error}; is the demo running?") from error
        if answer.status_code not in _LATER:
            return _status(answer, target)
        time.sleep(min(_LONGEST_WAIT_SECONDS, _wait(answer) * 2**attempt))
    raise Unavailable(SYSTEM, target, "is too busy")


def _status(answer: httpx.Response, target: str) -> str:
    if answer.status_code == _ACCEPTED:
        return str(answer.json()["status"])
    if answer.status_code in _REFUSED:
        raise AccessDenied(SYSTEM, target, "does not accept the signature of the practice senders")
    raise UnexpectedReply(SYSTEM, target, f"answers {answer.status_code}: {answer.text[:200]}")


def _wait(answer: httpx.Response) -> float:
    try:
        return max(0.1, float(answer.headers.get("Retry-After", "1")))
    except ValueError:
        return 1.0
