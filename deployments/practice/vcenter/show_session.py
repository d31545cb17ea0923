"""Views, tasks, event collectors and the session manager as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deployments.practice.vcenter.sessions import CURRENT, shown
from deployments.practice.vcenter.show_common import Show, references
from deployments.practice.vcenter.types import data, vim
from deployments.practice.vcenter.world import Entity, World


@dataclass(frozen=True, slots=True)
class View:
    """A container view: what it looks for, and under what."""

    container: str
    types: tuple[Any, ...]
    recursive: bool


@dataclass(slots=True)
class TaskRecord:
    """A task and how far it is."""

    method: str
    entity: str | None
    entity_name: str
    user: str
    queued_at: datetime
    state: str = "queued"
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: Any = None
    result: Any = None


def viewed(world: World, view: View) -> Iterator[Entity]:
    """Yield what a view shows, in the order of the inventory."""
    from deployments.practice.vcenter.properties import managed_class

    for child in world.children(view.container):
        if not view.types or issubclass(managed_class(child.kind), view.types):
            yield child
        if view.recursive:
            yield from viewed(world, View(child.moid, view.types, True))  # noqa: FBT003


def _task_info(world: World, entity: Entity) -> Any:
    task: TaskRecord = entity.record
    target = world.entities.get(task.entity or "")
    return data(
        vim.TaskInfo,
        key=entity.moid,
        task=entity.reference,
        name=_method_name(task.method),
        descriptionId=_description(task.method),
        entity=target.reference if target else None,
        entityName=task.entity_name,
        state=task.state,
        cancelled=False,
        cancelable=False,
        error=task.error,
        result=task.result,
        progress=50 if task.state == "running" else None,
        reason=data(vim.TaskReasonUser, userName=task.user),
        queueTime=task.queued_at,
        startTime=task.started_at,
        completeTime=task.completed_at,
        eventChainId=1,
    )


def _method_name(method: str) -> Any:
    from pyVmomi import VmomiSupport

    return VmomiSupport.GetWsdlMethod("urn:vim25", method)


def _description(method: str) -> str:
    info = _method_name(method).info
    return f"{info.type.__name__.split('.')[-1]}.{info.name[0].lower()}{info.name[1:]}"


SESSION_MANAGER: dict[str, Show] = {
    "currentSession": lambda _w, _e: shown(CURRENT.get()),
    "defaultLocale": lambda _w, _e: "en",
    "messageLocaleList": lambda _w, _e: ["en"],
    "supportedLocaleList": lambda _w, _e: ["en"],
    "message": lambda _w, _e: "",
}
OF_SESSIONS: dict[str, dict[str, Show]] = {
    "SessionManager": SESSION_MANAGER,
    "ContainerView": {
        "view": lambda world, e: references(viewed(world, e.record)),
        "container": lambda world, e: world.entities[e.record.container].reference,
        "type": lambda _, e: list(e.record.types),
        "recursive": lambda _, e: e.record.recursive,
    },
    "ListView": {"view": lambda _, e: list(e.record)},
    "Task": {"info": _task_info, "value": lambda _w, _e: [], "availableField": lambda _w, _e: []},
}
