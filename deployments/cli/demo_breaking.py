"""`nightshift demo break`, `heal` and `faults`: what is wrong in the practice datacenter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli import demo_alerts, output
from deployments.cli.demo_runs import MAIN_JOB, effects, follow_run, say_outcome

if TYPE_CHECKING:
    from deployments.services.state import Installation


def register(app: typer.Typer) -> None:
    """Add the commands to `nightshift demo`."""
    app.command("break")(break_it)
    app.command("heal")(heal)
    app.command("faults")(faults)


def break_it(
    fault: Annotated[
        str | None, typer.Argument(help="One of `nightshift demo faults`; listed without it.")
    ] = None,
) -> None:
    """Plant a fault in the practice datacenter, then collect and document again."""
    from deployments.practice import client
    from deployments.practice.faults import FAULTS
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
    demo_alerts.say(f"Planted: {planted}")
    _run_again(found, before, f"broken:{fault}")
    _tell_of(fault, found)
    for line in broken_lines(client.broken(control.url, control.token)):
        demo_alerts.say(line)


def heal() -> None:
    """Mend all that was broken in the practice datacenter, end its alerts, and collect again."""
    from deployments.practice import client
    from deployments.services import demo_alerts as monitoring
    from deployments.services.demo import mend, running_demo
    from deployments.services.watching import saying

    found, control = running_demo()
    broken = client.broken(control.url, control.token)
    if not broken and not monitoring.burning():
        demo_alerts.say("Nothing is broken, and the monitoring tells of nothing.")
        return
    before = datetime.now(UTC)
    if broken:
        with saying("The practice datacenter starts anew, as it was built...", output.errors):
            mend(found)
        demo_alerts.say(f"Mended: {', '.join(broken)}")
    closer = demo_alerts.closer()
    if ended := monitoring.end_stories(found.gateway_url or "", closer):
        demo_alerts.say(f"Ended: {demo_alerts.ended_words(ended, closer)}")
    if broken:
        _run_again(found, before, "healed")


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


def broken_lines(broken: Mapping[str, str]) -> Iterator[str]:
    """Return what is broken by now and how it is mended; nothing where nothing is.

    Args:
        broken: What was done, by the name of the fault.
    """
    if broken:
        yield "Broken now, until it is healed:"
        yield from (f"  {name}: {done}" for name, done in broken.items())
        yield f"Heal all    {output.program()} demo heal"


def _run_again(found: Installation, before: datetime, tag: str) -> None:
    """Collect and document again, and print what changed since a time."""
    from deployments.services.api import PrefectApi

    output.errors.print("Now it is collected and documented again; a minute or so.")
    api = PrefectApi(found.api_url)
    say_outcome(api, follow_run(api, api.start_run(MAIN_JOB, tags=("demo", tag))))
    for line in effects(before):
        demo_alerts.say(line)
    for name in ("overview", "changes"):
        demo_alerts.say(f"See  {found.gateway_url}/documents/{name}")


def _tell_of(fault: str, found: Installation) -> None:
    """Send the alerts that a fault causes, once the collection knows what changed just before."""
    from deployments.practice.alerting.stories import STORIES
    from deployments.services.demo_alerts import tell

    if fault not in STORIES:
        return
    gateway = found.gateway_url or ""
    for line in demo_alerts.lines_of(tell(gateway, fault, by=demo_alerts.closer()), gateway):
        demo_alerts.say(line)
