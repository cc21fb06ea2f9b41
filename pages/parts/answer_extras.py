"""What an answer may hold beside its text: pictures and sources."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from pages.parts.attached_view import file_address, picture_html
from pages.parts.plain import literal
from pages.parts.words import file_size
from service.store import Reference, reference_of
from service.structured.words import clean

__all__ = ["picture_of", "show_citations", "show_images", "source_of"]

_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def picture_of(image: Mapping[str, Any]) -> bytes | None:
    """Return a picture that came with the answer; `None` for one that would have to be fetched, or is none."""
    url = image.get("image_url")
    url = url.get("url") if isinstance(url, Mapping) else url
    if not isinstance(url, str) or (head := _PICTURE.match(url)) is None:
        return None
    try:
        data = b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if data.startswith(_MAGIC) else None


def source_of(annotation: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return title and address of a citation; `None` for anything but a web page."""
    cited = annotation.get("url_citation")
    url = cited.get("url") if isinstance(cited, Mapping) else None
    if annotation.get("type") != "url_citation" or not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    title = cited.get("title") if isinstance(cited, Mapping) else None
    return (title if isinstance(title, str) and title.strip() else parts.netloc), quote(
        clean(url), safe="/:?#@!$&*+,;=%~._-"
    )


def show_images(images: Sequence[Mapping[str, Any]]) -> None:
    """Draw the pictures that came with the answer; one that lies elsewhere is not fetched."""
    for number, image in enumerate(images, 1):
        if (kept := _kept(image)) is not None:
            _show_kept(kept, f"Picture {number}")
            continue
        data = picture_of(image)
        if data is None:
            st.caption(f":material/hide_image: Picture {number} is not shown: it did not come with the answer.")
            continue
        try:
            st.image(data)
        except (OSError, ValueError):
            st.caption(f":material/broken_image: Picture {number} cannot be shown: its data are damaged.")


def _kept(image: Mapping[str, Any]) -> Reference | None:
    url = image.get("image_url")
    found = reference_of(url.get("url")) if isinstance(url, Mapping) else None
    return found if found is not None and found.media_type.startswith("image/") else None


def _show_kept(reference: Reference, name: str) -> None:
    """Draw a picture that the store has, from where it is handed out, with a way to keep it."""
    ending = reference.media_type.removeprefix("image/")
    address = escape(file_address(reference, f"{name}.{ending}", is_download=True))
    link = f'<a class="orp-file" href="{address}" download>Download · {file_size(reference.size)}</a>'
    st.html(f'<div class="orp-files orp-answer">{picture_html(reference, name)}{link}</div>')


def show_citations(annotations: Sequence[Mapping[str, Any]]) -> None:
    """Draw the sources, each page once, as a small numbered list of links."""
    sources = {url: title for title, url in filter(None, map(source_of, annotations))}
    if sources:
        lines = [f"{number}. [{literal(title)}](<{url}>)" for number, (url, title) in enumerate(sources.items(), 1)]
        st.caption("Sources\n\n" + "\n".join(lines))
