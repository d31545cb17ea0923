"""Signs of life over HTTP: what a job calls when it has done its work."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse

from deployments.gateway.bounded import BoundedRoute
from deployments.gateway.intake.door import Door
from deployments.gateway.security import identify
from models.records.person import Role
from models.settings import webhook_secrets
from models.store import heartbeats, transaction

router = APIRouter(tags=["heartbeats"], route_class=BoundedRoute)
SENDER = "heartbeat"  # the name under which the token stands, as a vendor's secret does
_LONGEST_NAME = 100
_SECRET = "NIGHTSHIFT_WEBHOOK_HEARTBEAT_SECRET"  # noqa: S105 - the name of a variable


@router.post(
    "/heartbeat/{name}",
    summary="Give a sign of life",
    responses={
        401: {"description": "The token is missing or not valid."},
        403: {"description": "The role does not suffice."},
        404: {"description": "No such heartbeat is expected."},
    },
)
def beat(name: str, request: Request) -> JSONResponse:
    """Note a sign of life: `{name}`.

    The token is NIGHTSHIFT_WEBHOOK_HEARTBEAT_SECRET or an operator's, as Authorization: Bearer.
    """
    if not _may_beat(request):
        _identified(request)
    known = _note(name) if len(name) <= _LONGEST_NAME and name.isprintable() else False
    if not known:
        raise HTTPException(404, "no such heartbeat is expected; see `nightshift heartbeats add`")
    return JSONResponse({"name": name})


def _identified(request: Request) -> None:
    """Let an operator pass; a refusal names the other token that would do.

    Raises:
        HTTPException: 401 without a valid token, 403 where the role does not suffice.
    """
    try:
        identify(request, Role.OPERATOR)
    except HTTPException as error:
        if error.status_code == HTTPStatus.UNAUTHORIZED:
            error.detail += f"; or {_SECRET} of the gateway, as Authorization: Bearer"
        raise


def _may_beat(request: Request) -> bool:
    door: Door = request.app.state.door
    sender = door.sender(SENDER.encode())
    if sender is not None and sender.unsigned:
        return True
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip().encode("utf-8", "replace")
    # All are compared, each in constant time, so that nothing is learnt of which one is near.
    fits = [
        hmac.compare_digest(secret.get_secret_value().encode(), given)
        for secret in webhook_secrets(SENDER)
    ]
    return scheme.lower() == "bearer" and any(fits)


def _note(name: str) -> bool:
    with transaction() as conn:
        return bool(heartbeats.beat(conn, {name: datetime.now(UTC)}))
