"""Pods by the thousand: list to typed, list to stored, and how much memory the collector takes.

usage: python -m tests.benchmarks.kubernetes [PODS [MANY]]

PODS (5,000) pods of some 6 kB of JSON are parsed from bytes in memory, and collected, validated and
stored; MANY (20,000) are collected by a process of its own, paged and from the watch cache, whose
peak is told. The server is another process. CPU seconds are told first: elapsed ones are those of
the machine, and of whatever else it does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from collectors.kubernetes import Kubernetes
from collectors.kubernetes.parse_pod import parse_pod
from collectors.kubernetes.resources import PODS
from collectors.kubernetes.surroundings import Surroundings
from models.records.asset import observe
from models.sources import Source
from tests.benchmarks.kubernetes_objects import (
    NODES,
    a_deployment,
    a_node,
    a_pod,
    a_replica_set,
    namespaces,
)
from tests.benchmarks.validation import cpu_seconds

SECONDS_TYPED = 0.1
SECONDS_STORED = 1.5
MIB_OF_MANY = 300
PAGE = 500
# As they stand when the pods are read: the deployment of each.
REPLICA_SETS: dict[str, str] = {}


def main(pods: int, many: int) -> int:
    """Measure, print, and return 0 if every wanted figure was reached."""
    typed = parse(pods)
    peaks = [memory(many, watch_cache) for watch_cache in ("no", "yes")]
    stored = store(pods)
    say(f"list to typed, {pods} pods: {typed:.3f} s CPU (at most {SECONDS_TYPED})")
    say(f"list to stored, {pods} pods: {stored:.2f} s CPU (at most {SECONDS_STORED})")
    say(f"peak of {many} pods, paged: {peaks[0]} MiB (at most {MIB_OF_MANY})")
    say(f"peak of {many} pods, from the watch cache in one reply: {peaks[1]} MiB")
    reached = typed <= SECONDS_TYPED and stored <= SECONDS_STORED and peaks[0] <= MIB_OF_MANY
    return 0 if reached else 1


def parse(pods: int) -> float:
    """Return the CPU seconds from bytes to records, after comparing with the client's models."""
    pages = [
        page([a_pod(number) for number in range(first, min(first + PAGE, pods))])
        for first in range(0, pods, PAGE)
    ]
    for number in range(pods // 10):
        item = json.loads(a_replica_set(number))
        REPLICA_SETS[item["metadata"]["uid"]] = item["metadata"]["ownerReferences"][0]["uid"]
    say(f"{pods} pods, {sum(map(len, pages)) / pods / 1000:.1f} kB each, pages of {PAGE}")
    bare, _ = cpu_seconds("bytes to typed JSON", lambda: typed_json(pages), 7)
    typed, _ = cpu_seconds("bytes to records", lambda: records(pages), 7)
    generic, _ = cpu_seconds("json.loads alone", lambda: [json.loads(one) for one in pages], 1)
    models, _ = cpu_seconds("the official client's models", lambda: official(pages[:1]), 1)
    models *= len(pages)
    say(f"the official client's models, all pages: {models:.1f} s, {models / typed:.0f} x ours")
    say(f"(json.loads {generic / typed:.1f} x, typed JSON alone {bare / typed:.2f} x)")
    return typed


def typed_json(pages: Sequence[bytes]) -> None:
    for one in pages:
        PODS.forms[0].parse(one)


def records(pages: Sequence[bytes]) -> None:
    around = Surroundings(
        cluster="bench",
        nodes={f"node-{number}": f"n{number}" for number in range(NODES)},
        namespaces={name: f"uid-{name}" for name in namespaces()},
        replica_sets=REPLICA_SETS,
    )
    for one in pages:
        for item in PODS.forms[0].parse(one).items:
            parse_pod(item, around)


def official(pages: Sequence[bytes]) -> None:
    from kubernetes.client import ApiClient

    client = ApiClient()
    for one in pages:
        client.deserialize(one.decode(), "V1PodList", "application/json")


def memory(pods: int, watch_cache: str) -> int:
    """Return the peak MiB of a process that collects so many pods."""
    with served(pods) as url:
        command = [sys.executable, "-m", "tests.benchmarks.kubernetes", "collect", url, watch_cache]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, int] = json.loads(told.stdout)
    say(f"collected {found['records']} records in a process of its own: {found['mib']} MiB")
    return found["mib"]


