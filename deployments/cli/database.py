"""`nightshift db`: schema, connection string, backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.output import errors, print_json
from deployments.services.state import running_installation
from models.errors import Refused, WrongUse
from models.settings import settings
from models.store import connection, database_url, maintenance, schema

app = typer.Typer(
    no_args_is_help=True,
    help="Schema, connection string, backup and restore.",
    add_completion=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


@app.command()
def migrate(as_json: Json = False) -> None:
    """Bring the schema up to date; every other verb does so too when it connects."""
    with connection() as conn:
        version = schema.version(conn)
    if as_json:
        print_json({"version": version})
    else:
        errors.print(f"schema {version}, up to date")


@app.command()
def url() -> None:
    """Print the connection string in use; an embedded database is started."""
    typer.echo(database_url())


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy.")]) -> None:
    """Write a whole copy of the database to one file."""
    if file.is_dir():
        raise WrongUse(f"{file} is a folder; name a file, such as {file / 'nightshift.dump'}")
    with errors.status("writing the copy"):
        size = maintenance.backup(file)
    errors.print(
        f"wrote {file}, {size / 2**20:.1f} MiB", markup=False, highlight=False, soft_wrap=True
    )


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
    """Replace the whole content of the database by a copy."""
    if running_installation():
        raise Refused("services run in this home and use the database; run `nightshift down` first")
    with errors.status("restoring"):
        maintenance.restore(file)
    errors.print(f"restored {file}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def retain(
    days: Annotated[
        int | None, typer.Option(min=1, help="Default: NIGHTSHIFT_RETENTION_DAYS.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Delete history that ended longer ago than the retention; current facts always stay."""
    maintenance.note_size()
    removed = maintenance.apply_retention(days or settings().retention_days)
    if as_json:
        print_json(removed)
    else:
        errors.print(", ".join(f"{count} {table}" for table, count in removed.items()))
