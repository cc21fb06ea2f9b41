"""A request as JSON."""

from __future__ import annotations

import copy
from typing import Any

from service.types import ChatRequest, ResponseFormat


def build_payload(
    request: ChatRequest, *, stream: bool, asks_for_usage: bool = False, chooses_providers: bool = False
) -> dict[str, Any]:
    """Return the request's JSON body; what is unset is not in it, and it shares nothing with the request.

    `extra_body` is merged last: it may replace any parameter, but not the messages and not `stream`. With
    `asks_for_usage` a stream asks for its token counts, which OpenRouter sends unasked and llama.cpp, vLLM and others
    do not; `extra_body={"stream_options": None}` takes that back. With `chooses_providers` the server understands
    `provider`, so that a response format may ask for providers that support it.
    """
    payload: dict[str, Any] = {"model": request.model} if request.model else {}
    payload["messages"] = [message.model_dump() for message in request.messages]
    payload.update(copy.deepcopy(request.parameters.set_fields()))
    for name, value in payload.items():
        if isinstance(value, tuple):
            payload[name] = list(value)
    if request.response_format is not None:
        payload["response_format"] = request.response_format.model_dump()
    if request.tools:
        payload["tools"] = [tool.model_dump() for tool in request.tools]
    if request.tool_choice is not None:
        payload["tool_choice"] = copy.deepcopy(request.tool_choice)
    if stream and asks_for_usage:
        payload["stream_options"] = {"include_usage": True}
    payload.update(copy.deepcopy(request.parameters.extra_body))
    if chooses_providers and _requires_parameters(request.response_format):
        _require_parameters(payload)
    payload["stream"] = stream
    return payload


def _requires_parameters(form: ResponseFormat | None) -> bool:
    return form is not None and form.require_parameters and form.type == "json_schema" and form.delivery == "native"


def _require_parameters(payload: dict[str, Any]) -> None:
    """Ask for providers that support all parameters, unless the request says otherwise itself."""
    provider = payload.get("provider", {})
    if isinstance(provider, dict):
        payload["provider"] = {"require_parameters": True, **provider}
