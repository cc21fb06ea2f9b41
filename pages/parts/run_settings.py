"""What a run is sent with: the panel that is the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.advanced_inputs import advanced_inputs
from pages.parts.conversation_state import conversation
from pages.parts.fold import fold
from pages.parts.kept_settings import keep_settings, restore_settings
from pages.parts.model_picker import model_picker
from pages.parts.model_providers import ModelProviders, await_providers
from pages.parts.parameter_inputs import parameter_inputs
from pages.parts.provider_preferences import provider_preferences
from pages.parts.providers_view import providers_view
from pages.parts.response_format_input import format_in_force, response_format_input
from pages.parts.schema_dialogs import was_opened
from pages.parts.settings_secrets import mask_system_prompt, secret_problems, undecided
from pages.parts.state import close_dialog, input_value, opened_dialog, service
from pages.parts.tools_input import ToolChoice, tools_input
from service import Message, ModelInfo, ModelParameters, OpenRouterConfig, ResponseFormat
from service.attachments import with_pdf_engine
from service.outgoing import Holding

__all__ = ["RunSettings", "run_settings"]

_STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text(encoding='utf-8')}</style>"


@dataclass(frozen=True)
class RunSettings:
    """The choices of the panel; while `problems` has sentences, nothing is to be sent. `secrets` are among them.

    `info` is what is known about the model.
    """

    model: str
    system_prompt: str
    parameters: ModelParameters = field(default_factory=ModelParameters)
    response_format: ResponseFormat | None = None
    tools: ToolChoice = field(default_factory=ToolChoice)
    problems: tuple[str, ...] = ()
    pdf_engine: str | None = None
    secrets: tuple[Holding, ...] = ()
    info: ModelInfo | None = None

    def request_fields(self, messages: Sequence[Message] = ()) -> dict[str, Any]:
        """Return what `Conversation.to_request` takes beside messages and model, for these messages."""
        return {
            "parameters": with_pdf_engine(self.parameters, messages, self.pdf_engine),
            "response_format": self.response_format,
            "tools": self.tools.tools,
            "tool_choice": self.tools.choice,
        }


def run_settings(page: str) -> RunSettings:
    """Draw the panel where it stands, or in the drawer while that is open, and return what it says.

    Inputs are kept by page for the whole session.
    """
    st.html(_STYLE)
    shown = conversation() if page == "chat" else None
    restored = restore_settings(page, shown)
    chosen = _in_its_place(page)
    keep_settings(page, shown, restored)
    return chosen


def _in_its_place(page: str) -> RunSettings:
    if opened_dialog() != "settings":
        with st.container(key=f"{page}.run_settings", gap=None):
            st.header("Run settings", anchor=False)
            return _panel(page)
    drawn: list[RunSettings] = []
    _drawer(page, drawn)
    return drawn[-1]


@st.dialog("Run settings", position="right", width=420, on_dismiss=close_dialog)
def _drawer(page: str, drawn: list[RunSettings]) -> None:
    with st.container(key=f"{page}.run_settings", gap=None):
        drawn[:] = [_panel(page)]


def _panel(page: str) -> RunSettings:
    with st.expander("Model", expanded=True):
        model, info, model_problems = model_picker(page)
        providers = ModelProviders(model, provider_preferences(page))
        providers_view(page, providers)
    with _prompt_fold(page):
        system_prompt = _system_prompt(page)
    values, parameter_problems = parameter_inputs(page, info, _configured().parameters.set_fields())
    says = format_in_force(page, _configured().response_format)
    with fold("Response format", key=f"{page}.format_fold", says=says, is_open=was_opened()):
        response_format, format_problems = response_format_input(
            page, model, info, providers, _configured().response_format
        )
    tools = tools_input(page, info, providers)
    advanced = advanced_inputs(page, model, info, providers)
    await_providers(providers)
    faults = (*model_problems, *parameter_problems, *format_problems, *tools.problems, *advanced.problems)
    parameters = ModelParameters(
        **values,
        **advanced.fields,
        parallel_tool_calls=tools.parallel,
        extra_body=advanced.extra.body,
        extra_headers=advanced.extra.headers,
    )
    secrets = undecided(page, system_prompt, parameters, tools, response_format)
    problems = (*faults, *secret_problems(secrets))
    engine = advanced.pdf_engine
    return RunSettings(model, system_prompt, parameters, response_format, tools, problems, engine, secrets, info)


def _prompt_fold(page: str) -> DeltaGenerator:
    """Draw the fold of the system prompt, which says whether one is set."""
    is_set = str(input_value(f"{page}.system_prompt") or "").strip()
    return fold("System prompt", key=f"{page}.prompt_fold", says="set" if is_set else "", is_open=True)


def _configured() -> OpenRouterConfig:
    """Return what the settings of the server say, which holds for all that is left unset."""
    return service().config


def _system_prompt(page: str) -> str:
    configured = _configured().system_prompt
    mask_system_prompt(page)
    entered = st.text_area(
        "System prompt",
        key=f"{page}.system_prompt",
        placeholder=configured or "How the model is to behave, for example: Answer in two sentences.",
        help="Sent before your messages. "
        + ("Where it is empty, the server's own is sent." if configured else "Leave it empty to send none."),
        height=120,
        label_visibility="collapsed",
        persist_state="session",
    )
    return entered.strip()
