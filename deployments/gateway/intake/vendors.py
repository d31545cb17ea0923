"""Which senders may post, and the secrets that they sign with; read once, at the start."""

from __future__ import annotations

import re

from models.settings import settings, webhook_secret_names, webhook_secrets

SLUG = re.compile(r"[a-z0-9_-]{1,64}")
OTHER = "other"  # in counts: whoever posts under a name that nobody configured


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

    def secrets(self, vendor: str) -> tuple[bytes, ...]:
        """Return the secrets of a sender; () where none is set."""
        return self._secrets.get(_as_written(vendor), ())

    def may_post_unsigned(self, vendor: str) -> bool:
        """Tell whether the sender was named as one that signs nothing."""
        return _as_written(vendor) in self._unsigned

    def label(self, vendor: str) -> str:
        """Return the name under which a sender is counted; there are only so many."""
        written = _as_written(vendor)
        known = written in self._secrets or written in self._unsigned
        return written.lower() if known else OTHER


def _as_written(vendor: str) -> str:
    return vendor.upper().replace("-", "_")
