"""What the API description says of the door, which stands outside FastAPI."""

from __future__ import annotations

from typing import Any


def _answer(description: str, *, again: bool = False) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    answer: dict[str, Any] = {"description": description, "content": content}
    if again:
        answer["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
        }
    return answer


SCHEMAS: dict[str, Any] = {
    "Refusal": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
    },
    "Acknowledgement": {
        "type": "object",
        "required": ["delivery_id", "status"],
        "properties": {
            "delivery_id": {"type": "string"},
            "status": {"type": "string", "enum": ["accepted", "duplicate", "dead_letter"]},
        },
    },
}
PATHS: dict[str, Any] = {
    "/webhook/{vendor}": {
        "post": {
            "tags": ["alerts"],
            "summary": "Take a delivery of an alert sender",
            "description": (
                "The raw body is stored durably before the 202. The sender proves itself by its own"
                " signature or by a token (`Authorization: Bearer`); the secrets stand in"
                " NIGHTSHIFT_WEBHOOK_<VENDOR>_SECRET. Authentic JSON of an unknown shape is kept as"
                " a dead letter."
            ),
            "operationId": "webhook",
            "security": [{"bearer": []}, {"signature": []}],
            "parameters": [
                {
                    "name": "vendor",
                    "in": "path",
                    "required": True,
                    "description": "Such as datadog or alertmanager; others are read generically.",
                    "schema": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"},
                }
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {}}},
            },
            "responses": {
                "202": {
                    "description": "Stored, or stored before.",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Acknowledgement"}
                        }
                    },
                },
                "400": _answer("The body is not JSON, or nested too deeply."),
                "401": _answer("The delivery is not authentic."),
                "404": _answer("No sender can have this name."),
                "405": _answer("Deliveries are posted."),
                "408": _answer("The body did not come to its end in time."),
                "413": _answer("The body is too large."),
                "415": _answer("The body is compressed."),
                "429": _answer("Too many deliveries of one sender or address.", again=True),
                "503": _answer("Too much is waiting, or the database is away.", again=True),
            },
        }
    }
}
SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "signature": {"type": "apiKey", "in": "header", "name": "X-Nightshift-Signature"},
}
