"""People, their roles and their tokens; the caller owns the transaction.

A token is 256 random bits, and only its SHA-256 is stored. It is found by that hash, so that no
comparison of secrets takes a time that tells anything.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from psycopg import Connection

from models.errors import Refused, WrongUse
from models.records.person import Person, Role
from models.store import queries

SQL = queries("people")
_PREFIX = "ns_"
_LONGEST_NAME = 100
_LONGEST_TOKEN = 200
Rows = Connection[tuple[Any, ...]]


def add(conn: Rows, name: str, role: Role, created_by: str | None = None) -> tuple[Person, str]:
    """Register a person and return the record with the token, which is shown this once.

    The first one is an admin, whatever role was asked for: nobody could add another otherwise.

    Raises:
        WrongUse: The name is empty or too long, or somebody has it.
    """
    name = _usable(name)
    hold(conn)
    known = _by_name(conn, name)
    if known is not None and known.revoked_at is None:
        raise WrongUse(f"there is a person {name!r} already; revoke that one or take another name")
    token = _PREFIX + secrets.token_urlsafe(32)
    values = {
        "id": f"person-{secrets.token_hex(6)}",
        "name": name,
        "role": role if registered(conn) else Role.ADMIN,
        "token_hash": _hash(token),
        "created_by": created_by,
    }
    return _person(conn.execute(SQL["add"], values).fetchone()), token


def hold(conn: Rows) -> None:
    """Let nobody else register or revoke people to the end of the transaction."""
    conn.execute(SQL["lock"])


def authenticate(conn: Rows, token: str) -> Person | None:
    """Return whose token it is; None for a forged or a revoked one."""
    if not token.startswith(_PREFIX) or len(token) > _LONGEST_TOKEN:
        return None
    row = conn.execute(SQL["by_token"], {"token_hash": _hash(token)}).fetchone()
    return _person(row) if row else None


def permitted(conn: Rows, token: str | None, needed: Role) -> Person | None:
    """Return who acts; None where no person was ever registered.

    Raises:
        Refused: There are people and the token is none of theirs, or the role does not suffice.
    """
    if not registered(conn):
        return None
    if not token:
        raise Refused("this needs a person: set NIGHTSHIFT_TOKEN to your token")
    person = authenticate(conn, token)
    if person is None:
        raise Refused(
            "NIGHTSHIFT_TOKEN is not valid, or was revoked; an admin makes a new one with"
            " `nightshift people add NAME --role ROLE`"
        )
    if not person.role.covers(needed):
        raise Refused(
            f"this needs the role {needed}, and {person.name} is {person.role};"
            " ask an admin for a token of that role"
        )
    return person


def everyone(conn: Rows) -> list[Person]:
    """Return all who were ever registered, in that order."""
    return [_person(row) for row in conn.execute(SQL["all"])]


def registered(conn: Rows) -> bool:
    """Tell whether anybody was ever registered; until then nobody can be asked for a token."""
    row = conn.execute(SQL["any"]).fetchone()
    return bool(row and row[0])


def revoke(conn: Rows, name: str) -> Person:
    """End a person's token now.

    Raises:
        WrongUse: Nobody has that id or name.
        Refused: It is the last admin; nobody could add another one.
    """
    hold(conn)
    person = _by_name(conn, name)
    if person is None:
        raise WrongUse(f"there is no person {name!r}; see `nightshift people list`")
    if person.revoked_at is None and person.role is Role.ADMIN and _admins(conn) == 1:
        raise Refused(f"{person.name} is the last admin; add another one first")
    conn.execute(SQL["revoke"], {"id": person.id})
    return _by_name(conn, person.id) or person


def public(person: Person) -> dict[str, Any]:
    """Return a person's fields as programs read them."""
    return {
        "person_id": person.id,
        "name": person.name,
        "role": person.role,
        "created_at": person.created_at,
        "created_by": person.created_by,
        "revoked_at": person.revoked_at,
    }


def _usable(name: str) -> str:
    found = name.strip()
    if not found or len(found) > _LONGEST_NAME or not found.isprintable():
        raise WrongUse(f"a person's name has 1 to {_LONGEST_NAME} printable characters")
    return found


def _by_name(conn: Rows, name: str) -> Person | None:
    row = conn.execute(SQL["by_name"], {"name": name}).fetchone()
    return _person(row) if row else None


def _admins(conn: Rows) -> int:
    row = conn.execute(SQL["admins"]).fetchone()
    return int(row[0]) if row else 0


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _person(row: Any) -> Person:
    return Person(
        id=row[0],
        name=row[1],
        role=Role(row[2]),
        created_at=row[3],
        created_by=row[4],
        revoked_at=row[5],
    )
