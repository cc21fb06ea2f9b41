"""Tool calls with arguments that conform to each tool's own schema, and the answer after their results."""

from collections.abc import Mapping
from typing import Any

from service.simulator import wire, writer
from service.simulator.answers import Answer, ToolCall
from service.simulator.ask import Ask, mappings, text_of
from service.simulator.chance import seeded
from service.simulator.steps import Response
from service.simulator.structured import dump, value_for

MOST_CALLS = 2
NO_TOOLS = (
    "This simulated model calls tools, but the request offers none. Add a tool in the run settings and send again."
)


def answer(ask: Ask) -> Answer | Response:
    """Call tools, or use their results, or say why there is nothing to call.

    With `rounds=2` in the model id the tools are called a second time before their results are used.
    """
    if ask.has_tool_result and _rounds(ask) >= ask.option("rounds", 1):
        return Answer(_used_results(ask))
    wanted = _wanted(ask)
    if not wanted:
        return Answer(f"{_why_not(ask)} {writer.SIMULATED}")
    calls: list[ToolCall] = []
    for function in wanted:
        call = _call(ask, len(calls), function)
        if isinstance(call, Response):
            return call
        calls.append(call)
    return Answer(calls=calls, finish="tool_calls")


def _rounds(ask: Ask) -> int:
    """Count how often tools were called since the user spoke last."""
    roles = [message.get("role") for message in ask.messages]
    last = max((place for place, role in enumerate(roles) if role == "user"), default=0)
    return sum(1 for message in ask.messages[last:] if message.get("tool_calls"))


def _wanted(ask: Ask) -> list[Mapping[str, Any]]:
    choice = ask.body.get("tool_choice", "auto")
    if choice == "none":
        return []
    if isinstance(choice, Mapping) and isinstance(choice.get("function"), Mapping):
        return [function for function in ask.functions if function.get("name") == choice["function"].get("name")][:1]
    most = 1 if ask.body.get("parallel_tool_calls") is False else MOST_CALLS
    return ask.functions[:most]


def _why_not(ask: Ask) -> str:
    if ask.functions:
        return "The request offers tools but its tool choice rules them out, so here is text instead."
    return NO_TOOLS


def _call(ask: Ask, index: int, function: Mapping[str, Any]) -> ToolCall | Response:
    rng = seeded(f"{ask.head.id}/{index}")
    schema = function.get("parameters")
    schema = schema if isinstance(schema, dict) and schema else {"type": "object", "properties": {}}
    arguments = value_for(schema, ask.seed + index)
    if isinstance(arguments, Response):
        return arguments
    name = str(function.get("name", ""))
    return ToolCall(f"call_{wire.token(rng, 24)}", name, dump(arguments if isinstance(arguments, dict) else {}))


def _used_results(ask: Ask) -> str:
    names = _called_names(ask)
    lines = []
    for message in ask.messages[_last_call(ask) :]:
        if message.get("role") == "tool":
            name = names.get(str(message.get("tool_call_id")), "the tool")
            lines.append(f"- **{writer.quoted(name)}** returned: {writer.quoted(text_of(message), 300)}")
    return "With the results of the tools:\n\n" + "\n".join(lines) + f"\n\n{writer.SIMULATED}"


def _last_call(ask: Ask) -> int:
    places = [place for place, message in enumerate(ask.messages) if message.get("tool_calls")]
    return places[-1] if places else 0


def _called_names(ask: Ask) -> dict[str, str]:
    calls = [call for message in ask.messages for call in mappings(message.get("tool_calls"))]
    functions = [(call.get("id"), call["function"]) for call in calls if isinstance(call.get("function"), Mapping)]
    return {str(call_id): str(function.get("name", "")) for call_id, function in functions}
