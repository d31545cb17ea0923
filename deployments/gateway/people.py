"""People over HTTP, for admins; the first one is registered on the command line."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field

from deployments.gateway.answers import Answer
from deployments.gateway.bounded import ANSWERS, BoundedRoute
from deployments.gateway.security import require
from models.errors import WrongUse
from models.records.person import Person, Role
from models.store import inventory, people, transaction

router = APIRouter(tags=["people"], route_class=BoundedRoute, responses=ANSWERS)

_CREATED, _UNPROCESSABLE = 201, 422
Admin = Annotated[Person, Depends(require(Role.ADMIN))]
Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]*$", description="Id or name.")]


class NewPerson(BaseModel):
    """Somebody who is to be registered."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    role: Role


@router.get("/api/people", summary="Everybody who was ever registered")
def list_people(_admin: Admin) -> Answer:
    """Return the people; tokens are not stored, so none is shown."""
    with transaction() as conn:
        return Answer({"people": [people.public(person) for person in people.everyone(conn)]})


@router.post("/api/people", status_code=_CREATED, summary="Register a person")
def add_person(admin: Admin, wanted: NewPerson) -> Answer:
    """Return `{person_id, token, ...}`; the token is shown this once."""
    with transaction() as conn:
        try:
            person, token = people.add(conn, wanted.name, wanted.role, created_by=admin.name)
        except WrongUse as error:
            raise HTTPException(_UNPROCESSABLE, str(error)) from error
        detail = {"name": person.name, "role": person.role}
        inventory.add_audit(conn, admin.name, "add-person", person.id, detail)
    return Answer({**people.public(person), "token": token}, _CREATED)


@router.delete("/api/people/{name}", summary="End a person's token")
def revoke_person(name: Name, admin: Admin) -> Answer:
    """Return the person; 409 for the last admin."""
    with transaction() as conn:
        person = people.revoke(conn, name)
        inventory.add_audit(conn, admin.name, "revoke-person", person.id, {"name": person.name})
    return Answer(people.public(person))
