"""Saving the schema in the editor: by a name the first time, then as the next version."""

from __future__ import annotations

import streamlit as st

from pages.parts.json_text import read_schema
from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys, text_of
from pages.parts.saved_link import SavedState, link_to_version, saved_state
from pages.parts.schema_dialogs import leave_if_closed
from pages.parts.sent_name import UNNAMED, suggest_name
from pages.parts.state import close_dialog, input_value, library, open_dialog, owner, put_input
from service import InvalidRequestError, StorageError

__all__ = ["said_of", "save_button", "save_dialog"]


def said_of(state: SavedState) -> str:
    """Say what is saved of the schema in the editor, as Markdown."""
    name = literal(state.schema.name)
    if state.is_changed:
        return f":material/edit: {name}, changed since version {state.number}"
    newest = state.schema.version
    older = "" if state.number == newest else f"; the newest is version {newest}"
    return f":material/bookmark_added: Saved as {name}, version {state.number}{older}"


def save_button(keys: FormatKeys, state: SavedState | None) -> None:
    """Draw Save, which opens the dialog; from a drawer, in the drawer's place."""
    is_blank = read_schema(text_of(keys)).value is None
    what = "Keep this schema by a name, in versions"
    key = f"{keys.saved}.save"
    if st.button("Save", icon=":material/save:", key=key, type="tertiary", help=what, disabled=is_blank):
        _begin(keys, state)
        st.rerun()


@st.dialog("Save schema", icon=":material/save:", width="small", on_dismiss=close_dialog)
def save_dialog(keys: FormatKeys) -> None:
    """Draw the name, and beside a schema that was changed since it was saved what has changed."""
    leave_if_closed("save")
    state, name = saved_state(keys), str(input_value(_name(keys)) or "")
    if state is not None:
        st.caption(said_of(state))
    st.text_input("Name", key=_name(keys), max_chars=80, placeholder="Invoice, Contact, Review …", live=True)
    found = library().schemas.named(owner(), name) if name.strip() else None
    if found is not None:
        st.text_input("What has changed (optional)", key=_note(keys), max_chars=200)
    if found is not None and (state is None or state.schema.id != found.id):
        st.caption(f"There is {literal(found.name)} already; this becomes its next version.")
    is_there = found is not None and state is not None and state.schema.id == found.id and not state.is_changed
    label = "Save" if found is None else f"Save as version {found.version + 1}"
    if is_there:
        st.caption("This version is saved already. Another name saves a copy.")
    if (problem := input_value(_problem(keys))) is not None:
        st.error(literal(str(problem)), icon=":material/error:")
    is_blank = not name.strip() or is_there
    st.button(label, key=f"{keys.saved}.done", type="primary", disabled=is_blank, on_click=_save, args=(keys,))


def _begin(keys: FormatKeys, state: SavedState | None) -> None:
    put_input(_name(keys), _suggested(keys) if state is None else state.schema.name)
    put_input(_note(keys), "")
    put_input(_problem(keys), None)
    open_dialog("save")


def _suggested(keys: FormatKeys) -> str:
    """Return a name to begin with: the schema's title, or what it is sent as."""
    title = (read_schema(text_of(keys)).value or {}).get("title")
    sent_as = str(input_value(keys.name) or "")
    found = title if isinstance(title, str) else "" if sent_as == UNNAMED else sent_as
    words = " ".join(found.replace("_", " ").split())[:80]
    return words[:1].upper() + words[1:]


def _save(keys: FormatKeys) -> None:
    name, note = str(input_value(_name(keys)) or ""), str(input_value(_note(keys)) or "")
    try:
        made = library().schemas.save(owner(), name, text_of(keys), note=note)
    except (InvalidRequestError, StorageError) as error:
        put_input(_problem(keys), f"{error.message} {error.hint}")
    else:
        if made.number == 1:
            suggest_name(keys, name)
        link_to_version(keys, made)
        close_dialog()


def _name(keys: FormatKeys) -> str:
    return f"{keys.saved}.name"


def _note(keys: FormatKeys) -> str:
    return f"{keys.saved}.note"


def _problem(keys: FormatKeys) -> str:
    return f"{keys.saved}.problem"
