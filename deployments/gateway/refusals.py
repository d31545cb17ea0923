"""Refusals: a line of JSON for programs, a page in the documents' design for who reads pages."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from deployments.gateway.pages import NAVIGATION
from generators.documents.page import render_page
from generators.documents.text import escape
from models.errors import Busy, NightshiftError, Refused, StoreError, Unavailable, WrongUse

_API = "/api/"
_NOT_JSON, _INVALID = 400, 422
_LONGEST_LINE = 300
_NOT_PARSED = "There was an error parsing the body"  # what FastAPI says of bytes that are no text
_TITLES = {
    401: "Who reads this?",
    403: "Not with this role",
    404: "Not found",
    422: "Not a valid address",
    503: "Not now",
}
_WAY = "Go on with [the incidents](/incidents) or [the documents](/)."


def add_to(app: FastAPI) -> None:
    """Let an application answer with what is refused and why."""
    app.add_exception_handler(NightshiftError, _refusal)
    app.add_exception_handler(HTTPException, _http_refusal)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _refusal(request: Request, error: Exception) -> Response:
    return _answer(request, _status(error), str(error))


def _status(error: Exception) -> int:
    match error:
        case StoreError() | Unavailable():
            return 503
        case Refused() | Busy():
            return 409
        case WrongUse():
            return 404
        case _:
            return 502


async def _http_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    reason = error.detail
    if reason == HTTPStatus.NOT_FOUND.phrase:  # what Starlette says where no route fits
        reason = "there is nothing at this address"
    if reason == _NOT_PARSED:
        reason = "the body is not JSON in UTF-8"
    return _answer(request, error.status_code, reason, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  what it is registered for
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        reason = f"the body is not JSON: {first['ctx']['error']}"
        return _answer(request, _NOT_JSON, reason)
    if first["loc"] == ("body",):
        return _no_object(request)
    where = ".".join(str(part) for part in first["loc"][1:])
    return _answer(request, _INVALID, f"{where}: {first['msg']}" if where else first["msg"])


def _no_object(request: Request) -> Response:
    """Answer a body that is empty, not announced as JSON, or JSON that is no object."""
    if request.headers.get("content-length", "0") == "0":
        return _answer(request, _NOT_JSON, "the body is not JSON: it is empty")
    if "json" not in request.headers.get("content-type", ""):
        return _answer(request, _NOT_JSON, "send the body with Content-Type: application/json")
    return _answer(request, _INVALID, "the body is a JSON object, such as {}")


def _answer(
    request: Request, status: int, reason: str, headers: Mapping[str, str] | None = None
) -> Response:
    if _reads_pages(request):
        return HTMLResponse(_page(status, reason), status, headers)
    return JSONResponse({"error": reason}, status, headers)


def _reads_pages(request: Request) -> bool:
    """Tell whether a browser asks for a page; the API answers JSON, whoever asks."""
    asked = "text/html" in request.headers.get("accept", "")
    return asked and request.method == "GET" and not request.url.path.startswith(_API)


def _page(status: int, reason: str) -> str:
    title = _TITLES.get(status, "Refused")
    line = escape(f"{reason[:1].upper()}{reason[1:_LONGEST_LINE]}").removesuffix(".")
    line = line.replace("\\`", "`")  # commands stand in them
    return render_page(title, f"# {title}\n\n{line}.\n\n{_WAY}\n", NAVIGATION)
