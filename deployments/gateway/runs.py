"""Starting deployments over HTTP: any one by name, or the collection that a change asks for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Depends, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from deployments.gateway.bounded import BoundedRoute
from deployments.gateway.intake.door import Door
from deployments.gateway.intake.reading import Held, Rejection, parse, read_body
from deployments.gateway.security import identify, require
from deployments.services import manifest, state
from deployments.services.api import Declined, PrefectApi
from models.errors import Unavailable, WrongUse
from models.records.person import Person, Role
from models.settings import settings
from models.store import assets, transaction

router = APIRouter(tags=["runs"], route_class=BoundedRoute)

COLLECT_ONE = "collect-source/collect-source"
CHANGE = "change"  # the name under which whoever tells of changes signs
_MOST_BYTES = 64 << 10
_COALESCED_SECONDS = 60.0
_NAMESAKES = 10
# Prefect fills templates and variables in where a parameter holds this key.
_TEMPLATED = "__prefect_kind"
_Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
_Parameters = Annotated[dict[str, Any] | None, Body(description="As the flow takes them.")]
_EVENT = {
    "type": "object",
    "properties": {"source": {"type": "string"}, "asset": {"type": "string"}},
}
_STARTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "`{flow_run_id}`; the same Idempotency-Key returns the same."},
    **{
        code: {"description": text}
        for code, text in {
            400: "The body is not JSON.",
            401: "The token is missing or not valid.",
            403: "The role does not suffice.",
            404: "There is no such deployment.",
            422: "A parameter is not what the deployment takes.",
            503: "The Prefect server does not answer.",
        }.items()
    },
}


@router.post(
    "/run/{deployment:path}",
    status_code=202,
    summary="Start a deployment",
    responses=_STARTED,
)
def run(
    deployment: str,
    person: Annotated[Person, Depends(require(Role.OPERATOR))],
    parameters: _Parameters = None,
    key: _Key = None,
) -> JSONResponse:
    """Start `deployment` or `flow/deployment` with its parameters as a JSON object."""
    name = _full_name(deployment)
    given = parameters or {}
    api = _prefect()
    found = api.deployment(name)
    if found is None:
        raise HTTPException(404, f"the Prefect server does not have {name} yet")
    _check(given, found)
    # A key of one person says nothing about another's run.
    own = f"{person.id}/{name}/{key}" if key else None
    return _started(api, name, given, own, f"by:{person.name}")


@router.post(
    "/change",
    status_code=202,
    summary="Collect anew what changed",
    responses=_STARTED,
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": _EVENT}}}},
)
async def change(request: Request, key: _Key = None) -> JSONResponse:
    """Collect the source of what changed: `{"source": name}` or `{"asset": id or name}`.

    A person's token, or the signature or token of `NIGHTSHIFT_WEBHOOK_CHANGE_SECRET`. The same
    event within a minute starts one run; a person may say by an Idempotency-Key which ones are.
    """
    headers = dict(request.scope["headers"])
    try:
        body = await read_body(headers, request.receive, _MOST_BYTES, Held(_MOST_BYTES))
        return await run_in_threadpool(_collect_anew, request, body, key)
    except Rejection as rejection:
        raise HTTPException(rejection.status, str(rejection)) from rejection


def _collect_anew(request: Request, body: bytes, key: str | None) -> JSONResponse:
    door: Door = request.app.state.door
    if door.is_signed(CHANGE, request.scope, body):
        key = None  # no signature covers it: whoever sends an event again would start a run each
    else:
        identify(request, Role.OPERATOR)
    source = _source(parse(body))
    minute = int(time.time() // _COALESCED_SECONDS)
    wanted = key or f"{blake2b(body, digest_size=12).hexdigest()}/{minute}"
    return _started(
        _prefect(), COLLECT_ONE, {"source": source}, f"change/{source}/{wanted}", "change"
    )


def _source(event: object) -> str:
    """Return the source that an event speaks of, or whose asset changed."""
    told = event if isinstance(event, Mapping) else {}
    source, asset = told.get("source"), told.get("asset")
    if isinstance(source, str) and source:
        return source
    if not isinstance(asset, str) or not asset:
        raise HTTPException(422, 'an event is {"source": name} or {"asset": id or name}')
    found = _sources_of(asset)
    if len(found) > 1:
        raise HTTPException(422, f"several sources have this asset: {', '.join(sorted(found))}")
    return found.pop()


def _sources_of(asset: str) -> set[str]:
    with transaction() as conn:
        named, _ = assets.namesakes(conn, asset, _NAMESAKES)
        if named:
            return {one.source for one in named}
        try:
            return {assets.asset(conn, asset).source}
        except WrongUse as error:
            raise HTTPException(404, str(error)) from error


def _full_name(name: str) -> str:
    """Return `flow/deployment` of what a caller wrote, where `prefect.yaml` has it."""
    for entry in manifest.deployments():
        flow = entry["entrypoint"].rpartition(".")[2].replace("_", "-")
        full = f"{flow}/{entry['name']}"
        if name in (entry["name"], full):
            return full
    known = ", ".join(sorted(entry["name"] for entry in manifest.deployments()))
    raise HTTPException(404, f"there is no such deployment; there are: {known}")


def _check(given: Mapping[str, Any], deployment: Mapping[str, Any]) -> None:
    """Refuse parameters that the flow does not have, and templates; Prefect checks the types."""
    schema = deployment.get("parameter_openapi_schema") or {}
    unknown = sorted(set(given) - set(schema.get("properties", {})))
    if unknown:
        takes = ", ".join(sorted(schema.get("properties", {}))) or "none"
        raise HTTPException(422, f"unknown parameter {unknown[0]!r}; the flow takes: {takes}")
    if _TEMPLATED.encode() in orjson.dumps(given):
        raise HTTPException(422, "parameters are values; templates are not filled in")


def _started(
    api: PrefectApi, name: str, parameters: Mapping[str, Any], key: str | None, tag: str
) -> JSONResponse:
    try:
        run_id = api.start_run(name, parameters, idempotency_key=key, tags=(tag,))
    except Declined as error:
        status = 404 if error.status == 404 else 422  # noqa: PLR2004  it answers 409 to a bad type
        raise HTTPException(status, error.detail) from error
    return JSONResponse({"flow_run_id": run_id}, status_code=202)


def _prefect() -> PrefectApi:
    found = state.running_installation()
    url = settings().prefect_api_url or (found.api_url if found else None)
    if url is None:
        raise Unavailable("prefect", "this installation", "is not running; start `nightshift up`")
    return PrefectApi(url)
