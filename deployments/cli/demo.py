"""`nightshift demo`: everything at once on a practice datacenter, and ways to break it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli import demo_alerts, output
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

MAIN_JOB = "document-datacenter/document-datacenter"
_MOST_LINES = 10
_ORDER = ("crit", "warn", "unknown", "info")
_RUN_SECONDS = 1800.0
_PICKED_UP_SECONDS = 60.0


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
    _run(vms, began, once=once, as_json=as_json)


@app.command("break")
def break_it(
    fault: Annotated[
        str | None, typer.Argument(help="One of `nightshift demo faults`; listed without it.")
    ] = None,
) -> None:
    """Plant a fault in the practice datacenter, then collect and document again."""
    from deployments.practice import client
    from deployments.practice.faults import FAULTS
    from deployments.services.api import PrefectApi
    from deployments.services.demo import running_demo
    from models.errors import WrongUse

    if fault is None:
        faults()
        return
    if fault not in FAULTS:
        raise WrongUse(f"there is no fault {fault!r}; there are {', '.join(FAULTS)}")
    found, control = running_demo()
    before = datetime.now(UTC)
    planted = client.break_it(control.url, control.token, fault)
    output.screen.print(f"Planted: {planted}", highlight=False, markup=False, soft_wrap=True)
    output.errors.print("Now it is collected and documented again; a minute or so.")
    api = PrefectApi(found.api_url)
    run = _follow(api, api.start_run(MAIN_JOB, tags=("demo", f"broken:{fault}")))
    _say_outcome(api, run)
    for line in _effects(before):
        output.screen.print(line, highlight=False, markup=False, soft_wrap=True)
    for name in ("overview", "changes"):
        output.screen.print(f"See  {found.gateway_url}/documents/{name}", highlight=False)
    _tell_of(fault, found)


def _tell_of(fault: str, found: state.Installation) -> None:
    """Send the alerts that a fault causes, once the collection knows what changed just before."""
    from deployments.practice.alerting.stories import STORIES
    from deployments.services.demo_alerts import tell

    if fault not in STORIES:
        return
    gateway = found.gateway_url or ""
    for line in demo_alerts.lines_of(tell(gateway, fault), gateway):
        demo_alerts.say(line)


@app.command()
def faults() -> None:
    """List what can be broken, and what the monitoring can tell without anything broken."""
    from deployments.practice.alerting.stories import STORIES
    from deployments.practice.faults import FAULTS

    rows: list[list[Any]] = [
        [name, fault.description, "yes" if name in STORIES else "-"]
        for name, fault in FAULTS.items()
    ]
    output.print_table("Faults", ["fault", "what happens", "alerts"], rows)
    demo_alerts.stories()


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
    run = _follow(api, again)
    output.screen.print(
        f"Taken up again and ended {time.monotonic() - killed_at:.0f} s after that."
    )
    _say_outcome(api, run)


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
        run = _follow(api, api.start_run(MAIN_JOB, tags=("demo",)))
        supervisor.wait_for(stack.names, _PICKED_UP_SECONDS)
        told = _tell_story(found)
        _report(found, run, told, time.monotonic() - began, as_json=as_json)
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
        return tell(found.gateway_url or "", demo_alerts.USUAL)


def _report(
    found: state.Installation,
    run: dict[str, Any],
    told: Told,
    seconds: float,
    *,
    as_json: bool,
) -> None:
    from tasks.documents.files import documents_folder

    counts = _counts()
    if as_json:
        output.print_json(
            {
                **counts,
                "alerts": told.sent.alerts,
                "incidents": len(told.incidents),
                "seconds": round(seconds, 1),
                "ui_url": found.ui_url,
                "gateway_url": found.gateway_url,
                "documents_dir": str(documents_folder()),
            }
        )
        return
    numbers = ", ".join(f"{value:,} {name}" for name, value in counts.items())
    words = f"{run['state_name']} after {seconds:.0f} s: {numbers}"
    for line in (words, f"Documents   {documents_folder()}", *_where(found)):
        output.screen.print(line, highlight=False, soft_wrap=True)
    for line in demo_alerts.lines_of(told, found.gateway_url or ""):
        demo_alerts.say(line)
    for line in _next_steps(found):
        output.screen.print(line, highlight=False, soft_wrap=True)


def _where(found: state.Installation) -> list[str]:
    from deployments.services.starting import addresses

    return addresses(found, to_person=sys.stdout.isatty())


def _next_steps(found: state.Installation) -> Iterator[str]:
    from deployments.services.demo_alerts import keys_path

    yield f"Read        {found.gateway_url}/documents/overview"
    home = settings().home
    prefix = "" if "NIGHTSHIFT_HOME" not in os.environ else f"NIGHTSHIFT_HOME={home} "
    program = output.program()
    yield "Try next, in another terminal:"
    for verb in (
        "demo break ha-disabled",
        "demo break node-not-ready",
        "demo break port-err-disabled",
        "demo alerts bad-deploy",
        "demo kill-worker",
        "demo faults",
        "incidents list",
        "checks run",
        "status",
    ):
        yield f"  {prefix}{program} {verb}"
    yield from demo_alerts.own_alert(found.gateway_url or "", keys_path())
    yield f"Stop with Ctrl-C or `{program} down`."


def _counts() -> dict[str, int]:
    from models.store import statistics, transaction

    with transaction() as conn:
        counts = statistics.counts(conn)
    names = ("relations", "documents", "sections", "chunks")
    return {"assets": sum(counts["assets"].values()), **{name: counts[name] for name in names}}


def _effects(since: datetime) -> Iterator[str]:
    """Return what changed, and which checks speak of it since, a line each, the worst first."""
    from generators.documents.changes import by_weight, in_a_line
    from models.records.check import Severity
    from models.store import checks, transaction
    from tasks.documents.facts import changes_after

    with transaction() as conn:
        changes, facts = changes_after(conn, since)
        results = checks.current_results(conn)
    yield "What changed:" if changes else "Nothing changed: usage is not part of the history."
    told = [f"  {in_a_line(change, facts)}" for change in by_weight(changes)]
    yield from first(told, "docs show changes")
    quiet = {Severity.OK, Severity.SUPPRESSED}
    fresh = [r for r in results if r.result not in quiet and r.since and r.since > since]
    yield "What the checks found since:" if fresh else "The checks found nothing new."
    fresh.sort(key=lambda result: _ORDER.index(result.result))
    found = [f"  {result.result:<8} {result.asset_name}: {result.message}" for result in fresh]
    yield from first(found, "checks run")


def first(lines: Sequence[str], verb: str) -> Iterator[str]:
    """Return the first lines, and how many more there are with the verb that shows them."""
    yield from lines[:_MOST_LINES]
    if (rest := len(lines) - _MOST_LINES) > 0:
        yield f"  and {rest} more: `{output.program()} {verb}`"


def _follow(api: Any, run_id: str) -> dict[str, Any]:
    from deployments.services.watching import follow

    run = follow(api, run_id, output.errors, _RUN_SECONDS)
    if run["state_type"] != "COMPLETED":
        reason = (run.get("state") or {}).get("message") or "see the run's page"
        output.errors.print(f"The run {run['name']} ended {run['state_name']}: {reason}")
    return run


def _say_outcome(api: Any, run: dict[str, Any]) -> None:
    url = f"{api.ui_url}/runs/flow-run/{run['id']}"
    output.screen.print(f"{run['state_name']}  {url}", highlight=False, soft_wrap=True)


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
