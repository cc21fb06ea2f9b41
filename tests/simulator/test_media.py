"""What sim/vision says about attachments."""

import base64
import struct
import zlib

import pytest

from service.simulator import media

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"\x08\x02\0\0\0"
GIF = b"GIF89a" + struct.pack("<HH", 31, 17) + b"\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x02\xff\xc2\0\x11\x08" + struct.pack(">HH", 300, 200) + b"\x03\0\0\0\0"
VP8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 120, 90)
VP8L = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", (64 - 1) | (48 - 1) << 14)
VP8X = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (1023).to_bytes(3, "little") + (767).to_bytes(3, "little")


def url(mime, data):
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PNG, (640, 480)),
        (GIF, (31, 17)),
        (JPEG, (200, 300)),
        (VP8, (120, 90)),
        (VP8L, (64, 48)),
        (VP8X, (1024, 768)),
        (PNG[:18], None),
        (JPEG[:12], None),
        (b"\xff\xd8" + b"\xff" * 40, None),
        (b"", None),
        (b"%PDF-1.4", None),
    ],
)
def test_dimensions_are_read_from_the_header(data, size):
    assert media.dimensions(data) == size


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (
            {"type": "image_url", "image_url": {"url": url("image/png", PNG)}},
            "1. **Image**, image/png, 29 bytes, 640 × 480 pixels",
        ),
        (
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            "1. **Image**, by address `https://example.com/a.png` (the simulator fetches nothing)",
        ),
        (
            {"type": "file", "file": {"filename": "plan.pdf", "file_data": url("application/pdf", b"%PDF-1.4")}},
            "1. **File**, `plan.pdf`, application/pdf, 8 bytes",
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
            "1. **Audio**, audio/wav, 4 bytes",
        ),
        (
            {"type": "video_url", "video_url": {"url": url("video/mp4", b"....ftyp")}},
            "1. **Video**, video/mp4, 8 bytes",
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,%%%"}},
            "1. **Image**, image/png, but its data could not be decoded",
        ),
        (
            {"type": "image_url", "image_url": url("image/gif", GIF)},
            "1. **Image**, image/gif, 13 bytes, 31 × 17 pixels",
        ),
        ({"type": "hologram"}, "1. **hologram**, by address `(empty)` (the simulator fetches nothing)"),
    ],
    ids=["png", "address", "file", "audio", "video", "broken", "bare url", "unknown"],
)
def test_every_kind_of_attachment_is_described(client, part, line):
    text = client.text("sim/vision", [{"type": "text", "text": "What is this?"}, part])
    assert line in text.splitlines()
    assert "“What is this?”" in text


def test_several_attachments_are_numbered_and_counted(client):
    parts = [{"type": "image_url", "image_url": {"url": url("image/gif", GIF)}}] * 3
    text = client.text("sim/vision", parts)
    assert text.startswith("You sent 3 attachments:\n\n1. ")


def test_an_image_sent_to_a_stand_in_is_described_too(client):
    part = {"type": "image_url", "image_url": {"url": url("image/png", PNG)}}
    text = client.text("openai/gpt-4o", [part])
    assert "640 × 480 pixels" in text
    assert "not that model" in text


def test_attachments_cost_tokens(client):
    part = {"type": "image_url", "image_url": {"url": url("image/png", PNG)}}
    without, with_image = (client.post("sim/vision", parts).json()["usage"]["prompt_tokens"] for parts in ([], [part]))
    assert with_image - without == 258


def test_a_drawn_picture_is_a_valid_png_that_differs_by_seed():
    one, two = (base64.b64decode(media.picture(seed).partition(",")[2]) for seed in (1, 2))
    assert media.dimensions(one) == (96, 96)
    assert one != two
    length = int.from_bytes(one[33:37], "big")
    assert len(zlib.decompress(one[41 : 41 + length])) == 96 * (1 + 3 * 96)


@pytest.mark.parametrize(
    ("asked", "sides"),
    [({"aspect_ratio": "16:9"}, (96, 54)), ({"aspect_ratio": "2:3"}, (64, 96)), ({"aspect_ratio": "wide"}, (96, 96))],
)
def test_a_picture_has_the_shape_that_was_asked_for(client, asked, sides):
    message = client.post("sim/picture", image_config=asked).json()["choices"][0]["message"]
    data = base64.b64decode(message["images"][0]["image_url"]["url"].partition(",")[2])
    assert media.dimensions(data) == sides
