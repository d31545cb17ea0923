"""The written documents: a list, each as a page or as Markdown, and the files beside them.

Names are matched against what is in the folder, so that no path is ever built from a request.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse

from generators.documents.catalogue import DOCUMENTS
from models.errors import WrongUse
from tasks.documents.files import documents_folder

router = APIRouter(tags=["documents"])


@router.get("/", response_class=HTMLResponse, summary="The list of documents")
def index() -> HTMLResponse:
    """Return the page that links to every document and inventory."""
    from generators.documents.page import render_page

    lines = ["# Documents", "", "| Document | Markdown |", "| --- | --- |"]
    lines += [f"| [{title}]({link}) | [{link[11:]}.md]({link}.md) |" for title, link in _links()]
    lines += ["", "## Inventories", "", "Every field of every asset, as CSV.", ""]
    lines += [f"- [{name}](/csv/{name})" for name in sorted(_tables())]
    lines += ["", "## Incidents", "", "[What is wrong now, and what was](/incidents)"]
    lines += ["", "## For programs", "", "[API](/api/docs), [health](/health)"]
    return HTMLResponse(render_page("Documents", "\n".join(lines), _navigation()))


@router.get(
    "/documents/{name}.md", response_class=PlainTextResponse, summary="A document as Markdown"
)
def markdown(name: str) -> PlainTextResponse:
    """Return the Markdown of a document."""
    text = _find(_documents(), name).read_text(encoding="utf-8")
    return PlainTextResponse(text, media_type="text/markdown; charset=utf-8")


@router.get("/documents/{name}", response_class=HTMLResponse, summary="A document as a page")
def page(name: str) -> HTMLResponse:
    """Return a document as HTML."""
    from generators.documents.page import render_page

    text = _find(_documents(), name).read_text(encoding="utf-8")
    return HTMLResponse(render_page(_title(text), text, _navigation()))


@router.get("/documents/csv/{name}", response_class=FileResponse, include_in_schema=False)
@router.get("/csv/{name}", response_class=FileResponse, summary="An inventory as CSV")
def table(name: str) -> FileResponse:
    """Return one inventory."""
    return FileResponse(_find(_tables(), name), media_type="text/csv; charset=utf-8")


@router.get(
    "/documents/configurations/{name}",
    response_class=PlainTextResponse,
    summary="The running configuration of a device",
)
def configuration(name: str) -> PlainTextResponse:
    """Return a configuration, secrets removed."""
    text = _find(_configurations(), name).read_text(encoding="utf-8")
    return PlainTextResponse(text, headers={"X-Content-Type-Options": "nosniff"})


def _navigation() -> list[tuple[str, str]]:
    """Return what the first row of a page leads to: every document, and the incidents."""
    return [*_links(), ("Incidents", "/incidents")]


def _links() -> list[tuple[str, str]]:
    """Return title and address of each document, in the order in which one reads them."""
    there = _documents()
    ordered = [name for name in DOCUMENTS if name in there]
    return [
        (_title(there[name].read_text(encoding="utf-8")), f"/documents/{name}") for name in ordered
    ]


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _documents() -> dict[str, Path]:
    return {path.stem: path for path in documents_folder().glob("*.md")}


def _tables() -> dict[str, Path]:
    return {path.name: path for path in documents_folder().glob("csv/*.csv")}


def _configurations() -> dict[str, Path]:
    return {path.name: path for path in documents_folder().glob("configurations/*.txt")}


def _find(known: dict[str, Path], name: str) -> Path:
    if name not in known:
        there = ", ".join(sorted(known)) or "none yet"
        raise WrongUse(f"there is no {name!r}; there are: {there}")
    return known[name]
