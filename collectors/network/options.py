"""What a source of the collector `network` may say in the sources file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from collectors.network.devices import Target, read_targets, secret
from models.sources import Source

_NAMES = (
    "username",
    "password_env",
    "key_file",
    "enable_password_env",
    "devices",
    "devices_file",
    "timeout_seconds",
    "command_timeout_seconds",
    "at_once",
    "verify_host_key",
    "known_hosts",
    "only",
    "routes",
)
_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which devices are read, and how.

    `timeout_seconds` is the whole time that one device may take, `command_timeout_seconds` that of
    one command. `only` narrows a run to some devices; it covers no kind then, and tells no VLANs of
    a site of which a device is left out (`narrowed_sites`). With `routes = false` no routing table
    is asked for, since that of the whole internet takes minutes; routes are not known then. With
    `verify_host_key` off, whoever answers at a device's address gets the password.
    """

    name: str
    targets: tuple[Target, ...]
    key_file: str | None = None
    enable_password: SecretStr | None = None
    timeout_seconds: float = 120.0
    command_timeout_seconds: float = 60.0
    at_once: int = 50
    verify_host_key: bool = True
    known_hosts: str | None = None
    routes: bool = True
    narrowed: bool = False
    narrowed_sites: frozenset[str | None] = frozenset()


def read_options(source: Source) -> Options:
    """Return the source's options and its devices, checked.

    Raises:
        ConfigurationError: One is missing, unknown, of the wrong type or out of range.
    """
    source.known(_NAMES)
    targets = read_targets(source)
    chosen = _chosen(source, targets)
    return Options(
        name=source.name,
        targets=chosen,
        key_file=_file(source, "key_file"),
        enable_password=_secret(source, "enable_password_env"),
        timeout_seconds=float(source.within("timeout_seconds", 120, 0.1, 3600, int | float)),
        command_timeout_seconds=float(
            source.within("command_timeout_seconds", 60, 0.1, 3600, int | float)
        ),
        at_once=source.within("at_once", 50, 1, _MOST_AT_ONCE, int),
        verify_host_key=source.typed("verify_host_key", True, bool),  # noqa: FBT003  its default
        known_hosts=_file(source, "known_hosts"),
        routes=source.typed("routes", True, bool),  # noqa: FBT003  its default
        narrowed=source.options.get("only") is not None,
        narrowed_sites=frozenset(each.site for each in targets if each not in chosen),
    )


def _file(source: Source, option: str) -> str | None:
    path = source.options.get(option)
    if path is None:
        return None
    if not isinstance(path, str) or not Path(path).expanduser().is_file():
        raise source.wrong(option, f"names no file: {path!r}")
    return str(Path(path).expanduser())


def _secret(source: Source, option: str) -> SecretStr | None:
    return secret(source, option) if option in source.options else None


def _chosen(source: Source, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    only = source.options.get("only")
    if only is None:
        return targets
    if not isinstance(only, list) or not only or not all(isinstance(n, str) for n in only):
        raise source.wrong("only", "must be a list of names of devices")
    known = {target.name for target in targets}
    if unknown := [name for name in only if name not in known]:
        raise source.wrong("only", f"names {unknown[0]!r}, which is not in the list of devices")
    return tuple(target for target in targets if target.name in only)
