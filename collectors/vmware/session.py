"""A session with vCenter: logged in, and always logged out again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim, vmodl

from collectors.vmware.options import Options
from collectors.vmware.transport import SYSTEM, Transport
from models.errors import AccessDenied, ExternalError, Unavailable, UnexpectedReply

_log = logging.getLogger(__name__)
# What a session may take to end; vCenter forgets one that was not ended after 30 minutes.
_LOGOUT_SECONDS = 5.0
PASSING = (
    vim.fault.NotAuthenticated,  # the session was ended under us; a subtype of NoPermission
    vmodl.fault.ManagedObjectNotFound,  # removed while we were reading
    vmodl.fault.RequestCanceled,
    vmodl.fault.SystemError,
    vim.fault.Timedout,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a collection needs of a logged-in session; `content` is the ServiceContent."""

    transport: Transport
    content: Any


@contextmanager
def connect(options: Options) -> Iterator[Session]:
    """Log in, and log out at the end, whatever happened between.

    Raises:
        Unavailable: Nobody answers, or not in time.
        AccessDenied: The user name, the password or the rights were refused.
        UnexpectedReply: What answers is no vCenter, or its certificate is not trusted.
    """
    transport = Transport(options)
    try:
        yield _log_in(transport, options)
    except vmodl.MethodFault as fault:
        raise translate(options.address, fault) from fault
    finally:
        _log_out(transport)


def translate(address: str, fault: Exception) -> ExternalError:
    """Return our error for a fault of the API."""
    if isinstance(fault, PASSING):
        return Unavailable(SYSTEM, address, _in_words(fault))
    if isinstance(fault, vim.fault.InvalidLogin):
        return AccessDenied(SYSTEM, address, "the user name or the password was refused")
    if isinstance(fault, (vim.fault.NoPermission, vmodl.fault.SecurityError)):
        lacks = f"the account lacks the privilege {privilege(fault)}"
        return AccessDenied(SYSTEM, address, lacks if privilege(fault) else _in_words(fault))
    return UnexpectedReply(SYSTEM, address, _in_words(fault))


def privilege(fault: Any) -> str | None:
    """Return the privilege that a fault says is missing."""
    return getattr(fault, "privilegeId", None) or None


def reason(fault: Any) -> str:
    """Return why something was refused, for a gap."""
    if isinstance(fault, vim.fault.NoPermission):
        return "not permitted"
    if isinstance(fault, vmodl.fault.MethodNotFound):
        return f"this server does not offer {fault.method}"
    return _in_words(fault)


def _in_words(fault: Any) -> str:
    if isinstance(fault, vim.fault.NotAuthenticated):
        return "the session ended while it was in use"
    return fault.msg or type(fault).__name__.rpartition(".")[2]


def _log_in(transport: Transport, options: Options) -> Session:
    content = vim.ServiceInstance("ServiceInstance", transport).RetrieveContent()
    if not isinstance(content, vim.ServiceInstanceContent) or not content.sessionManager:
        raise UnexpectedReply(SYSTEM, options.address, "what answers there is no vCenter")
    transport.speak(content.about.apiVersion)
    content.sessionManager.Login(options.username, options.password.get_secret_value(), None)
    return Session(transport=transport, content=content)


def _log_out(transport: Transport) -> None:
    transport.abandon()
    if not transport.cookie:
        return
    transport.timeout_seconds = min(transport.timeout_seconds, _LOGOUT_SECONDS)
    try:
        vim.SessionManager("SessionManager", transport).Logout()
    except (vmodl.MethodFault, ExternalError) as error:
        # Not logged in, or the server is gone, and with it the session.
        _log.debug("logging out: %s", error)
    finally:
        transport.DropConnections()
