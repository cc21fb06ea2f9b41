"""OpenRouter's refusals, word for word where a real one was recorded."""

import json
import time
from collections.abc import Mapping
from typing import Any

from service.simulator import wire
from service.simulator.steps import Response, Send

USER_ID = "user_simulated"
ROUTING_DOCS = "https://openrouter.ai/docs/guides/routing/provider-selection"
_UPSTREAM_REMEDY = (
    "Retry shortly, add your own provider key (https://openrouter.ai/settings/integrations), or route to another "
    "provider with provider routing: https://openrouter.ai/docs/features/provider-routing"
)
_ADMISSION_REMEDY = "Slow down the request rate for this account, then retry after the reset (see X-RateLimit-Reset)."


def refusal(
    code: int,
    text: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    user_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build an error response; the HTTP status is the error's code."""
    body = wire.json_bytes(wire.error(code, text, metadata, user_id))
    return Response(code, {"content-type": "application/json", **(headers or {})}, [Send(body)])


def zod(path: str, text: str) -> Response:
    """Build the other error shape, of routes that check their query (recorded 2026-10)."""
    issue = json.dumps([{"code": "custom", "message": text, "path": [path]}], indent=2, ensure_ascii=False)
    body = {"success": False, "error": {"name": "ZodError", "message": issue}}
    return Response(400, {"content-type": "application/json"}, [Send(wire.json_bytes(body))])


def missing_key() -> Response:
    """Refuse a request without an Authorization header."""
    return refusal(401, "No cookie auth credentials found")


def wrong_key() -> Response:
    """Refuse a key that nobody has."""
    return refusal(401, "User not found.")


def unknown_route() -> Response:
    """Refuse a path that does not exist."""
    return refusal(404, "Not Found")


def generation_not_found(generation_id: str) -> Response:
    """Say that a generation is not there, or not yet."""
    return refusal(404, f"Generation {generation_id} not found")


def invalid_json() -> Response:
    """Refuse a body that is not JSON."""
    return refusal(400, "Input must have at least 1 token.", {"provider_name": None})


def missing_messages() -> Response:
    """Refuse a body without messages, or with messages of the wrong type."""
    return refusal(400, 'Input required: specify "prompt" or "messages"', user_id=USER_ID)


def invalid_model(model: str) -> Response:
    """Refuse a model id that does not exist."""
    return refusal(400, f"{model} is not a valid model ID", user_id=USER_ID)


def no_free_variant(model: str) -> Response:
    """Refuse a `:free` id whose model is only sold."""
    base = model.removesuffix(":free")
    text = f"This model is unavailable for free. The paid version is available now - use this slug instead: {base}"
    return refusal(404, text, user_id=USER_ID)


def mandatory_reasoning() -> Response:
    """Refuse to switch reasoning off where it cannot be."""
    text = "Reasoning is mandatory for this endpoint and cannot be disabled."
    return refusal(400, text, {"provider_name": None})


def context_too_long(limit: int, asked: int) -> Response:
    """Refuse a prompt longer than the model's context; both numbers in tokens."""
    text = (
        f"This endpoint's maximum context length is {limit} tokens. However, you requested about {asked} tokens "
        f"({asked} of text input). Please reduce the length of either one, or use the context-compression plugin "
        "to compress your prompt automatically."
    )
    previous = [{"code": 400, "message": text}]
    return refusal(400, text, {"provider_name": None, "previous_errors": previous}, user_id=USER_ID)


def no_tool_use(tool: str) -> Response:
    """Refuse tools for a model that takes none."""
    text = f'No endpoints found that support tool use. Try disabling "{tool}". {_learn_more()}'
    return refusal(404, text)


def no_tool_choice() -> Response:
    """Refuse a tool_choice that no endpoint supports."""
    return refusal(404, f"No endpoints found that support the provided 'tool_choice' value. {_learn_more()}")


def no_image_input() -> Response:
    """Refuse an image for a model that cannot see."""
    return refusal(404, "No endpoints found that support image input")


def no_required_parameters() -> Response:
    """Refuse `provider.require_parameters` with a parameter that no endpoint takes."""
    return refusal(404, f"No endpoints found that can handle the requested parameters. {_learn_more()}")


def above_max_price() -> Response:
    """Refuse a `provider.max_price` below every endpoint's price."""
    return refusal(404, "No endpoints found that satisfy the max price for this request")


def no_allowed_provider(model: str, serving: list[str], asked: list[str]) -> Response:
    """Refuse preferences that leave none of the providers that serve the model."""
    text = (
        f"No allowed providers are available for the selected model. Providers serving `{model}`: "
        f"{', '.join(serving)} but your request's `provider.only` preference permits only: {', '.join(asked)}."
    )
    metadata = {
        "available_providers": serving,
        "requested_providers": asked,
        "failed_routing_step": "Filter by Allowed Providers",
    }
    return refusal(404, text, metadata)


def no_model_left() -> Response:
    """Refuse limits of the Auto Router that no model meets."""
    return refusal(404, "No models match your request and model restrictions")


def data_policy() -> Response:
    """Refuse a free model with `provider.data_collection: deny`."""
    text = (
        "No endpoints found matching your data policy (Free model training). "
        "Configure: https://openrouter.ai/settings/privacy"
    )
    funnel = [{"step": "Initial Endpoints", "endpoint_count": 1}]
    return refusal(404, text, {"routing_funnel": funnel, "failed_routing_step": "Filter by Data Policy"})


def _learn_more() -> str:
    return f"To learn more about provider routing, visit: {ROUTING_DOCS}"


def rate_limited_upstream(model: str, retry_after: int, headers: Mapping[str, str]) -> Response:
    """Say that the provider's shared pool is busy; `retry_after` in seconds."""
    raw = (
        f"{model} is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate "
        "your rate limits: https://openrouter.ai/settings/integrations"
    )
    metadata = {
        "raw": raw,
        "provider_name": wire.PROVIDER,
        "is_byok": False,
        "provider_error_code": "rate_limit_exceeded",
        "limit_source": "upstream_provider_shared_pool",
        "remedy_hint": _UPSTREAM_REMEDY,
        "retry_after_seconds": retry_after,
        "retry_after_seconds_raw": retry_after,
        "headers": {"Retry-After": str(retry_after)},
    }
    sent = {**headers, "retry-after": str(retry_after)}
    return refusal(429, "Provider returned error", metadata, user_id=USER_ID, headers=sent)


def rate_limited_daily(headers: Mapping[str, str]) -> Response:
    """Say that the day's free requests are used up; the reset is the next midnight UTC."""
    day = 86_400
    reset = (int(time.time()) // day + 1) * day * 1000
    limits = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    metadata = {
        "headers": limits,
        "limit_source": "openrouter_free_tier_daily",
        "remedy_hint": "Wait for the daily reset (see X-RateLimit-Reset)",
    }
    text = "Rate limit exceeded: free-models-per-day-high-balance. "
    return refusal(429, text, metadata, headers={**headers, **_lowered(limits)})


def rate_limited_minute(headers: Mapping[str, str]) -> Response:
    """Say that the minute's free requests are used up; the reset is the next full minute."""
    reset = (int(time.time()) // 60 + 1) * 60 * 1000
    limits = {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    metadata = {"headers": limits, "limit_source": "openrouter_free_tier_per_minute", "provider_name": None}
    text = "Rate limit exceeded: free-models-per-min. "
    return refusal(429, text, metadata, headers={**headers, **_lowered(limits)})


def rate_limited_admission(retry_after: int, headers: Mapping[str, str]) -> Response:
    """Say that the credits could not be checked in time; `retry_after` in seconds."""
    metadata = {
        "limit_source": "openrouter_admission_control",
        "remedy_hint": _ADMISSION_REMEDY,
        "headers": {"Retry-After": str(retry_after)},
        "provider_name": None,
    }
    text = "OpenRouter could not verify available credits for this request in time. Retry shortly."
    return refusal(429, text, metadata, headers={**headers, "retry-after": str(retry_after)})


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
