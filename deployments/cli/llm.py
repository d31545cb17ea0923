"""`nightshift llm`: score the configured language model before it is trusted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from deployments.cli import output
from models.errors import ConfigurationError
from tasks.evaluation.endpoint import EndpointScore, score_endpoint
from tasks.evaluation.ledger import budgeted_model

app = typer.Typer(no_args_is_help=True, help="Score the configured language model.")


@app.callback()
def _root() -> None:
    """Score the configured language model before it is trusted."""


@app.command("test")
def score_configured(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False
) -> None:
    """Ask 20 built-in items (schema, citations, refusal, speed) and score the answers."""
    model = budgeted_model()
    if model is None:
        raise ConfigurationError(
            "no language model is configured; set NIGHTSHIFT_LLM_URL to an OpenAI-compatible "
            "endpoint such as http://127.0.0.1:8000/v1 (everything else works without one)"
        )
    with output.errors.status(f"asking {model.endpoints[0].target}"):
        score = score_endpoint(model)
    if as_json:
        output.print_json(asdict(score))
    else:
        _show(score)
    if not score.passed:
        raise typer.Exit(1)


def _show(score: EndpointScore) -> None:
    rows = [
        [found.name, found.items, found.score, found.threshold, "yes" if found.passed else "no"]
        for found in score.classes
    ]
    title = f"{score.model} at {score.endpoint}: {score.score:.2f} in {score.seconds:.1f} s"
    output.print_table(title, ["class", "items", "score", "needed", "passed"], rows)
    wrong = [[item.id, item.score, item.reason] for item in score.items if item.reason]
    if wrong:
        output.print_table("What was wrong", ["item", "score", "reason"], wrong)
    first, rate = score.first_token_seconds, score.tokens_per_second
    output.screen.print(f"first token after {first} s, about {rate} tokens/s (medians)")
