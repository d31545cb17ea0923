"""The data folder as the services use it, and the credentials they share."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from models.errors import ConfigurationError
from models.settings import settings

_CREDENTIAL_BYTES = 18


def prepare_home() -> Path:
    """Make the data folder with what belongs in it, and return its path.

    Raises:
        ConfigurationError: It cannot be made or written to.
    """
    home = settings().home
    try:
        for folder in (home, home / "logs", home / "prefect"):
            folder.mkdir(parents=True, exist_ok=True)
        # Prefect's database, its credentials, and what services print are nobody else's.
        for folder in (home / "logs", home / "prefect"):
            folder.chmod(0o700)
        probe = home / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"the data folder {home} is not writable ({error.strerror}); set NIGHTSHIFT_HOME"
        ) from error
    return home


def log_path(service: str) -> Path:
    """Return the file that a service's output goes to."""
    return settings().home / "logs" / f"{service}.log"


def ports_path() -> Path:
    """Return the file with the ports that were chosen where the usual ones were taken."""
    return settings().home / "ports.json"


def credentials_path() -> Path:
    """Return the file, readable by its owner alone, with the credentials of our own server."""
    return settings().home / "prefect" / "credentials"


def prefect_credentials() -> SecretStr | None:
    """Return `user:password` of the Prefect server in use; drawn once for our own.

    None for an outside server (`NIGHTSHIFT_PREFECT_API_URL`) that was given none.
    """
    if settings().prefect_auth or settings().prefect_api_url:
        return settings().prefect_auth
    path = credentials_path()
    try:
        return SecretStr(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return _draw_credentials(path)


def _draw_credentials(path: Path) -> SecretStr:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = f"nightshift:{secrets.token_urlsafe(_CREDENTIAL_BYTES)}"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return SecretStr(path.read_text(encoding="ascii").strip())
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(drawn + "\n")
    return SecretStr(drawn)
