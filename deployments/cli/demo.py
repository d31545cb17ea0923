"""`nightshift demo`: everything at once on a practice datacenter, and ways to break it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli import demo_alerts, demo_breaking, output
from deployments.cli.demo_runs import MAIN_JOB, follow_run, say_outcome
from deployments.cli.services import say_stopping, wait_for_signal
from deployments.services import state
from deployments.services.home import prepare_home
from models.errors import Unavailable
from models.settings import settings

if TYPE_CHECKING:
    from deployments.services.demo_alerts import Told

app = typer.Typer(help="Run everything on a practice datacenter; break it and watch.")
app.command("alerts")(demo_alerts.alerts)
app.command("stories")(demo_alerts.stories)
app.command("runbooks")(demo_alerts.runbooks)
demo_breaking.register(app)

_PICKED_UP_SECONDS = 60.0
_DURATION = "The first time takes one to two minutes on two free cores."


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Stop everything after the first run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
    vms: Annotated[int, typer.Option(min=1, max=20_000, help="Size of the practice site.")] = 240,
) -> None:
    """Start a practice datacenter with all services, document it, and stay up until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    began = time.monotonic()
    prepare_home()
    with state.supervising():
        pass  # refused before the files of the demo that runs are touched
    output.errors.print(_plan(vms, once=once), markup=False, highlight=False, soft_wrap=True)
    _run(vms, began, once=once, as_json=as_json)


@app.command("kill-worker")
def kill_worker() -> None:
    """Kill the worker while a run is in flight, and watch the run go on without a person."""
    from deployments.practice import client
    from deployments.services.api import PrefectApi
    from deployments.services.demo import running_demo
    from deployments.services.processes import end_group
    from deployments.services.stack import WORKER

    found, control = running_demo()
    api = PrefectApi(found.api_url)
    # Slow enough that the run is in the middle of reading when it dies.
    client.call(control.url, control.token, "delay", seconds=1.0)
    try:
        run_id = api.start_run(MAIN_JOB, tags=("demo", "killed"))
        _await_reading(api, run_id)
        worker = state.running_installation() or found
        line = worker.service(WORKER)
        if line is None or line.pid is None:
            raise Unavailable(WORKER, "loopback", "does not run; see `nightshift status`")
        end_group(line.pid, line.started or "")
    finally:
        client.call(control.url, control.token, "delay", seconds=0.0)
    killed_at = time.monotonic()
    output.screen.print(f"Killed the worker and its run {run_id}; nobody does anything now.")
    again = _await_successor(api, run_id)
    run = follow_run(api, again)
    output.screen.print(
        f"Taken up again and ended {time.monotonic() - killed_at:.0f} s after that."
    )
    say_outcome(api, run)


def _run(vms: int, began: float, *, once: bool, as_json: bool) -> None:
    from deployments.services.api import PrefectApi
    from deployments.services.demo import practice
    from deployments.services.demo_alerts import with_keys
    from deployments.services.stack import PRACTICE, REGISTER, SERVER, full_stack
    from deployments.services.starting import start
    from deployments.services.state import Mode

    chosen = practice(vms)
    stack = with_keys(full_stack(Mode.DEMO, extra=[chosen.service], practice_url=chosen.url))
    needed = [SERVER, REGISTER, PRACTICE]
    with start(stack, [name for name in needed if name in stack.names]) as supervisor:
        found = supervisor.installation
        api = PrefectApi(found.api_url)
        run = follow_run(api, api.start_run(MAIN_JOB, tags=("demo",)))
        supervisor.wait_for(stack.names, _PICKED_UP_SECONDS)
        told = _tell_story(found)
        seconds = time.monotonic() - began
        if as_json:
            output.print_json(_record(found, told, seconds))
        else:
            _report(found, run, told, seconds, once=once)
        say_stopping("--once" if once else wait_for_signal())
    if run["state_type"] != "COMPLETED":
        raise typer.Exit(1)


def _tell_story(found: state.Installation) -> Told:
    """Index the runbooks, then let a host of the practice datacenter fail, as monitors tell it."""
    from deployments.services.demo_alerts import index_runbooks, practice_site, tell
    from deployments.services.watching import saying

    with saying("Indexing the practice runbooks...", output.errors):
        index_runbooks(practice_site())
    with saying("Monitors tell that a host has failed...", output.errors):
        return tell(found.gateway_url or "", demo_alerts.USUAL, by=demo_alerts.closer())


