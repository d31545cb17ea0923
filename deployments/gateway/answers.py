"""JSON answers made of records and times."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi.responses import JSONResponse


class Answer(JSONResponse):
    """One JSON value, records and times included, written as on the command line."""

    def render(self, content: Any) -> bytes:
        """Return the value as JSON."""
        return msgspec.json.encode(content, order="deterministic")
