"""The form of the answer: text, any JSON object, or JSON that follows a schema."""

from __future__ import annotations

from typing import assert_never

import streamlit as st
from pydantic import ValidationError

from pages.parts.json_text import JsonObject
from pages.parts.markdown import safe_markdown
from pages.parts.model_providers import ModelProviders
from pages.parts.parameters import first_fault
from pages.parts.problems import NO_SCHEMA
from pages.parts.response_format_choice import KINDS, FormatKeys, Kind, begin_with, format_keys, text_of
from pages.parts.schema_delivery import (
    SchemaDelivery,
    capability_warning,
    prompt_offer,
    schema_delivery,
)
from pages.parts.schema_editor import schema_editor
from pages.parts.sent_name import note_typed_name
from pages.parts.state import input_value
from service import ModelInfo, ResponseFormat

__all__ = ["format_in_force", "response_format_input"]


def response_format_input(
    page: str,
    model: str,
    info: ModelInfo | None,
    providers: ModelProviders,
    configured: ResponseFormat | None,
) -> tuple[ResponseFormat | None, list[str]]:
    """Draw the choice; return the format, `None` where nothing is to be sent, and what is wrong.

    `configured` is what the settings of the server ask for: the choice begins with it.
    """
    keys = format_keys(page)
    begin_with(keys, configured)
    kind: Kind = st.segmented_control(
        "Response format",
        list(KINDS),
        key=keys.kind,
        format_func=lambda kind: KINDS[kind],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
    warning = capability_warning(kind, info) if kind != "json_schema" else None
    if warning is not None:
        st.warning(warning, icon=":material/warning:")
    match kind:
        case "text":
            # The settings of the server hold where nothing is sent, and text was chosen here.
            return (ResponseFormat.text() if configured is not None else None), []
        case "json_object":
            st.caption("Say in the prompt that you want JSON, and which fields.")
            return ResponseFormat.json_object(), []
        case "json_schema":
            return _schema_input(keys, model, info, providers)
    assert_never(kind)


def format_in_force(page: str, configured: ResponseFormat | None) -> str:
    """Return in a few words what answers are asked for; nothing for text, which needs no saying."""
    keys = format_keys(page)
    begin_with(keys, configured)
    kind = input_value(keys.kind)
    if kind != "json_schema":
        return KINDS["json_object"] if kind == "json_object" else ""
    name = str(input_value(keys.name) or "").strip() if text_of(keys).strip() else "none yet"
    return " · ".join(filter(None, (KINDS["json_schema"], name)))


def _schema_input(
    keys: FormatKeys, model: str, info: ModelInfo | None, providers: ModelProviders
) -> tuple[ResponseFormat | None, list[str]]:
    in_prompt = prompt_offer(keys, info, providers)
    name = st.text_input(
        "Name sent to the model",
        key=keys.name,
        help="1 to 64 letters, digits, _ and -. Some models read it as a hint.",
        on_change=note_typed_name,
        args=(keys,),
        persist_state="session",
    )
    read = schema_editor(keys)
    sending = schema_delivery(keys, read.value, name, model, info, providers, in_prompt=in_prompt)
    return _format_of(name, read, sending)


def _format_of(name: str, read: JsonObject, sending: SchemaDelivery) -> tuple[ResponseFormat | None, list[str]]:
    if read.problem is not None:
        return None, [f"The JSON schema cannot be used. {read.problem}"]
    if read.value is None:
        return None, [NO_SCHEMA]
    sent = sending.strict_form
    try:
        form = ResponseFormat.json_schema(
            name.strip(),
            read.value if sent is None else sent.schema,
            strict=sending.is_strict,
            written=None if sent is None else read.value,
            delivery=sending.delivery,
            require_parameters=sending.require_parameters,
        )
    except ValidationError as error:
        problem = f"The response format cannot be used: {first_fault(error)}."
        st.error(safe_markdown(problem), icon=":material/error:")
        return None, [problem]
    return form, []
