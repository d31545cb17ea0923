"""The language model's ledger in the store, so that all processes share a day's budget."""

from __future__ import annotations

from generators.inference.language_model import LanguageModel, language_model
from models.records.completion import Usage
from models.store import language_model as usages
from models.store import transaction


class StoreLedger:
    """Keeps usage in Postgres."""

    def spent_today(self) -> int:
        """Return the tokens of prompts and answers since midnight UTC.

        Raises:
            StoreUnavailable: Postgres went away; without it no request is made.
        """
        with transaction() as conn:
            return usages.spent_today(conn)

    def record(self, usage: Usage) -> None:
        """Keep what one request cost."""
        with transaction() as conn:
            usages.record_usage(conn, usage)


def budgeted_model() -> LanguageModel | None:
    """Return the configured language model with the store's budget; None where there is none.

    Raises:
        ConfigurationError: Its address cannot be used or is not allowed.
    """
    return language_model(StoreLedger())
