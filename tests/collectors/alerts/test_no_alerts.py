"""What comes to the same address and is no alert stays none."""

from __future__ import annotations

import orjson
import pytest

from collectors.alerts import normalize

NOW = "2026-05-05T05:05:05Z"
OTHERS = {
    "a person": {"event": "user.created", "data": {"id": 1, "name": "Bob"}},
    "a person who is active": {"user": {"name": "Bob", "status": "active"}},
    "a paid invoice": {
        "id": "e-1", "object": "event", "type": "invoice.paid", "created": 1770000000,
        "data": {"object": {"id": "in-1", "status": "paid", "description": "A month"}}},
    "a push": {
        "ref": "refs/heads/main", "repository": {"id": 1, "name": "shop"}, "pusher": {"name": "bob"},
        "head_commit": {"id": "b", "message": "fix", "timestamp": NOW}},
    "a request to merge": {
        "action": "opened", "number": 3, "sender": {"login": "bob"}, "repository": {"name": "shop"},
        "pull_request": {"id": 1, "title": "Add x", "state": "open"}},
    "a star": {"action": "created", "starred_at": NOW, "repository": {"name": "shop"}},
    "an image": {
        "push_data": {"pushed_at": 1770000000, "tag": "latest"},
        "repository": {"name": "app", "repo_name": "bob/app", "status": "Active"}},
    "an order": {"order": {"id": 5, "name": "#1001", "status": "paid"}, "customer": {"name": "Ann"}},
    "metrics": {"metrics": [{"name": "cpu", "value": 5, "timestamp": 1770000000}]},
    "a reader who left": {"event": "subscriber.unsubscribed", "subscriber": {"name": "Ann"}},
    "the weather": {"city": "Bonn", "temp": 5, "status": "ok"},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_alert_is_none(name):
    found = normalize("homemade", orjson.dumps(OTHERS[name]))

    assert (found.outcome, found.alerts) == ("malformed", ())