def collect(url: str, watch_cache: str) -> None:
    """Collect in this process, and print what it took."""
    made = Kubernetes.for_source(source(url, watch_cache=watch_cache == "yes"))
    seen = sum(len(batch.records) for batch in made.batches())
    # Not getrusage, whose peak still counts that of the process which started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(json.dumps({"records": seen, "mib": int(peak) // 1024}))


def store(pods: int) -> float:
    """Return the CPU seconds of this process from the first list to the last row."""
    from models.settings import settings
    from models.store import embedded

    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(folder)
    settings.cache_clear()
    try:
        with served(pods) as url:
            return stored(source(url))
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def stored(wide: Source) -> float:
    import great_expectations  # noqa: F401  as in a warm worker

    from models.store import transaction
    from tasks.inventory.collect import collect_source
    from tasks.inventory.store import store_snapshot
    from tasks.inventory.validate import validate_snapshot

    with transaction() as conn:
        conn.execute("SELECT 1")
    read: list[Any] = []
    timed("collect alone", lambda: read.extend(every(wide)))
    timed("observe alone", lambda: [observe("bench", record) for record in read])
    seconds = []
    for run in ("first", "unchanged"):
        say(f"-- {run} run")
        collected, snapshot = timed("collect, observe, stage", partial(collect_source, wide))
        validated, _ = timed("validate", partial(validate_snapshot, snapshot))
        kept, report = timed("store", partial(store_snapshot, snapshot))
        seconds.append(collected + validated + kept)
        say(f"   {report.versions} versions; CPU {seconds[-1]:.2f} s")
    return seconds[0]


def every(wide: Source) -> Iterator[Any]:
    for batch in Kubernetes.for_source(wide).batches():
        yield from batch.records


def timed(name: str, do: Callable[[], Any]) -> tuple[float, Any]:
    cpu, began = time.process_time(), time.perf_counter()
    result = do()
    spent = time.process_time() - cpu
    say(f"   {name:28} {spent:7.2f} s CPU {time.perf_counter() - began:7.2f} s elapsed")
    return spent, result


def source(url: str, **options: Any) -> Source:
    os.environ["BENCHMARK_TOKEN"] = "benchmark"
    usual = {"server": url, "token_env": "BENCHMARK_TOKEN", "page_size": PAGE}
    return Source(name="bench", collector="kubernetes", options={**usual, **options})


@contextmanager
def served(pods: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.kubernetes", "serve", str(pods)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def serve(pods: int) -> None:
    """Serve a cluster of so many pods on loopback, until ended."""
    lists = {
        "/api/v1/namespaces": [
            json.dumps({"metadata": {"name": name, "uid": f"uid-{name}"}}).encode()
            for name in namespaces()
        ],
        "/api/v1/nodes": [a_node(number) for number in range(NODES)],
        "/apis/apps/v1/deployments": [a_deployment(number) for number in range(pods // 10)],
        "/apis/apps/v1/replicasets": [a_replica_set(number) for number in range(pods // 10)],
        "/api/v1/pods": [a_pod(number) for number in range(pods)],
    }
    single = {
        "/version": b'{"gitVersion": "v1.34.3"}',
        "/api": b'{"versions": ["v1"]}',
        "/apis": b'{"groups": []}',
        "/api/v1/namespaces/kube-system": b'{"metadata": {"name": "kube-system", "uid": "k"}}',
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            query = dict(parse_qsl(split.query))
            if "as=Table" in (self.headers["Accept"] or ""):
                body = b'{"kind": "Table", "columnDefinitions": [], "rows": []}'
            else:
                body = single.get(split.path) or cut(lists.get(split.path, []), query)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    say(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


def cut(items: Sequence[bytes], query: dict[str, str]) -> bytes:
    first = int(query.get("continue", 0))
    # As the watch cache answers: whole, whatever the limit.
    limit = len(items) if query.get("resourceVersion") == "0" else int(query["limit"])
    more = str(first + limit) if first + limit < len(items) else ""
    return page(items[first : first + limit], more)


def page(items: Sequence[bytes], more: str = "") -> bytes:
    head = f'{{"kind":"List","metadata":{{"continue":"{more}"}},"items":['
    return head.encode() + b",".join(items) + b"]}"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", count]:
            serve(int(count))
        case ["collect", at, cached]:
            collect(at, cached)
        case sizes:
            found = [int(size) for size in sizes]
            sys.exit(main(*(found + [5000, 20000][len(found) :])))
