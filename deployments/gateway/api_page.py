"""The API description as one plain page, rendered from the OpenAPI document without a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deployments.gateway.pages import PAGES


def api_page(described: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    return PAGES.get_template("api.html.jinja2").render(
        info=described["info"], operations=list(_operations(described))
    )


def _operations(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "answers": operation.get("responses", {}),
            }
