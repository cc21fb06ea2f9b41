"""Keys pasted in two browsers, and what stands before the app, in a real Chromium."""

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from service.simulator import Simulator
from tests.browser.conftest import App
from tests.support import KEY, OTHER_KEY

OWN_KEY = "sk-or-v1-" + "00112233" * 8


@pytest.fixture
def server() -> Iterator[Simulator]:
    """Return a simulator that notes every request, as an ordinary server; a long answer takes a second or two."""
    with Simulator() as running:
        yield running


@pytest.fixture
def connected_app(start_app: Callable[..., App], server: Simulator) -> App:
    return start_app(
        {"OPENROUTER_BASE_URL": server.base_url, "OPENROUTER_API_KEY": OWN_KEY, "OPENROUTER_MODEL": "sim/echo"}
    )


def connect(page: Page, key: str) -> None:
    page.get_by_role("button", name="Connection", exact=True).click()
    page.get_by_label("API key", exact=True).fill(key)
    page.get_by_role("button", name="Connect", exact=True).click()


def say(page: Page, text: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(text)
    box.press("Enter")
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text(text, timeout=30_000)
    expect(page.get_by_test_id("stMain")).to_contain_text("total")


def test_two_browsers_with_two_keys(
    connected_app: App, server: Simulator, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """Each key goes with its own browser's runs alone, and stands in no page, address, frame from us or log."""
    shown: list[str] = []

    def note(socket_: WebSocket) -> None:
        socket_.on("framereceived", lambda data: shown.append(str(data)))

    pages = {key: open_page(connected_app.url) for key in (KEY, OTHER_KEY)}
    for key, page in pages.items():
        page.on("websocket", note)
        page.on("request", lambda request: shown.append(request.url))
        page.reload()
        wait_idle(page)
        connect(page, key)
        expect(page.get_by_text(f"Connected with key …{key[-4:]}")).to_be_visible()
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name=f"Key …{key[-4:]}")).to_be_visible()
    for key, page in pages.items():
        say(page, f"Whose key is this, {key[-4:]}?")
        wait_idle(page)
    third = open_page(connected_app.url)
    say(third, "And here?")

    asked = {
        request.body["messages"][0]["content"]: request.headers["authorization"] for request in server.chat_requests
    }
    assert asked == {
        f"Whose key is this, {KEY[-4:]}?": f"Bearer {KEY}",
        f"Whose key is this, {OTHER_KEY[-4:]}?": f"Bearer {OTHER_KEY}",
        "And here?": f"Bearer {OWN_KEY}",
    }
    assert any("Connected with key" in text for text in shown)
    written = [*shown, *(page.content() for page in (*pages.values(), third)), connected_app.log()]
    for key in (KEY, OTHER_KEY, OWN_KEY):
        assert not [text for text in written if key in text]
    for key, page in pages.items():
        page.get_by_role("button", name=f"Key …{key[-4:]}").click()
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_label("API key", exact=True)).to_have_value("")


def test_a_key_that_is_not_accepted(connected_app: App, open_page: Callable[..., Page]) -> None:
    """The sentence stands at the field, which keeps what was typed and hides it."""
    page = open_page(connected_app.url)
    connect(page, "sk-or-v1-bad" + "5" * 20)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Check the API key")
    field = page.get_by_label("API key", exact=True)
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    expect(field).to_have_value("sk-or-v1-bad" + "5" * 20)


def ask(app: App, path: str, host: str) -> str:
    """Return the answer to a GET under any name."""
    address = ("127.0.0.1", int(app.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=10) as opened:
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: opened.recv(65_536), b"")).decode(errors="replace")


def test_under_streamlit_every_address_of_the_app_checks_the_host(app: App) -> None:
    """Its pages, its own addresses, ours."""
    for path in ("/", "/chat", "/healthz", "/_stcore/health", "/_stcore/stream", "/live", "/_stcore/host-config"):
        assert (path, ask(app, path, "evil.example")[:12]) == (path, "HTTP/1.1 400")
    for path in ("/", "/chat", "/healthz", "/_stcore/health"):
        for host in ("localhost:8501", "[::1]"):
            assert (path, ask(app, path, host)[:12]) == (path, "HTTP/1.1 200")


def test_under_streamlit_a_name_of_the_operators_gets_an_owner(start_app: Callable[..., App]) -> None:
    """A page under a public name comes with the cookie; at this machine's own it does not."""
    app = start_app({"OPENROUTER_ALLOWED_HOSTS": "playground.example", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"})
    cookie = re.search(
        r"set-cookie: playground_owner=([\w-]{43}); .*HttpOnly; SameSite=Lax", ask(app, "/", "playground.example"), re.I
    )
    assert cookie is not None
    assert "playground_owner" not in ask(app, "/", "127.0.0.1")
    assert "playground_owner" not in ask(app, "/healthz", "playground.example")
