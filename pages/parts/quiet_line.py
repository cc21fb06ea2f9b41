"""The line below an answer: where it came from, how long it took and what it cost."""

from __future__ import annotations

from pages.parts.plain import literal
from pages.parts.words import UNKNOWN, cost, is_simulated
from service import ChatResult, Usage
from service.structured.words import plural

__all__ = ["quiet_line"]


def quiet_line(result: ChatResult) -> str:
    """Say in one line where an answer came from, how long it took and what it cost."""
    who = literal(result.model or result.requested_model)
    is_demo = is_simulated(result.provider)
    if result.provider and not is_demo:
        who += f" via {literal(result.provider)}"
    if result.attempts == 0 and result.cache is None:
        return f"{who} · nothing was sent"
    timings, usage = result.timings, result.usage
    parts = [who]
    if timings.first_token is not None:
        parts.append(f"first token {timings.first_token:.1f} s")
    parts.append(f"total {timings.total:.1f} s")
    if usage is not None:
        parts.append(f"{usage.prompt_tokens:,} in, {usage.completion_tokens:,} out tokens")
    if usage is not None and (ran := _tools_run(usage)):
        parts.append(ran)
    parts.append(_paid(result) + (" (simulated)" if is_demo and _is_known(result) else ""))
    return " · ".join(parts)


def _paid(result: ChatResult) -> str:
    if result.cache is not None:
        whose = "cached" if result.cache == "local" else "cached by OpenRouter"
        return f"{whose}, free" + (f" instead of {cost(result.original_cost)}" if result.original_cost else "")
    amount = result.usage.cost if result.usage is not None else None
    return f"cost {UNKNOWN}" if amount is None else cost(amount)


def _tools_run(usage: Usage) -> str:
    """Say what OpenRouter ran while the model answered: "1 web search, 2 other tool calls ($0.01)"."""
    searches, calls = usage.web_searches, usage.server_tool_calls
    said = [f"{searches:,} web {'search' if searches == 1 else 'searches'}"] if searches else []
    if calls:
        said.append(f"{plural(calls, 'other tool call' if searches else 'tool call')} by OpenRouter")
    paid = f" ({cost(usage.server_tool_cost)})" if said and usage.server_tool_cost else ""
    return ", ".join(said) + paid


def _is_known(result: ChatResult) -> bool:
    return result.usage is not None and result.usage.cost is not None
