"""Where a schema may begin: a template, examples, a table, an earlier answer, code, a description in words.

What comes out is shown before it takes the place of the schema that is there, and Undo brings that back.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts.markdown import safe_markdown
from pages.parts.plain import literal
from pages.parts.preflight import passed
from pages.parts.refusals import PROVIDERS
from pages.parts.response_format_choice import FormatKeys, text_of
from pages.parts.schema_answers import answer_source
from pages.parts.schema_begun import note_begun
from pages.parts.schema_described import words_source
from pages.parts.schema_dialogs import dialog_button, leave_if_closed
from pages.parts.schema_found import Found
from pages.parts.schema_sources import code_source, csv_source, examples_source, template_source
from pages.parts.schema_steps import begin_with
from pages.parts.state import close_dialog, input_value, service
from service import InvalidSchemaError
from service.structured import lint_schema, profile_for, schema_to_notation
from service.structured.words import plural

__all__ = ["start_button", "start_dialog"]

SOURCES: dict[str, tuple[str, str, Callable[[FormatKeys], Found]]] = {
    "template": ("Template", "a template", template_source),
    "words": ("Description in words", "your description", words_source),
    "examples": ("Example JSON", "your examples", examples_source),
    "csv": ("CSV table", "your CSV table", csv_source),
    "answer": ("Earlier answer", "an earlier answer", answer_source),
    "code": ("Pydantic or TypeScript", "your code", code_source),
}
"""What each is called, what a schema is said to come from, and what draws it."""


def start_button(keys: FormatKeys) -> None:
    """Draw the button that opens the dialog."""
    dialog_button("Start from…", "schema", icon="auto_awesome", key=f"{keys.schema}.start")


@st.dialog("Start from…", width="medium", on_dismiss=close_dialog)
def start_dialog(keys: FormatKeys) -> None:
    """Draw the choice of a source, its input, and what comes out."""
    leave_if_closed("schema")
    source = st.pills(
        "Start from",
        list(SOURCES),
        key=f"{keys.kind}.source",
        default="template",
        format_func=lambda name: SOURCES[name][0],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    found = SOURCES[source][2](keys)
    if found.problem is not None:
        st.error(safe_markdown(found.problem), icon=":material/error:")
    elif found.schema is not None or found.is_blank:
        _show(keys, found, SOURCES[source][1])


def _show(keys: FormatKeys, found: Found, source: str) -> None:
    st.markdown("**What comes out**")
    if found.note:
        st.caption(literal(found.note))
    if not found.is_blank:
        st.code(schema_to_notation(found.schema, width=70), language=None, wrap_lines=True, height="content")
        st.caption(_refusals(keys, found))
    is_replaced = bool(text_of(keys).strip())
    st.button(
        "Use this schema",
        type="primary",
        key=f"{keys.kind}.use",
        on_click=_use,
        args=(keys, found, source),
    )
    if is_replaced:
        st.caption("It takes the place of the schema that is there; Undo brings that back.")


def _use(keys: FormatKeys, found: Found, source: str) -> None:
    begin_with(keys, found.schema, found.name)
    note_begun(keys, found.schema, source)
    close_dialog()


def _refusals(keys: FormatKeys, found: Found) -> str:
    """Say what the linter thinks of a schema, for the chosen model's provider."""
    profile = profile_for(str(input_value(f"{keys.page}.model") or service().config.model))
    who = PROVIDERS[profile] or "The provider"
    try:
        issues = lint_schema(found.schema, profile)
        if not issues:
            return passed(found.schema, profile)
    except InvalidSchemaError as error:
        return literal(error.message)
    reasons = plural(len(issues), "reason")
    return f":material/rule: Checked: {who} would refuse it for {reasons}. Fixes stand below the schema."
