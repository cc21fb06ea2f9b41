"""What can be done with a saved schema in its list: see its versions and answers, rename it, delete it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

import streamlit as st

from pages.parts.plain import literal
from pages.parts.problems import telling
from pages.parts.response_format_choice import FormatKeys
from pages.parts.state import close_dialog, input_value, library, owner, put_input
from service import InvalidRequestError, StorageError
from service.store import SavedSchema

__all__ = ["change_buttons", "offer_undo", "opened_row", "renaming_input"]

Shown = Literal["versions", "name"]


def change_buttons(keys: FormatKeys, found: SavedSchema) -> None:
    """Draw what can be done with a saved schema."""
    is_open = opened_row(keys, found.id) == "versions"
    with st.container(horizontal=True, gap="small"):
        _button(keys, found, "history", "Versions", lambda: _show(keys, found.id, None if is_open else "versions"))
        if _button(keys, found, "table", "All answers", lambda: None):
            _show_answers(found.id)
        _button(keys, found, "edit", "Rename", lambda: _show(keys, found.id, "name"))
        _button(keys, found, "delete", "Delete", lambda: _delete(keys, found.id))


def opened_row(keys: FormatKeys, schema_id: str) -> Shown | None:
    """Return what is shown of a saved schema: its versions, or the input for another name."""
    ident, shown = cast(tuple[str, Shown], input_value(f"{keys.saved}.row") or ("", "name"))
    return shown if ident == schema_id else None


def renaming_input(keys: FormatKeys, found: SavedSchema) -> None:
    """Draw the input for another name."""
    key, args = f"{keys.saved}.rename.{found.id}", (keys, found.id)
    # Without a form the way to Cancel leaves the input, which would count as Enter does.
    with st.form(f"{key}.form", border=False):
        st.text_input("Name", found.name, key=key, max_chars=80)
        if (problem := input_value(f"{key}.problem")) is not None:
            st.error(literal(str(problem)), icon=":material/error:")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button("Rename", key=f"{key}.done", on_click=_rename, args=args)
            st.form_submit_button("Cancel", key=f"{key}.cancel", type="tertiary", on_click=_cancel, args=args)


def offer_undo(keys: FormatKeys) -> None:
    """Draw how a deletion is taken back."""
    gone = input_value(f"{keys.saved}.deleted")
    if isinstance(gone, str):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Deleted. Its answers stay in the history.", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key=f"{keys.saved}.undelete",
                type="tertiary",
                on_click=_restore,
                args=(keys, gone),
            )


def _button(keys: FormatKeys, found: SavedSchema, icon: str, what: str, act: Callable[[], None]) -> bool:
    return st.button(
        what,
        icon=f":material/{icon}:",
        key=f"{keys.saved}.{what}.{found.id}",
        type="tertiary",
        on_click=act,
    )


def _show_answers(key: str) -> None:
    close_dialog()
    put_input("history.shows", "answers")
    put_input("history.schema", key)
    st.switch_page("history.py")


def _show(keys: FormatKeys, schema_id: str, shown: Shown | None) -> None:
    put_input(f"{keys.saved}.row", None if shown is None else (schema_id, shown))


def _cancel(keys: FormatKeys, schema_id: str) -> None:
    put_input(f"{keys.saved}.rename.{schema_id}.problem", None)
    _show(keys, schema_id, None)


def _rename(keys: FormatKeys, schema_id: str) -> None:
    key = f"{keys.saved}.rename.{schema_id}"
    try:
        library().schemas.rename(owner(), schema_id, str(input_value(key) or ""))
    except (InvalidRequestError, StorageError) as error:
        put_input(f"{key}.problem", error.message)
    else:
        _cancel(keys, schema_id)


@telling
def _delete(keys: FormatKeys, schema_id: str) -> None:
    library().schemas.delete(owner(), schema_id)
    put_input(f"{keys.saved}.deleted", schema_id)


@telling
def _restore(keys: FormatKeys, schema_id: str) -> None:
    library().schemas.restore(owner(), schema_id)
    put_input(f"{keys.saved}.deleted", None)
