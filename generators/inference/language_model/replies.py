"""What servers say: statuses and transport failures into our errors, suggested waits, usage.

Sources: OpenAI's API reference (errors, rate limits, chat completions), RFC 9110 (Retry-After), and
what vLLM 0.32, llama-cpp-python 0.3.36 and transformers serve 5.23 were seen to answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from models.errors import AccessDenied, ExternalError, Refused, Unavailable, UnexpectedReply

SYSTEM = "language model"
_TRANSIENT = {408, 425, 429}
_AGAIN = re.compile(r"try again in ([0-9.]+)\s*(ms|s|m)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def from_transport(error: httpx.HTTPError | httpx.InvalidURL, target: str) -> ExternalError:
    """Translate a failure of the connection; a text of httpx may hold the URL, so it is dropped."""
    match error:
        case httpx.TimeoutException():
            return Unavailable(SYSTEM, target, "timed out")
        case httpx.ConnectError():
            return Unavailable(SYSTEM, target, "cannot connect")
        case httpx.TransportError():
            return Unavailable(SYSTEM, target, f"connection failed ({type(error).__name__})")
        case _:
            return UnexpectedReply(SYSTEM, target, f"{type(error).__name__}")


def from_status(status: int, headers: httpx.Headers, body: bytes, target: str) -> Exception:
    """Translate a status that is not 200.

    `Refused` means that this request was, and another may not be: the breaker does not count it.
    """
    said = server_message(body)
    reason = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if status in {401, 403}:
        # What it says may quote the key.
        cure = "check NIGHTSHIFT_LLM_API_KEY, or NIGHTSHIFT_LLM_FALLBACK_API_KEYS of a fallback"
        return AccessDenied(SYSTEM, target, f"HTTP {status}: {cure}")
    if status == httpx.codes.NOT_FOUND:
        return UnexpectedReply(
            SYSTEM, target, f"{reason}; check NIGHTSHIFT_LLM_URL and NIGHTSHIFT_LLM_MODEL"
        )
    if status in _TRANSIENT or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unavailable(SYSTEM, target, reason, suggested_wait(headers, said))
    if status >= httpx.codes.BAD_REQUEST:
        return Refused(f"{SYSTEM} at {target} refused the request: {reason}")
    return UnexpectedReply(SYSTEM, target, f"{reason}; redirects are not followed")


def server_message(body: bytes) -> str:
    """Return the message of an error body, one line of at most 200 characters."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    found: Any = value.get("error", value) if isinstance(value, dict) else None
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail")
    text = found if isinstance(found, str) else ""
    return _CONTROL.sub(" ", text)[:200].strip()


def suggested_wait(headers: Mapping[str, str], message: str = "") -> float | None:
    """Return the seconds that a server asks to wait, from its headers or its words."""
    if milliseconds := _number(headers.get("retry-after-ms")):
        return milliseconds / 1000
    after = headers.get("retry-after", "")
    if (seconds := _number(after)) is not None:
        return seconds
    if after:
        try:
            moment = parsedate_to_datetime(after)
        except ValueError:
            return None
        left = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
        return max(0.0, left.total_seconds())
    said = _AGAIN.search(message)
    return float(said[1]) * _SECONDS[said[2].lower()] if said else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def first_choice(reply: Any, target: str) -> tuple[str, str | None]:
    """Return text and finish reason of a chat completion.

    Raises:
        UnexpectedReply: It is not shaped like one.
    """
    try:
        choice = reply["choices"][0]
        content = choice["message"].get("content")
        reason = choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnexpectedReply(SYSTEM, target, "the reply is not a chat completion") from error
    return text_of(content), reason if isinstance(reason, str) else None


def text_of(content: Any) -> str:
    """Return the text of a message's content: a string, parts with texts, or nothing."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(
            part["text"]
            for part in content
            if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return ""


def usage_of(reply: Any) -> tuple[int | None, int | None]:
    """Return the prompt's and the answer's tokens where the server counted them."""
    usage = reply.get("usage") if isinstance(reply, dict) else None
    if not isinstance(usage, dict):
        return None, None
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    prompt, answer = (n if isinstance(n, int) and n >= 0 else None for n in counts)
    return prompt, answer
