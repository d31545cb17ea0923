"""The sources file: which systems are read, by which collector, with which options."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr

from models.errors import ConfigurationError
from models.settings import settings

_RESERVED = {"name", "collector", "write"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One system to read. `options` are its collector's own; `write` is never read here."""

    name: str
    collector: str
    options: dict[str, Any] = field(default_factory=dict)

    def secret(self, option: str) -> SecretStr:
        """Return the secret whose environment variable the option names.

        Raises:
            ConfigurationError: The option is missing or the variable is not set.
        """
        variable = self.options.get(option)
        if not isinstance(variable, str):
            raise ConfigurationError(
                f"source {self.name}: set {option} to the name of an environment variable"
            )
        value = os.environ.get(variable)
        if not value:
            lack = "is not set; export it" if value is None else "is empty"
            raise ConfigurationError(f"source {self.name}: environment variable {variable} {lack}")
        return SecretStr(value)

    def text(self, option: str) -> str:
        """Return a required text option.

        Raises:
            ConfigurationError: It is missing or not a text.
        """
        value = self.options.get(option)
        if not isinstance(value, str) or not value:
            raise self.wrong(option, "is missing")
        return value

    def wrong(self, option: str, reason: str) -> ConfigurationError:
        """Return the error that an option cannot be used."""
        return wrong(self.name, option, reason)

    def known(self, names: Sequence[str]) -> None:
        """Accept the options of these names only.

        Raises:
            ConfigurationError: There is another.
        """
        if unknown := sorted(set(self.options) - set(names)):
            raise self.wrong(unknown[0], f"is not known; there are {', '.join(names)}")

    def typed(self, option: str, default: Any, wanted: Any) -> Any:
        """Return an option of a type, or of one of several (`int | float`).

        Raises:
            ConfigurationError: It is of another; true and false are no numbers.
        """
        value = self.options.get(option, default)
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            names = " or ".join(kind.__name__ for kind in get_args(wanted) or (wanted,))
            raise self.wrong(option, f"must be {names}, not {value!r}")
        return value

    def within(self, option: str, default: Any, low: float, high: float, wanted: Any) -> Any:
        """Return an option that is a number between two others, these included.

        Raises:
            ConfigurationError: It is none, or lies elsewhere.
        """
        value = self.typed(option, default, wanted)
        if not low <= value <= high:
            raise self.wrong(option, f"must lie between {low} and {high}, not {value}")
        return value


def wrong(source: str, option: str, reason: str) -> ConfigurationError:
    """Return the error that an option of the source of that name cannot be used."""
    return ConfigurationError(f"source {source}: option {option} {reason}")


def load_sources(path: Path | None = None) -> tuple[Source, ...]:
    """Read the sources file, by default the one that the settings name.

    Raises:
        ConfigurationError: There is no such file, or what it says cannot be used.
    """
    path = path or settings().sources
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no sources file at {path}; write one or set NIGHTSHIFT_SOURCES"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(tables, list) or not tables:
        raise ConfigurationError(f"{path}: names no source; add a [[source]] table")
    sources = tuple(_source(path, number, table) for number, table in enumerate(tables, 1))
    _check_names(path, sources)
    return sources


def select_sources(names: list[str], path: Path | None = None) -> tuple[Source, ...]:
    """Return the named sources in the file's order; all of them when none is named.

    Raises:
        ConfigurationError: A name is not in the file.
    """
    sources = load_sources(path)
    known = {source.name for source in sources}
    if unknown := [name for name in names if name not in known]:
        raise ConfigurationError(
            f"no source is called {unknown[0]!r}; there are {', '.join(sorted(known))}"
        )
    return tuple(source for source in sources if not names or source.name in names)


def _source(path: Path, number: int, table: Any) -> Source:
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: source {number} is not a table")
    for key in ("name", "collector"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise ConfigurationError(f"{path}: source {number} lacks {key}")
    options = {key: value for key, value in table.items() if key not in _RESERVED}
    return Source(name=table["name"], collector=table["collector"], options=options)


def _check_names(path: Path, sources: tuple[Source, ...]) -> None:
    names = [source.name for source in sources]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigurationError(f"{path}: two sources are called {twice!r}")
