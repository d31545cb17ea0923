"""The vCenter behind the wire: sessions, the method table, counters. HTTP is in `server`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deployments.practice.vcenter import faulted, soap_write
from deployments.practice.vcenter.faulted import Faulted
from deployments.practice.vcenter.properties import find
from deployments.practice.vcenter.sessions import CURRENT, Account, Session, new_session
from deployments.practice.vcenter.soap_read import Request, method_result
from deployments.practice.vcenter.types import reference
from deployments.practice.vcenter.world import Entity, World


@dataclass(frozen=True, slots=True)
class Raw:
    """A result that is already XML, with its own tags."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a method on an object."""

    vcenter: VCenter
    session: Session
    this: Entity
    method: str
    arguments: dict[str, Any]

    @property
    def world(self) -> World:
        """The world it acts on."""
        return self.vcenter.world


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What answers a method: `mutates` counts it as a change of the inventory."""

    run: Callable[[Call], Any]
    mutates: bool = False
    privilege: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer on its way: HTTP status, body, and the cookie of a new session."""

    status: int
    body: bytes
    cookie: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


OPEN_METHODS = {"RetrieveServiceContent", "Login"}
NOBODY = Account(username="", password="", may_write=False)


class VCenter:
    """State and dispatch of one practice vCenter; safe to call from many threads."""

    def __init__(
        self, world: World, accounts: list[Account], methods: dict[str, Method], session_limit: int
    ) -> None:
        self.world = world
        self.accounts = {account.username: account for account in accounts}
        self.methods = methods
        self.session_limit = session_limit
        self.task_seconds = 0.0
        self.page_cap: int | None = None
        self.sessions: dict[str, Session] = {}
        self.calls: Counter[str] = Counter()
        self.mutating_calls: Counter[str] = Counter()
        self.logins = 0
        self._guard = threading.Lock()

    def answer(self, request: Request, cookie: str | None, user_agent: str) -> Reply:
        """Answer one request with a result or a fault."""
        self.count(request.method)
        session = self.sessions.get(cookie or "")
        token = CURRENT.set(session)
        try:
            return self._dispatch(request, session, user_agent)
        except Faulted as error:
            return Reply(status=500, body=soap_write.fault(error.fault, error.message))
        finally:
            CURRENT.reset(token)

    def count(self, method: str) -> None:
        """Count a call; one that we do not know to be harmless counts as mutating."""
        known = self.methods.get(method)
        with self._guard:
            self.calls[method] += 1
            if known is None or known.mutates:
                self.mutating_calls[method] += 1

    def _dispatch(self, request: Request, session: Session | None, user_agent: str) -> Reply:
        if request.method == "Login":
            return self._login(request, user_agent)
        if session is None and request.method not in OPEN_METHODS and not _is_public(request):
            raise faulted.not_authenticated()
        session = session or new_session(NOBODY, user_agent)
        session.call_count += 1
        session.last_active_at = datetime.now(UTC)
        with self.world.lock:
            this = find(self.world, reference(request.kind, request.moid))
        method = self.methods.get(request.method)
        if method is None:
            raise faulted.method_not_found(request.kind, request.moid, request.method)
        if method.privilege and not session.account.may_write:
            raise faulted.no_permission(this.kind, this.moid, method.privilege)
        call = Call(
            vcenter=self,
            session=session,
            this=this,
            method=request.method,
            arguments=request.arguments,
        )
        return self._result(request.method, method.run(call))

    def _result(self, name: str, value: Any) -> Reply:
        if isinstance(value, Raw):
            return Reply(status=200, body=soap_write.response(name, value.parts))
        declared = method_result(name)
        if value is None or declared is type(None):
            return Reply(status=200, body=soap_write.response(name, ()))
        written = soap_write.written("returnval", value, declared)
        return Reply(status=200, body=soap_write.response(name, (written,)))

    def _login(self, request: Request, user_agent: str) -> Reply:
        account = self.accounts.get(request.arguments["userName"])
        if account is None or account.password != request.arguments["password"]:
            raise faulted.invalid_login()
        with self._guard:
            if len(self.sessions) >= self.session_limit:
                raise faulted.too_many_sessions(self.session_limit)
            session = new_session(account, user_agent)
            self.sessions[session.cookie] = session
            self.logins += 1
        from deployments.practice.vcenter.sessions import shown

        reply = self._result("Login", shown(session))
        return Reply(status=200, body=reply.body, cookie=session.cookie)

    def end_session(self, session: Session) -> None:
        """Forget a session and all that it owns."""
        with self._guard:
            self.sessions.pop(session.cookie, None)
        with self.world.lock:
            for moid in session.owned:
                self.world.entities.pop(moid, None)

    def end_all_sessions(self) -> None:
        """Forget every session, as a restart of vpxd does."""
        for session in list(self.sessions.values()):
            self.end_session(session)

    def own(self, session: Session, kind: str, prefix: str, record: Any) -> Entity:
        """Create a managed object that ends with its session."""
        with self.world.lock:
            moid = f"session[{session.key}]{self.world.new_moid(prefix)}"
            entity = self.world.entities[moid] = Entity(kind, moid, record)
            session.owned.add(moid)
            return entity

    def disown(self, session: Session, moid: str) -> None:
        """End a session's object."""
        with self.world.lock:
            session.owned.discard(moid)
            self.world.entities.pop(moid, None)


def _is_public(request: Request) -> bool:
    """Return whether a call works before the login: reading the service instance."""
    return request.method == "Fetch" and request.kind == "ServiceInstance"
