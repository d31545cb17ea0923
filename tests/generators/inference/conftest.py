"""A language model whose ledger is in memory, before the server of the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from generators.inference.language_model import LanguageModel, build
from models.records.completion import Usage
from models.settings import Settings
from tests.fix_llm import LlmServer


@dataclass
class Rows:
    """A ledger in memory."""

    used: int = 0
    rows: list[Usage] = field(default_factory=list)

    def spent_today(self) -> int:
        return self.used

    def record(self, usage: Usage) -> None:
        self.rows.append(usage)
        self.used += usage.prompt_tokens + usage.completion_tokens


@pytest.fixture
def model(llm_server: LlmServer) -> Callable[..., LanguageModel]:
    def make(ledger: Rows | None = None, **changes: object) -> LanguageModel:
        values = {"llm_url": llm_server.url, "llm_timeout_seconds": 2.0, **changes}
        made = build(Settings(**values), ledger)
        return LanguageModel(
            endpoints=made.endpoints,
            budget=made.budget,
            retries=made.retries,
            slots=made.slots,
            sleep=made_waits.append,
        )

    made_waits: list[float] = []
    make.waits = made_waits
    return make
