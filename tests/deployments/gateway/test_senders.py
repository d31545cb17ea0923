"""Which sender an address belongs to, however it is written."""

from __future__ import annotations

import pytest

from deployments.gateway.intake.vendors import Vendors
from models.settings import settings
from tests.deployments.gateway.conftest import SECRET, a_body, rows


@pytest.fixture
def vendors(monkeypatch):
    """The senders of an environment: `vendors(SNS="a")` sets the secret of one."""

    def vendors(**secrets: str) -> Vendors:
        for name, secret in secrets.items():
            monkeypatch.setenv(f"NIGHTSHIFT_WEBHOOK_{name}_SECRET", secret)
        settings.cache_clear()
        return Vendors()

    return vendors


def test_two_spellings_of_a_sender_are_one(start):
    gateway = start(webhook_my_app_secret=SECRET)

    answers = [gateway.post(a_body(), name) for name in ("my-app", "my_app")]

    assert [answer.json()["status"] for answer in answers] == ["accepted", "duplicate"]
    assert [row[0] for row in rows()] == ["my_app"]


def test_another_name_of_a_sender_takes_its_secret_or_one_of_its_own(vendors):
    both, one = vendors(CLOUDWATCH="a").find("sns"), vendors(SNS="b").find("sns")

    assert (both.name, both.secrets, both.label) == ("cloudwatch", (b"a",), "cloudwatch")
    assert (one.name, one.secrets, one.label) == ("cloudwatch", (b"b",), "cloudwatch")


def test_a_sender_that_nobody_configured_is_not_counted_by_its_name(vendors):
    stranger = vendors().find("some-one")

    assert (stranger.name, stranger.label, stranger.secrets) == ("some_one", "other", ())
