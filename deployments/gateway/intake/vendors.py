"""Which senders may post, and the secrets that they sign with; read once, at the start."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from models.settings import settings, webhook_secret_names, webhook_secrets

logger = logging.getLogger(__name__)

_SLUG = re.compile(r"[a-z0-9_-]{1,64}")
_OTHER = "other"  # in counts: whoever posts under a name that nobody configured
_MOST_KNOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One who may post: `secrets` are two while one is rotated, `unsigned` needs none.

    `label` is the name under which its deliveries are counted; there are only so many.
    """

    name: str
    label: str
    secrets: tuple[bytes, ...]
    unsigned: bool


class Vendors:
    """The configured senders.

    Raises:
        ConfigurationError: A secret is set and empty.
    """

    def __init__(self) -> None:
        self._secrets = {
            name: tuple(secret.get_secret_value().encode() for secret in webhook_secrets(name))
            for name in webhook_secret_names()
        }
        self._unsigned = frozenset(map(_as_written, settings().webhook_unsigned))
        for name in sorted(self._unsigned - self._secrets.keys()):
            logger.warning("%s may post unsigned; that is for trying out", name.lower())
        self._found: dict[str, Sender] = {}

    def find(self, name: str) -> Sender | None:
        """Return the sender of a path; None where nobody can have this name."""
        found = self._found.get(name)
        if found is None and _SLUG.fullmatch(name):
            found = self._sender(name)
            if len(self._found) < _MOST_KNOWN:
                self._found[name] = found
        return found

    def _sender(self, name: str) -> Sender:
        written = _as_written(name)
        secrets = self._secrets.get(written, ())
        unsigned = written in self._unsigned and not secrets
        label = written.lower() if secrets or unsigned else _OTHER
        return Sender(name=name, label=label, secrets=secrets, unsigned=unsigned)


def _as_written(vendor: str) -> str:
    return vendor.upper().replace("-", "_")
