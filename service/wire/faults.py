"""Errors as OpenRouter and its providers word them, turned into ours.

Sources: OpenRouter's error pages and recorded bodies; see "Error body" in docs/errors.md.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from service import errors
from service.errors import OpenRouterError
from service.redact import redact_text
from service.wire.reading import as_mapping, as_text, decode_json, money

__all__ = ["Fault", "error_from_fault", "error_from_response", "read_fault", "readable", "retry_after"]

_MAX_DEPTH = 12
_WORD_NAMES = ("raw", "error", "message", "msg", "detail", "error_description", "errors")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_STATUS = re.compile("[45][0-9]{2}")
_MAX_WORDS = 2_000

STATUS_OF_TYPE: dict[str, int] = {
    "context_length_exceeded": 400,
    "max_tokens_exceeded": 400,
    "token_limit_exceeded": 400,
    "string_too_long": 400,
    "invalid_request": 400,
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "content_policy_violation": 400,
    "refusal": 400,
    "invalid_image": 400,
    "image_too_large": 400,
    "image_too_small": 400,
    "unsupported_image_format": 400,
    "image_download_failed": 400,
    "authentication": 401,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "payment_required": 402,
    "insufficient_quota": 402,
    "permission_denied": 403,
    "permission_error": 403,
    "not_found": 404,
    "not_found_error": 404,
    "model_not_found": 404,
    "image_not_found": 404,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unprocessable": 422,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "server": 500,
    "server_error": 500,
    "api_error": 500,
    "unmapped": 500,
    "provider_unavailable": 502,
    "provider_overloaded": 503,
    "overloaded_error": 529,
    "timeout": 504,
}
"""The status each `error_type` stands for (OpenRouter's 27, and the words OpenAI and Anthropic use for them)."""

_CONTEXT_TYPES = frozenset({"context_length_exceeded", "max_tokens_exceeded", "token_limit_exceeded"})
_MODERATION_TYPES = frozenset({"content_policy_violation", "refusal"})
_SPENT_TYPES = frozenset({"insufficient_quota"})
_NO_KEY_STORE_TYPES = frozenset({"no_db_connection"})
_CONTEXT_WORDS = re.compile(
    r"maximum context length|context[ _]length[ _]exceeded|context window|prompt is too long|exceed(?:s|ed)? (?:the )?"
    r"(?:available |model'?s? |maximum )?context",
    re.IGNORECASE,
)
_FEATURE_WORDS = re.compile(
    r"No endpoints found that (?:support|can handle)|does not support (?:tools|image|function)|support tool use",
    re.IGNORECASE,
)
_INPUT_WORDS = re.compile(r"(?:image|audio|video) input is not supported", re.IGNORECASE)
_ADDRESS_WORDS = re.compile(r"\s*(?:404 )?(?:page |file )?not found\W*", re.IGNORECASE)
_MODEL_WORDS = re.compile(
    r"not a valid model ID|invalid model name|model .{0,80}(?:not found|does not exist)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error object, read: code and type as sent, our sentence's raw material, and the metadata around it."""

    code: str | None = None
    error_type: str | None = None
    message: str = ""
    provider_message: str = ""
    provider: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int | None:
        """The HTTP status that code or type stand for; `None` when neither tells."""
        if self.code is not None and _STATUS.fullmatch(self.code):
            return int(self.code)
        return STATUS_OF_TYPE.get(self.error_type or "") or STATUS_OF_TYPE.get(self.code or "")

    def is_any_of(self, types: frozenset[str]) -> bool:
        """Whether it is of one of these types; OpenAI puts the telling word into `code`, OpenRouter into the type."""
        return self.error_type in types or self.code in types


def read_fault(body: Any) -> Fault | None:
    """Read the error of a body or chunk; `None` when it holds none.

    Forms: `{"error": {…}}`, `{"error": "words"}`, `{"error": {"error": {…}}}`, Zod's
    `{"success": false, "error": {"name", "message": "<JSON array>"}}`, Anthropic's `{"type": "error", "error": {…}}`,
    FastAPI's `{"detail": …}` (vLLM), and a bare `{"object": "error", "message": …}` (older vLLM, LM Studio).
    """
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, Mapping):
        return None
    error = body.get("error")
    if not error:
        error = _bare_error(body)
    if isinstance(error, str):
        return Fault(message=error[:_MAX_WORDS], provider_message=_innermost(error)[:_MAX_WORDS])
    if isinstance(error, Mapping):
        return _read_error_object(error)
    return _bare_fault(error, body) if error else None


def _bare_fault(error: Any, body: Mapping[str, Any]) -> Fault:
    """Read an error that is a code, a list or only `true`; the words may stand beside it."""
    words = _innermost(error) or _innermost({**body, "error": None})
    return Fault(code=_code(error), message=words[:_MAX_WORDS], provider_message=words[:_MAX_WORDS])


def _code(value: Any) -> str | None:
    """Return a code as text; some servers write 429 as 429.0."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _bare_error(body: Mapping[str, Any]) -> Any:
    if body.get("object") == "error" or body.get("type") == "error":
        return body
    detail = body.get("detail")
    return {"message": _innermost(detail)} if detail and "choices" not in body else None


def _read_error_object(error: Mapping[str, Any]) -> Fault:
    inner = error.get("error")
    if isinstance(inner, Mapping) and not error.get("message"):
        error = {**error, **inner}
    metadata = as_mapping(error.get("metadata"))
    code = error.get("code")
    if code is None:
        code = error.get("http_status")
    kind = metadata.get("error_type") or error.get("error_type") or error.get("type")
    message = _zod_words(error) or as_text(error.get("message"))
    words = _innermost(metadata.get("raw")) or _innermost(inner) or _innermost(message or error.get("message"))
    return Fault(
        code=_code(code),
        error_type=as_text(kind) or None,
        message=message[:_MAX_WORDS],
        provider_message=words[:_MAX_WORDS],
        provider=as_text(metadata.get("provider_name")) or None,
        metadata=metadata,
    )


def _zod_words(error: Mapping[str, Any]) -> str:
    """Read the stringified JSON array of OpenRouter's validation routes: "Invalid … value (output_modalities)"."""
    if error.get("name") != "ZodError":
        return ""
    try:
        problems = json.loads(as_text(error.get("message")))
    except (ValueError, RecursionError):
        return ""
    words = []
    for problem in problems if isinstance(problems, list) else []:
        steps = as_mapping(problem).get("path")
        path = ".".join(map(str, steps)) if isinstance(steps, list) else ""
        words.append(f"{as_mapping(problem).get('message', '')}{f' ({path})' if path else ''}")
    return "; ".join(words)


def _innermost(value: Any, depth: int = 0) -> str:
    """Unwrap `metadata.raw`: plain text as it is, or JSON in text, nested as deep as the providers nest it."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        if value.lstrip()[:1] in ("{", "["):
            try:
                return _innermost(json.loads(value), depth + 1) or value
            except (ValueError, RecursionError):
                return value
        if _PAGE.match(value):
            return readable(value.encode(errors="replace"))
        return value if value.strip() else ""
    if isinstance(value, list):
        return next((words for item in value if (words := _innermost(item, depth + 1))), "")
    if isinstance(value, Mapping):
        # A provider may be a router itself: its `metadata.raw` says more than its message.
        inside = [as_mapping(value.get("metadata")).get("raw"), *(value.get(name) for name in _WORD_NAMES)]
        return next((words for item in inside if (words := _innermost(item, depth + 1))), "")
    return ""


def retry_after(headers: Mapping[str, str], metadata: Mapping[str, Any], *, now: datetime) -> float | None:
    """Return the seconds the server asks to wait; `None` when it does not say.

    In this order: the `Retry-After` header (seconds or a date), `metadata.retry_after_seconds`, `X-RateLimit-Reset`
    (epoch milliseconds). OpenRouter repeats headers inside `metadata.headers`.
    """
    repeated = {str(name).lower(): str(value) for name, value in as_mapping(metadata.get("headers")).items()}
    sent = {**repeated, **{name.lower(): value for name, value in headers.items()}}
    for wait in (
        _seconds(sent.get("retry-after"), now),
        money(metadata.get("retry_after_seconds")),
        _until_reset(sent.get("x-ratelimit-reset"), now),
    ):
        if wait is not None and math.isfinite(seconds := float(wait)):
            return max(0.0, seconds)
    return None


def _seconds(value: str | None, now: datetime) -> float | None:
    if value is None:
        return None
    if (number := money(value.strip())) is not None:
        return float(number)
    try:
        date = parsedate_to_datetime(value)
        return (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None


def _until_reset(value: str | None, now: datetime) -> float | None:
    reset = money(value)
    return None if reset is None else float(reset) / 1000 - now.timestamp()


def error_from_response(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> OpenRouterError:
    """Return the error that an HTTP status of 400 and above stands for."""
    try:
        value = decode_json(body)
    except ValueError:
        value = None
    words = _innermost(value) or readable(body)
    fault = read_fault(value) or Fault(code=_code(as_mapping(value).get("code")), provider_message=words)
    error = error_from_fault(fault, http_status=status, status=status, headers=headers, now=now)
    error.context = errors.ErrorContext(request_id=headers.get("x-generation-id"))
    return error


def readable(body: bytes) -> str:
    """Return the words of a body that is not JSON, such as the HTML page of a gateway."""
    text = body[:20_000].decode(errors="replace")
    if title := re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL):
        text = title[1]
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return redact_text(" ".join(text.split())[:300])


def error_from_fault(
    fault: Fault,
    *,
    http_status: int,
    now: datetime,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    default: type[OpenRouterError] = errors.ProviderError,
) -> OpenRouterError:
    """Return the error a fault stands for.

    `status` decides the class; without it the fault's own code does (an error inside a 200), and where that says
    nothing `default`. `http_status` is only carried along.
    """
    status = status or fault.status
    kind, sentence, hint, retryable = _classify(fault, status, default)
    return kind(
        sentence,
        code=fault.code,
        provider_message=redact_text(fault.provider_message),
        status_code=http_status,
        provider=fault.provider,
        retryable=retryable,
        retry_after=retry_after(headers or {}, fault.metadata, now=now),
        hint=hint,
    )


_Class = tuple[type[OpenRouterError], str, str | None, bool | None]


def _classify(fault: Fault, status: int | None, default: type[OpenRouterError]) -> _Class:
    """Return class, sentence, hint and retryable; `None` leaves the class's own."""
    name = fault.provider or "The provider"
    match status:
        case 400 | 413 | 422 | 412:
            return _bad_request(fault, name)
        case 401:
            return errors.AuthenticationError, "The API key was not accepted.", None, None
        case 402:
            return _payment(fault)
        case 403:
            return _forbidden(fault, name)
        case 404:
            return _not_found(fault)
        case 408 | 504 | 524:
            return errors.RequestTimeoutError, f"{name} did not answer in time.", None, None
        case 429 if fault.is_any_of(_SPENT_TYPES):
            # OpenAI says 429 of an account that is out of money too; no wait helps there.
            hint = "Add credits where the key is from, or use another key."
            return errors.InsufficientCreditsError, "The account's quota is used up.", hint, None
        case 429:
            return _rate_limit(fault, name)
        case 503:
            return errors.ProviderError, f"{name} is unavailable at the moment (503).", None, None
        case 529:
            return errors.ProviderError, f"{name} is overloaded (529).", None, None
        case int() if status >= 500 and _INPUT_WORDS.search(f"{fault.message} {fault.provider_message}"):
            # llama.cpp answers 500 to an image for a model that has no eyes.
            hint = "Leave it out, or choose a model that takes it."
            return errors.UnsupportedFeatureError, "The model does not take this kind of input.", hint, None
        case int() if status >= 500:
            return errors.ProviderError, f"{name} failed ({status}).", None, None
        case int():
            return errors.InvalidRequestError, f"The request was refused ({status}).", None, None
    return default, f"{name} returned an error.", None, None


def _bad_request(fault: Fault, name: str) -> _Class:
    words = f"{fault.message} {fault.provider_message}"
    if fault.is_any_of(_NO_KEY_STORE_TYPES):
        # LiteLLM's proxy without a database takes its master key alone, and says this of every other.
        hint = "Use the proxy's master key: without a database it knows no other."
        return errors.AuthenticationError, "The API key was not accepted.", hint, None
    if fault.is_any_of(_CONTEXT_TYPES) or _CONTEXT_WORDS.search(words):
        return errors.ContextLengthError, "Prompt and answer do not fit the model's context.", None, None
    if _MODEL_WORDS.search(words):
        return errors.ModelNotFoundError, "There is no such model.", None, None
    if fault.is_any_of(_MODERATION_TYPES):
        return errors.ModerationError, f"{name} refused the content.", None, None
    if "reasoning is mandatory" in words.lower():
        hint = "Set Reasoning effort to anything but none, or choose another model."
        return errors.InvalidRequestError, "This model always reasons.", hint, None
    return errors.InvalidRequestError, "The request was refused as malformed.", None, None


def _payment(fault: Fault) -> _Class:
    in_flight = "in_flight" in f"{fault.metadata.get('limit_source')} {fault.metadata.get('reason')}"
    if in_flight:
        hint = "Wait until other runs have ended, or add credits."
        sentence = "The runs in flight already use up the credits."
        return errors.InsufficientCreditsError, sentence, hint, True
    return errors.InsufficientCreditsError, "The credits do not cover this request.", _remedy(fault), None


def _forbidden(fault: Fault, name: str) -> _Class:
    moderated = fault.metadata.get("reasons") or fault.metadata.get("flagged_input") or fault.metadata.get("patterns")
    if moderated or fault.is_any_of(_MODERATION_TYPES):
        reasons = fault.metadata.get("reasons")
        why = f" for {', '.join(map(str, reasons))}" if isinstance(reasons, list) and reasons else ""
        return errors.ModerationError, f"{name}'s moderation flagged the input{why}.", None, None
    if "limit" in fault.message.lower():
        hint = "Raise the key's limit at OpenRouter, or use another key."
        return errors.PermissionDeniedError, "The key's spending limit is reached.", hint, None
    return errors.PermissionDeniedError, "The key may not do this.", _remedy(fault), None


def _not_found(fault: Fault) -> _Class:
    words = f"{fault.message} {fault.provider_message}"
    if _FEATURE_WORDS.search(words):
        return errors.UnsupportedFeatureError, "No provider of this model can do what was asked.", None, None
    if "data policy" in words.lower():
        hint = "Allow the providers concerned in OpenRouter's privacy settings, or choose another model."
        return errors.ModelNotFoundError, "Your data policy leaves no provider of this model.", hint, None
    if "No allowed providers" in words or fault.metadata.get("requested_providers"):
        hint = "Change the provider preferences (only, ignore, order), or choose another model."
        return errors.ModelNotFoundError, "The provider preferences leave no provider of this model.", hint, None
    if "max price" in words.lower():
        hint = "Raise the maximum price, or choose a cheaper model."
        return errors.ModelNotFoundError, "No provider of this model is within the maximum price.", hint, None
    if not fault.message or _ADDRESS_WORDS.fullmatch(fault.message):
        # Nothing is said of a model: most often the base URL lacks its /v1.
        hint = "Check OPENROUTER_BASE_URL, which mostly ends in /v1, and choose a model from the list."
        return errors.ModelNotFoundError, "The address was not found.", hint, None
    return errors.ModelNotFoundError, "The model was not found.", None, None


def _rate_limit(fault: Fault, name: str) -> _Class:
    match fault.metadata.get("limit_source"):
        case "openrouter_free_tier_daily":
            hint = "Wait for the daily reset (00:00 UTC), add credits, or choose a paid model."
            return errors.RateLimitError, "Today's requests to free models are used up.", hint, False
        case "openrouter_free_tier_per_minute":
            hint = "Wait a minute, or choose a paid model."
            return errors.RateLimitError, "Too many requests to free models in this minute.", hint, True
        case "openrouter_admission_control":
            hint = "Wait a moment and try again."
            return errors.RateLimitError, "OpenRouter asks to slow down.", hint, True
    if "free-models-per-day" in fault.message:
        return errors.RateLimitError, "Today's requests to free models are used up.", None, False
    return errors.RateLimitError, f"{name} asks to slow down (429).", None, True


def _remedy(fault: Fault) -> str | None:
    return as_text(fault.metadata.get("remedy_hint")) or None
