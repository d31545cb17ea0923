"""What one server accepts, learned from its refusals and kept for the life of the client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generators.inference.language_model.schema import Schema

# From the strictest on; a server that refuses one is asked with the next.
JSON_FORMS = ("json_schema", "json_object", "prompt")


@dataclass(slots=True)
class Dialect:
    """The form of requests to one endpoint.

    OpenAI's newer models take max_completion_tokens and no temperature; llama-cpp-python answers
    500 to json_schema; older servers refuse stream_options.
    """

    json_form: str = JSON_FORMS[0]
    dropped: set[str] = field(default_factory=set)

    def body(self, request: dict[str, Any], schema: Schema | None) -> dict[str, Any]:
        """Return the request as this server takes it."""
        body = {key: value for key, value in request.items() if key not in self.dropped}
        if "max_tokens" in self.dropped:
            body["max_completion_tokens"] = request["max_tokens"]
        if schema is not None and self.json_form == "json_schema":
            form = {"name": "answer", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif schema is not None and self.json_form == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def adapt(self, complaint: str, body: dict[str, Any]) -> bool:
        """Learn from a refusal; return whether the request is worth sending again."""
        said = complaint.lower()
        for option in ("max_tokens", "temperature", "stream_options", "seed"):
            if option in body and option in said and option not in self.dropped:
                self.dropped.add(option)
                return True
        words = ("response_format", "json_schema", "json_object", "grammar", "structured")
        if "response_format" in body and any(word in said for word in words):
            self.json_form = JSON_FORMS[JSON_FORMS.index(self.json_form) + 1]
            return True
        return False
