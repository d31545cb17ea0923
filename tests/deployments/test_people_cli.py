"""`nightshift people`: the first is an admin, later ones need an admin's token."""

from __future__ import annotations

import json

import pytest

from models.store import people, transaction


@pytest.fixture
def acting(monkeypatch):
    """Set whose token the command line uses; None for nobody's."""

    def use(token):
        if token is None:
            monkeypatch.delenv("NIGHTSHIFT_TOKEN", raising=False)
        else:
            monkeypatch.setenv("NIGHTSHIFT_TOKEN", token)

    use(None)
    return use


def add(entry, name, role):
    status, out, err = entry("people", "add", name, "--role", role, "--json")
    return (status, json.loads(out) if out else None, err)


def test_the_first_person_is_an_admin_and_gets_the_token_once(database, entry, acting):
    status, made, err = add(entry, "Ada", "operator")

    assert status == 0
    assert made["role"] == "admin"
    assert "the first person is an admin, so Ada is one, not operator" in err
    with transaction() as conn:
        assert people.authenticate(conn, made["token"]).id == made["person_id"]
    listed = json.loads(entry("people", "list", "--json")[1])
    assert [(one["name"], one["role"]) for one in listed] == [("Ada", "admin")]
    assert "token" not in listed[0]


def test_the_first_person_needs_no_role_and_later_ones_do(database, entry, acting):
    status, out, err = entry("people", "add", "Ada", "--json")
    assert (status, json.loads(out)["role"], err) == (0, "admin", "")

    acting(json.loads(out)["token"])
    status, out, err = entry("people", "add", "Ben")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "say what 'Ben' may: --role viewer|operator|approver|admin" in err
    assert add(entry, "Ben", "viewer")[1]["role"] == "viewer"


def test_later_ones_need_an_admin_s_token(database, entry, acting):
    _, ada, _ = add(entry, "Ada", "admin")

    status, _, err = add(entry, "Ben", "operator")
    assert (status, err.count("\n")) == (1, 1)
    assert "NIGHTSHIFT_TOKEN" in err

    acting(ada["token"])
    status, ben, _ = add(entry, "Ben", "operator")
    assert (status, ben["role"]) == (0, "operator")

    acting(ben["token"])
    status, _, err = add(entry, "Cid", "viewer")
    assert status == 1
    assert "Ben is operator" in err
    acting("ns_forged")
    assert add(entry, "Cid", "viewer")[0] == 1


def test_a_revoked_person_may_nothing_any_more(database, entry, acting):
    _, ada, _ = add(entry, "Ada", "admin")
    acting(ada["token"])
    _, ben, _ = add(entry, "Ben", "admin")

    status, out, _ = entry("people", "revoke", "Ben", "--json")
    assert (status, json.loads(out)["person_id"]) == (0, ben["person_id"])
    assert entry("people", "revoke", "Ada")[0] == 1
    acting(ben["token"])
    assert add(entry, "Cid", "viewer")[0] == 1
    with transaction() as conn:
        rows = conn.execute("SELECT actor, action FROM audit_log ORDER BY id").fetchall()
    assert [action for _, action in rows] == ["add-person", "add-person", "revoke-person"]
    assert rows[0][0].startswith("local:")
    assert rows[2][0] == "Ada"


@pytest.mark.parametrize(
    "arguments",
    [("add", "Ada", "--role", "root"), ("add", "", "--role", "admin"),
     ("revoke", "nobody")],
)  # fmt: skip
def test_wrong_use_is_status_2(database, entry, acting, arguments):
    assert entry("people", *arguments)[0] == 2


def test_people_read_it_in_words(database, entry, acting):
    _, out, _ = entry("people", "add", "Ada", "--role", "admin")

    assert "export NIGHTSHIFT_TOKEN=ns_" in out
    assert "Ada" in entry("people", "list")[1]
