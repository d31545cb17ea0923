"""The few calls of Prefect's REST API that need no import of Prefect, which costs 1.7 s of CPU.

Source: the OpenAPI document of Prefect 3.8.8's own server. `limit` and `offset` are always sent:
that server answers 422 to null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from deployments.services.home import prefect_credentials
from models.errors import AccessDenied, Unavailable, UnexpectedReply

TERMINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
_PAGE = 200
_LONGEST_DETAIL = 300
_TRIES = 5  # its SQLite answers 503 while another writer holds the file


class Declined(UnexpectedReply):
    """The server understood a call and refuses it; `status` and `detail` are its own."""

    def __init__(self, target: str, path: str, status: int, detail: str) -> None:
        super().__init__("prefect", target, f"HTTP {status} to {path}: {detail}")
        self.args = (target, path, status, detail)
        self.status, self.detail = status, detail


class PrefectApi:
    """One Prefect server, with the credentials of this installation."""

    def __init__(self, url: str, timeout_seconds: float = 15.0) -> None:
        self.url = url.rstrip("/")
        credentials = prefect_credentials()
        user, _, password = (credentials.get_secret_value() if credentials else "").partition(":")
        self._client = httpx.Client(
            base_url=self.url,
            auth=(user, password) if credentials else None,
            timeout=timeout_seconds,
            trust_env=False,
            # Calls are far apart, and nobody has to close what keeps no connection.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    @property
    def ui_url(self) -> str:
        """Where the same server shows its pages."""
        return self.url.removesuffix("/api")

    def is_ready(self) -> bool:
        """Tell whether the server and its database answer."""
        try:
            return self._client.get("/ready", timeout=5.0).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def start_run(
        self,
        deployment: str,
        parameters: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> str:
        """Start a deployment, named `flow/deployment`, and return the flow run's id.

        The same idempotency key returns the run that is already there.
        """
        found = self._call("GET", f"/deployments/name/{deployment}")
        wanted = {
            "parameters": dict(parameters or {}),
            # Without one, trying again could start two runs.
            "idempotency_key": idempotency_key or uuid4().hex,
            "tags": list(tags),
        }
        run = self._call("POST", f"/deployments/{found['id']}/create_flow_run", wanted)
        return str(run["id"])

    def deployment(self, name: str) -> dict[str, Any] | None:
        """Return a deployment, named `flow/deployment`; None where the server has none of it."""
        try:
            return dict(self._call("GET", f"/deployments/name/{name}"))
        except Declined as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def flow_run(self, run_id: str) -> dict[str, Any]:
        """Return a flow run with its state."""
        return dict(self._call("GET", f"/flow_runs/{run_id}"))

    def flow_runs(self, *state_types: str) -> list[dict[str, Any]]:
        """Return flow runs in these states, the newest first."""
        wanted = {
            "flow_runs": {"state": {"type": {"any_": list(state_types)}}},
            "sort": "START_TIME_DESC",
            "limit": _PAGE,
            "offset": 0,
        }
        return list(self._call("POST", "/flow_runs/filter", wanted))

    def set_state(self, run_id: str, state_type: str, message: str) -> None:
        """Put a flow run into a state, whatever it was in."""
        state = {"type": state_type, "message": message}
        self._call("POST", f"/flow_runs/{run_id}/set_state", {"state": state, "force": True})

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        """Return the artifacts of one flow run."""
        wanted = {
            "artifacts": {"flow_run_id": {"any_": [run_id]}},
            "limit": _PAGE,
            "offset": 0,
        }
        return list(self._call("POST", "/artifacts/filter", wanted))

    def online_workers(self, pool: str) -> list[str]:
        """Return the names of the workers that poll a pool now; [] where there is no such pool."""
        wanted = {"workers": {"status": {"any_": ["ONLINE"]}}, "limit": _PAGE, "offset": 0}
        answer = self._send("POST", f"/work_pools/{pool}/workers/filter", wanted)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        return [worker["name"] for worker in self._checked(answer)]

    def deployment_count(self) -> int:
        """Return how many deployments the server knows."""
        return int(self._call("POST", "/deployments/count", {}))

    @retry(
        retry=retry_if_exception_type(Unavailable),
        stop=stop_after_attempt(_TRIES),
        wait=wait_exponential_jitter(multiplier=0.2, max=2.0),
        reraise=True,
    )
    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._checked(self._send(method, path, body))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise Unavailable("prefect", self.url, str(error) or type(error).__name__) from error

    def _checked(self, answer: httpx.Response) -> Any:
        match answer.status_code:
            case code if code < httpx.codes.BAD_REQUEST:
                return answer.json() if answer.content else None
            case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
                raise AccessDenied("prefect", self.url, "the credentials were refused")
            case code if (
                code >= httpx.codes.INTERNAL_SERVER_ERROR or code == httpx.codes.TOO_MANY_REQUESTS
            ):
                raise Unavailable("prefect", self.url, f"HTTP {code}")
            case code:
                raise Declined(self.url, answer.request.url.path, code, _detail(answer))


def _detail(answer: httpx.Response) -> str:
    """Return what the server says of a refusal, in one line."""
    try:
        told = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        told = answer.reason_phrase
    return " ".join(str(told).split())[:_LONGEST_DETAIL]
