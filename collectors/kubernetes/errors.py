"""Answers of the API server that concern one resource, not the whole collection.

They stand below the error tree's own classes, so that one that nobody caught still says the truth.
"""

from __future__ import annotations

from models.errors import AccessDenied, Unavailable, UnexpectedReply

SYSTEM = "kubernetes"


class Forbidden(AccessDenied):
    """403: the account may not do this one thing."""


class NotThere(UnexpectedReply):
    """404: no such object, or no such API."""


class NotOffered(UnexpectedReply):
    """406, or another form than the one that was asked for."""


class Expired(Unavailable):
    """410: the list that the token continues is too old; `token` continues it as it is now."""

    def __init__(self, system: str, target: str, reason: str, token: str = "") -> None:
        super().__init__(system, target, reason)
        self.args = (system, target, reason, token)
        self.token = token