def _plan(vms: int, *, once: bool) -> str:
    """Return what is about to be done and how long it takes, for who waits."""
    end = "then all of it stops" if once else "then it stays up until Ctrl-C"
    return (
        f"Now a practice datacenter is started, of {vms:,} VMs, two Kubernetes clusters and a dozen"
        f" network devices; it is\ncollected, checked, documented and indexed, and a host of it"
        f" fails; {end}. {_DURATION}"
    )


def _record(found: state.Installation, told: Told, seconds: float) -> dict[str, Any]:
    from tasks.documents.files import documents_folder

    return {
        **_counts(),
        "alerts": told.sent.alerts,
        "incidents": len(told.incidents),
        "seconds": round(seconds, 1),
        "ui_url": found.ui_url,
        "gateway_url": found.gateway_url,
        "documents_dir": str(documents_folder()),
    }


def _report(
    found: state.Installation, run: dict[str, Any], told: Told, seconds: float, *, once: bool
) -> None:
    from tasks.documents.files import documents_folder

    numbers = ", ".join(f"{value:,} {name}" for name, value in _counts().items())
    demo_alerts.say(f"{run['state_name']} after {seconds:.0f} s: {numbers}")
    demo_alerts.say(f"Documents   {documents_folder()}")
    gateway = None if once else found.gateway_url or ""
    for line in () if once else _where(found):
        demo_alerts.say(line)
    for line in demo_alerts.lines_of(told, gateway, program=_program()):
        demo_alerts.say(line)
    for line in _what_is_left(told) if once else _next_steps(found):
        demo_alerts.say(line)


def _where(found: state.Installation) -> list[str]:
    from deployments.services.starting import addresses

    return addresses(found, to_person=sys.stdout.isatty())


def _program() -> str:
    """Return what is typed in another terminal to speak of this data folder."""
    home = settings().home
    prefix = "" if "NIGHTSHIFT_HOME" not in os.environ else f"NIGHTSHIFT_HOME={home} "
    return f"{prefix}{output.program()}"


def _what_is_left(told: Told) -> Iterator[str]:
    """Return what can be done once everything has stopped: what is stored can be looked at."""
    yield "Everything stops now; what is stored stays, and can be looked at:"
    show = [f"incidents show {one.reference}" for one in told.incidents[:1]]
    for verb in ("docs show overview", "checks run", "incidents list", *show):
        yield f"  {_program()} {verb}"
    yield f"With all services, to stay up: {_program()} demo"


def _next_steps(found: state.Installation) -> Iterator[str]:
    from deployments.services.demo_alerts import keys_path

    yield f"Read        {found.gateway_url}/documents/overview"
    yield "Try next, in another terminal:"
    for verb in (
        "demo break ha-disabled",
        "demo break node-not-ready",
        "demo break port-err-disabled",
        "demo heal",
        "demo alerts bad-deploy",
        "demo kill-worker",
        "demo faults",
        "incidents list",
        "checks run",
        "status",
    ):
        yield f"  {_program()} {verb}"
    yield from demo_alerts.own_alert(found.gateway_url or "", keys_path())
    yield f"Stop with Ctrl-C or `{_program()} down`."


def _counts() -> dict[str, int]:
    from models.store import statistics, transaction

    with transaction() as conn:
        counts = statistics.counts(conn)
    names = ("relations", "documents", "sections", "chunks")
    return {"assets": sum(counts["assets"].values()), **{name: counts[name] for name in names}}


def _await_reading(api: Any, run_id: str) -> None:
    deadline = time.monotonic() + _PICKED_UP_SECONDS
    with output.errors.status("Waiting until the run is in the middle of reading..."):
        while not any((a["key"] or "").startswith("collect-") for a in api.artifacts(run_id)):
            if time.monotonic() > deadline:
                raise Unavailable("worker", api.url, "did not take up the run in time")
            time.sleep(0.1)


def _await_successor(api: Any, run_id: str) -> str:
    """Return the run that the reconciler starts in place of a dead one."""
    deadline = time.monotonic() + _PICKED_UP_SECONDS * 2
    with output.errors.status("Waiting for the reconciler..."):
        while time.monotonic() < deadline:
            runs = api.flow_runs("SCHEDULED", "PENDING", "RUNNING", "COMPLETED")
            for run in runs:
                if run["idempotency_key"] and f"/{run_id}/" in run["idempotency_key"]:
                    return str(run["id"])
            time.sleep(0.5)
    raise Unavailable("reconciler", api.url, "did not start the run again; see `nightshift doctor`")
