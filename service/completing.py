"""From what somebody asked to what is sent: the configuration fills up what a request leaves unset."""

from __future__ import annotations

from service.config import OpenRouterConfig
from service.types import ChatRequest, Message

__all__ = ["completed"]


def completed(request: ChatRequest, config: OpenRouterConfig) -> ChatRequest:
    """Return a request that takes what it leaves unset from the configuration.

    The system prompt only where it has no system or developer message. A schema that is delivered in the prompt stands
    in a system message then.
    """
    messages = request.messages
    if config.system_prompt and not any(message.role in ("system", "developer") for message in messages):
        messages = (Message.system(config.system_prompt), *messages)
    form = request.response_format or config.response_format
    if form is not None and form.delivery == "prompt" and form.schema_body is not None:
        from service.structured.telling import with_schema

        messages = with_schema(messages, form.schema_body, name=form.schema_name)
    return request.model_copy(
        update={
            "messages": messages,
            "model": request.model or config.model,
            "parameters": request.parameters.merged_over(config.parameters),
            "response_format": form,
        }
    )
