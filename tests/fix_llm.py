"""A small OpenAI-compatible server for tests: seeded answers driven by the schema, and faults.

It is no model and is never shown to a user as one. The faults are those seen on real servers.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

WORDS = [
    "host",
    "cluster",
    "datastore",
    "snapshot",
    "memory",
    "reserved",
    "alarm",
    "latency",
    "quorum",
]


class Fault(StrEnum):
    TRUNCATED = "truncated JSON, finish_reason length"
    CONTROL = "raw control characters inside a string"
    LONG_CONTEXT = "400 over-long context"
    NO_MODEL = "404 model"
    BUSY = "429 with Retry-After"
    BUSY_WORDS = "429 with the wait in words only"
    FORBIDDEN = "401 that quotes the key"
    DOWN = "503"
    CRASHED = "500"
    REDIRECT = "302"
    SLOW = "slow first token"
    DRIP = "one byte at a time"
    CUT = "cut in the middle"
    EMPTY = "empty answer"
    PROSE = "prose instead of JSON"
    WRONG_SCHEMA = "valid JSON, wrong schema"
    HUGE = "10 MB"
    ENDLESS = "the same for ever"
    NAN = "NaN"
    INVENTED = "ids that nobody gave"
    NOT_JSON = "HTML with status 200"
    NO_CHOICES = "JSON without choices"
    REFUSES_JSON_SCHEMA = "500 to json_schema, as llama-cpp-python"
    REFUSES_MAX_TOKENS = "400 to max_tokens, as OpenAI's newer models"
    REFUSES_STREAM_OPTIONS = "400 to stream_options"


ERRORS: dict[Fault, tuple[int, str]] = {
    Fault.LONG_CONTEXT: (400, "This model's maximum context length is 1024 tokens."),
    Fault.NO_MODEL: (404, "The model `x` does not exist."),
    Fault.BUSY: (429, "Rate limit reached."),
    Fault.BUSY_WORDS: (429, "Rate limit reached. Please try again in 20ms."),
    Fault.FORBIDDEN: (401, "Incorrect API key provided: sk-canary-key."),
    Fault.DOWN: (503, "Overloaded."),
    Fault.CRASHED: (500, "Internal server error."),
    Fault.REDIRECT: (302, ""),
}
ANSWERS: dict[Fault | None, str] = {
    Fault.EMPTY: "",
    Fault.HUGE: "x" * 10_000_000,
    Fault.PROSE: "Certainly! The host is healthy and nothing needs to be done.",
    Fault.WRONG_SCHEMA: '{"unexpected": [1, 2, 3]}',
    Fault.NAN: '{"value": NaN}',
}
REFUSALS: dict[Fault, tuple[str, int, str]] = {
    Fault.REFUSES_MAX_TOKENS: (
        "max_tokens",
        400,
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    ),
    Fault.REFUSES_STREAM_OPTIONS: ("stream_options", 400, "Unknown field: stream_options"),
}


class LlmServer:
    """Answers with seeded values of the schema, or with `reply(body)`, unless a fault is due."""

    def __init__(self, *, seed: int = 0, slow_seconds: float = 1.0) -> None:
        self.draw = random.Random(seed)
        self.slow_seconds = slow_seconds
        self.faults: deque[Fault] = deque()  # one request each, in order
        self.always: Fault | None = None  # every request from now on
        self.retry_after = "0.05"  # seconds that BUSY asks for
        self.reply: Callable[[dict[str, Any]], str] | None = None
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"llm": self})
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def prompts(self) -> list[str]:
        return [message["content"] for body in self.requests for message in body["messages"]]

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def due(self, body: dict[str, Any]) -> Fault | None:
        with self._lock:
            self.requests.append(body)
            return self.faults.popleft() if self.faults else self.always

    def answer(self, body: dict[str, Any], fault: Fault | None) -> str:
        if fault in ANSWERS:
            return ANSWERS[fault]
        schema = _schema_of(body)
        if self.reply is not None:
            return self.reply(body)
        if schema is None:
            return " ".join(self.draw.choices(WORDS, k=12))
        text = json.dumps(_value(schema, self.draw, invented=fault is Fault.INVENTED))
        if fault is Fault.TRUNCATED:
            return text[: len(text) // 2]
        return text.replace('": "', '": "\x01', 1) if fault is Fault.CONTROL else text


def _value(schema: dict[str, Any], draw: random.Random, *, invented: bool = False) -> Any:
    """Return a value that is valid under the schema; `invented` breaks its enums."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return "fact-0000000000" if invented else draw.choice(schema["enum"])
    kinds = {
        "integer": lambda: draw.randint(schema.get("minimum", 0), schema.get("maximum", 100)),
        "number": lambda: draw.uniform(schema.get("minimum", 0), schema.get("maximum", 1)),
        "boolean": lambda: draw.random() < 0.5,
        "null": lambda: None,
        "string": lambda: " ".join(draw.choices(WORDS, k=4)),
        "object": lambda: {
            name: _value(inner, draw, invented=invented)
            for name, inner in schema.get("properties", {}).items()
        },
        "array": lambda: _array(schema, draw, invented=invented),
    }
    return kinds[schema["type"]]()


