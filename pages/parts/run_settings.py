"""What a run is sent with: model and system prompt."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts.state import models, service
from pages.parts.words import price
from service import ModelInfo

__all__ = ["RunSettings", "run_settings"]


@dataclass(frozen=True)
class RunSettings:
    """The choices of the panel."""

    model: str
    system_prompt: str


def run_settings(page: str) -> RunSettings:
    """Draw the panel and return what it says."""
    with st.sidebar:
        st.subheader("Run settings")
        model = _choose_model(page)
        system_prompt = st.text_area(
            "System prompt",
            key=f"{page}.system_prompt",
            placeholder="How the model is to behave, for example: Answer in two sentences.",
            help="Sent before your messages. Leave it empty to send none.",
            height=160,
        )
    return RunSettings(model, system_prompt.strip())


def _choose_model(page: str) -> str:
    known, error = models()
    by_id = {info.id: info for info in known}
    default = service().config.model
    options = list(by_id) if default in by_id else [default, *by_id]
    chosen = st.selectbox(
        "Model",
        options,
        index=options.index(default),
        key=f"{page}.model",
        format_func=lambda ident: by_id[ident].name if ident in by_id else ident,
        accept_new_options=True,
        help="Type to search, or enter any model id.",
    )
    if error is not None:
        st.warning(f"The model list could not be loaded; any id can still be entered. {error}")
    elif chosen in by_id:
        _describe(by_id[chosen])
    return chosen or default


def _describe(info: ModelInfo) -> None:
    context = f" · {info.context_length:,} tokens of context" if info.context_length else ""
    st.caption(f"`{info.id}`{context} · {price(info)}")
    if info.description:
        st.caption(info.description)
