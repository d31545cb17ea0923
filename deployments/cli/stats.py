"""`nightshift stats`: what is stored."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deployments.cli.output import print_json, print_table
from models.store import deliveries, maintenance, statistics, transaction


def stats(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """Count what is stored, by kind, and say how the database grows."""
    with transaction() as conn:
        counts: dict[str, Any] = statistics.counts(conn)
        counts["deliveries"] = deliveries.counts(conn)
        counts["database"] = {
            "bytes": maintenance.database_bytes(conn),
            "growth_bytes_per_day": maintenance.growth_bytes_per_day(conn),
        }
    if as_json:
        print_json(counts)
        return
    rows = [[name, value] for name, value in counts["assets"].items()]
    print_table("Assets", ["kind", "count"], rows)
    print_table("Deliveries", ["ended as", "count"], list(map(list, counts["deliveries"].items())))
    others = [[k, v] for k, v in counts.items() if not isinstance(v, dict)]
    others.append(["database MiB", round(counts["database"]["bytes"] / 2**20, 1)])
    print_table("Stored", ["what", "count"], others)
