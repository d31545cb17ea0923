"""What a source of the collector `kubernetes` may say in the sources file.

Either `kubeconfig` with `contexts` (one cluster each), or `server` with `token_env`, or
`in_cluster = true` for a worker that runs in the cluster that it reads.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from models.errors import ConfigurationError
from models.sources import Source, wrong

_NAMES = (
    "kubeconfig",
    "contexts",
    "names",
    "server",
    "token_env",
    "ca_file",
    "verify_tls",
    "in_cluster",
    "namespaces",
    "exclude_namespaces",
    "page_size",
    "timeout_seconds",
    "watch_cache",
)
_WAYS = ("kubeconfig", "server", "in_cluster")
_ONLY_WITH = {
    "contexts": "kubeconfig",
    "names": "kubeconfig",
    "token_env": "server",
    "ca_file": "server",
    "verify_tls": "server",
}
_LARGEST_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which clusters are read, and how; `timeout_seconds` holds for each single request.

    `contexts` None is the kubeconfig's current one, () all of them. `names` says how a context's
    cluster is called, where the context's own name does not do. With `namespaces` every list is
    asked for in each of these, for accounts that may not list across namespaces.

    With `watch_cache` lists are asked for at resourceVersion 0, which the API server answers from
    memory without asking etcd. Most servers then ignore the page size and send each list whole, so
    that the collector's memory grows with the largest one (some 300 MiB for 20,000 pods, where
    pages take 80), and objects may be some seconds old.
    """

    name: str
    kubeconfig: Path | None = None
    contexts: tuple[str, ...] | None = None
    names: tuple[tuple[str, str], ...] = ()
    server: str | None = None
    token: SecretStr | None = None
    ca_file: str | None = None
    verify_tls: bool = True
    in_cluster: bool = False
    namespaces: tuple[str, ...] | None = None
    exclude_namespaces: frozenset[str] = frozenset()
    page_size: int = 500
    timeout_seconds: float = 60.0
    watch_cache: bool = False


def read_options(source: Source) -> Options:
    """Return the source's options, checked.

    Raises:
        ConfigurationError: One is missing, unknown, of the wrong type or out of range.
    """
    _check_names(source)
    namespaces = _texts(source, "namespaces")
    server = _server(source)
    return Options(
        name=source.name,
        kubeconfig=_kubeconfig(source),
        contexts=() if source.options.get("contexts") == "all" else _texts(source, "contexts"),
        names=_renamed(source),
        server=server,
        token=source.secret("token_env") if server else None,
        ca_file=_ca_file(source),
        verify_tls=source.typed("verify_tls", True, bool),  # noqa: FBT003  its default
        in_cluster=source.typed("in_cluster", False, bool),  # noqa: FBT003  its default
        namespaces=namespaces,
        exclude_namespaces=frozenset(_texts(source, "exclude_namespaces") or ()),
        page_size=source.within("page_size", 500, 1, _LARGEST_PAGE, int),
        timeout_seconds=float(source.within("timeout_seconds", 60, 0.1, 3600, int | float)),
        watch_cache=source.typed("watch_cache", False, bool),  # noqa: FBT003  its default
    )


def check_server(source: str, option: str, text: Any) -> str:
    """Return the address of an API server.

    Raises:
        ConfigurationError: It is none, holds credentials, or would send them unencrypted.
    """
    try:
        url = urlsplit(text if isinstance(text, str) else "")
        usable = bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        usable = False
    if not usable or url.scheme not in {"http", "https"} or url.query or url.fragment:
        raise wrong(source, option, "must look like https://api.example:6443")
    if url.username or url.password:
        raise wrong(source, option, "holds credentials in its address; use token_env")
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        raise wrong(source, option, "would send the credentials unencrypted; use https")
    return str(text).rstrip("/")


def _check_names(source: Source) -> None:
    source.known(_NAMES)
    ways = [name for name in _WAYS if source.options.get(name)]
    if len(ways) != 1:
        said = f"and not {' and '.join(ways)}" if ways else "and none is there"
        raise ConfigurationError(f"source {source.name}: set one of {', '.join(_WAYS)}, {said}")
    for option, way in _ONLY_WITH.items():
        if option in source.options and way not in ways:
            raise source.wrong(option, f"goes with {way} only, not with {ways[0]}")
    if "namespaces" in source.options and "exclude_namespaces" in source.options:
        raise source.wrong("exclude_namespaces", "does not go with namespaces")


def _texts(source: Source, option: str) -> tuple[str, ...] | None:
    found = source.options.get(option)
    if found is None:
        return None
    if not isinstance(found, list) or not found or not all(isinstance(n, str) and n for n in found):
        hint = ' or "all"' if option == "contexts" else ""
        raise source.wrong(option, f"must be a list of names{hint}")
    # Each once: what is named twice would be read, and stored, twice.
    return tuple(dict.fromkeys(found))


def _renamed(source: Source) -> tuple[tuple[str, str], ...]:
    found = source.options.get("names", {})
    if not isinstance(found, dict) or not all(isinstance(n, str) and n for n in found.values()):
        raise source.wrong("names", 'must be a table such as { "context" = "name" }')
    if len(set(found.values())) != len(found):
        raise source.wrong("names", "calls two clusters the same")
    return tuple(sorted(found.items()))


def _kubeconfig(source: Source) -> Path | None:
    if "kubeconfig" not in source.options:
        return None
    path = Path(source.text("kubeconfig")).expanduser()
    if not path.is_file():
        raise source.wrong("kubeconfig", f"names no file: {str(path)!r}")
    return path


def _server(source: Source) -> str | None:
    if "server" not in source.options:
        return None
    return check_server(source.name, "server", source.options["server"])


def _ca_file(source: Source) -> str | None:
    path = source.options.get("ca_file")
    if path is None:
        return None
    if not isinstance(path, str) or not Path(path).is_file():
        raise source.wrong("ca_file", f"names no file: {path!r}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        raise source.wrong("ca_file", f"is no certificate in PEM: {path!r}") from error
    return path


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
