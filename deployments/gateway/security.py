"""Who may call what: bearer tokens of people and their roles.

Until a person is registered there is nobody to ask: reading is open to this machine, and nothing
can be changed over HTTP.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import HTTPException, Request, Security
from fastapi.security import HTTPBearer

from models.records.person import Person, Role
from models.store import people, transaction

NOBODY = Person(id="", name="nobody", role=Role.VIEWER, created_at=datetime.min.replace(tzinfo=UTC))
# It decides nothing here: it lets the API description say which routes need a token.
_BEARER = HTTPBearer(auto_error=False, description="A token of `nightshift people add`.")
_UNKNOWN = 401
_FORBIDDEN = 403
_GIVE = {
    False: (
        "send the header `Authorization: Bearer TOKEN`, with the token that `nightshift people add`"
        " printed"
    ),
    True: "give your token as the password, under any name, when this page is loaded again",
}


def require(role: Role) -> Callable[..., Person]:
    """Return the dependency of a route that needs a role: it gives the person, or answers 401, 403.

    Use it as `person: Annotated[Person, Depends(require(Role.OPERATOR))]`.
    """

    def person_of(request: Request, _shown: Annotated[object, Security(_BEARER)]) -> Person:
        return identify(request, role)

    return person_of


def identify(request: Request, needed: Role) -> Person:
    """Return who sent a request; `NOBODY` for reading on this machine while nobody is registered.

    Raises:
        HTTPException: 401 without a valid token, 403 where the role does not suffice.
    """
    token = _token(request, reading=needed is Role.VIEWER)
    with transaction() as conn:
        person = people.authenticate(conn, token) if token else None
        anybody = person is not None or people.registered(conn)
    if person is None:
        return _without_person(request, needed, anybody=anybody, token=token)
    if not person.role.covers(needed):
        raise HTTPException(
            _FORBIDDEN, f"this needs the role {needed}, and {person.name} is {person.role}"
        )
    return person


def _without_person(request: Request, needed: Role, *, anybody: bool, token: str | None) -> Person:
    if not anybody and token is None and needed is Role.VIEWER and _is_local(request):
        return NOBODY
    # A browser asks for name and password then; the token is the password.
    browses = "text/html" in request.headers.get("accept", "")
    if not anybody:
        reason = (
            "nobody is registered yet; run `nightshift people add NAME --role admin`"
            f" and {_GIVE[browses]}"
        )
    elif token is None:
        reason = _GIVE[browses]
    else:
        reason = "the token is not valid, or was revoked; an admin makes a new one"
    scheme = "Basic" if browses else "Bearer"
    raise HTTPException(
        _UNKNOWN, reason, headers={"WWW-Authenticate": f'{scheme} realm="Nightshift"'}
    )


def _token(request: Request, *, reading: bool) -> str | None:
    """Return the token of a request.

    A browser sends a password along with whatever page makes it call, so that one only reads.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic" and reading:
        return _password(value.strip())
    return None if not scheme else ""


def _password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _is_local(request: Request) -> bool:
    # What another server passes on is not from here, though that server may be.
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if request.client is None or forwarded:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
