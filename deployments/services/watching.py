"""Showing a flow run in the terminal while it goes on: its phase, and a bar for every source.

What it shows comes from the run's progress artifacts, so it looks the same for a run on a worker, a
run in this process, and the page in the Prefect UI.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.status import Status

from deployments.services.api import TERMINAL, PrefectApi
from models.errors import NightshiftError

_POLL_SECONDS = 0.5
_WHOLE = 100.0  # the share of what is done
_COUNTING = "collect-"  # artifacts whose words change with all that is read


class RunDisplay:
    """The bars of one flow run."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
            console=console,
            transient=not console.is_terminal,
        )
        self._console = console
        self._said: set[str] = set()
        self._bars: dict[str, TaskID] = {}
        self._waiting: TaskID | None = None

    def __enter__(self) -> RunDisplay:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def wait(self, words: str | None) -> None:
        """Say what the run waits for; None when it waits for nothing any more."""
        self._say(words or "", words)
        if words is None:
            if self._waiting is not None:
                self._progress.remove_task(self._waiting)
                self._waiting = None
        elif self._waiting is None:
            self._waiting = self._progress.add_task(words, total=None)
        else:
            self._progress.update(self._waiting, description=words)

    def show(self, artifacts: list[dict[str, Any]]) -> None:
        """Draw the progress artifacts as they are now."""
        shown = [artifact for artifact in artifacts if artifact["type"] == "progress"]
        for artifact in sorted(shown, key=lambda artifact: str(artifact["created"])):
            share = float(artifact["data"] or 0.0)
            bar = self._bars.get(artifact["id"])
            if bar is None:
                bar = self._bars[artifact["id"]] = self._progress.add_task("", total=100.0)
            words = artifact["description"] or ""
            self._progress.update(bar, completed=share, description=words)
            counts = (artifact["key"] or "").startswith(_COUNTING) and share < _WHOLE
            self._say(artifact["id"] if counts else words, words)

    def _say(self, step: str, words: str | None) -> None:
        """Print a line as a step begins, where no bars are drawn."""
        if words and step not in self._said:
            self._said.add(step)
            say_plainly(self._console, words)


@contextlib.contextmanager
def saying(words: str, console: Console) -> Iterator[Status]:
    """Show what goes on for the length of the block: turning, or as one line in a log."""
    say_plainly(console, words)
    with console.status(words) as status:
        yield status


def say_plainly(console: Console, words: str) -> None:
    """Print a line where the console is no terminal, on which it would turn or be drawn."""
    if not console.is_terminal:
        console.print(words, markup=False, highlight=False, soft_wrap=True)


def follow(
    api: PrefectApi, run_id: str, console: Console, timeout_seconds: float
) -> dict[str, Any]:
    """Show a run until it ended, and return it; the last state known when time is up."""
    deadline = time.monotonic() + timeout_seconds
    with RunDisplay(console) as display:
        while True:
            run = api.flow_run(run_id)
            display.wait(_awaited(api, run))
            display.show(api.artifacts(run_id))
            if run["state_type"] in TERMINAL or time.monotonic() > deadline:
                return run
            time.sleep(_POLL_SECONDS)


def _awaited(api: PrefectApi, run: dict[str, Any]) -> str | None:
    """Return what a run that has not begun waits for."""
    if run["state_type"] not in {"SCHEDULED", "PENDING"}:
        return None
    for other in api.flow_runs("RUNNING", "CANCELLING"):
        if other["deployment_id"] == run["deployment_id"]:
            return f"waiting until the run {other['name']} has ended or, if interrupted, is settled"
    return "waiting for the worker"


@contextlib.contextmanager
def watching(api: PrefectApi, run_id: str, console: Console) -> Iterator[None]:
    """Show a run that goes on in this process for the length of the block."""
    ended = threading.Event()
    with RunDisplay(console) as display:
        thread = threading.Thread(target=_watch, args=(api, run_id, display, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _watch(api: PrefectApi, run_id: str, display: RunDisplay, ended: threading.Event) -> None:
    while True:
        last = ended.wait(_POLL_SECONDS)
        # The run matters, its display does not.
        with contextlib.suppress(NightshiftError):
            display.show(api.artifacts(run_id))
        if last:
            return
