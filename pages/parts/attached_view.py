"""What was sent along with a message: pictures, files and recordings, which the server hands out by what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from pages.parts.attached import Content
from pages.parts.plain import literal
from pages.parts.words import file_size
from service import ContentPart
from service.attachments import read_text_file
from service.store import Reference, reference_of
from service.structured.words import clean

__all__ = ["file_address", "picture_html", "show_attached", "with_words", "words_of"]


def words_of(content: Content) -> str:
    """Return what somebody wrote, without the texts of files."""
    return content if isinstance(content, str) else "\n".join(_text(part) for part in content if _is_words(part))


def with_words(content: Content, words: str) -> Content:
    """Return the same content with other words."""
    if isinstance(content, str):
        return words
    return (ContentPart.text(words), *(part for part in content if not _is_words(part)))


def show_attached(content: Content) -> None:
    """Draw what goes along with a message."""
    if isinstance(content, str):
        return
    sent = (part for part in content if part.type != "text")
    if drawn := [html for number, part in enumerate(sent, 1) for html in _drawn(part, number)]:
        st.html(f'<div class="orp-files">{"".join(drawn)}</div>')
    for part in content:
        if (found := read_text_file(_text(part))) is not None:
            with st.expander(literal(found[0]), icon=":material/description:"):
                st.code(clean(found[1]), language=None, wrap_lines=True)


def file_address(reference: Reference, name: str, *, is_download: bool = False) -> str:
    """Return where the server hands out a file."""
    return f"/file/{reference.key}?name={quote(name)}{'&download' if is_download else ''}"


def picture_html(reference: Reference, name: str) -> str:
    """Return a picture that opens in a tab of its own, at its full size, when it is clicked."""
    address = escape(file_address(reference, name))
    return (
        f'<a href="{address}" target="_blank" title="Open at full size">'
        f'<img src="{address}" alt="{escape(name)}" loading="lazy"></a>'
    )


def _is_words(part: ContentPart) -> bool:
    return part.type == "text" and read_text_file(_text(part)) is None


def _text(part: ContentPart) -> str:
    return str(part.payload["text"]) if part.type == "text" else ""


def _drawn(part: ContentPart, number: int) -> Iterator[str]:
    inner = part.payload.get(part.type)
    if not isinstance(inner, Mapping):
        return
    held: Any = next((inner[field] for field in ("url", "file_data", "data") if field in inner), None)
    name = str(inner.get("filename") or f"{_KINDS.get(part.type, 'File')} {number}")
    reference = reference_of(held)
    if reference is None:
        yield _elsewhere(held, name)
    elif reference.media_type.startswith("image/"):
        yield picture_html(reference, name)
    elif reference.media_type.startswith("audio/"):
        yield f'<audio controls preload="none" src="{escape(file_address(reference, name))}"></audio>'
    else:
        address = escape(file_address(reference, name, is_download=True))
        yield f'<a class="orp-file" href="{address}" download>{escape(name)} · {file_size(reference.size)}</a>'


_KINDS = {"image_url": "Picture", "input_audio": "Recording", "file": "File", "video_url": "Video"}


def _elsewhere(held: Any, name: str) -> str:
    """Return what is not kept here: a link, or the name of what is still being stored."""
    url = held if isinstance(held, str) else ""
    if urlsplit(url).scheme not in ("http", "https"):
        return f'<span class="orp-file">{escape(name)}</span>'
    return f'<a class="orp-file" href="{escape(url)}" target="_blank" rel="noreferrer">{escape(clean(url))}</a>'
