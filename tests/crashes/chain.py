"""The main job as plain calls, killing itself at a named point: run by the crash tests.

usage: python -m tests.crashes.chain URL POINT
"""

from __future__ import annotations

import os
import signal
import sys

from models.sources import Source

POINTS = (
    "first page staged",
    "collected",
    "validated",
    "stored",
    "checked",
    "first document file",
    "documented",
    "chunks stored",
    "embedded",
)


def die_at(point: str, reached: str) -> None:
    if point == reached:
        os.kill(os.getpid(), signal.SIGKILL)


def source(url: str) -> Source:
    options = {
        "url": url,
        "username": "nightshift@vsphere.local",
        "password_env": "PRACTICE_PASSWORD",
        "verify_tls": False,
        "page_size": 20,
    }
    return Source(name="vc1", collector="vmware", options=options)


def run(url: str, point: str = "") -> dict[str, int]:
    """Collect, validate, store, check, document and index; die at the point, if it is reached."""
    from tasks.documents.generate import generate_documents
    from tasks.inventory.collect import collect_source
    from tasks.inventory.health import run_checks
    from tasks.inventory.store import store_snapshot
    from tasks.inventory.validate import validate_snapshot
    from tasks.knowledge.datacenter import index_datacenter
    from tasks.knowledge.index import embed_missing

    def on_page(_source: str, _seen: int) -> None:
        die_at(point, "first page staged")

    snapshot_id = collect_source(source(url), on_progress=_after(2, on_page))
    die_at(point, "collected")
    validate_snapshot(snapshot_id)
    die_at(point, "validated")
    stored = store_snapshot(snapshot_id)
    die_at(point, "stored")
    run_checks()
    die_at(point, "checked")
    began: list[str] = []

    def on_document(name: str) -> None:
        began.append(name)
        if len(began) == 2:
            die_at(point, "first document file")

    generate_documents(on_progress=on_document)
    die_at(point, "documented")
    index_datacenter()
    die_at(point, "chunks stored")
    embedded = embed_missing()
    die_at(point, "embedded")
    return {"versions": stored.versions, "embedded": embedded}


def _after(calls: int, then):
    seen = []

    def counted(name: str, count: int) -> None:
        seen.append(count)
        if len(seen) > calls:
            then(name, count)

    return counted


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2])
