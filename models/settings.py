"""Every option of the product, typed, read once from the environment (prefix `NIGHTSHIFT_`)."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from models.errors import ConfigurationError

_SECRET_NAME = re.compile(r"NIGHTSHIFT_WEBHOOK_([A-Z0-9_]+)_SECRET")


class Settings(BaseSettings):
    """All options; a value given as an environment variable wins over the default."""

    model_config = SettingsConfigDict(env_prefix="NIGHTSHIFT_", frozen=True, extra="ignore")

    home: Path = Field(Path(".nightshift"), description="Data folder of this installation.")
    sources: Path = Field(Path("sources.toml"), description="TOML file that names the sources.")

    database_url: SecretStr | None = Field(
        None, description="Postgres >= 14 with pgvector >= 0.7; without it an embedded one is used."
    )
    statement_timeout_seconds: float = Field(60.0, gt=0, description="Limit of one SQL statement.")
    database_idle_seconds: float = Field(
        30.0, gt=0, description="The embedded Postgres stops so long after its last client."
    )

    prefect_api_url: str | None = Field(
        None, description="An existing Prefect server; without it one is started on loopback."
    )
    prefect_auth: SecretStr | None = Field(
        None, description="user:password of that server; generated for our own."
    )
    prefect_database_url: SecretStr | None = Field(
        None, description="Postgres of our own Prefect server; without it SQLite."
    )
    prefect_port: int = Field(
        0, ge=0, le=65535, description="Port of our own Prefect server; 0 takes 4200 or a free one."
    )
    gateway_port: int = Field(
        0, ge=0, le=65535, description="Port of the gateway; 0 takes 8420 or a free one."
    )

    llm_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible endpoint, such as http://host:8000/v1."
    )
    llm_model: str | None = Field(None, description="Model name; without it the first one listed.")
    llm_api_key: SecretStr | None = Field(None, description="Bearer token of the endpoint.")
    llm_fallbacks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further endpoints, comma-separated, each `url` or `url#model`."
    )
    llm_fallback_api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Their bearer tokens in the same order, comma-separated; one may be empty."
    )
    llm_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts that may be asked, comma-separated; empty allows those configured."
    )
    llm_timeout_seconds: float = Field(60.0, gt=0, description="Limit of one request.")
    llm_retries: int = Field(2, ge=0, description="Further tries of a request that may be retried.")
    llm_concurrency: int = Field(4, ge=1, description="Requests at once.")
    llm_prompt_tokens: int = Field(4000, ge=256, description="Longest prompt that is sent.")
    llm_daily_tokens: int = Field(
        2_000_000, ge=0, description="Tokens a day, prompt and answer; 0 is without limit."
    )

    embedding_engine: Literal["onnx", "sentence-transformers"] = Field(
        "onnx", description="ONNX Runtime, or the extra for GPUs and other models."
    )
    embedding_model: str | None = Field(
        None, description="Path or name of another sentence-transformers model."
    )

    token: SecretStr | None = Field(
        None, description="Who acts on the command line; made by `nightshift people add`."
    )
    gateway_url: str | None = Field(
        None, description="Where people reach the gateway, for links in messages."
    )
    gateway_rate_per_second: float = Field(
        0.0, ge=0, description="Deliveries a second from one address; 0 is without limit."
    )
    gateway_trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses, comma-separated, whose X-Forwarded-For is believed."
    )
    webhook_unsigned: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Vendors, comma-separated, that may post without a signature."
    )
    webhook_max_body_bytes: int = Field(
        1_048_576, ge=1024, description="Largest body of a webhook."
    )
    webhook_queue: int = Field(
        10_000, ge=1, description="Deliveries that wait for the database before 503 is answered."
    )
    webhook_rate_per_second: float = Field(
        0.0, ge=0, description="Deliveries a second of one vendor; 0 is without limit."
    )
    webhook_replay_seconds: float = Field(
        300.0, gt=0, description="How far a signed time may lie from ours."
    )
    sns_certificate: Path | None = Field(
        None, description="PEM file that Amazon SNS signs with; it is never fetched."
    )
    sns_topics: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="SNS topic ARNs, comma-separated, that may post; others are refused."
    )
    alert_mappings: Path | None = Field(
        None, description="TOML file that maps payloads of other senders to alerts."
    )
    alert_retention_days: int = Field(
        400, ge=1, description="Days that alerts which stand in no incident are kept."
    )
    raw_retention_days: int = Field(30, ge=1, description="Days that raw webhook bodies are kept.")

    triage_policy: Path | None = Field(
        None, description="TOML file with the rules of grouping; without it the packaged ones."
    )
    ownership: Path | None = Field(None, description="TOML file that says which team owns what.")
    notify_slack_webhook_url: SecretStr | None = Field(
        None, description="Slack incoming webhook; it cannot edit, so updates are new messages."
    )
    notify_slack_token: SecretStr | None = Field(
        None, description="Slack bot token: one message an incident, edited in place."
    )
    notify_slack_channel: str | None = Field(None, description="Channel of the bot's messages.")
    notify_slack_api_url: str = Field(
        "https://slack.com/api", description="Slack's Web API, or one that speaks like it."
    )
    notify_smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587 or smtps://; for e-mail."
    )
    notify_email_from: str | None = Field(None, description="Sender address of e-mail.")
    notify_email_to: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Receivers of e-mail, comma-separated."
    )
    notify_pagerduty_url: str | None = Field(
        None, description="Events API v2 endpoint, or anything that takes PD-CEF."
    )
    notify_pagerduty_key: SecretStr | None = Field(None, description="Its routing key.")
    notify_cloudevents_url: SecretStr | None = Field(
        None, description="Endpoint that takes CloudEvents 1.0 as JSON."
    )
    notify_cloudevents_secret: SecretStr | None = Field(
        None, description="Signs them as Standard Webhooks do (whsec_...)."
    )
    notify_minimum_severity: Literal["critical", "high", "medium", "low", "info"] = Field(
        "low", description="Incidents below it are not told of."
    )
    notify_per_minute: int = Field(
        20, ge=1, description="Messages a minute of one channel; the rest is rolled up into one."
    )

    check_policy: Path | None = Field(
        None, description="TOML file with thresholds of the health checks."
    )
    collapse_percent: float = Field(
        50.0, gt=0, le=100, description="Share of a kind whose loss holds a collection."
    )
    collapse_minimum: int = Field(
        10, ge=1, description="Fewer assets of a kind than this hold it only when all are gone."
    )
    retention_days: int = Field(
        365, ge=1, description="Days that ended asset versions and document sections are kept."
    )
    collection_deadline_seconds: float = Field(
        1800.0, gt=0, description="Limit of the collection of one source."
    )

    @field_validator(
        "llm_fallbacks",
        "llm_allowed_hosts",
        "gateway_trusted_proxies",
        "webhook_unsigned",
        "sns_topics",
        "notify_email_to",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("llm_fallback_api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        # An empty one stands for an endpoint without a key, so that the others keep their places.
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",")) if value.strip() else ()
        return value

    @field_validator("home", "sources")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


@cache
def settings() -> Settings:
    """Return the options of this process.

    Raises:
        ConfigurationError: A variable has a value that cannot be used; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"NIGHTSHIFT_{name}: {first['msg']}") from error
    except SettingsError as error:
        raise ConfigurationError(str(error)) from error


def webhook_secrets(vendor: str) -> tuple[SecretStr, ...]:
    """Return the secrets that a vendor's deliveries may be signed with; two while one is rotated.

    They stand in `NIGHTSHIFT_WEBHOOK_<VENDOR>_SECRET`, comma-separated; of the vendor's name every
    character that is no letter or digit is an underscore there. () where none is set.

    Raises:
        ConfigurationError: The variable is set and holds an empty secret.
    """
    letters = "".join(letter if letter.isalnum() else "_" for letter in vendor.upper())
    name = f"NIGHTSHIFT_WEBHOOK_{letters}_SECRET"
    value = os.environ.get(name)
    if value is None:
        return ()
    parts = [part.strip() for part in value.split(",")]
    if not all(parts):
        raise ConfigurationError(f"{name} holds an empty secret; unset it or give it one")
    return tuple(SecretStr(part) for part in parts)


def webhook_secret_names() -> tuple[str, ...]:
    """Return the vendors that have a secret, as they are written in the variables' names."""
    found = (_SECRET_NAME.fullmatch(name) for name in os.environ)
    return tuple(sorted(match[1] for match in found if match))
