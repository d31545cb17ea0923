"""What all health checks cost over a large site: 10,000 VMs, 20,000 pods, 200 devices.

Run by hand: python -m tests.benchmarks.checks [VMS PODS DEVICES] [--profile]
Wanted, CPU seconds at these sizes: <= 6 in all, without reading the store.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from models.kinds import KINDS
from models.kinds.host import Host
from models.kinds.vm import Vm
from models.records.asset import Asset, observe, restore
from models.records.check import CheckResult
from tasks.inventory.checks import Policy, evaluate_checks
from tests.benchmarks.documents import a_large_site
from tests.benchmarks.documents_site import as_nodes, clusters, network
from tests.benchmarks.validation import cpu_seconds

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WANTED_SECONDS = 6.0


def stored(source: str, records: Sequence[Any]) -> list[Asset]:
    """Return records as the assets that they would be stored as, references as ids."""
    found = []
    for record in records:
        seen = observe(source, record)
        attributes, volatile = map(msgspec.json.decode, (seen.attributes, seen.volatile))
        found.append(
            Asset(
                id=seen.asset_id,
                kind=seen.kind,
                name=seen.name,
                source=source,
                record=restore(KINDS[seen.kind], attributes, volatile),
                first_seen=NOW,
                last_seen=NOW,
            )
        )
    return found


def evaluated(assets: Sequence[Asset]) -> list[CheckResult]:
    """Run every check over assets of which everything was seen."""
    sources = {asset.source for asset in assets}
    return evaluate_checks(assets, {}, Policy(), (), NOW, taken_at=dict.fromkeys(sources, NOW))


def main(vms: int, pods: int, devices: int, *, profile: bool) -> int:
    """Measure, print, and return 0 if the wanted figure was reached."""
    virtual = a_large_site(vms)
    hosts = [record for record in virtual if isinstance(record, Host)]
    machines = as_nodes([record for record in virtual if isinstance(record, Vm)])
    virtual[-len(machines) :] = machines
    parts = {
        "vc1": stored("vc1", virtual),
        "k8s": stored("k8s", list(clusters(pods))),
        "net": stored("net", list(network(hosts, devices))),
    }
    for source, assets in parts.items():
        cpu_seconds(f"checks of {source}: {len(assets)} assets", lambda a=assets: evaluated(a))  # type: ignore[misc]
    everything = [asset for assets in parts.values() for asset in assets]
    seconds, results = cpu_seconds(
        f"checks of all: {len(everything)} assets", lambda: evaluated(everything)
    )
    counts = Counter(result.result.value for result in results)
    sys.stdout.write(f"{len(results)} results: {dict(counts)}\n")
    sys.stdout.write(f"{1e6 * seconds / len(results):.1f} us a result\n")
    if profile:
        with cProfile.Profile() as profiler:
            evaluated(everything)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return 0 if seconds <= WANTED_SECONDS else 1


if __name__ == "__main__":
    sizes = [int(one) for one in sys.argv[1:] if one.isdigit()] or [10_000, 20_000, 200]
    sys.exit(main(*sizes, profile="--profile" in sys.argv))
