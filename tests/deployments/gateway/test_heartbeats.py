"""A sign of life over HTTP needs the token, and a heartbeat that is expected."""

import pytest

from models.records.maintenance import Heartbeat
from models.records.person import Role
from models.store import heartbeats, people, transaction
from tasks.alerts.triage.heartbeats import expect

TOKEN = "first-token"


@pytest.fixture
def gateway(start):
    with transaction() as conn:
        expect(conn, Heartbeat(name="backup", every_seconds=60))
    return start(webhook_heartbeat_secret=f"{TOKEN},second-token")


def beat(gateway, name="backup", token=TOKEN, scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {token}"} if token is not None else {}
    return gateway.client.post(f"/heartbeat/{name}", headers=headers)


def seen():
    with transaction() as conn:
        return heartbeats.listed(conn)[0].last_seen_at


@pytest.mark.parametrize("token", [TOKEN, "second-token"])
def test_either_token_gives_a_sign_of_life_while_one_is_rotated(gateway, token):
    answer = beat(gateway, token=token)

    assert (answer.status_code, answer.json()) == (200, {"name": "backup"})
    assert seen() is not None


@pytest.mark.parametrize("token", [None, "wrong", TOKEN[:-1], f"{TOKEN}x", "\u00e9"])
def test_without_the_token_nothing_is_noted(gateway, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    answer = gateway.client.post("/heartbeat/backup", headers=headers)

    assert answer.status_code == 401
    assert seen() is None


def test_who_lacks_the_token_is_told_both_that_would_do(gateway):
    answer = beat(gateway, token=None).json()

    assert answer["error"].endswith(
        "; or NIGHTSHIFT_WEBHOOK_HEARTBEAT_SECRET of the gateway, as Authorization: Bearer"
    )


@pytest.mark.parametrize(
    ("secret", "status"), [pytest.param(TOKEN, 401, id="a secret wins"), pytest.param(None, 200)]
)
def test_unsigned_holds_in_any_spelling_where_there_is_no_secret(start, secret, status):
    with transaction() as conn:
        expect(conn, Heartbeat(name="backup", every_seconds=60))
    secrets = {"webhook_heartbeat_secret": secret} if secret else {}

    gateway = start(webhook_unsigned="HeartBeat", **secrets)

    assert beat(gateway, token=None).status_code == status


def test_who_may_post_unsigned_is_told_at_the_start_and_not_with_each_sign(start, caplog):
    with transaction() as conn:
        expect(conn, Heartbeat(name="backup", every_seconds=60))
    gateway = start(webhook_unsigned="loose", webhook_heartbeat_secret=TOKEN)

    assert [beat(gateway).status_code for _ in range(3)] == [200, 200, 200]
    assert caplog.text.count("loose may post unsigned") == 1


def test_an_operator_may_and_a_viewer_may_not(gateway):
    with transaction() as conn:
        people.add(conn, "ada", Role.ADMIN)
        _, operator = people.add(conn, "bob", Role.OPERATOR)
        _, viewer = people.add(conn, "eve", Role.VIEWER)

    assert beat(gateway, token=operator).status_code == 200
    assert beat(gateway, token=viewer).status_code == 403


@pytest.mark.parametrize("name", ["unknown", "a" * 300, "%00", "..%2F..", "x%0Ay"])
def test_a_name_that_is_not_expected_is_not_found(gateway, name):
    assert beat(gateway, name=name).status_code in (404, 405)
    assert seen() is None
