"""People and tokens: who is admin, whose token holds, and what is stored of it."""

from __future__ import annotations

import pytest

from models.errors import Refused, WrongUse
from models.records.person import Role
from models.store import people


def test_the_first_person_is_an_admin_whatever_was_asked_for(conn):
    first, _ = people.add(conn, "Ada", Role.VIEWER)
    second, _ = people.add(conn, "Ben", Role.VIEWER, created_by="Ada")

    assert (first.role, second.role) == (Role.ADMIN, Role.VIEWER)
    assert [person.name for person in people.everyone(conn)] == ["Ada", "Ben"]
    assert second.created_by == "Ada"


def test_a_token_is_its_person_and_only_its_hash_is_stored(conn):
    ada, token = people.add(conn, "Ada", Role.ADMIN)

    assert people.authenticate(conn, token) == ada
    assert token.startswith("ns_")
    (stored,) = conn.execute("SELECT p::text FROM people p").fetchone()
    assert token not in stored
    assert len(set(token)) > 10


@pytest.mark.parametrize(
    "forged", ["", "ns_", "ns_x", "x" * 10_000, "ns_\x00", "ns_\ud800", "' OR 1=1 --", "NS_{token}"]
)
def test_a_forged_token_is_nobody(conn, forged):
    _, token = people.add(conn, "Ada", Role.ADMIN)

    assert people.authenticate(conn, forged.format(token=token)) is None


def test_a_revoked_token_is_nobody_at_once_and_the_name_is_free_again(conn):
    people.add(conn, "Ada", Role.ADMIN)
    ben, token = people.add(conn, "Ben", Role.OPERATOR)

    assert people.revoke(conn, "Ben").revoked_at is not None
    assert people.authenticate(conn, token) is None

    again, other = people.add(conn, "Ben", Role.OPERATOR)
    assert again.id != ben.id
    assert people.authenticate(conn, other) == again


def test_the_last_admin_stays(conn):
    people.add(conn, "Ada", Role.ADMIN)
    people.add(conn, "Ben", Role.OPERATOR)

    with pytest.raises(Refused, match="last admin"):
        people.revoke(conn, "Ada")


def test_a_name_is_one_person(conn):
    people.add(conn, "Ada", Role.ADMIN)

    with pytest.raises(WrongUse, match="already"):
        people.add(conn, " Ada ", Role.VIEWER)
    with pytest.raises(WrongUse, match="printable"):
        people.add(conn, "\x1b[31m", Role.VIEWER)
    with pytest.raises(WrongUse, match="people list"):
        people.revoke(conn, "nobody")


@pytest.mark.parametrize("held", list(Role))
@pytest.mark.parametrize("needed", list(Role))
def test_a_role_may_all_that_those_before_it_may(conn, held, needed):
    people.add(conn, "Ada", Role.ADMIN)
    person, token = people.add(conn, "Ben", held)

    if list(Role).index(held) >= list(Role).index(needed):
        assert people.permitted(conn, token, needed) == person
    else:
        with pytest.raises(Refused, match=f"needs the role {needed}"):
            people.permitted(conn, token, needed)


def test_nobody_is_asked_before_anybody_is_registered_and_everybody_after(conn):
    assert people.permitted(conn, None, Role.ADMIN) is None

    people.add(conn, "Ada", Role.ADMIN)

    for token in (None, "", "ns_forged"):
        with pytest.raises(Refused, match="NIGHTSHIFT_TOKEN"):
            people.permitted(conn, token, Role.VIEWER)
