"""Runs the program that a kubeconfig names for its credentials, under a deadline.

Source: Kubernetes documentation, client-go credential plugins (`ExecCredential`). The official
client runs the same programs, and waits for them for ever.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from collectors.kubernetes.errors import SYSTEM
from models.errors import AccessDenied, ConfigurationError, Unavailable


def run_program(
    said: Mapping[str, Any],
    folder: Path,
    context: str,
    *,
    timeout_seconds: float,
    cluster: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Return what the program said, as the `user` of a kubeconfig.

    Args:
        said: The `exec` part of a kubeconfig's user.
        folder: Where the kubeconfig lies; the program starts there.
        context: How messages call the cluster.
        timeout_seconds: How long it may take.
        cluster: The `cluster` part of the kubeconfig, for a program that wants to be told.

    Raises:
        ConfigurationError: There is no such program.
        AccessDenied: It failed, or what it said are no credentials.
        Unavailable: It did not end in time.
    """
    command = [str(said["command"]), *map(str, said.get("args") or [])]
    name = Path(command[0]).name
    try:
        spec = {"interactive": False, **({"cluster": _told(cluster, folder)} if cluster else {})}
        status, output = _run(command, _environment(said, spec), folder, timeout_seconds)
    except subprocess.TimeoutExpired:
        late = f"its credential program {name} took longer than {timeout_seconds:g} s"
        raise Unavailable(SYSTEM, context, late) from None
    except OSError as error:
        raise ConfigurationError(
            f"context {context}: its credential program {name} cannot be run: {error.strerror}"
        ) from error
    if status != 0:
        # What it wrote beside is not quoted: some of these programs print their input.
        raise AccessDenied(SYSTEM, context, f"its credential program {name} ended with {status}")
    return _credentials(output, name, context)


def _run(
    command: list[str], environment: dict[str, str], folder: Path, seconds: float
) -> tuple[int, bytes]:
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException:
            # Its whole session, or a grandchild that holds the pipe would keep us waiting.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output


def _told(cluster: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    found = {name: cluster[name] for name in _TOLD if name in cluster}
    path = cluster.get("certificate-authority")
    if path and "certificate-authority-data" not in found:
        content = (folder / path).read_bytes()
        found["certificate-authority-data"] = base64.b64encode(content).decode()
    for one in cluster.get("extensions") or []:
        if one.get("name") == "client.authentication.k8s.io/exec":
            found["config"] = one.get("extension")
    return found


# Source: client.authentication.k8s.io/v1, `Cluster`.
_TOLD = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
)


def _environment(said: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, str]:
    added = {str(one["name"]): str(one["value"]) for one in said.get("env") or []}
    about = {
        "apiVersion": said.get("apiVersion"),
        "kind": "ExecCredential",
        "spec": spec,
    }
    return {**os.environ, **added, "KUBERNETES_EXEC_INFO": json.dumps(about)}


def _credentials(output: bytes, name: str, context: str) -> dict[str, str]:
    try:
        status = json.loads(output)["status"]
        if token := status.get("token"):
            return {"token": str(token)}
        return {
            "client-certificate-data": _encoded(status["clientCertificateData"]),
            "client-key-data": _encoded(status["clientKeyData"]),
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AccessDenied(
            SYSTEM, context, f"its credential program {name} gave no credentials"
        ) from None


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
