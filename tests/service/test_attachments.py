"""Files are told apart by what is in them, and refused with a reason before anything is sent."""

from base64 import b64decode
from collections.abc import Sequence

import pytest

from service import ContentPart, Message, ModelInfo, ModelParameters
from service.attachments import (
    Attachment,
    UnusableFileError,
    attach_file,
    attach_link,
    media_type_of,
    not_taken,
    read_text_file,
    with_pdf_engine,
)
from service.simulator.media import picture

PNG = b64decode(picture(3).partition(",")[2])
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"
WEBP = b"RIFF\x14\0\0\0WEBPVP8L" + b"\0" * 12
PDF = b"%PDF-1.7\n%%EOF\n"
WAV = b"RIFF\x28\0\0\0WAVEfmt " + b"\0" * 24


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (PNG, "image", "image/png"),
        (JPEG, "image", "image/jpeg"),
        (b"GIF89a" + b"\0" * 10 + b";", "image", "image/gif"),
        (WEBP, "image", "image/webp"),
        (PDF, "pdf", "application/pdf"),
        (WAV, "audio", "audio/wav"),
        (b"ID3\x04" + b"\0" * 20, "audio", "audio/mp3"),
        (b"\xff\xfb\x90\x00" + b"\0" * 20, "audio", "audio/mp3"),
        (b"\xff\xf1\x50\x80" + b"\0" * 20, "audio", "audio/aac"),
        (b"OggS" + b"\0" * 20, "audio", "audio/ogg"),
        (b"fLaC" + b"\0" * 20, "audio", "audio/flac"),
        (b"\0\0\0\x20ftypM4A " + b"\0" * 20, "audio", "audio/m4a"),
        (b"a,b\n1,2\n", "text", "text/plain"),
        ("Grüße 日本".encode(), "text", "text/plain"),
        ("Grüße".encode("utf-16"), "text", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, kind: str, media_type: str) -> None:
    """Whatever it is called."""
    found = attach_file("report.exe", data, most_mb=1)
    assert (found.kind, found.media_type, found.data) == (kind, media_type, data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "a.bin is empty."),
        (b"x" * (2**20 + 1), "a.bin has 1.0 MB; a file may have 1. Make it smaller first."),
        (PNG[:-20], "a.bin is damaged: it begins as a PNG picture, but is not a whole one."),
        (JPEG[:-2], "a.bin is damaged: it begins as a JPEG picture, but is not a whole one."),
        (b"%PDF-1.7\n", "a.bin is damaged: it begins as a PDF, but is not a whole one."),
        (b"PK\x03\x04\0", "a ZIP archive, or a Word, Excel or PowerPoint file: save it as PDF or as text"),
        (b"\0\0\0\x20ftypisom", "It is a video"),
        (b"\x7fELF\x02\x01\0\0", "a.bin cannot be sent: it is no picture, PDF, recording or text."),
        (b"\xc3\x28 is no text", "a.bin cannot be sent"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(data: bytes, said: str) -> None:
    with pytest.raises(UnusableFileError) as caught:
        attach_file("a.bin", data, most_mb=1)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kept"), [("../../a.txt", "a.txt"), ('a"><b>.md', "a_b_.md"), ("C:\\x\\a.csv", "a.csv"), ("..", "..")]
)
def test_a_name_loses_its_path_and_what_would_end_a_mark(name: str, kept: str) -> None:
    assert attach_file(name, b"text", most_mb=1).name == kept


def test_a_text_goes_along_with_its_name_and_is_found_again() -> None:
    part = attach_file("notes.md", b"# Notes\n</file>\n", most_mb=1).part()
    assert part == ContentPart.text('<file name="notes.md">\n# Notes\n</file>\n\n</file>')
    assert read_text_file(part.payload["text"]) == ("notes.md", "# Notes\n</file>\n")
    assert read_text_file("What is a <file> tag?") is None


@pytest.mark.parametrize(
    ("attached", "part"),
    [
        (Attachment("a", "image", "image/png", PNG), ContentPart.image(PNG)),
        (Attachment("a", "pdf", "application/pdf", PDF), ContentPart.file(PDF, filename="a")),
        (Attachment("a", "audio", "audio/wav", WAV), ContentPart.audio(WAV, format="wav")),
        (attach_link("https://example.com/a.png"), ContentPart.image("https://example.com/a.png")),
        (
            attach_link(" https://example.com/a%20b.pdf "),
            ContentPart.file("https://example.com/a%20b.pdf", filename="a b.pdf"),
        ),
    ],
)
def test_each_kind_becomes_a_part_of_its_own(attached: Attachment, part: ContentPart) -> None:
    assert attached.part() == part


@pytest.mark.parametrize("url", ["", "example.com/a.png", "file:///etc/passwd", "https://", "https://a b/c.png"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UnusableFileError, match="A link begins with https://"):
        attach_link(url)


def test_a_recording_by_link_is_refused() -> None:
    """OpenRouter takes none."""
    with pytest.raises(UnusableFileError, match="attach the file"):
        attach_link("https://example.com/a.mp3")


@pytest.mark.parametrize(
    ("inputs", "names"),
    [(("text",), ["image", "audio"]), (("text", "image"), ["audio"]), (("text", "image", "audio"), [])],
)
def test_what_a_model_cannot_take_is_known_before(inputs: Sequence[str], names: list[str]) -> None:
    """PDFs and texts go to every model."""
    info = ModelInfo(id="a/b", name="B", input_modalities=tuple(inputs))
    attached = [Attachment(kind, kind, "") for kind in ("image", "audio", "pdf", "text")]  # type: ignore[arg-type]
    assert [one.name for one in not_taken(attached, info)] == names
    assert not_taken(attached, None) == []


def test_the_engine_for_pdfs_goes_along_with_a_pdf_alone() -> None:
    """Beside other plugins, and in the place of an earlier choice."""
    given = ModelParameters(plugins=({"id": "web"}, {"id": "file-parser", "pdf": {"engine": "native"}}))
    plain, pdf = [Message.user("Hi")], [Message.user([ContentPart.file(PDF, filename="a")]), Message.user("And?")]
    assert with_pdf_engine(given, plain, "cloudflare-ai") == given
    assert with_pdf_engine(given, pdf, None) == given
    chosen = {"id": "file-parser", "pdf": {"engine": "cloudflare-ai"}}
    assert with_pdf_engine(given, pdf, "cloudflare-ai").plugins == ({"id": "web"}, chosen)


@pytest.mark.parametrize("data", [b"", b"R", b"RIFF", b"\xff", b"\xff\xfe", b"\xfe\xff", b"hello", b"    ftyp"])
def test_a_few_bytes_are_no_reason_to_fail(data: bytes) -> None:
    assert media_type_of(data) in (None, "video")
