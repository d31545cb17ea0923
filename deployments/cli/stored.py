"""Whether anything was ever collected: an empty home must not look like a healthy site."""

from __future__ import annotations

from deployments.cli.output import errors, typeable
from models.errors import WrongUse
from models.settings import settings
from models.store import inventory, transaction


def require_collection() -> None:
    """Refuse to answer where no collection was ever stored.

    Raises:
        WrongUse: Nothing has been collected.
    """
    if not _collected():
        raise WrongUse(_nothing())


def warn_if_nothing_collected() -> None:
    """Say on standard error that what is shown is empty because nothing was ever stored."""
    if not _collected():
        errors.print(typeable(_nothing()), markup=False, highlight=False, soft_wrap=True)


def _collected() -> bool:
    with transaction() as conn:
        return bool(inventory.latest_stored(conn))


def _nothing() -> str:
    return f"nothing has been collected in {settings().home}; run `nightshift collect`"
