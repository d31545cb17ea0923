"""Loads for the gateway: signed bodies, wrk for the peak, and a paced sender for latencies.

The paced sender runs as a process of its own, `python -m tests.benchmarks.gateway_load ...`: at its
time each request is sent, whether the earlier ones were answered or not, as long as a connection is
free; a latency counts from the time at which the request was due, so that a slow answer is not
hidden by fewer requests.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

SECRET = "a-secret-of-the-benchmark"
PATH = "/webhook/alertmanager"
_SERVICES = ("checkout", "search", "billing", "mail", "catalogue", "login", "reports", "storage")
_LUA = """
local bodies, marks = {}, {}
for line in io.lines("%s") do
  local mark, body = string.match(line, "^(%%x*)(.*)$")
  marks[#marks + 1] = mark ~= "" and mark or nil
  bodies[#bodies + 1] = body
end
local position = 0
request = function()
  position = position %% #bodies + 1
  return wrk.format("POST", "%s", {
    ["Content-Type"] = "application/json", ["X-Nightshift-Signature"] = marks[position]
  }, bodies[position])
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run of a load came to; latencies in milliseconds."""

    per_second: float
    requests: int
    refused: int
    p50: float
    p99: float
    statuses: dict[int, int]


def bodies(count: int, distinct: int, *, seed: int = 1) -> list[bytes]:
    """Return JSON bodies of some 700 bytes over so many distinct alerts, each body another one."""
    rng = random.Random(seed)
    return [_body(rng, number % distinct, number) for number in range(count)]


def _body(rng: random.Random, alert: int, number: int) -> bytes:
    service = _SERVICES[alert % len(_SERVICES)]
    labels = {
        "alertname": "RequestLatencyHigh",
        "instance": f"{service}-{alert:04}.example:9100",
        "job": service,
        "severity": ("warning", "critical")[alert % 2],
    }
    member = {
        "status": "firing",
        "labels": labels,
        "annotations": {
            "summary": f"p99 latency of {service} is {rng.uniform(0.5, 9):.3f} s",
            "description": "The latency objective is missed for ten minutes. " * 2,
        },
        "startsAt": f"2026-11-20T{alert % 24:02}:{alert % 60:02}:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"{alert:016x}",
    }
    payload = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="RequestLatencyHigh",job="{service}"}}',
        "status": "firing",
        "receiver": "nightshift",
        "groupLabels": {"alertname": "RequestLatencyHigh"},
        "commonLabels": {"job": service},
        "truncatedAlerts": number,
        "alerts": [member],
    }
    return json.dumps(payload, separators=(",", ":")).encode()


def write_pool(path: Path, texts: list[bytes], *, signed: bool = True) -> None:
    """Write the bodies for the loads, one a line, each after its signature if it has one."""
    secret = SECRET.encode()
    with path.open("wb") as file:
        for text in texts:
            mark = hmac.new(secret, text, "sha256").hexdigest().encode() if signed else b""
            file.write(mark + text + b"\n")


def wrk(url: str, pool: Path, connections: int, seconds: int, path: str = PATH) -> Load:
    """Return what wrk reports of its closed loop."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA % (pool, path))
        script.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "-s",
            script.name,
        ]
        told = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    total = int(_found(r"(\d+) requests in", told))
    return Load(
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", told)),
        requests=total,
        refused=int(refused[1]) if refused else 0,
        p50=_milliseconds(_found(r"\n\s+50%\s+(\S+)", told)),
        p99=_milliseconds(_found(r"\n\s+99%\s+(\S+)", told)),
        statuses={},
    )


def paced(url: str, pool: Path, per_second: float, connections: int, seconds: float) -> Load:
    """Run the paced sender as a process of its own."""
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.benchmarks.gateway_load", port, str(pool)]
    command += [str(per_second), str(connections), str(seconds)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    told["statuses"] = {int(status): count for status, count in told["statuses"].items()}
    return Load(**told)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk said something else: {text}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


class _Sender(asyncio.Protocol):
    """One connection; it sends one request at a time and notes status and latency."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.due = 0.0
        self.told = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.run.free.append(self)

    def data_received(self, data: bytes) -> None:
        self.told += data
        if not self.told.endswith(b"}"):  # of the JSON that every answer has
            return
        self.run.statuses[int(self.told[9:12])] += 1
        self.told = b""
        self.run.latencies.append(time.perf_counter() - self.due)
        self.run.free.append(self)

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.transport.write(request)


class _Run:
    """The requests of one paced load."""

    def __init__(self, requests: list[bytes]) -> None:
        self.requests = requests
        self.free: deque[_Sender] = deque()
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def go(self, port: int, per_second: float, connections: int, seconds: float) -> Load:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_connection(lambda: _Sender(self), "127.0.0.1", port)
        began, sent = time.perf_counter(), 0
        total = int(per_second * seconds)
        while len(self.latencies) < total and time.perf_counter() < began + seconds * 3:
            due = int((time.perf_counter() - began) * per_second)
            while self.free and sent < min(due, total):
                request = self.requests[sent % len(self.requests)]
                self.free.popleft().send(request, began + sent / per_second)
                sent += 1
            await asyncio.sleep(0.001)
        return self._load(time.perf_counter() - began)

    def _load(self, seconds: float) -> Load:
        ordered = sorted(self.latencies)
        return Load(
            per_second=len(ordered) / seconds,
            requests=len(ordered),
            refused=sum(count for status, count in self.statuses.items() if status != 202),
            p50=1000 * ordered[len(ordered) // 2],
            p99=1000 * ordered[int(len(ordered) * 0.99)],
            statuses=dict(self.statuses),
        )


def requests_of(pool: Path) -> list[bytes]:
    """Return whole HTTP requests of a pool's lines."""
    return [_request(line[:64], line[64:]) for line in pool.read_bytes().splitlines()]


def _request(mark: bytes, body: bytes) -> bytes:
    return b"".join(
        (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode(),
            b"Content-Type: application/json\r\nX-Nightshift-Signature: ",
            mark,
            b"\r\nContent-Length: %d\r\n\r\n" % len(body),
            body,
        )
    )


def main(arguments: list[str]) -> None:
    """Run the paced sender and print its load as JSON."""
    port, pool, per_second, connections, seconds = arguments
    run = _Run(requests_of(Path(pool)))
    load = uvloop.run(run.go(int(port), float(per_second), int(connections), float(seconds)))
    fields = {name: getattr(load, name) for name in load.__slots__}
    sys.stdout.write(json.dumps(fields))


if __name__ == "__main__":
    main(sys.argv[1:])
