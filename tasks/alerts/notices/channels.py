"""Which channels are configured, and what each is told."""

from __future__ import annotations

from models.records.notice import Channel, Told
from models.settings import Settings, settings

_ALL = frozenset(Told) - {Told.ROLLUP, Told.TEST}
# A message that cannot be edited is written only for what changes somebody's next step.
_FEW = frozenset(
    {Told.OPENED, Told.REOPENED, Told.SEVERITY, Told.FLAPPING, Told.RESOLVED, Told.MERGED}
)
WANTED: dict[Channel, frozenset[Told]] = {
    Channel.SLACK: _ALL,
    Channel.SLACK_WEBHOOK: _FEW,
    Channel.EMAIL: _FEW,
    Channel.PAGERDUTY: (_FEW - {Told.FLAPPING}) | {Told.ACKNOWLEDGED},
    Channel.CLOUDEVENTS: _ALL,
}
# What of the settings each needs, by the name of the setting.
NEEDED: dict[Channel, tuple[str, ...]] = {
    Channel.SLACK: ("notify_slack_token", "notify_slack_channel"),
    Channel.SLACK_WEBHOOK: ("notify_slack_webhook_url",),
    Channel.EMAIL: ("notify_smtp_url", "notify_email_from", "notify_email_to"),
    Channel.PAGERDUTY: ("notify_pagerduty_url", "notify_pagerduty_key"),
    Channel.CLOUDEVENTS: ("notify_cloudevents_url",),
}


def configured() -> tuple[Channel, ...]:
    """Return the channels that have all they need; () where nobody is to be told."""
    found = settings()
    return tuple(channel for channel in Channel if not missing(channel, found))


def missing(channel: Channel, found: Settings) -> list[str]:
    """Return the environment variables that a channel lacks."""
    return [f"NIGHTSHIFT_{name.upper()}" for name in NEEDED[channel] if not _given(found, name)]


def half_configured() -> dict[Channel, list[str]]:
    """Return what is missing of each channel that was begun and cannot work yet."""
    found = settings()
    return {
        channel: lacking
        for channel in Channel
        if (lacking := missing(channel, found)) and len(lacking) < len(NEEDED[channel])
    }


def _given(found: Settings, name: str) -> bool:
    value = getattr(found, name)
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
