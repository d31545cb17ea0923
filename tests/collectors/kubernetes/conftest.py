"""A small API server that answers what a test says, for what must happen in an exact order."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from collectors.kubernetes import Kubernetes
from models.kinds import KINDS, kind_of
from models.sources import Source

DROP, CUT, HANG, TRICKLE = "drop", "cut", "hang", "trickle"
USUAL = {
    "/version": {"gitVersion": "v1.34.3", "platform": "linux/amd64"},
    "/api": {"versions": ["v1"]},
    "/apis": {"groups": [{"name": "apps", "versions": [{"groupVersion": "apps/v1"}]}]},
    "/api/v1/namespaces/kube-system": {"metadata": {"name": "kube-system", "uid": "cluster-1"}},
}


class ScriptedApi:
    """Serves on loopback; `say` queues answers for a path, the last of which holds."""

    def __init__(self):
        self.requests = []
        self._answers = {}
        self._released = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self):
                with suppress(ConnectionError):
                    super().handle_one_request()

            def __getattr__(self, name):
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return lambda: script.answer(self)  # whatever the verb

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def say(self, path, *answers):
        """Answer a path with bodies, (status, body[, headers]), or one of the troubles."""
        self._answers[path] = list(answers)

    def asked(self, path):
        """Return the queries with which a path was asked for."""
        return [query for _, found, query, _ in self.requests if found == path]

    def answer(self, handler):
        split = urlsplit(handler.path)
        query = dict(parse_qsl(split.query))
        self.requests.append((handler.command, split.path, query, handler.headers))
        answers = self._answers.get(split.path)
        answer = answers.pop(0) if answers and len(answers) > 1 else (answers or [None])[0]
        if answer == HANG:
            self._released.wait(10)
            answer = DROP
        if answer == DROP:
            handler.close_connection = True
            handler.connection.close()
            return
        if answer is None:
            answer = USUAL.get(split.path) or _usual(split.path, handler.headers["Accept"])
        status, body, headers = (
            (*answer, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
        )
        self._send(handler, status, body, headers)

    def _send(self, handler, status, body, headers):
        trouble = body if body in (CUT, TRICKLE) else None
        content = b'{"items": []}' if trouble else _content(body)
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if trouble == CUT:
            handler.wfile.write(content[:5])
            handler.close_connection = True
        elif trouble == TRICKLE:
            for byte in content:
                if self._released.is_set():
                    return
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(0.1)
        else:
            handler.wfile.write(content)


def _content(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _usual(path, accept):
    if path.startswith("/api/v1/namespaces/") and path.count("/") == 4:
        return 404, {}
    if path.count("/") <= 3 and path.startswith("/apis/"):
        return {"resources": []}
    if "as=Table" in accept:
        return {"kind": "Table", "columnDefinitions": [], "rows": []}
    return {"kind": "List", "metadata": {}, "items": []}


def meta(name, namespace=None, **more):
    """Return the metadata of an object; its uid follows from where it stands."""
    found = {"name": name, "uid": f"uid-{namespace or 'cluster'}-{name}", **more}
    return {**found, "namespace": namespace} if namespace else found


def objects(*items, token=None):
    """Return a page of a list."""
    return {"kind": "List", "metadata": {"continue": token} if token else {}, "items": list(items)}


def a_pod(name, namespace="shop", *, spec=None, status=None, **metadata):
    """Return a pod of which only what the test is about is said."""
    return {
        "metadata": meta(name, namespace, **metadata),
        "spec": spec or {"containers": [{"name": "app", "image": "app:1"}]},
        "status": status or {"phase": "Running"},
    }


@pytest.fixture
def api():
    """An API server of a cluster that is empty but for what the test says."""
    with ScriptedApi() as server:
        yield server


@pytest.fixture
def kubernetes_source(monkeypatch):
    """Make a source of one server, whose token stands in the environment."""

    def make(**options):
        monkeypatch.setenv("TEST_KUBE_TOKEN", "canary-token")
        if not options.keys() & {"kubeconfig", "in_cluster", "server"}:
            options["server"] = "https://api.example:6443"
        if "server" in options:
            options.setdefault("token_env", "TEST_KUBE_TOKEN")
        return Source(name="prod", collector="kubernetes", options=options)

    return make


@pytest.fixture
def collector(api, kubernetes_source):
    """Make a collector of the scripted server."""

    def make(**options):
        return Kubernetes.for_source(kubernetes_source(server=api.url, **options))

    return make


@pytest.fixture
def read(collector):
    """Collect the scripted server whole: records by kind and key, gaps, and what is covered."""

    def run(**options):
        return gather(collector(**options))

    return run


def gather(made):
    """Run a collector whole."""
    records, gaps = {name: {} for name in KINDS}, []
    for batch in made.batches():
        for one in batch.records:
            assert one.key not in records[kind_of(one).name], f"{one.name} came twice"
            records[kind_of(one).name][one.key] = one
        gaps += batch.gaps
    return records, gaps, made.covered()


@pytest.fixture
def one(api, read):
    """Read a cluster that holds one object, and return its record."""

    def run(kind, path, item):
        api.say(path, objects(item))
        (found,) = read()[0][kind].values()
        return found

    return run
