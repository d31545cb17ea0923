"""Refusals of the API: each is an exception that carries the Status object of the reply.

Source: the Kubernetes API conventions, section on response status kinds.
"""

from __future__ import annotations

from typing import Any

from deployments.practice.kubernetes.resources import Resource

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "Conflict",
    410: "Expired",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Refused(Exception):
    """The API does not do what was asked; `body` is the Status object."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        reason: str | None = None,
        details: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.retry_after = code, retry_after
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": metadata or {},
            "status": "Failure",
            "message": message,
            "reason": reason or REASONS.get(code, "Unknown"),
            "code": code,
        }
        if details:
            self.body["details"] = details


def bad_request(message: str) -> Refused:
    """The request cannot be understood."""
    return Refused(400, message)


def unauthorized() -> Refused:
    """The token is not one of ours."""
    return Refused(401, "Unauthorized")


def forbidden(user: str, verb: str, resource: Resource, namespace: str, name: str) -> Refused:
    """The user may not do this."""
    scope = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    named = f' "{name}"' if name else ""
    message = (
        f'{resource.label}{named} is forbidden: User "{user}" cannot {verb} resource '
        f'"{resource.plural}" in API group "{resource.group}"{scope}'
    )
    return Refused(403, message, details=_details(resource, name))


def not_found(resource: Resource, name: str) -> Refused:
    """There is no such object."""
    return Refused(404, f'{resource.label} "{name}" not found', details=_details(resource, name))


def no_such_path() -> Refused:
    """The server does not serve this path: no such group, version or resource."""
    return Refused(404, "the server could not find the requested resource", reason="NotFound")


def stale(resource: Resource, name: str) -> Refused:
    """The object was changed since it was read."""
    message = (
        f'Operation cannot be fulfilled on {resource.label} "{name}": the object has been '
        "modified; please apply your changes to the latest version and try again"
    )
    return Refused(409, message, details=_details(resource, name))


def exists(resource: Resource, name: str) -> Refused:
    """An object of that name is there already."""
    message = f'{resource.label} "{name}" already exists'
    return Refused(409, message, reason="AlreadyExists", details=_details(resource, name))


def expired(message: str, continue_token: str | None = None) -> Refused:
    """What was asked for is no longer kept; the token goes on inconsistently from there."""
    metadata = {"continue": continue_token} if continue_token else None
    return Refused(410, message, metadata=metadata)


def _details(resource: Resource, name: str) -> dict[str, Any]:
    found = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in found.items() if value}


def success(resource: Resource, name: str, uid: str) -> dict[str, Any]:
    """Return the Status of a deletion that left nothing behind."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {**_details(resource, name), "uid": uid},
    }
