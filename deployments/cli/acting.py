"""Who acts on the command line: the person of `NIGHTSHIFT_TOKEN`, checked before a change."""

from __future__ import annotations

import getpass
from typing import Any

from psycopg import Connection

from models.records.person import Role
from models.settings import settings
from models.store import people


def actor(conn: Connection[tuple[Any, ...]], needed: Role = Role.OPERATOR) -> str:
    """Return the name under which a change is kept.

    Where nobody is registered yet that is the account of this machine.

    Raises:
        Refused: There are people, and the token is none of theirs or its role does not suffice.
    """
    token = settings().token
    person = people.permitted(conn, token.get_secret_value() if token else None, needed)
    return person.name if person else f"local:{_account()}"


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unknown"
