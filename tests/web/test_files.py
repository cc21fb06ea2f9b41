"""Files over the app's own route: each visitor gets his own, and no file can do anything in a browser."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service import ContentPart, Message
from service.simulator.media import picture
from service.store.files import files_of
from service.web.bootstrap import backend, close_backend
from service.web.files import file_route
from service.web.owner import OWNER_COOKIE

MINE, THEIRS = "m" * 43, "t" * 43
PNG = b64decode(picture(3).partition(",")[2])
PDF = b"%PDF-1.4\n%%EOF\n"
PAGE = b"<script>alert(1)</script>"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """What my picture, my PDF and my web page are known by."""
    monkeypatch.chdir(tmp_path)
    close_backend()
    parts = [
        ContentPart.image(PNG),
        ContentPart.file(PDF, filename="paper.pdf"),
        ContentPart.file(PAGE, filename="page.html", media_type="text/html"),
    ]
    backend().library.create(MINE).say(parts)
    assert backend().library.flush(10)
    yield [key for part in parts for key in files_of(Message.user([part]))]
    close_backend()


def visitor(owner: str) -> TestClient:
    return TestClient(Starlette(routes=[file_route]), cookies={OWNER_COOKIE: owner})


def test_a_picture_is_shown_to_its_owner(keys: list[str]) -> None:
    got = visitor(MINE).get(f"/file/{keys[0]}?name=a fox.png")
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PNG, "image/png")
    assert got.headers["content-disposition"] == "inline; filename*=UTF-8''a%20fox.png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["cache-control"].startswith("private, max-age=")


@pytest.mark.parametrize("path", ["/file/{}", "/file/{}?download", "/file/{}?name=a.png"])
def test_nobody_else_learns_that_it_is_there(keys: list[str], path: str) -> None:
    """The answer is that for a file that never was."""
    theirs = visitor(THEIRS).get(path.format(keys[0]))
    never = visitor(THEIRS).get(path.format("0" * 64))
    assert (theirs.status_code, theirs.text) == (never.status_code, never.text) == (404, "There is no such file here.")


@pytest.mark.parametrize(
    ("place", "media_type"), [(1, "application/pdf"), (2, "application/octet-stream")], ids=["pdf", "html"]
)
def test_what_is_no_picture_and_no_recording_is_a_download(keys: list[str], place: int, media_type: str) -> None:
    """Its type is told by its bytes, whatever whoever sent it said."""
    got = visitor(MINE).get(f"/file/{keys[place]}")
    assert got.headers["content-type"] == media_type
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''file"


def test_a_picture_can_be_downloaded(keys: list[str]) -> None:
    got = visitor(MINE).get(f"/file/{keys[0]}?name=fox.png&download")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''fox.png"


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1", "../../etc/passwd", '"; filename=evil', "日本.png"])
def test_a_name_stays_a_name(keys: list[str], name: str) -> None:
    got = visitor(MINE).get(f"/file/{keys[0]}", params={"name": name})
    assert "x-evil" not in got.headers
    shown = got.headers["content-disposition"].partition("UTF-8''")[2]
    assert not set(shown) & set('"/;\r\n ')


@pytest.mark.parametrize("key", ["x", "A" * 64, "..", "0" * 63])
def test_what_is_no_name_of_a_file_is_refused(keys: list[str], key: str) -> None:
    assert visitor(MINE).get(f"/file/{key}").status_code == 404
