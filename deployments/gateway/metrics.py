"""`/metrics`: what the gateway counts, for Prometheus; `/health`: whether it can do its work."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric

from deployments.gateway.intake.door import Door
from models.errors import NightshiftError, StoreError
from models.store import deliveries, schema, transaction

router = APIRouter(tags=["state"])


@router.get(
    "/health",
    summary="Whether the database answers and deliveries are written",
    responses={
        200: {"description": "All is well: `{status, schema, writer, queue}`."},
        503: {"description": "The database does not answer: `{status, reason, writer, queue}`."},
    },
)
def health(request: Request) -> JSONResponse:
    """Ask without a token, as a load balancer does.

    `status` is `ok` or `degraded`, `schema` the number of the database's newest
    migration, `writer` whether what writes deliveries has a connection (`connected` or `idle`), and
    `queue` how many deliveries wait for it.
    """
    writer = _door(request).writer
    state = {"writer": "connected" if writer.is_connected else "idle", "queue": writer.depth}
    try:
        with transaction() as conn:
            number = schema.version(conn)
    except StoreError as error:
        return JSONResponse({"status": "degraded", "reason": str(error), **state}, status_code=503)
    return JSONResponse({"status": "ok", "schema": number, **state})


@router.get("/metrics", summary="Counters for Prometheus", response_class=PlainTextResponse)
def metrics(request: Request) -> PlainTextResponse:
    """Return the counters of this process and how much waits for triage."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Collector(_door(request)))
    return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Collector:
    """The door's figures at this moment, and the inbox behind it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics."""
        yield from self._door.figures.collect()
        yield GaugeMetricFamily(
            "nightshift_intake_waiting",
            "Deliveries that wait for the commit.",
            value=self._door.writer.depth,
        )
        yield GaugeMetricFamily(
            "nightshift_intake_bytes",
            "Bytes of bodies in memory.",
            value=self._door.held.now + self._door.reading.now,
        )
        yield from _inbox()


def _inbox() -> Iterator[Metric]:
    try:
        with transaction() as conn:
            waiting = deliveries.waiting(conn)
    except NightshiftError:  # a scrape answers what can be known
        return
    yield GaugeMetricFamily(
        "nightshift_inbox_waiting", "Deliveries that wait for triage.", value=waiting
    )


def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door
