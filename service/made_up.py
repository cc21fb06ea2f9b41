"""A request for what a tool might return, for trying a conversation without the tool."""

from __future__ import annotations

import json

from service.results import ToolCall
from service.types import ChatRequest, Message, ResponseFormat, Tool

__all__ = ["made_up_request"]

_TASK = (
    "You stand in for a tool while a conversation is tried out. Write what the tool returns for the call below: "
    "plausible data, short, as one JSON object. Write the JSON alone."
)


def made_up_request(call: ToolCall, tool: Tool | None = None, *, model: str, as_json: bool = False) -> ChatRequest:
    """Return a request that asks a model to make up the result of a call.

    Args:
        call: The call.
        tool: The tool that is called, where it is known.
        model: Whom to ask.
        as_json: Whether the model takes the response format for JSON objects.
    """
    told = {"tool": call.name, "arguments": call.parsed if call.parsed is not None else call.arguments}
    if tool is not None and tool.description:
        told["description"] = tool.description
    return ChatRequest(
        messages=(Message.system(_TASK), Message.user(json.dumps(told, ensure_ascii=False))),
        model=model,
        response_format=ResponseFormat.json_object() if as_json else None,
    )
