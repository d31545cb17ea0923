"""The language model's client: any OpenAI-compatible endpoint, or none."""

from __future__ import annotations

import threading
import time
import weakref
from itertools import zip_longest
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from generators.inference.language_model.breaker import Breaker
from generators.inference.language_model.budget import Budget, Ledger
from generators.inference.language_model.client import LanguageModel
from generators.inference.language_model.endpoint import Endpoint
from models.errors import ConfigurationError
from models.settings import Settings, settings

__all__ = ["LanguageModel", "Ledger", "build", "language_model"]

_CONNECT_SECONDS = 5.0


def language_model(ledger: Ledger | None = None) -> LanguageModel | None:
    """Return the client that the settings ask for; None where no endpoint is configured.

    Raises:
        ConfigurationError: An address cannot be used or its host is not allowed.
    """
    return build(settings(), ledger) if settings().llm_url else None


def build(options: Settings, ledger: Ledger | None = None) -> LanguageModel:
    """Build the client of the configured endpoints.

    Each key goes to the origin of its own endpoint only; a fallback without one at the origin of
    the first, such as another model of the same server, takes the first one's.

    Raises:
        ConfigurationError: An address cannot be used, its host is not allowed, or there are more
            keys than endpoints.
    """
    keys = options.llm_fallback_api_keys
    if len(keys) > len(options.llm_fallbacks):
        raise ConfigurationError(
            f"NIGHTSHIFT_LLM_FALLBACK_API_KEYS has {len(keys)} entries and NIGHTSHIFT_LLM_FALLBACKS"
            f" {len(options.llm_fallbacks)}; give one key for each, in their order"
        )
    first = options.llm_url or ""
    endpoints = [_endpoint(first, options.llm_model, options.llm_api_key, options)]
    for fallback, own in zip_longest(options.llm_fallbacks, keys):
        url, _, model = fallback.partition("#")
        shared = options.llm_api_key if _origin(url) == _origin(first) else None
        key = own if own and own.get_secret_value() else shared
        endpoints.append(_endpoint(url, model or None, key, options))
    return LanguageModel(
        endpoints=tuple(endpoints),
        budget=Budget(options.llm_prompt_tokens, options.llm_daily_tokens, ledger),
        retries=options.llm_retries,
        slots=threading.BoundedSemaphore(options.llm_concurrency),
        sleep=time.sleep,
    )


def _endpoint(url: str, model: str | None, key: SecretStr | None, options: Settings) -> Endpoint:
    target = _origin(url).partition("://")[2]
    host = urlsplit(url).hostname or ""
    allowed = options.llm_allowed_hosts
    if allowed and not {host, target} & set(allowed):
        raise ConfigurationError(
            f"{target} is not in NIGHTSHIFT_LLM_ALLOWED_HOSTS ({', '.join(allowed)}); add it there "
            "or configure another endpoint"
        )
    client = httpx.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
        timeout=httpx.Timeout(options.llm_timeout_seconds, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,  # no proxy and no .netrc: only the host that is allowed is talked to
    )
    endpoint = Endpoint(client, target, model, options.llm_timeout_seconds, Breaker(target))
    # Its connections live as long as the endpoint, which lives as long as whoever asks.
    weakref.finalize(endpoint, client.close)
    return endpoint


def _origin(url: str) -> str:
    """Return scheme, host and port of an address.

    Raises:
        ConfigurationError: It is not an http address, or holds a password.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ConfigurationError("the language model's address has no valid port") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            "the language model's address must look like http://host:8000/v1 (NIGHTSHIFT_LLM_URL)"
        )
    if parts.username or parts.password:
        raise ConfigurationError(
            "put the key in NIGHTSHIFT_LLM_API_KEY, a fallback's in "
            "NIGHTSHIFT_LLM_FALLBACK_API_KEYS, and not into the address"
        )
    return f"{parts.scheme}://{parts.hostname}{port}"
