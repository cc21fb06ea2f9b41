"""What was attached: kind, type, size and, for pictures, the dimensions read from the file's header."""

import base64
import binascii
import hashlib
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

KINDS = {
    "image_url": "Image",
    "input_audio": "Audio",
    "file": "File",
    "video_url": "Video",
    "input_video": "Video",
}
_LONGER_SIDE = 96
_RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One content part that is not text."""

    kind: str
    mime: str | None
    data: bytes | None
    name: str | None = None
    url: str | None = None

    def describe(self) -> str:
        """Say in one line what arrived."""
        found = [f"**{self.kind}**"]
        if self.name:
            found.append(f"`{self.name.replace('`', '')}`")
        if self.url:
            return ", ".join(
                [*found, f"by address `{self.url[:200].replace('`', '')}` (the simulator fetches nothing)"]
            )
        if self.mime:
            found.append(self.mime)
        if self.data is None:
            return ", ".join([*found, "but its data could not be decoded"])
        found.append(f"{len(self.data):,} bytes")
        size = dimensions(self.data)
        if size:
            found.append(f"{size[0]} × {size[1]} pixels")
        if pages := page_count(self.data):
            found.append("1 page" if pages == 1 else f"{pages:,} pages")
        return ", ".join(found)

    def annotation(self) -> dict[str, Any]:
        """Build the annotation that OpenRouter sends for a parsed file (recorded 2026-10)."""
        name = self.name or "file"
        texts = (f'<file name="{name}">', "The simulator does not read files.", "</file>")
        content = [{"type": "text", "text": text} for text in texts]
        digest = hashlib.sha256(self.data or b"").hexdigest()
        return {"type": "file", "file": {"hash": digest, "name": name, "content": content}}


def attachment(part: Mapping[str, Any]) -> Attachment:
    """Read one content part."""
    kind = str(part.get("type"))
    inner = part.get(kind)
    inner = inner if isinstance(inner, Mapping) else {"url": inner}
    if kind == "input_audio":
        return Attachment("Audio", f"audio/{inner.get('format', 'unknown')}", _decoded(str(inner.get("data", ""))))
    source = str(inner.get("file_data" if kind == "file" else "url") or "")
    name = inner.get("filename")
    shown = KINDS.get(kind, kind)
    if not source.startswith("data:"):
        return Attachment(shown, None, None, name if isinstance(name, str) else None, source or "(empty)")
    mime, data = _data_url(source)
    return Attachment(shown, mime, data, name if isinstance(name, str) else None)


def _data_url(url: str) -> tuple[str, bytes | None]:
    head, _, payload = url.removeprefix("data:").partition(",")
    mime = head.split(";")[0] or "text/plain"
    return mime, _decoded(payload) if head.endswith(";base64") else unquote_to_bytes(payload)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def page_count(data: bytes) -> int:
    """Return how many pages a PDF tells of in plain sight; 0 for one that packs them, and for anything else."""
    return len(_PAGE.findall(data)) if data.startswith(b"%PDF-") else 0


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF, JPEG or WebP; `None` for anything else."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", data[16:24])
        if data.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack("<HH", data[6:10])
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (SOF0 to SOF15 without DHT, JPG and DAC)."""
    place = 2
    while place + 9 < len(data):
        marker, length = data[place + 1], struct.unpack(">H", data[place + 2 : place + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 1 if marker == 0xFF else 2 + length
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


def picture(seed: int, ratio: object = None) -> str:
    """Draw a two-coloured PNG that differs by seed, as a data URL; `ratio` is that of its sides, such as "16:9"."""
    width, height = _sides(ratio)
    one, two = _colour(seed), _colour(seed >> 8 ^ 0xA5)
    rows = []
    for y in range(height):
        rows.append(b"\0" + b"".join(one if (x // 12 + y // 12) % 2 else two for x in range(width)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _sides(ratio: object) -> tuple[int, int]:
    """Return width and height of a picture whose longer side is the same whatever its shape."""
    found = _RATIO.fullmatch(ratio) if isinstance(ratio, str) else None
    across, down = (int(found[1]), int(found[2])) if found is not None else (1, 1)
    longer = max(across, down)
    return round(_LONGER_SIDE * across / longer), round(_LONGER_SIDE * down / longer)


def _colour(seed: int) -> bytes:
    return bytes((seed * factor >> 3) % 200 + 40 for factor in (31, 57, 91))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
