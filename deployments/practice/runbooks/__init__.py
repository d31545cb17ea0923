"""Runbooks, postmortems and checklists of the practice datacenter: six, eighteen and six.

Their text is data (TOML) with the site's own names filled in, so that a search for what an alert
says leads to what to do about it. The same site gives the same files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from deployments.practice.runbooks.names import names_of
from deployments.practice.site import Site

COLLECTION = "runbooks"
_BLANK = re.compile(r"\n{3,}")
SERVICES = ("compute", "databases", "kubernetes", "network", "shop", "storage")


def runbooks(site: Site) -> dict[str, str]:
    """Return the text of every document by its path, in the order of the paths."""
    return dict(sorted(_documents(site)))


def write_runbooks(site: Site, folder: Path) -> list[Path]:
    """Write all documents below a folder; files of other names there are left alone."""
    written = []
    for name, text in runbooks(site).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _documents(site: Site) -> Iterator[tuple[str, str]]:
    names = names_of(site)
    for service in SERVICES:
        values = _data(f"services/{service}.toml")
        faults = values.pop("fault")
        yield f"services/{service}.md", _page("service", {**values, "faults": faults}, names)
    for one in _data("postmortems.toml")["postmortem"]:
        date = f"{site.anchor - timedelta(days=one['days']):%Y-%m-%d}"
        yield f"postmortems/{one['name']}.md", _page("postmortem", {**one, "date": date}, names)
    for one in _data("checklists.toml")["checklist"]:
        yield f"checklists/{one['name']}.md", _page("checklist", one, names)


def _page(template: str, values: Mapping[str, Any], names: Mapping[str, Any]) -> str:
    filled = _filled(dict(values), names)
    text = _environment().get_template(f"{template}.md.jinja2").render(filled)
    return _BLANK.sub("\n\n", text).strip() + "\n"


def _filled(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a value of the data with the site's names in its texts."""
    if isinstance(value, str):
        return _environment().from_string(value).render(names) if "{{" in value else value
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    if isinstance(value, dict):
        return {name: _filled(one, names) for name, one in value.items()}
    return value


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    folder = files(__package__) / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown files
    )
