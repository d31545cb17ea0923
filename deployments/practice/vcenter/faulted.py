"""The faults that a vCenter answers with, raised as exceptions on our side of the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deployments.practice.vcenter.types import data, reference, vim, vmodl


class Faulted(Exception):
    """A method ends with a fault."""

    def __init__(self, fault: Any, message: str) -> None:
        super().__init__(message)
        self.fault, self.message = fault, message


def not_authenticated() -> Faulted:
    """No session, or an old one."""
    fault = data(vim.fault.NotAuthenticated, privilegeId="System.View")
    return Faulted(fault, "The session is not authenticated.")


def invalid_login() -> Faulted:
    """Wrong user name or password."""
    message = "Cannot complete login due to an incorrect user name or password."
    return Faulted(data(vim.fault.InvalidLogin), message)


def too_many_sessions(limit: int) -> Faulted:
    """The server's limit of sessions is reached."""
    reason = f"The maximum number of sessions ({limit}) has been exceeded."
    return Faulted(data(vmodl.fault.SystemError, reason=reason), reason)


def not_found(kind: str, moid: str) -> Faulted:
    """No managed object of that id."""
    fault = data(vmodl.fault.ManagedObjectNotFound, obj=reference(kind, moid))
    message = f"The object 'vim.{kind}:{moid}' has already been deleted or was never there."
    return Faulted(fault, message)


def no_permission(kind: str, moid: str, privilege: str) -> Faulted:
    """The account lacks a privilege on an object."""
    fault = data(vim.fault.NoPermission, object=reference(kind, moid), privilegeId=privilege)
    return Faulted(fault, "Permission to perform this operation was denied.")


def invalid_property(path: str) -> Faulted:
    """A property path that the type does not have."""
    return Faulted(data(vmodl.query.InvalidProperty, name=path), f"Invalid property: {path}")


def invalid_argument(name: str) -> Faulted:
    """An argument that cannot be."""
    fault = data(vmodl.fault.InvalidArgument, invalidProperty=name)
    return Faulted(fault, f"A specified parameter was not correct: {name}")


def method_not_found(kind: str, moid: str, method: str) -> Faulted:
    """A method that this server does not have."""
    fault = data(vmodl.fault.MethodNotFound, receiver=reference(kind, moid), method=method)
    return Faulted(fault, f"Unable to resolve WSDL method name {method}")


def wrong_power_state(wanted: str, is_now: str) -> Faulted:
    """The operation is not possible in the VM's power state."""
    fault = data(vim.fault.InvalidPowerState, requestedState=wanted, existingState=is_now)
    message = f"The attempted operation cannot be performed in the current state ({is_now})."
    return Faulted(fault, message)


def tools_unavailable() -> Faulted:
    """The guest has no running tools."""
    message = (
        "Cannot complete operation because VMware Tools is not running in this virtual machine."
    )
    return Faulted(data(vim.fault.ToolsUnavailable), message)


# Faults that a script may ask for by name.
BY_NAME: dict[str, Callable[[], Faulted]] = {
    "NotAuthenticated": not_authenticated,
    "InvalidLogin": invalid_login,
    "SystemError": lambda: Faulted(
        data(vmodl.fault.SystemError, reason="scripted"),
        "A general system error occurred: scripted",
    ),
    "RequestCanceled": lambda: Faulted(
        data(vmodl.fault.RequestCanceled), "The request was canceled."
    ),
    "HostNotReachable": lambda: Faulted(
        data(vmodl.fault.HostNotReachable), "The host is not reachable."
    ),
    "NoPermission": lambda: no_permission("Folder", "group-d1", "System.Read"),
    "TaskInProgress": lambda: Faulted(
        data(vim.fault.TaskInProgress, task=reference("Task", "task-0")),
        "The operation is not allowed: another task is already in progress.",
    ),
    "InvalidArgument": lambda: invalid_argument("scripted"),
}
