"""The gateway's application. It only reads; nothing is loaded from another host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response

from deployments.gateway import chat, documents
from deployments.gateway.api_page import api_page
from models.errors import NightshiftError, StoreError
from models.store import schema, transaction

# Pages are our own HTML with inline styles; scripts come from this host alone.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

# What a browser calls this machine; the gateway listens on loopback alone.
_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def create_app() -> FastAPI:
    """Return the application with all its routes."""
    # FastAPI's own pages load scripts from a CDN; ours is rendered here.
    app = FastAPI(
        title="Nightshift", version=version("nightshift"), docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json",
    )  # fmt: skip
    app.middleware("http")(_guard)
    # A page of another host, whose name was made to point here, is not answered.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS, www_redirect=False)
    app.add_exception_handler(NightshiftError, _refusal)
    app.add_api_route("/health", health, summary="Whether the database answers", tags=["state"])
    app.add_api_route(
        "/api/docs", _api_docs(app), response_class=HTMLResponse, include_in_schema=False
    )
    app.include_router(documents.router)
    app.include_router(chat.router)
    return app


def health() -> JSONResponse:
    """Return `{status, schema}`; 503 while the database does not answer."""
    try:
        with transaction() as conn:
            number = schema.version(conn)
    except StoreError as error:
        return JSONResponse({"status": "degraded", "reason": str(error)}, status_code=503)
    return JSONResponse({"status": "ok", "schema": number})


def _api_docs(app: FastAPI) -> Callable[[], HTMLResponse]:
    def api_docs() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi()))

    return api_docs


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call_next(request)
    answer.headers.update(_HEADERS)
    return answer


async def _refusal(_request: Request, error: Exception) -> JSONResponse:
    unavailable = isinstance(error, StoreError)
    return JSONResponse({"error": str(error)}, status_code=503 if unavailable else 404)
