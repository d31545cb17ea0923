"""Which senders may post, and the secrets that they sign with; read once, at the start."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from collectors import alerts
from models.settings import settings, webhook_secret_names, webhook_secrets

logger = logging.getLogger(__name__)

_SLUG = re.compile(r"[a-z0-9_-]{1,64}")
_OTHER = "other"  # in counts: whoever posts under a name that nobody configured
_MOST_KNOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One who may post: `secrets` are two while one is rotated, `unsigned` needs none.

    `name` is the same however an address writes it, so that what comes twice is known by it.
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
        source = alerts.source(name)
        # Another name of the same sender may have a secret of its own.
        written = [_as_written(name), _as_written(source)]
        secrets = next((self._secrets[one] for one in written if one in self._secrets), ())
        unsigned = not secrets and not self._unsigned.isdisjoint(written)
        label = source if secrets or unsigned else _OTHER
        return Sender(name=source, label=label, secrets=secrets, unsigned=unsigned)


def _as_written(vendor: str) -> str:
    return vendor.upper().replace("-", "_")
