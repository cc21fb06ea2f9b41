"""What can be attached to a message: pictures, PDFs, recordings and texts, told apart by their content.

A name or a type that somebody gives is not believed. A text goes into the message as text, between two marks that name
it; everything else as a part of its own kind.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Literal, cast
from urllib.parse import unquote, urlsplit

from service.catalogue import ModelInfo
from service.types import AudioFormat, ContentPart, Message, ModelParameters

__all__ = [
    "MEGABYTE",
    "PDF_ENGINES",
    "Attachment",
    "UnusableFileError",
    "attach_file",
    "attach_link",
    "holds_pdf",
    "media_type_of",
    "not_taken",
    "read_text_file",
    "with_pdf_engine",
]

MEGABYTE = 2**20
Kind = Literal["image", "audio", "pdf", "text"]

PDF_ENGINES = ("native", "cloudflare-ai", "mistral-ocr")
"""How OpenRouter can read a PDF: the engines of its plugin `file-parser`."""

_OTHER_NAMES = {
    "zip": "a ZIP archive, or a Word, Excel or PowerPoint file: save it as PDF or as text",
    "gzip": "a compressed file: unpack it",
    "video": "a video: this page sends pictures, PDFs, recordings and texts",
}
_TEXT_FILE = re.compile(r'<file name="([^"\n]*)">\n(.*)\n</file>', re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNSAFE_IN_NAME = re.compile('["<>\x00-\x1f\x7f]+')
_PNG_END = b"IEND\xaeB`\x82"


class UnusableFileError(ValueError):
    """A file cannot be attached; the message says why, and what to do."""


@dataclass(frozen=True)
class Attachment:
    """Something that goes with a message: a file, or the address of one.

    Attributes:
        name: As it is shown.
        kind: What it is.
        media_type: Its type, such as `image/png`; of a link what its ending says.
        data: Its bytes; empty for a link.
        url: The address; "" for a file.
    """

    name: str
    kind: Kind
    media_type: str
    data: bytes = b""
    url: str = ""

    @cached_property
    def id(self) -> str:
        """What it is known by: the same for the same thing under the same name."""
        told = sha256("\n".join((self.name, self.media_type, self.url)).encode())
        told.update(self.data)
        return told.hexdigest()

    @property
    def text(self) -> str:
        """What a text says; "" for anything else."""
        return (_decoded(self.data) or "") if self.kind == "text" else ""

    def part(self) -> ContentPart:
        """Return the part of a message that holds it."""
        if self.kind == "image":
            return ContentPart.image(self.url or self.data, media_type=self.media_type)
        if self.kind == "pdf":
            return ContentPart.file(self.url or self.data, filename=self.name, media_type=self.media_type)
        if self.kind == "audio":
            return ContentPart.audio(self.data, format=cast(AudioFormat, self.media_type.removeprefix("audio/")))
        return ContentPart.text(f'<file name="{self.name}">\n{self.text}\n</file>')


def attach_file(name: str, data: bytes, *, most_mb: int) -> Attachment:
    """Return a file as an attachment.

    Args:
        name: As it was called; a path before it is dropped.
        data: Its bytes.
        most_mb: How many megabytes it may have.

    Raises:
        UnusableFileError: It is too large, empty, damaged, or of no kind that can be sent.
    """
    name = _UNSAFE_IN_NAME.sub("_", PurePath(name.replace("\\", "/")).name)[:120] or "file"
    if not data:
        raise UnusableFileError(f"{name} is empty.")
    if len(data) > most_mb * MEGABYTE:
        size = len(data) / MEGABYTE
        raise UnusableFileError(f"{name} has {size:,.1f} MB; a file may have {most_mb:,}. Make it smaller first.")
    media_type = media_type_of(data)
    if media_type in _OTHER_NAMES:
        raise UnusableFileError(f"{name} cannot be sent. It is {_OTHER_NAMES[media_type]}.")
    if media_type is None:
        if _decoded(data) is None:
            raise UnusableFileError(f"{name} cannot be sent: it is no picture, PDF, recording or text.")
        return Attachment(name, "text", "text/plain", data)
    if not _is_whole(media_type, data):
        raise UnusableFileError(f"{name} is damaged: it begins as {_called(media_type)}, but is not a whole one.")
    return Attachment(name, _kind(media_type), media_type, data)


def attach_link(url: str) -> Attachment:
    """Return the address of a picture or a PDF as an attachment; whoever runs the model fetches it.

    Raises:
        UnusableFileError: It is no http address, or names a recording, which has to be sent along.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url.strip()):
        raise UnusableFileError("A link begins with https:// and has no blanks.")
    name = _UNSAFE_IN_NAME.sub("_", unquote(PurePath(parts.path).name))[:120] or parts.hostname
    ending = PurePath(parts.path).suffix.lower()
    if ending in (".mp3", ".wav", ".ogg", ".m4a", ".flac", ".aac"):
        raise UnusableFileError("Recordings cannot be sent by link: download it, and attach the file.")
    if ending == ".pdf":
        return Attachment(name, "pdf", "application/pdf", url=url.strip())
    return Attachment(name, "image", "image/*", url=url.strip())


