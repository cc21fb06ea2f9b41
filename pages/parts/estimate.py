"""What the next message is going to cost, as far as that can be known before it is written."""

from __future__ import annotations

import streamlit as st

from pages.parts.known_models import models
from pages.parts.plain import literal
from pages.parts.run_settings import RunSettings
from pages.parts.state import input_value, is_demo, put_input, service
from pages.parts.words import cost
from service import Conversation, CostEstimate, OpenRouterError
from service.store import OpenConversation

__all__ = ["estimate_line", "show_estimate"]

HELP = "What is sent along with your next message, and what both cost if the answer is that many tokens long."
OF_WEB_TOOLS = " What searches and pages add is known only afterwards."


def show_estimate(settings: RunSettings, shown: OpenConversation | None) -> None:
    """Draw a quiet line: what is sent along with the next message, and the longest answer's price."""
    if shown is None or shown.leaf_id is None or settings.problems:
        return
    with st.container(key="chat.estimate"):
        try:
            estimate = _estimate(shown, shown.leaf_id, settings)
        except OpenRouterError as error:
            st.caption(f"Next message: {literal(error.message)}")
        else:
            if estimate is not None:
                has_web_tools = _has_web_tools(settings)
                line = estimate_line(estimate, is_demo=is_demo(), has_web_tools=has_web_tools)
                st.caption(line, help=HELP + OF_WEB_TOOLS if has_web_tools else HELP)


def estimate_line(estimate: CostEstimate, *, is_demo: bool, has_web_tools: bool = False) -> str:
    """Say an estimate: "Next message: ≈ 1,240 tokens + yours · ≈ $0.0031 with 500 out".

    Args:
        estimate: What is known.
        is_demo: Nothing is charged.
        has_web_tools: The model may search or fetch, as often as it likes; nobody knows that before.
    """
    paid = f"cost {cost(None)}" if estimate.total is None else f"≈ {cost(estimate.total)}"
    simulated = " (simulated)" if is_demo and estimate.total is not None else ""
    whose = f", at {literal(estimate.provider)}" if estimate.provider else ""
    more = " + web tools" if has_web_tools else ""
    return (
        f"Next message: ≈ {estimate.prompt_tokens:,} tokens + yours · "
        f"{paid}{simulated} with {estimate.assumed_completion_tokens:,} out{more}{whose}"
    )


def _has_web_tools(settings: RunSettings) -> bool:
    return any(tool.type in ("openrouter:web_search", "openrouter:web_fetch") for tool in settings.tools.tools)


def _providers(settings: RunSettings) -> object:
    """Return whose prices are known, where the request names providers."""
    chosen = settings.parameters.extra_body.get("provider") or settings.parameters.provider
    names_some = chosen or service().config.parameters.provider
    return service().known_endpoints(settings.model).endpoints if names_some else None


def _estimate(shown: OpenConversation, leaf_id: str, settings: RunSettings) -> CostEstimate | None:
    """Return the estimate, `None` where nothing is sent along or no prices can be had; counted anew after a change."""
    asked_for = (shown.id, leaf_id, bool(shown.live_runs), settings, service(), _providers(settings))
    kept = input_value("chat.estimate")
    if isinstance(kept, tuple) and kept[0] == asked_for:
        return kept[1]  # type: ignore[no-any-return]
    if models()[1] is not None:
        return None
    said = shown.messages_to_send(leaf_id, with_files=False)
    spoken = Conversation(system_prompt=settings.system_prompt or None, messages=said)
    estimate = None
    if spoken.messages:
        request = spoken.to_request(model=settings.model, **settings.request_fields(spoken.messages))
        estimate = service().estimate_cost(request)
    put_input("chat.estimate", (asked_for, estimate))
    return estimate
