"""What waits above the input for the next message, by conversation; after a reload it waits again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pages.parts.state import input_value, library, owner, put_input, service
from service.attachments import MEGABYTE, Attachment

__all__ = ["attach_again", "attached", "let_wait", "note_problems", "problems", "waiting_ids"]

PLACES = "chat.attached_in"


def attached(here: str) -> tuple[Attachment, ...]:
    """Return what waits in a conversation; "" names the one that is not begun yet."""
    return cast(tuple[Attachment, ...], input_value(_key(here)) or ())


def let_wait(here: str, waiting: Sequence[Attachment]) -> None:
    """Let this wait and nothing else; it is kept for a reload until it is sent or removed."""
    kept, whose = library().waiting, owner()
    for gone in attached(here):
        if gone not in waiting:
            kept.drop(whose, gone)
    for one in waiting:
        kept.keep(whose, one)
    put_input(_key(here), tuple(waiting))
    put_input(PLACES, _places() | {here})


def waiting_ids() -> dict[str, list[str]]:
    """Return what waits in this session by its ids, for each conversation where something does."""
    found = {here: [one.id for one in attached(here)] for here in _places()}
    return {here: ids for here, ids in found.items() if ids}


def attach_again(here: str, ids: Sequence[str]) -> None:
    """Let wait again what waited before the page was reloaded, as far as it is still kept."""
    found = [library().waiting.find(owner(), ident) for ident in ids]
    limit = service().config.max_files_mb * MEGABYTE
    waiting = list(attached(here))
    for one in found:
        if one is not None and one not in waiting and sum(len(each.data) for each in (*waiting, one)) <= limit:
            waiting.append(one)
    let_wait(here, waiting)
    if None in found:
        note_problems(here, ["What waited here is no longer kept, or not all of it. Attach again what is missing."])


def note_problems(here: str, sentences: Sequence[str]) -> None:
    """Remember why something could not be attached."""
    put_input(f"{_key(here)}.problems", tuple(sentences))


def problems(here: str) -> tuple[str, ...]:
    """Return why something could not be attached."""
    return cast(tuple[str, ...], input_value(f"{_key(here)}.problems") or ())


def _places() -> frozenset[str]:
    """Return the conversations in which something has waited."""
    return cast(frozenset[str], input_value(PLACES) or frozenset())


def _key(here: str) -> str:
    return f"chat.attached.{here}"
