"""`nightshift`: the one entry. It loads a verb's module only when that verb is called.

`--help` answers from the table below, so that nothing heavy is imported to print it.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
import typer.core
import typer.main

from models.errors import NightshiftError
from models.homes import only_existing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FAILED = 1
_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class Verb(NamedTuple):
    """Where a verb lives: `module:attribute` is a function, or a Typer app for a noun."""

    target: str
    help: str


VERBS: dict[str, Verb] = {
    "demo": Verb("demo:app", "Run everything on a practice datacenter; break it and watch."),
    "up": Verb("services:up", "Start the services over the configured sources."),
    "down": Verb("services:down", "Stop the services and the embedded database."),
    "status": Verb("services:status", "Show which services run."),
    "doctor": Verb("doctor:doctor", "Say what is wrong, with the cure."),
    "collect": Verb("inventory:collect", "Read the sources, validate and store what was seen."),
    "assets": Verb("inventory:assets", "Look up assets, their history and what changed."),
    "docs": Verb("documents:app", "Generate, show, verify and export the documents."),
    "checks": Verb("checks:app", "Run the health checks; suppress one with reason and expiry."),
    "knowledge": Verb("knowledge:app", "Index Markdown folders and search them."),
    "alerts": Verb("alerts:app", "Read, list and explain alerts; deliver dead letters again."),
    "triage": Verb("triage:app", "Try the grouping of alerts on events of a file."),
    "incidents": Verb("incidents:app", "List, show and work on incidents; report on them."),
    "people": Verb("people:app", "Register people, list and revoke their tokens."),
    "maintenance": Verb("maintenance:app", "Plan windows in which alerts wake nobody."),
    "heartbeats": Verb("heartbeats:app", "Expect signs of life; their silence is an alert."),
    "notices": Verb("notices:app", "See what people were told of incidents; try a channel."),
    "llm": Verb("llm:app", "Score the configured language model before it is trusted."),
    "db": Verb("database:app", "Schema, connection string, backup and restore."),
    "stats": Verb("stats:stats", "Count what is stored."),
}


# What may make a new home: what runs everything, and what people do before they run it. All else
# is about what is stored, and in a wrong folder that is none of it.
_BEGIN_ALOUD = frozenset(("demo", "up"))  # which say where it is
_BEGIN = frozenset(
    (
        *("collect", "llm", "knowledge add", "people add"),
        *("db migrate", "db restore", "db url"),
    )
)


class LazyGroup(typer.core.TyperGroup):
    """Lists the verbs from the table and imports one when it is called."""

    _called = False

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """Find the verb that was typed, and from here on load it."""
        self._called = True
        # Their names alone are used: to say what may be meant by a word that is none of them.
        self.commands.update({name: typer.core.TyperCommand(name) for name in VERBS})
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Return the verbs in the table's order."""
        return list(VERBS)

    def get_command(  # type: ignore[override]
        self,
        ctx: typer.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> typer.core.TyperCommand | typer.core.TyperGroup | None:
        """Return a stand-in with the help line while listing, the real command when called."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        if not self._called:
            return typer.core.TyperCommand(cmd_name, callback=None, help=verb.help)
        return _load(cmd_name, verb)


def _load(name: str, verb: Verb) -> typer.core.TyperCommand | typer.core.TyperGroup:
    module, attribute = verb.target.split(":")
    found: Any = getattr(importlib.import_module(f"deployments.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, help=verb.help)(found)
    command = typer.main.get_command(alone)
    if not isinstance(command, typer.core.TyperCommand):
        raise TypeError(f"{verb.target} is not a command")
    return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nightshift keeps a datacenter documented and answers for it.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nightshift {metadata.version('nightshift')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show which.")
    ] = False,
) -> None:
    """Nightshift keeps a datacenter documented and answers for it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error that a person can cause is one line and an exit status."""
    try:
        _run(list(arguments) if arguments is not None else None)
    except NightshiftError as error:
        _complain(str(error))
        sys.exit(error.exit_status)
    except BrokenPipeError:  # whoever read the output has seen enough
        _drop_output()
        sys.exit(_FAILED)
    except OSError as error:
        _drop_output()
        _complain(_system_error(error))
        sys.exit(_FAILED)


def _run(arguments: list[str] | None) -> None:
    command = typer.main.get_group(app)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with _home_for(given):
            # Standalone mode prints usage errors itself and exits 2 for them.
            command(args=arguments, prog_name="nightshift")
    except SystemExit as ended:
        # Here a full disk is an error of the verb; when the interpreter ends it is a traceback.
        sys.stdout.flush()
        if ended.code == _INTERRUPTED:
            _complain("interrupted")
        raise


def _home_for(given: Sequence[str]) -> AbstractContextManager[None]:
    """Let a command make a new home, with a word about it, only where it is meant to."""
    verb, *rest = [word for word in given if not word.startswith("-")][:2] or [""]
    if verb in _BEGIN_ALOUD:
        return nullcontext()
    named = {verb, " ".join([verb, *rest])}
    return only_existing() if named.isdisjoint(_BEGIN) else _telling_of_a_new_one()


@contextmanager
def _telling_of_a_new_one() -> Iterator[None]:
    from models.settings import settings  # late: `--help` does without
    from models.store.embedded import is_made

    home = settings().home
    before = is_made(home)
    try:
        yield
    finally:
        if not before and is_made(home):
            _complain(f"a new home was begun in {home}; set NIGHTSHIFT_HOME where it is another")


def _complain(message: str) -> None:
    from deployments.cli.output import typeable  # late: `--help` does without tables

    first, *_ = message.strip().splitlines() or ["failed without a message"]
    with suppress(OSError):  # standard error may be closed as well
        sys.stderr.write(f"nightshift: {typeable(first)}\n")


def _system_error(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason


def _drop_output() -> None:
    # What is still buffered would fail again when the interpreter ends, with a traceback.
    with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
