"""A sender that keeps a journal, on disk, of what was acknowledged to it."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import threading
import time
from collections import Counter
from pathlib import Path

SECRET = "the-secret"


def a_body(number: int) -> bytes:
    labels = {"alertname": "DiskFull", "instance": f"db-{number % 50}.example:9100"}
    alert = {"status": "firing", "labels": labels, "startsAt": "2026-11-20T10:00:00Z"}
    payload = {"version": "4", "number": number, "commonLabels": labels, "alerts": [alert]}
    return json.dumps(payload).encode()


def signed(body: bytes) -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    return {"X-Nightshift-Signature": digest, "Content-Type": "application/json"}


class Sender:
    """Posts numbered deliveries from several threads, at a rate, until it is stopped.

    A delivery that was not acknowledged is sent again, as every sender does; `acked` holds the
    numbers of those that were, each written and flushed to the journal before the next is sent.
    """

    def __init__(self, port: int, journal: Path, per_second: float = 500, threads: int = 8) -> None:
        self.port, self.journal = port, journal
        self.statuses: Counter[int] = Counter()
        self._pause = threads / per_second
        self._next, self._lock = 0, threading.Lock()
        self._stop = threading.Event()
        self._file = journal.open("ab", buffering=0)
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self) -> Sender:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._file.close()

    @property
    def acked(self) -> set[int]:
        return {int(line) for line in self.journal.read_bytes().split()}

    def await_acks(self, count: int, seconds: float = 120) -> None:
        """Wait until so many more were acknowledged."""
        wanted = self.statuses[202] + count
        deadline = time.monotonic() + seconds
        while self.statuses[202] < wanted:
            assert time.monotonic() < deadline, f"only {self.statuses}"
            time.sleep(0.02)

    def _run(self) -> None:
        number = self._number()
        while not self._stop.is_set():
            status = self._post(a_body(number))
            self.statuses[status] += 1
            if status == 202:
                self._note(number)
                number = self._number()
            time.sleep(self._pause)

    def _number(self) -> int:
        with self._lock:
            self._next += 1
            return self._next

    def _note(self, number: int) -> None:
        with self._lock:
            self._file.write(b"%d\n" % number)
            os.fsync(self._file.fileno())

    def _post(self, body: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", "/webhook/alertmanager", body, signed(body))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0  # nobody there, or cut off: not acknowledged
        finally:
            connection.close()
