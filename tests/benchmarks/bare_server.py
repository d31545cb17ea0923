"""The yardstick of the gateway's cost: uvicorn with an application that stores nothing.

usage: python -m tests.benchmarks.bare_server PORT

It does what any receiver must do: read the body, verify its HMAC, parse its JSON, answer. What a
request costs here tells how fast the machine is at the moment.
"""

from __future__ import annotations

import hmac
import sys
from typing import Any

import orjson
import uvicorn

from tests.benchmarks.gateway_load import SECRET

_KEY = SECRET.encode()
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2")]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request."""
    body, event = b"", {"more_body": True}
    while event.get("more_body"):
        event = await receive()
        body += event.get("body", b"")
    given = dict(scope["headers"]).get(b"x-nightshift-signature", b"")
    expected = hmac.digest(_KEY, body, "sha256").hex().encode()
    status = 202 if hmac.compare_digest(given, expected) else 401
    orjson.loads(body)
    await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})


if __name__ == "__main__":
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
    )