def _array(schema: dict[str, Any], draw: random.Random, *, invented: bool) -> list[Any]:
    least = schema.get("minItems", 1)
    count = draw.randint(least, max(least, schema.get("maxItems", least + 1)))
    return [_value(schema["items"], draw, invented=invented) for _ in range(count)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    llm: LlmServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": "test-model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.llm.keys.append(self.headers.get("Authorization"))
        with self.llm._lock:
            self.llm._now += 1
            self.llm.most_at_once = max(self.llm.most_at_once, self.llm._now)
        try:
            self._answer(body, self.llm.due(body))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.llm._lock:
                self.llm._now -= 1

    def _answer(self, body: dict[str, Any], fault: Fault | None) -> None:
        if fault in ERRORS:
            self._error(fault)
        elif refusal := _refusal(body, fault):
            self._send(refusal[0], {"error": {"message": refusal[1]}})
        elif fault is Fault.NOT_JSON:
            self._raw(200, b"<html>Please log in</html>", "text/html")
        elif fault is Fault.NO_CHOICES:
            self._send(200, {"object": "chat.completion"})
        elif fault is Fault.ENDLESS:
            self._endless(body)
        else:
            time.sleep(self.llm.slow_seconds if fault is Fault.SLOW else 0)
            text = self.llm.answer(body, fault)
            (self._stream if body.get("stream") else self._whole)(body, text, fault)

    def _error(self, fault: Fault) -> None:
        status, message = ERRORS[fault]
        headers = {"Retry-After": self.llm.retry_after} if fault is Fault.BUSY else {}
        if fault is Fault.REDIRECT:
            headers = {"Location": "http://127.0.0.1:9/v1/chat/completions"}
        self._send(status, {"error": {"message": message}}, headers)

    def _endless(self, body: dict[str, Any]) -> None:
        """Write the same words until the client hangs up."""
        streamed = bool(body.get("stream"))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        while True:
            if streamed:
                self._event({"choices": [{"index": 0, "delta": {"content": "again "}}]})
            else:
                self.wfile.write(b"again ")
            time.sleep(0.005)

    def _whole(self, body: dict[str, Any], text: str, fault: Fault | None) -> None:
        reason = "length" if fault is Fault.TRUNCATED else "stop"
        reply = {
            "object": "chat.completion",
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": reason,
                    "message": {"role": "assistant", "content": text},
                }
            ],
            "usage": _usage(body, text),
        }
        raw = json.dumps(reply).encode()
        if fault is Fault.CUT:
            self._head(200, len(raw), "application/json")
            self.wfile.write(raw[: len(raw) // 2])
            self.close_connection = True
        elif fault is Fault.DRIP:
            self._head(200, len(raw), "application/json")
            for byte in raw:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.02)
        else:
            self._raw(200, raw, "application/json")

    def _stream(self, body: dict[str, Any], text: str, fault: Fault | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        words = [f"{word} " for word in text.split(" ")]
        if fault is Fault.CUT:
            words = words[:2]
        for word in words:
            self._event({"choices": [{"index": 0, "delta": {"content": word}}]})
        if fault is Fault.CUT:
            return
        reason = "length" if fault is Fault.TRUNCATED else "stop"
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if body.get("stream_options", {}).get("include_usage"):
            self._event({"choices": [], "usage": _usage(body, text)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
        self.wfile.flush()

    def _send(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(value).encode(), "application/json", headers)

    def _raw(
        self, status: int, raw: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self._head(status, len(raw), kind, headers)
        self.wfile.write(raw)

    def _head(
        self, status: int, length: int, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()


def _refusal(body: dict[str, Any], fault: Fault | None) -> tuple[int, str] | None:
    """Return status and message where the server does not know something in the request."""
    if fault in REFUSALS:
        option, status, message = REFUSALS[fault]
        return (status, message) if option in body else None
    form = body.get("response_format", {}).get("type")
    if fault is Fault.REFUSES_JSON_SCHEMA and form == "json_schema":
        return 500, "response_format: Input should be 'text' or 'json_object'"
    return None


def _schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    form = body.get("response_format", {})
    if form.get("type") == "json_schema":
        return form["json_schema"]["schema"]
    # Servers that enforce nothing see the schema in the prompt only.
    _, marker, rest = body["messages"][-1]["content"].partition("JSON schema:\n")
    return json.JSONDecoder().raw_decode(rest)[0] if marker else None


def _usage(body: dict[str, Any], text: str) -> dict[str, int]:
    prompt = sum(len(message["content"].split()) for message in body["messages"])
    answer = len(text.split())
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
    }


@pytest.fixture
def llm_server() -> Iterator[LlmServer]:
    """A running test server; no test leaves one behind."""
    with LlmServer() as server:
        yield server
