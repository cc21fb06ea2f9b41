"""The fold Advanced: typed inputs for routing and the like, and extra body and headers for what has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts.advanced_choices import PLUGINS, POLICIES, PRECISIONS, SORTS, TIERS
from pages.parts.advanced_extra import Extra, extra_inputs, extra_set
from pages.parts.advanced_of_model import auto_router_inputs, picture_inputs
from pages.parts.advanced_settings import faults_of_fields, fields_of
from pages.parts.advanced_widgets import advanced_key, choice, flag, number, several, text
from pages.parts.fold import lazy_fold
from pages.parts.model_providers import ModelProviders
from pages.parts.pdf_engine import pdf_engine, pdf_engine_input
from pages.parts.provider_inputs import provider_inputs
from pages.parts.state import input_value, service
from service import ModelInfo

__all__ = ["Advanced", "advanced_inputs"]


@dataclass(frozen=True)
class Advanced:
    """What the fold says: fields of the request, what has none, what reads PDFs, and what is wrong."""

    fields: dict[str, Any] = field(default_factory=dict)
    extra: Extra = field(default_factory=Extra)
    pdf_engine: str | None = None
    problems: tuple[str, ...] = ()


def advanced_inputs(page: str, model: str, info: ModelInfo | None, providers: ModelProviders) -> Advanced:
    """Draw the fold and return what it says.

    What only OpenRouter understands is drawn, and sent, where requests go to OpenRouter or who speaks its language.
    """

    def value(name: str) -> Any:
        return input_value(advanced_key(page, name))

    speaks = service().config.is_openrouter_api
    faults = faults_of_fields(value, model) if speaks else {}
    fields = fields_of(value, model, info) if speaks else {}
    engine = pdf_engine(page) if speaks else None
    extra = extra_set(page)
    set_count = _count(fields) + bool(engine) + extra.set_count
    drawn = lazy_fold("Advanced", key=f"{page}.advanced", says=f"{set_count} set" if set_count else "")
    if drawn.open:
        with drawn:
            if speaks:
                _draw(page, providers, faults)
                auto_router_inputs(page, model, faults)
                _draw_openrouter(page, faults)
                pdf_engine_input(page)
                picture_inputs(page, model, info)
            extra = extra_inputs(page)
    problems = tuple(f"Advanced: {fault}" for fault in faults.values())
    return Advanced({} if faults else fields, extra, engine, (*problems, *extra.problems))


def _count(fields: dict[str, Any]) -> int:
    return sum(len(item) if name in ("provider", "plugins") else 1 for name, item in fields.items())


def _draw(page: str, providers: ModelProviders, faults: Mapping[str, str]) -> None:
    st.markdown("**Providers**")
    provider_inputs(page, providers, faults)
    flag(page, "no_fallbacks", "No other provider may stand in", "When the chosen ones fail, the request fails.")
    choice(page, "sort", "Prefer", SORTS)
    choice(page, "data_collection", "Data policy", POLICIES)
    flag(page, "zdr", "Zero data retention only", "Only providers that keep nothing at all.")
    flag(
        page,
        "distillable",
        "Answers usable for training",
        "Only models whose makers allow that you train other models with their answers.",
    )
    several(
        page,
        "quantizations",
        "Precision",
        PRECISIONS,
        "Some providers run a model with rounded numbers: fewer bits are cheaper, and answers may be a little worse. "
        "Only providers with a precision that you choose are asked. Most makers of closed models do not tell theirs.",
    )
    st.markdown("**Wanted speed**, others are asked last")
    with st.container(horizontal=True):
        number(page, "min_throughput", "Tokens a second", "At least so many, in half of the last requests.")
        number(page, "max_latency", "Seconds to start", "At most so long to the first word, likewise.")
    st.markdown("**Highest price**, USD per million tokens")
    with st.container(horizontal=True):
        number(page, "max_price_prompt", "In")
        number(page, "max_price_completion", "Out")
    st.markdown("**When the model fails**")
    text(page, "models", "Other models, in this order", "vendor/model, vendor/other", faults)
    flag(
        page,
        "sort_together",
        "Choose among all models at once",
        "What is set under Prefer decides among the providers of all these models together, so that a later model may "
        "be asked first. Otherwise one model after the other.",
        disabled=not input_value(advanced_key(page, "sort")),
    )


def _draw_openrouter(page: str, faults: Mapping[str, str]) -> None:
    st.markdown("**OpenRouter**")
    for name, label in PLUGINS.items():
        flag(page, f"plugin.{name}", label, f"The plugin {name}.")
    choice(page, "service_tier", "Service tier", TIERS)
    text(page, "preset", "Preset", "my-preset", faults)
