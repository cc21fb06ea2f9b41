"""The fold Advanced: typed inputs for routing and the like, and the extra body for what has none."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from pages.parts.advanced_settings import PLUGINS, POLICIES, SORTS, TIERS, faults_of_fields, fields_of
from pages.parts.fold import fold
from pages.parts.json_input import json_input
from pages.parts.json_text import JsonObject, read_object
from pages.parts.markdown import safe_markdown
from pages.parts.model_providers import ModelProviders
from pages.parts.parameters import first_fault
from pages.parts.pdf_engine import pdf_engine, pdf_engine_input
from pages.parts.provider_inputs import provider_inputs
from pages.parts.state import input_value, service
from service import ModelParameters

__all__ = ["advanced_inputs", "advanced_key"]


def advanced_inputs(
    page: str, providers: ModelProviders
) -> tuple[dict[str, Any], dict[str, Any], str | None, list[str]]:
    """Draw the fold; return the fields that are set, the extra body, what reads PDFs, and what is wrong.

    What only OpenRouter understands is drawn, and sent, where requests go to OpenRouter or who speaks its language.
    """

    def value(name: str) -> Any:
        return input_value(advanced_key(page, name))

    speaks = service().config.is_openrouter_api
    faults = faults_of_fields(value) if speaks else {}
    fields = fields_of(value) if speaks else {}
    read = _checked(read_object(str(input_value(f"{page}.extra_body_json") or "")))
    engine = pdf_engine(page) if speaks else None
    set_count = _count(fields) + bool(engine) + bool(read.value or read.problem)
    drawn = fold("Advanced", key=f"{page}.advanced", set_count=set_count)
    if drawn.open:
        with drawn:
            if speaks:
                _draw(page, providers, faults)
                pdf_engine_input(page)
            read = _extra_body(page)
    problems = [f"Advanced: {fault}" for fault in faults.values()]
    if read.problem is not None:
        problems.append(f"The extra body cannot be used. {read.problem}")
    return ({} if faults else fields), read.value or {}, engine, problems


def advanced_key(page: str, name: str) -> str:
    """Return the key of an input by its name in `FIELDS`."""
    return f"{page}.advanced.{name}"


def _count(fields: dict[str, Any]) -> int:
    return sum(len(item) if name in ("provider", "plugins") else 1 for name, item in fields.items())


def _draw(page: str, providers: ModelProviders, faults: dict[str, str]) -> None:
    st.markdown("**Providers**")
    provider_inputs(page, providers, faults)
    _flag(page, "no_fallbacks", "No other provider may stand in", "When the chosen ones fail, the request fails.")
    _choice(page, "sort", "Prefer", SORTS)
    _choice(page, "data_collection", "Data policy", POLICIES)
    _flag(page, "zdr", "Zero data retention only", "Only providers that keep nothing at all.")
    st.markdown("**Highest price**, USD per million tokens")
    with st.container(horizontal=True):
        _price(page, "max_price_prompt", "In")
        _price(page, "max_price_completion", "Out")
    st.markdown("**When the model fails**")
    _text(page, "models", "Other models, in this order", "vendor/model, vendor/other", faults)
    st.markdown("**OpenRouter**")
    for name, label in PLUGINS.items():
        _flag(page, f"plugin.{name}", label, f"The plugin {name}.")
    _choice(page, "service_tier", "Service tier", TIERS)
    _text(page, "preset", "Preset", "my-preset", faults)


def _text(page: str, name: str, label: str, example: str, faults: dict[str, str]) -> None:
    st.text_input(label, key=advanced_key(page, name), placeholder=example, persist_state="session")
    if name in faults:
        st.error(safe_markdown(faults[name]), icon=":material/error:")


def _flag(page: str, name: str, label: str, help: str) -> None:
    st.checkbox(label, key=advanced_key(page, name), help=help, persist_state="session")


def _choice(page: str, name: str, label: str, options: dict[str, str]) -> None:
    st.selectbox(
        label,
        list(options),
        key=advanced_key(page, name),
        format_func=lambda value: options[value],
        persist_state="session",
    )


def _price(page: str, name: str, label: str) -> None:
    st.number_input(
        label, min_value=0.0, value=None, format="%g", key=advanced_key(page, name), persist_state="session"
    )


def _extra_body(page: str) -> JsonObject:
    return json_input(
        "Extra body",
        key=f"{page}.extra_body_json",
        read=read_object,
        check=_extra_body_fault,
        placeholder='{"provider": {"sort": "price"}}',
        help="A JSON object that is merged into the request last, for what has no field here. What it names takes the "
        "place of what is set above.",
        height=120,
    )


def _checked(read: JsonObject) -> JsonObject:
    fault = _extra_body_fault(read) if read.value is not None else None
    return read if fault is None else JsonObject(problem=fault)


def _extra_body_fault(read: JsonObject) -> str | None:
    try:
        ModelParameters(extra_body=read.value)
    except ValidationError as error:
        return f"{first_fault(error)}."
    return None
