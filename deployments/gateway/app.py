"""The gateway's application: the door for alerts beside pages and API for people.

Nothing is loaded from another host.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response

from deployments.gateway import (
    chat,
    classify,
    documents,
    heartbeats,
    incidents,
    metrics,
    people,
    refusals,
    runs,
)
from deployments.gateway.api_page import api_page
from deployments.gateway.intake import description
from deployments.gateway.intake.door import PREFIX, Door, Scope, Send
from deployments.gateway.intake.reading import Receive
from models.settings import settings

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
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_STOP_SECONDS = 2.5


class Gateway:
    """The whole application, as a server runs it.

    Deliveries pass by FastAPI, whose layers would cost each more than all that is done with it.
    They prove themselves, so they may come under any host name; pages answer to ours only.

    Raises:
        ConfigurationError: A secret is empty, or a configured file cannot be read.
    """

    def __init__(self) -> None:
        self.door = Door()
        self.pages = _pages(self.door)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the door or to the pages."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self.door(scope, receive, send)
        else:
            await self.pages(scope, receive, send)


def create_app() -> Gateway:
    """Return the application with all its routes."""
    return Gateway()


def _pages(door: Door) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        door.writer.start()
        yield
        await door.writer.stop(_STOP_SECONDS)

    # FastAPI's own pages load scripts from a CDN; ours is rendered here.
    app = FastAPI(
        title="Nightshift", version=version("nightshift"), docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json", lifespan=lifespan,
    )  # fmt: skip
    app.state.door = door
    app.openapi = _described(app)  # type: ignore[method-assign]
    app.middleware("http")(_guard)
    # A page of another host, whose name was made to point here, is not answered.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(), www_redirect=False)
    refusals.add_to(app)
    app.add_api_route(
        "/api/docs", _api_docs(app), response_class=HTMLResponse, include_in_schema=False
    )
    for router in (
        metrics.router, runs.router, documents.router, chat.router, heartbeats.router,
        incidents.router, people.router, classify.router,
    ):  # fmt: skip
        app.include_router(router)
    return app


def _hosts() -> list[str]:
    """Return the names under which pages are asked for: this machine's, and the configured one."""
    configured = urlsplit(settings().gateway_url or "").hostname
    return [*_LOCAL_HOSTS, *([configured] if configured else [])]


def _described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return the API description with the door in it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(title=app.title, version=app.version, routes=app.routes)
            parts = found.setdefault("components", {})
            parts["schemas"] = {**parts.get("schemas", {}), **description.SCHEMAS}
            parts["securitySchemes"] = {**parts.get("securitySchemes", {}), **description.SECURITY}
            found["paths"] = {**description.PATHS, **found["paths"]}
            app.openapi_schema = found
        return app.openapi_schema

    return openapi


def _api_docs(app: FastAPI) -> Callable[[], HTMLResponse]:
    def api_docs() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi()))

    return api_docs


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call_next(request)
    answer.headers.update(_HEADERS)
    return answer
