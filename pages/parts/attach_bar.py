"""Above the input: what goes with the next message, what cannot, and a link to add."""

from __future__ import annotations

import streamlit as st

from pages.parts.attach_warnings import earlier_refused, say_refused
from pages.parts.attached import (
    add_file,
    add_link,
    attached,
    detach,
    note_problems,
    problems,
    refused,
)
from pages.parts.conversation_state import keep_draft, restore_draft
from pages.parts.estimate import show_estimate
from pages.parts.plain import literal
from pages.parts.run_settings import RunSettings
from pages.parts.state import input_value, put_input, service
from pages.parts.words import file_size
from service import ModelInfo
from service.attachments import Attachment, UnusableFileError
from service.store import OpenConversation

__all__ = ["attach_bar", "hold_back_files", "message_input"]

ICONS = {"image": "image", "audio": "graphic_eq", "pdf": "picture_as_pdf", "text": "description"}


def attach_bar(settings: RunSettings, shown: OpenConversation | None) -> None:
    """Draw what waits in a conversation, each with a way to remove it, and why something cannot be sent."""
    here = shown.id if shown is not None else ""
    for problem in problems(here):
        st.error(literal(problem), icon=":material/attach_file_off:")
    if bad := refused(here, settings):
        say_refused(bad, settings)
    elif earlier := earlier_refused(settings, shown):
        st.warning(earlier, icon=":material/hide_image:")
    with st.container(key="chat.attached", horizontal=True, gap="small", vertical_alignment="center"):
        for place, one in enumerate(attached(here)):
            _chip(one, here, place)
        _link_input(here)
        _say_format(settings)
        show_estimate(settings, shown)
    if attached(here) and not bad:
        st.caption("Goes with your next message: write what is to be done with it, and press Enter.")


def _say_format(settings: RunSettings) -> None:
    """Say that answers are to be JSON: the fold where that was chosen may be closed, or in a drawer."""
    form = settings.response_format
    if form is not None and form.wants_json:
        shape = f"JSON schema {literal(form.schema_name)}" if form.schema_name else "JSON object"
        st.caption(f":material/data_object: {shape}", width="content")


def message_input(here: str, info: ModelInfo | None) -> str | None:
    """Draw the input; return the words that were sent, "" where there were files alone. The files wait from now on.

    Where one of them cannot be used, the words go back into the input and the page says why. A model that hears
    recordings has a microphone; what is recorded is a file like others.
    """
    restore_draft("chat.input")
    most = service().config.max_file_mb
    hears = info is not None and "audio" in info.input_modalities
    value = st.chat_input("Message", key="chat.input", accept_file="multiple", max_upload_size=most, accept_audio=hears)
    if value is None:
        return None
    wrong: list[str] = []
    for file in (*value.files, *([value.audio] if hears and value.audio is not None else [])):
        try:
            add_file(here, file.name, file.getvalue())
        except UnusableFileError as error:
            wrong.append(str(error))
    note_problems(here, wrong)
    if wrong:
        _give_back(value.text)
    return value.text


def hold_back_files(text: str, settings: RunSettings, here: str) -> None:
    """Put the words back into the input where something that goes along cannot go to this model."""
    if refused(here, settings):
        _give_back(text)


def _give_back(text: str) -> None:
    keep_draft(text)
    st.rerun()


def _chip(one: Attachment, here: str, place: int) -> None:
    with st.container(
        key=f"chat.chip.{place}", horizontal=True, gap="xsmall", width="content", vertical_alignment="center"
    ):
        if one.kind == "image" and one.data:
            st.image(one.data, width=40)
        size = f" · {file_size(len(one.data))}" if one.data else " · by link"
        st.markdown(f":material/{ICONS[one.kind]}: {literal(one.name)}{size}", width="content")
        st.button(
            "Remove",
            icon=":material/close:",
            key=f"chat.chip.{place}.remove",
            help=f"Remove {literal(one.name)}",
            type="tertiary",
            on_click=detach,
            args=(here, place),
        )


def _link_input(here: str) -> None:
    with st.popover("Add by link", icon=":material/add_link:", type="tertiary", width="content"):
        st.text_input(
            "Address of a picture or a PDF",
            key="chat.link",
            placeholder="https://…",
            help="Whoever runs the model fetches it; this app does not.",
        )
        st.button("Add", key="chat.link.add", on_click=_add_link, args=(here,))


def _add_link(here: str) -> None:
    try:
        add_link(here, str(input_value("chat.link") or ""))
    except UnusableFileError as error:
        note_problems(here, [str(error)])
    else:
        note_problems(here, ())
        put_input("chat.link", "")
