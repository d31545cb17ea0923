"""JSON answers: schemas that servers enforce alike, and answers checked against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

from models.errors import RejectedOutput

Schema = Mapping[str, Any]


def portable(schema: Schema) -> dict[str, Any]:
    """Return the schema with string lengths as patterns and objects closed.

    vLLM's default backend emits control characters inside strings bounded by maxLength (seen on
    0.32.0: 28 of 40 answers invalid; mlc-ai/xgrammar issue 800) and honours `pattern`.
    """
    made = {key: _portable_value(value) for key, value in schema.items()}
    least, most = made.pop("minLength", None), made.pop("maxLength", None)
    if made.get("type") == "string" and "pattern" not in made and "enum" not in made:
        bounds = f"{{{least or 0},{'' if most is None else most}}}"
        made["pattern"] = rf"^[^\u0000-\u001f]{bounds}$"
    if made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


def _portable_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        # `properties` maps names to schemas; a property called "maxLength" is no keyword, but
        # popping only where "type" says string would miss it: recurse by shape instead.
        return (
            portable(value)
            if "type" in value and isinstance(value["type"], str)
            else {key: _portable_value(inner) for key, inner in value.items()}
        )
    if isinstance(value, list):
        return [_portable_value(inner) for inner in value]
    return value


def instruction(schema: Schema) -> str:
    """Say in words what the schema demands, for servers that do not enforce one."""
    return (
        "Answer with one JSON object and nothing else. It must be valid under this JSON schema:\n"
        + json.dumps(schema, separators=(",", ":"), sort_keys=True)
    )


def read(text: str, schema: Schema) -> Any:
    """Return the JSON value of an answer.

    A code fence, thoughts before the object and a closing sentence are let pass, since models
    without enforced schemas write them; what counts is that the object itself is valid.

    Raises:
        RejectedOutput: There is no JSON object, or it is not valid under the schema.
    """
    body = text.rpartition("</think>")[2]
    start = body.find("{")
    if start < 0:
        raise RejectedOutput("the answer holds no JSON object" if body.strip() else "empty answer")
    try:
        value, _ = json.JSONDecoder(parse_constant=_no_constant).raw_decode(body, start)
    except (ValueError, RecursionError) as error:
        raise RejectedOutput(f"the answer is not JSON: {error}") from error
    wrong = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if wrong is not None:
        raise RejectedOutput(f"the answer breaks the schema at {wrong.json_path}: {_brief(wrong)}")
    return value


def _brief(wrong: Any) -> str:
    # jsonschema quotes the whole instance, which may be megabytes and is not ours.
    return f"{wrong.validator} {str(wrong.validator_value)[:120]}"


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
