"""What the gateway's own pages share: their links, and the templates of their Markdown."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

NAVIGATION = (("Documents", "/"), ("Incidents", "/incidents"), ("API", "/api/docs"))

PAGES = Environment(  # noqa: S701  Markdown, whose HTML is shown as text
    loader=PackageLoader("deployments.gateway", "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["cell"] = lambda text: text.replace("|", "\\|").replace("\n", " ")
