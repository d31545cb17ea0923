"""`nightshift people`: who may change things, and their tokens."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deployments.cli import output
from deployments.cli.acting import actor
from models.errors import WrongUse
from models.records.person import Role
from models.store import inventory, people, transaction

app = typer.Typer(no_args_is_help=True, help="Register people, list and revoke their tokens.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How the person is called in timelines and logs.")],
    *,
    role: Annotated[
        Role | None,
        typer.Option(help="What the person may; the first one is an admin.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Register a person and show the token, once; after the first that needs an admin's token."""
    with transaction() as conn:
        people.hold(conn)  # of two who are the first at once only one is
        if role is None and people.registered(conn):
            raise WrongUse(f"say what {name[:60]!r} may: --role {'|'.join(Role)}")
        by = actor(conn, Role.ADMIN)
        person, token = people.add(conn, name, role or Role.ADMIN, created_by=by)
        detail = {"name": person.name, "role": person.role}
        inventory.add_audit(conn, by, "add-person", person.id, detail)
    if role is not None and person.role is not role:
        said = f"the first person is an admin, so {person.name} is one, not {role}"
        output.errors.print(said, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        output.print_json({**people.public(person), "token": token})
        return
    said = f"{person.name} is {person.role}. The token is shown this once:"
    output.screen.print(said, markup=False, highlight=False, soft_wrap=True)
    output.screen.print(f"export NIGHTSHIFT_TOKEN={token}", markup=False, soft_wrap=True)


@app.command("list")
def list_people(*, as_json: Json = False) -> None:
    """List everybody who was ever registered."""
    with transaction() as conn:
        found = people.everyone(conn)
    if as_json:
        output.print_json([people.public(person) for person in found])
        return
    if not found:
        output.say_none("people", "`nightshift people add NAME` adds the first, an admin")
        return
    columns = ["Id", "Name", "Role", "Since", "Added by", "Revoked"]
    rows: list[list[Any]] = [
        [one.id, one.name, one.role, one.created_at, one.created_by, one.revoked_at]
        for one in found
    ]
    output.print_table("People", columns, rows, whole=("Id",))


@app.command()
def revoke(
    person: Annotated[str, typer.Argument(help="Id or name.")], *, as_json: Json = False
) -> None:
    """End a person's token now; what they did stays under their name."""
    with transaction() as conn:
        by = actor(conn, Role.ADMIN)
        found = people.revoke(conn, person)
        inventory.add_audit(conn, by, "revoke-person", found.id, {"name": found.name})
    if as_json:
        output.print_json(people.public(found))
        return
    output.screen.print(
        f"the token of {found.name} is revoked", markup=False, highlight=False, soft_wrap=True
    )
