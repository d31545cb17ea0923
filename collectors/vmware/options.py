"""What a source of the collector `vmware` may say in the sources file."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from models.sources import Source

_NAMES = (
    "url",
    "username",
    "password_env",
    "verify_tls",
    "ca_file",
    "page_size",
    "timeout_seconds",
    "datacenters",
)
# vCenter itself caps a page of RetrievePropertiesEx; beyond this only memory grows.
_LARGEST_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where a vCenter is and how it is read; `timeout_seconds` holds for each single call.

    `datacenters` narrows the collection to those names; None reads all of them.
    """

    name: str
    url: SplitResult
    username: str
    password: SecretStr
    verify_tls: bool = True
    ca_file: str | None = None
    page_size: int = 500
    timeout_seconds: float = 60.0
    datacenters: tuple[str, ...] | None = None

    @property
    def address(self) -> str:
        """The host, and the port where the URL has one: how messages call this vCenter."""
        host = self.url.hostname or ""
        return f"{host}:{self.url.port}" if self.url.port else host


def read_options(source: Source) -> Options:
    """Return the source's options, checked.

    Raises:
        ConfigurationError: One is missing, unknown, of the wrong type or out of range.
    """
    source.known(_NAMES)
    return Options(
        name=source.name,
        url=_url(source),
        username=source.text("username"),
        password=source.secret("password_env"),
        verify_tls=source.typed("verify_tls", True, bool),  # noqa: FBT003  its default
        ca_file=_ca_file(source),
        page_size=source.within("page_size", 500, 1, _LARGEST_PAGE, int),
        timeout_seconds=float(source.within("timeout_seconds", 60, 0.1, 3600, int | float)),
        datacenters=_datacenters(source),
    )


def _url(source: Source) -> SplitResult:
    text = source.text("url")
    try:
        url = urlsplit(text)
        usable = bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        usable = False
    if not usable or url.scheme not in {"http", "https"}:
        raise source.wrong("url", f"must look like https://vcenter.example/sdk, not {text!r}")
    if url.username or url.password:
        raise source.wrong("url", "holds credentials; use username and password_env")
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        raise source.wrong("url", "would send the password unencrypted; use https")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ca_file(source: Source) -> str | None:
    path = source.options.get("ca_file")
    if path is None:
        return None
    if not isinstance(path, str) or not Path(path).is_file():
        raise source.wrong("ca_file", f"names no file: {path!r}")
    return path


def _datacenters(source: Source) -> tuple[str, ...] | None:
    names = source.options.get("datacenters")
    if names is None:
        return None
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise source.wrong("datacenters", "must be a list of datacenter names")
    return tuple(names)
