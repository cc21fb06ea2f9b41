"""What can be done about a bad answer, each step with its price; and the receipt of an answer that was mended."""

from __future__ import annotations

import streamlit as st

from pages.parts.actions import Action, AskAgain, FixHere, HealResponse, LowerReasoning
from pages.parts.known_models import models
from pages.parts.model_picker import option_texts
from pages.parts.plain import literal
from pages.parts.repairing import local_repair
from pages.parts.state import is_demo, service
from pages.parts.words import estimate, is_simulated, paid
from service import ChatRequest, ChatResult, ModelParameters, OpenRouterError, Verdict
from service.store import RunView, StoredMessage
from service.structured import healing_request, repair_request
from service.structured.repair import REPAIRABLE
from service.structured.words import plural
from service.types import REASONING_EFFORTS, ReasoningEffort

__all__ = ["less_reasoning", "receipt_of", "repair_steps"]

_LITTLE: tuple[ReasoningEffort, ...] = ("low", "minimal")


def repair_steps(message: StoredMessage, *, key: str, default_model: str) -> Action | None:
    """Draw what may be done about a bad answer that has ended; return what was chosen.

    Args:
        message: The answer.
        key: Unique on the page.
        default_model: Whom to ask instead, unless another is chosen.
    """
    run = message.run
    result = run.result if run is not None else None
    if run is None or result is None:
        return None
    verdict = result.verdict
    if verdict is None or run.error is not None:
        return None
    if verdict.kind == "cut_off":
        return _show_less_reasoning(run, result, key)
    return _show_steps(run, result, verdict, key, default_model) if verdict.kind in REPAIRABLE else None


def receipt_of(message: StoredMessage, result: ChatResult, *, has_figures: bool) -> str | None:
    """Say how an answer was mended, and with figures what that cost; `None` for one that was not."""
    receipt = message.repair
    if receipt is None:
        return None
    of = receipt.message_id
    version = f"version {message.version_ids.index(of) + 1}" if of in message.version_ids else "an earlier version"
    why = f"after {plural(receipt.violations, 'violation')} in {version}" if receipt.violations else f"after {version}"
    match receipt.step:
        case "local":
            return f"Mended from {version}: {literal(', '.join(receipt.changes))} · free"
        case "reask":
            told = f"Asked again {why}"
        case "healing":
            told = f"Asked again with response healing {why}"
        case "model":
            told = f"Asked {literal(result.requested_model)} {why}"
    if not has_figures:
        return told
    price = paid(result.usage.cost if result.usage is not None else None, is_simulated=is_simulated(result.provider))
    return f"{told} · {price} · {result.timings.total:.1f} s"


def less_reasoning(parameters: ModelParameters, result: ChatResult) -> ReasoningEffort | None:
    """Return the effort to ask with where reasoning took most of the tokens; `None` where there is no less."""
    usage = result.usage
    if usage is None or not usage.reasoning_tokens or 2 * usage.reasoning_tokens < usage.completion_tokens:
        return None
    asked = parameters.reasoning_effort or (parameters.reasoning or {}).get("effort") or "medium"
    place = REASONING_EFFORTS.index(asked) if asked in REASONING_EFFORTS else 0
    return next((effort for effort in _LITTLE if REASONING_EFFORTS.index(effort) > place), None)


def _show_less_reasoning(run: RunView, result: ChatResult, key: str) -> Action | None:
    effort = less_reasoning(run.parameters, result)
    if effort is None:
        return None
    label = f"Lower reasoning effort to {effort}"
    is_asked = st.button(label, icon=":material/psychology:", type="tertiary", key=f"{key}.reasoning")
    return LowerReasoning(effort) if is_asked else None


def _show_steps(run: RunView, result: ChatResult, verdict: Verdict, key: str, default_model: str) -> Action | None:
    chosen: Action | None = None
    again = repair_request(run.request, result, verdict)
    with st.container(key=f"{key}.repair", gap="xsmall"):
        st.caption("Mend it: each step makes another version, and this one stays as it is.")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if (found := local_repair(run, result)) is not None:
                help = f"Without asking again: {literal(', '.join(found.changes))}."
                if st.button("Fix here · free", icon=":material/build:", key=f"{key}.fix", help=help):
                    chosen = FixHere()
            wrong = f" with {plural(len(verdict.issues), 'violation')}" if verdict.issues else ""
            help = "The model gets its answer back, with exactly what was wrong."
            label = f"Ask again{wrong} · {_price(again)}"
            if st.button(label, icon=":material/replay:", key=f"{key}.reask", help=help):
                chosen = AskAgain()
            if _can_heal(run, verdict) and _heal_button(run, key):
                chosen = HealResponse()
        model = _other_model(again, run.model, default_model, key)
    return AskAgain(model) if model is not None else chosen


def _can_heal(run: RunView, verdict: Verdict) -> bool:
    form = run.response_format
    is_native = form is not None and form.wants_json and form.delivery == "native"
    return verdict.kind == "not_json" and is_native and service().config.is_openrouter_api


def _heal_button(run: RunView, key: str) -> bool:
    label = f"Response healing · {_price(healing_request(run.request))}"
    help = "Asks the same again; OpenRouter mends the JSON before it sends it. The answer comes all at once."
    return st.button(label, icon=":material/healing:", key=f"{key}.heal", help=help)


def _other_model(again: ChatRequest, asked: str, default: str, key: str) -> str | None:
    """Draw the choice of another model, which can be held to a schema where the list tells; return it once chosen."""
    # No popover: at the foot of a phone it lies under the input bar.
    fold = st.expander(
        "Ask another model", icon=":material/swap_horiz:", key=f"{key}.other", on_change="rerun", type="compact"
    )
    if not fold.open:
        return None
    with fold:
        able = [info for info in models()[0] if info.supports("structured_outputs") is not False]
        names = option_texts(able)
        options = [ident for ident in dict.fromkeys([default, *names]) if ident != asked]
        model = st.selectbox(
            "Model", options, key=f"{key}.other_model", format_func=lambda ident: names.get(ident, ident)
        )
        if model is None:
            return None
        price = _price(again.model_copy(update={"model": model}))
        is_asked = st.button(f"Ask · {price}", type="primary", key=f"{key}.other_ask")
    return model if is_asked else None


def _price(request: ChatRequest) -> str:
    if is_demo():
        return "free in demo"
    try:
        return estimate(service().estimate_cost(request).total)
    except OpenRouterError:
        return estimate(None)
