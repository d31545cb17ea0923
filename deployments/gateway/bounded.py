"""Routes that read no body longer than a limit, so that nobody fills the memory unasked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

MOST_BYTES = 256 << 10
# What any such route may answer beside its own.
ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON."},
    401: {"description": "The token is missing, not valid, or was revoked."},
    403: {"description": "The role does not suffice."},
    404: {"description": "There is no such thing."},
    409: {"description": "It cannot be done as things stand; the reason says what can."},
    411: {"description": "The body has no declared length."},
    413: {"description": "The body is too long."},
    422: {"description": "A field or parameter is not what it has to be."},
    503: {"description": "The database does not answer."},
}
_TOO_LARGE, _LENGTH_REQUIRED = 413, 411
_WITHOUT_BODY = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))


class BoundedRoute(APIRoute):
    """A route whose body has a declared length of at most `MOST_BYTES`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the check, which stands before the body is read."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            _check(request)
            return await handle(request)

        return checked


def _check(request: Request) -> None:
    declared = request.headers.get("content-length")
    if declared is None:
        if request.method not in _WITHOUT_BODY and "transfer-encoding" in request.headers:
            raise HTTPException(_LENGTH_REQUIRED, "send the body with a Content-Length")
        return
    if not declared.isdigit() or int(declared[:20]) > MOST_BYTES:
        raise HTTPException(_TOO_LARGE, f"a body has at most {MOST_BYTES:,} bytes")
