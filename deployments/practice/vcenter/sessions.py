"""Who is logged in, with which rights; a session owns its views, filters and half-read pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from deployments.practice.vcenter.types import data, vim

READ_ONLY_DENIED: Mapping[str, str] = {
    "LicenseManager.licenses": "Global.Licenses",
    "LicenseManager.evaluation": "Global.Licenses",
}


@dataclass(slots=True)
class Account:
    """A user; `denied` maps Type.path to the privilege that it lacks there."""

    username: str
    password: str
    may_write: bool
    denied: dict[str, str] = field(default_factory=dict)

    def refusal(self, kind: str, path: str) -> str | None:
        """Return the privilege that is missing to read a path of a kind, none if none is."""
        if not self.denied:
            return None
        parts = path.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            missing = self.denied.get(f"{kind}.{name}") or self.denied.get(f"*.{name}")
            if missing:
                return missing
        return None


@dataclass(slots=True)
class Session:
    """One login."""

    key: str
    cookie: str
    account: Account
    login_at: datetime
    last_active_at: datetime
    user_agent: str
    call_count: int = 0
    owned: set[str] = field(default_factory=set)
    pages: dict[str, Any] = field(default_factory=dict)


CURRENT: ContextVar[Session | None] = ContextVar("session", default=None)


def new_session(account: Account, user_agent: str) -> Session:
    """Return a session of an account; its cookie is the secret, its key is not."""
    now = datetime.now(UTC)
    return Session(
        key=f"52{secrets.token_hex(15)}",
        cookie=secrets.token_hex(20),
        account=account,
        login_at=now,
        last_active_at=now,
        user_agent=user_agent,
    )


def shown(session: Session | None) -> Any:
    """Return a session as the SessionManager shows it."""
    if session is None:
        return None
    return data(
        vim.UserSession,
        key=session.key,
        userName=session.account.username,
        fullName=session.account.username,
        loginTime=session.login_at,
        lastActiveTime=session.last_active_at,
        locale="en",
        messageLocale="en",
        extensionSession=False,
        ipAddress="127.0.0.1",
        userAgent=session.user_agent,
        callCount=session.call_count,
    )
