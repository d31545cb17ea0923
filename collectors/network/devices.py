"""The list of devices of a source: written in the sources file, or in a TOML or CSV file."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from collectors.network.commands import PLATFORMS
from collectors.network.normalise import has_control
from models.errors import ConfigurationError
from models.settings import settings
from models.sources import Source

_COLUMNS = (
    "name",
    "address",
    "port",
    "platform",
    "site",
    "rack",
    "role",
    "username",
    "password_env",
)
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A device to read: where it is, what speaks there, and who we are to it."""

    name: str
    address: str
    platform: str
    username: str
    password: SecretStr | None = None
    port: int = 22
    site: str | None = None
    rack: str | None = None
    role: str | None = None


def read_targets(source: Source) -> tuple[Target, ...]:
    """Return the source's devices.

    Raises:
        ConfigurationError: There are none, or one of them cannot be used.
    """
    targets = tuple(_target(source, row) for row in _rows(source))
    if not targets:
        raise ConfigurationError(f"source {source.name}: names no device")
    names = [target.name for target in targets]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigurationError(f"source {source.name}: two devices are called {twice!r}")
    return targets


def _rows(source: Source) -> Iterable[dict[str, Any]]:
    inline, file = source.options.get("devices"), source.options.get("devices_file")
    if (inline is None) == (file is None):
        raise ConfigurationError(
            f"source {source.name}: set either devices, a list of tables, or devices_file"
        )
    rows = inline if file is None else _from_file(source, file)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigurationError(f"source {source.name}: devices must be a list of tables")
    return rows


def _from_file(source: Source, file: Any) -> Any:
    if not isinstance(file, str) or not file:
        raise ConfigurationError(f"source {source.name}: devices_file must be the name of a file")
    # Relative to the sources file, which knows nothing of the working directory.
    path = settings().sources.parent / Path(file).expanduser()
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            return _from_csv(text)
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"source {source.name}: devices_file {path}: {error}") from error
    return tables.get("devices", tables.get("device", []))


def _from_csv(text: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(line for line in text.splitlines() if line.strip())
    return [
        {(key or "").strip(): value.strip() for key, value in row.items() if _says(value)}
        for row in rows
    ]


def _says(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _target(source: Source, row: dict[str, Any]) -> Target:
    name = str(row.get("name") or row.get("address") or "").strip()
    if not name:
        raise ConfigurationError(f"source {source.name}: a device lacks name")
    if unknown := sorted(set(row) - set(_COLUMNS)):
        raise _wrong(source, name, f"{unknown[0]} is not known; there are {', '.join(_COLUMNS)}")
    if row.get("platform") not in PLATFORMS:
        reason = f"platform must be one of {', '.join(PLATFORMS)}, not {row.get('platform')!r}"
        raise _wrong(source, name, reason)
    username = row.get("username") or source.options.get("username")
    if not _says(username) or not _says(row.get("address")):
        raise _wrong(source, name, "address or username is missing")
    return Target(
        name=name,
        address=row["address"],
        port=_port(source, name, row.get("port", 22)),
        platform=row["platform"],
        username=username or "",
        password=_password(source, row),
        **{column: _text(source, name, column, row) for column in ("site", "rack", "role")},
    )


def _wrong(source: Source, name: str, reason: str) -> ConfigurationError:
    return ConfigurationError(f"source {source.name}, device {name}: {reason}")


def _port(source: Source, name: str, value: Any) -> int:
    number = int(value) if str(value).isdigit() else 0
    if not 0 < number <= _HIGHEST_PORT:
        raise _wrong(source, name, f"port must lie between 1 and {_HIGHEST_PORT}, not {value!r}")
    return number


def _text(source: Source, name: str, column: str, row: dict[str, Any]) -> str | None:
    value = row.get(column)
    if value is not None and not isinstance(value, str):
        raise _wrong(source, name, f"{column} must be a text, not {value!r}")
    return value or None


def _password(source: Source, row: dict[str, Any]) -> SecretStr | None:
    if row.get("password_env"):
        named = Source(name=source.name, collector=source.collector, options=row)
        return secret(named, "password_env")
    if "password_env" in source.options or "key_file" not in source.options:
        return secret(source, "password_env")
    return None


def secret(source: Source, option: str) -> SecretStr:
    """Return a secret that is one line; the line end that a file leaves behind it is dropped.

    Raises:
        ConfigurationError: It is not set, or holds a control character: what stands behind a line
            end would be sent to a device as a command of its own.
    """
    value = source.secret(option).get_secret_value()
    value = value.removesuffix("\n").removesuffix("\r")
    if not value or has_control(value):
        raise ConfigurationError(
            f"source {source.name}: environment variable {source.options[option]} must hold one"
            f" line without control characters"
        )
    return SecretStr(value)
