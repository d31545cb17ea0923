"""Tasks: each runs at once, or after the seconds that a script asked for, and keeps its outcome."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from deployments.practice.vcenter.faulted import Faulted
from deployments.practice.vcenter.show_session import TaskRecord
from deployments.practice.vcenter.vcenter import Call, Method
from deployments.practice.vcenter.world import Entity

Work = Callable[[Call], Any]


def task(work: Work, privilege: str) -> Method:
    """Return a method that does its work as a task, whose faults end in the task."""
    return Method(run=lambda call: _start(call, work), mutates=True, privilege=privilege)


def at_once(work: Work, privilege: str) -> Method:
    """Return a changing method without a task, whose faults are its own."""

    def run(call: Call) -> Any:
        with call.world.lock:
            return work(call)

    return Method(run=run, mutates=True, privilege=privilege)


def _start(call: Call, work: Work) -> Any:
    world = call.world
    with world.lock:
        record = TaskRecord(
            method=call.method,
            entity=call.this.moid,
            entity_name=getattr(call.this.record, "name", call.this.moid),
            user=call.session.account.username,
            queued_at=world.now(),
        )
        moid = world.new_moid("task-")
        entity = world.entities[moid] = Entity("Task", moid, record)
    seconds = call.vcenter.task_seconds
    if seconds <= 0:
        _run(call, entity, work)
    else:
        threading.Thread(target=_later, args=(call, entity, work, seconds), daemon=True).start()
    return entity.reference


def _later(call: Call, entity: Entity, work: Work, seconds: float) -> None:
    with call.world.lock:
        entity.record.state, entity.record.started_at = "running", call.world.now()
        call.world.touch([entity])
    time.sleep(seconds)
    _run(call, entity, work)


def _run(call: Call, entity: Entity, work: Work) -> None:
    record: TaskRecord = entity.record
    with call.world.lock:
        record.started_at = record.started_at or call.world.now()
        try:
            record.result = work(call)
            record.state = "success"
        except Faulted as error:
            error.fault.msg = error.message
            record.error, record.state = error.fault, "error"
        record.completed_at = call.world.now()
        call.world.touch([entity])