def media_type_of(data: bytes) -> str | None:
    """Return the type that the first bytes tell; `None` where they tell none, as with a text.

    Recordings are called as OpenRouter calls their format: `audio/mp3`, `audio/wav`.
    """
    for begin, media_type in _BEGINNINGS:
        if data.startswith(begin):
            return media_type
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video"}.get(data[8:12])
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff"
    if data[4:8] == b"ftyp":
        return "audio/m4a" if data[8:11] == b"M4A" else "video"
    is_frame = len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0
    if is_frame and data[1] & 0x06:
        return "audio/mp3"
    return "audio/aac" if is_frame and data[1] & 0xF6 == 0xF0 else None


_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mp3"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x1aE\xdf\xa3", "video"),
    # A mark that says UTF-16, where it might be taken for a recording.
    (b"\xff\xfe", None),
    (b"\xfe\xff", None),
)


def not_taken(attached: Iterable[Attachment], info: ModelInfo | None) -> list[Attachment]:
    """Return what a model cannot take, by its input modalities; nothing where the model is unknown.

    Every model takes texts, and PDFs too: where it does not read them itself, OpenRouter does.
    """
    if info is None:
        return []
    return [one for one in attached if one.kind in ("image", "audio") and one.kind not in info.input_modalities]


def read_text_file(text: str) -> tuple[str, str] | None:
    """Return name and content of a text that was attached as a file; `None` for any other text."""
    found = _TEXT_FILE.fullmatch(text)
    return (found[1], found[2]) if found is not None else None


def holds_pdf(messages: Iterable[Message]) -> bool:
    """Whether a PDF goes along."""
    parts = (part for message in messages for part in message.content or () if isinstance(part, ContentPart))
    return any(part.type == "file" for part in parts)


def with_pdf_engine(parameters: ModelParameters, messages: Sequence[Message], engine: str | None) -> ModelParameters:
    """Return parameters that name the engine that reads PDFs, where one was chosen and a PDF goes along."""
    if engine is None or not holds_pdf(messages):
        return parameters
    others = tuple(plugin for plugin in parameters.plugins or () if plugin.get("id") != "file-parser")
    plugin = {"id": "file-parser", "pdf": {"engine": engine}}
    return parameters.model_copy(update={"plugins": (*others, plugin)})


def _kind(media_type: str) -> Kind:
    return "pdf" if media_type == "application/pdf" else cast(Kind, media_type.partition("/")[0])


def _called(media_type: str) -> str:
    family, _, name = media_type.partition("/")
    return {"image": f"a {name.upper()} picture", "audio": f"a {name.upper()} recording"}.get(family, "a PDF")


def _decoded(data: bytes) -> str | None:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _is_whole(media_type: str, data: bytes) -> bool:
    check = _CHECKS.get(media_type)
    return check is None or check(data)


def _is_whole_riff(data: bytes) -> bool:
    return len(data) >= 12 and bool(struct.unpack("<I", data[4:8])[0] + 8 <= len(data) + 1)


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "image/png": lambda data: data[12:16] == b"IHDR" and _PNG_END in data[-64:],
    "image/jpeg": lambda data: b"\xff\xd9" in data[-4_096:],
    "image/gif": lambda data: b";" in data[-16:],
    "image/webp": _is_whole_riff,
    "application/pdf": lambda data: b"%%EOF" in data[-2_048:],
}
