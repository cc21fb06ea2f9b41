"""What goes with the next message: files and links, as long as they wait above the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from pages.parts.run_settings import RunSettings
from pages.parts.state import input_value, put_input, service
from pages.parts.waiting import attached, let_wait, note_problems, problems
from service import ContentPart, Message
from service.attachments import MEGABYTE, Attachment, UnusableFileError, attach_file, attach_link, not_taken
from service.store import OpenConversation

__all__ = [
    "Content",
    "add_file",
    "add_link",
    "attached",
    "content_with",
    "detach",
    "earlier_kinds",
    "note_problems",
    "problems",
    "refused",
    "replace_attached",
]

_KINDS = {"image_url": "image", "input_audio": "audio"}
Content = str | tuple[ContentPart, ...]
"""What a message says: words, or parts of which they are one."""


def detach(here: str, place: int | None = None) -> None:
    """Remove what waits in a conversation, or one thing of it."""
    let_wait(here, [one for number, one in enumerate(attached(here)) if place not in (None, number)])
    note_problems(here, ())


def add_file(here: str, name: str, data: bytes) -> None:
    """Let a file wait.

    Raises:
        UnusableFileError: It cannot be sent, or is too much with what waits already.
    """
    limits = service().config
    found = attach_file(name, data, most_mb=limits.max_file_mb)
    waiting = attached(here)
    size = sum(len(one.data) for one in (*waiting, found))
    if size > limits.max_files_mb * MEGABYTE:
        most = f"{limits.max_files_mb:,}"
        raise UnusableFileError(f"{found.name} is too much: all files of a message may have {most} MB together.")
    if found not in waiting:
        let_wait(here, (*waiting, found))


def replace_attached(here: str, texts: Mapping[str, str]) -> None:
    """Let other texts wait in the place of some text files."""
    if texts and attached(here):
        changed = (
            replace(one, data=texts[one.text].encode()) if one.kind == "text" and one.text in texts else one
            for one in attached(here)
        )
        let_wait(here, tuple(changed))


def add_link(here: str, url: str) -> None:
    """Let the address of a picture or a PDF wait.

    Raises:
        UnusableFileError: It is no address of one.
    """
    found = attach_link(url)
    if found not in attached(here):
        let_wait(here, (*attached(here), found))


def refused(here: str, settings: RunSettings) -> list[Attachment]:
    """Return what waits and cannot go to the model that is chosen."""
    return not_taken(attached(here), settings.info)


def earlier_kinds(shown: OpenConversation) -> frozenset[str]:
    """Return which of pictures and recordings go along from earlier in a conversation; looked for once an answer."""
    kept = input_value("chat.earlier_kinds")
    if isinstance(kept, tuple) and kept[0] == (shown.id, shown.leaf_id):
        return cast(frozenset[str], kept[1])
    messages = shown.messages_to_send(shown.leaf_id, with_files=False) if shown.leaf_id is not None else []
    kinds = frozenset(_KINDS[part.type] for message in messages for part in _parts(message) if part.type in _KINDS)
    put_input("chat.earlier_kinds", ((shown.id, shown.leaf_id), kinds))
    return kinds


def _parts(message: Message) -> list[ContentPart]:
    return [part for part in message.content or () if isinstance(part, ContentPart)]


def content_with(text: str, here: str) -> Content:
    """Return what a message says with what waits; the words first, as models are used to."""
    words = (ContentPart.text(text),) if text.strip() else ()
    waiting = tuple(one.part() for one in attached(here))
    return (*words, *waiting) if waiting else text
