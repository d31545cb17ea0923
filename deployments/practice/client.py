"""Talk to the control of a running practice datacenter; light enough for the command line."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from models.errors import AccessDenied, Unavailable, WrongUse

SYSTEM = "practice datacenter"
UNAUTHORIZED = 401


def call(control_url: str, token: str, method: str, /, **arguments: Any) -> Any:
    """Call a control by its name: the vCenter's as it is, others as kubernetes.x or devices.x.

    Raises:
        WrongUse: no such method, or arguments that it does not take.
        AccessDenied: the token is not this practice datacenter's.
        Unavailable: nothing answers there.
    """
    body = json.dumps({"call": method, "args": arguments}).encode()
    request = Request(control_url, body, {"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urlopen(request, timeout=60) as reply:  # noqa: S310 - a loopback address of our own
            return json.load(reply)["result"]
    except HTTPError as error:
        with error:
            if error.code == UNAUTHORIZED:
                raise AccessDenied(SYSTEM, control_url, "wrong token") from error
            raise WrongUse(str(json.load(error).get("error"))) from error
    except (OSError, HTTPException) as error:
        raise Unavailable(SYSTEM, control_url, f"{error}; is the demo running?") from error


def break_it(control_url: str, token: str, name: str) -> str:
    """Plant a fault of `deployments.practice.faults.FAULTS` and return what was done."""
    return str(call(control_url, token, "break_it", name=name))


def broken(control_url: str, token: str) -> dict[str, str]:
    """Return what is broken by now: what was done by the name of each fault, the first first."""
    found: dict[str, str] = call(control_url, token, "broken")
    return found


def counters(control_url: str, token: str) -> dict[str, Any]:
    """Return the counters of all parts; `mutating` is the sum of the calls that change."""
    found: dict[str, Any] = call(control_url, token, "counters")
    return found
