"""A fold below the model: who serves it, at what price, how they fare, and what each takes."""

from __future__ import annotations

import re

import streamlit as st

from pages.parts.model_providers import ModelProviders
from pages.parts.parameters import PARAMETERS
from pages.parts.plain import literal
from pages.parts.state import is_demo, service
from pages.parts.words import price_of
from service import EndpointInfo

__all__ = ["endpoint_lines", "providers_view"]

NOBODY = "What is set under Advanced leaves no provider of this model, so the request would be refused."


def providers_view(page: str, providers: ModelProviders) -> None:
    """Draw the fold, where the server can tell; they are asked for when it is opened."""
    if not service().config.is_openrouter_api:
        return
    if providers.leaves_nobody:
        st.warning(NOBODY, icon=":material/warning:")
    drawn = st.expander("Providers of this model", key=f"{page}.providers", on_change="rerun", type="compact")
    if drawn.open:
        with drawn:
            _draw(providers)


def _draw(providers: ModelProviders) -> None:
    known = providers.known
    if providers.all:
        st.caption(_introduction(providers))
        for endpoint in sorted(providers.all, key=lambda found: _place(found, providers)):
            _draw_one(endpoint, providers)
    elif known.error is not None:
        st.caption(f":material/cloud_off: Who serves this model could not be found out. {literal(known.error.message)}")
    elif known.endpoints is None:
        st.caption(":material/hourglass: Asking who serves this model …")
    else:
        st.caption("Nothing is told about the providers of this model: it may choose another model for each prompt.")


def _introduction(providers: ModelProviders) -> str:
    count = len(providers.all)
    who = "One provider serves" if count == 1 else f"{count} providers serve"
    if count == 1:
        return f"{who} this model." + (" It is simulated." if is_demo() else "")
    simulated = " They are simulated, none is real." if is_demo() else ""
    return f"{who} this model. OpenRouter mostly asks cheap ones that work well; Advanced can name others.{simulated}"


def _place(endpoint: EndpointInfo, providers: ModelProviders) -> tuple[bool, bool, bool, object]:
    """Sort those that may be asked first, then those that are well, then by price."""
    cost = endpoint.pricing.cost(1, 1)
    return endpoint not in providers.allowed, endpoint.is_degraded, cost is None, cost or 0


def _draw_one(endpoint: EndpointInfo, providers: ModelProviders) -> None:
    with st.container(border=True, gap=None):
        marks = " :orange-badge[:material/warning: In trouble now]" if endpoint.is_degraded else ""
        if endpoint not in providers.allowed:
            marks += " :gray-badge[:material/block: Not asked]"
        st.markdown(f"**{literal(providers.name_of(endpoint))}**{marks}")
        union = frozenset(name for other in providers.all for name in other.supported_parameters or ())
        for line in endpoint_lines(endpoint, union):
            st.caption(line)


def endpoint_lines(endpoint: EndpointInfo, of_model: frozenset[str]) -> list[str]:
    """Return what is known of a provider as lines of Markdown; what is not told is left out.

    Args:
        endpoint: The provider.
        of_model: The parameters that at least one provider of the model takes.
    """
    lines = [_sentence([price_of(endpoint.pricing)]), _sentence(_size(endpoint)), _sentence(_health(endpoint))]
    return [line for line in (*lines, _abilities(endpoint), _lacking(endpoint, of_model)) if line]


def _sentence(parts: list[str]) -> str:
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def _size(endpoint: EndpointInfo) -> list[str]:
    context = endpoint.context_length
    precision = endpoint.quantization
    return [
        *([f"{context:,} tokens of context"] if context else []),
        *([_precision(precision)] if precision else []),
    ]


def _precision(name: str) -> str:
    """Say how finely the model's numbers are kept: "8-bit precision (fp8)"."""
    bits = re.search(r"\d+", name)
    return f"{bits[0]}-bit precision ({literal(name)})" if bits else f"precision {literal(name)}"


def _health(endpoint: EndpointInfo) -> list[str]:
    uptime, latency, speed = endpoint.uptime, endpoint.latency, endpoint.throughput
    return [
        *([f"worked for {_percent(uptime)} % of requests lately"] if uptime is not None else []),
        *([f"first word after {latency:.1f} s"] if latency is not None else []),
        *([f"{speed:,.0f} tokens per second"] if speed is not None else []),
    ]


def _percent(value: float) -> str:
    """Say a share; never 100 where something failed."""
    return f"{value:.0f}" if value in (0, 100) else f"{min(value, 99.99):.2f}".rstrip("0").rstrip(".")


def _abilities(endpoint: EndpointInfo) -> str:
    if endpoint.supported_parameters is None:
        return ""
    schema, json = endpoint.supports("structured_outputs"), endpoint.supports("response_format")
    found = ["a schema"] if schema else ["JSON"] if json else []
    if endpoint.supports("tools"):
        is_free = endpoint.takes_tool_choice("required") is False
        found.append("tools, but cannot be made to call one" if is_free else "tools")
    if not found:
        return ":material/block: Takes neither JSON nor tools"
    return f":material/check: Takes {' and '.join(found)}"


def _lacking(endpoint: EndpointInfo, of_model: frozenset[str]) -> str:
    """Name what others take and this one does not: it would be ignored there."""
    if endpoint.supported_parameters is None:
        return ""
    missing = [
        label for label, names in _SETTINGS if of_model.intersection(names) and not any(map(endpoint.supports, names))
    ]
    return f":material/block: Ignores {', '.join(missing)}" if missing else ""


_SETTINGS = (
    ("schemas", ("structured_outputs",)),
    *((found.label, found.listed_as or (found.name,)) for found in PARAMETERS if found.name != "reasoning_budget"),
)
