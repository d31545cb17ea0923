"""Classification and extraction over HTTP: what triage would make of a text; viewers may ask."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from deployments.gateway.answers import Answer
from deployments.gateway.bounded import ANSWERS, BoundedRoute
from deployments.gateway.security import require
from models.records.alert import Alert, AlertStatus
from models.records.person import Person, Role
from models.redaction import redact

router = APIRouter(tags=["classification"], route_class=BoundedRoute, responses=ANSWERS)

_PLAIN = r"^[^\x00]*$"
Viewer = Annotated[Person, Depends(require(Role.VIEWER))]
Title = Annotated[str, Field(min_length=1, max_length=2_000, pattern=_PLAIN)]
Text = Annotated[str, Field(max_length=20_000, pattern=_PLAIN)]
Name = Annotated[str, Field(max_length=253, pattern=_PLAIN)]
Label = Annotated[str, Field(max_length=128, pattern=_PLAIN)]


class Question(BaseModel):
    """An alert as a sender would describe it; only its title is needed."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Text = ""
    rule: Name | None = None
    service: Name | None = None
    host: Name | None = None
    environment: Name | None = None
    region: Name | None = None
    labels: Annotated[dict[Label, Name], Field(max_length=64)] = Field(default_factory=dict)
    source: Annotated[str, Field(max_length=64, pattern=_PLAIN)] | None = None

    def alert(self) -> Alert:
        """Return the alert, secrets removed; who asks for a severity does not say one."""
        return Alert(
            title=redact(self.title),
            description=redact(self.description),
            status=AlertStatus.FIRING,
            dedup_key="asked",
            rule=self.rule,
            service=self.service,
            host=self.host,
            environment=self.environment,
            region=self.region,
            labels={name: redact(value) for name, value in self.labels.items()},
        )


@router.post("/api/classify", summary="Severity and team of a text")
def classify(question: Question, _person: Viewer) -> Answer:
    """Return `{classification, extraction}` as triage would predict them; no alert is made."""
    from tasks.alerts import asking  # the gateway starts without what predicts

    found, read = asking.classify_text(question.alert(), question.source)
    return Answer({"classification": found, "extraction": read})


@router.post("/api/extract", summary="What is read out of a text")
def extract(question: Question, _person: Viewer) -> Answer:
    """Return service, environment, region, host, error code and the asset that is meant."""
    from tasks.alerts import asking

    return Answer(asking.extract_text(question.alert()))
