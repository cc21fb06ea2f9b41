"""The schemas that were saved: to open in any version, to see where they are used, to rename and delete."""

from __future__ import annotations

import streamlit as st

from pages.parts.clock import moment
from pages.parts.plain import literal
from pages.parts.problems import telling
from pages.parts.response_format_choice import FormatKeys
from pages.parts.save_schema import said_of, save_button, save_dialog
from pages.parts.saved_changes import change_buttons, offer_undo, opened_row, renaming_input
from pages.parts.saved_link import open_version, saved_state
from pages.parts.schema_dialogs import leave_if_closed
from pages.parts.state import close_dialog, library, open_dialog, opened_dialog, owner
from pages.parts.words import times_asked
from service import StorageError
from service.store import SavedSchema, SchemaVersion

__all__ = ["saved_schemas"]

SHOWN = 20
VERSIONS_SHOWN = 50


def saved_schemas(keys: FormatKeys) -> None:
    """Draw the buttons of saved schemas and Save, what is saved of the one in the editor, and their dialogs."""
    try:
        state = saved_state(keys)
    except StorageError as error:
        st.caption(f":material/database_off: {literal(error.message)}")
        return
    what = "Your saved schemas and their versions"
    if st.button("Saved", icon=":material/bookmarks:", key=f"{keys.saved}.list", type="tertiary", help=what):
        open_dialog("saved")
        st.rerun()
    save_button(keys, state)
    if state is not None:
        st.caption(said_of(state))
    if opened_dialog() == "saved":
        _dialog(keys)
    elif opened_dialog() == "save":
        save_dialog(keys)


@st.dialog("Saved schemas", icon=":material/bookmarks:", width="medium", on_dismiss=close_dialog)
def _dialog(keys: FormatKeys) -> None:
    leave_if_closed("saved")
    query = st.text_input(
        "Search saved schemas",
        key=f"{keys.saved}.search",
        placeholder="Search by name",
        icon=":material/search:",
        label_visibility="collapsed",
        live=True,
    )
    offer_undo(keys)
    try:
        _list(keys, query)
    except StorageError as error:
        st.error(literal(error.message), icon=":material/database_off:")


def _list(keys: FormatKeys, query: str) -> None:
    found = library().schemas.recent(owner(), query=query, limit=SHOWN + 1)
    if not found:
        st.caption("No saved schema has this name." if query else "Nothing saved yet. Save keeps a schema by its name.")
    for each in found[:SHOWN]:
        _row(keys, each)
    if len(found) > SHOWN:
        st.caption("There are more: search for them by name.")


def _row(keys: FormatKeys, found: SavedSchema) -> None:
    shown = opened_row(keys, found.id)
    with st.container(key=f"saved-schema-{found.id}", border=True, gap="xsmall"):
        if shown == "name":
            renaming_input(keys, found)
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"**{literal(found.name)}**")
                versions = f"Version {found.version}, {moment(found.updated_at)}"
                st.caption(f"{versions} · {times_asked(found.use)}")
            _open_button(keys, found, found.version, "Open")
        change_buttons(keys, found)
        if shown == "versions":
            for version in library().schemas.versions(owner(), found.id, limit=VERSIONS_SHOWN):
                _version(keys, found, version)


def _version(keys: FormatKeys, found: SavedSchema, version: SchemaVersion) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall"):
        note = f" · {literal(version.note)}" if version.note else ""
        told = f"Version {version.number}, {moment(version.created_at)} · {times_asked(version.use)}{note}"
        st.caption(told, width="stretch")
        _open_button(keys, found, version.number, f"Open version {version.number}")


def _open_button(keys: FormatKeys, found: SavedSchema, number: int, label: str) -> None:
    st.button(
        label,
        key=f"{keys.saved}.{label}.{found.id}",
        type="secondary" if label == "Open" else "tertiary",
        help=f"Put {literal(found.name)}, version {number}, into the editor",
        on_click=_open,
        args=(keys, found, number),
    )


@telling
def _open(keys: FormatKeys, found: SavedSchema, number: int) -> None:
    versions = library().schemas.versions(owner(), found.id, limit=1, before=number + 1)
    if versions:
        open_version(keys, versions[0], found.name)
        close_dialog()
