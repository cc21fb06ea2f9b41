"""Keys pasted in two browsers, and what stands before the app, in a real Chromium."""

import re
import socket
from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from service.simulator import Simulator
from tests.browser.conftest import App
from tests.browser.driving import finished, send
from tests.support import KEY, OTHER_KEY

PASTED = "sk-or-v1-" + "00112233" * 8


def connect(page: Page, key: str) -> None:
    page.get_by_role("button", name="Connection", exact=True).click()
    page.get_by_label("API key", exact=True).fill(key)
    page.get_by_role("button", name="Connect", exact=True).click()


def say(page: Page, text: str) -> None:
    send(page, text)
    expect(finished(page)).to_contain_text(text)


def test_a_key_and_a_server_from_the_environment_are_used(tab: Page, server: Simulator) -> None:
    """There is no demo banner, and the prompt reaches that server with that key; nothing of OpenAI's is used."""
    expect(tab.get_by_text("Demo mode.")).to_have_count(0)
    tab.get_by_role("textbox", name="System prompt").fill("Be brief.")
    say(tab, "Are you there?")
    request = server.chat_requests[-1]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "sim/echo"
    assert request.body["stream"] is True
    assert request.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Are you there?"},
    ]
    assert KEY not in tab.content()


def test_two_browsers_with_two_keys(
    served: App, server: Simulator, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """Each key goes with its own browser's runs alone, and stands in no page, address, frame from us or log."""
    server.clear()
    shown: list[str] = []

    def note(socket_: WebSocket) -> None:
        socket_.on("framereceived", lambda data: shown.append(str(data)))

    pages = {key: open_page(served.url) for key in (PASTED, OTHER_KEY)}
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
    third = open_page(served.url)
    say(third, "And here?")

    asked = {
        request.body["messages"][0]["content"]: request.headers["authorization"] for request in server.chat_requests
    }
    assert asked == {
        f"Whose key is this, {PASTED[-4:]}?": f"Bearer {PASTED}",
        f"Whose key is this, {OTHER_KEY[-4:]}?": f"Bearer {OTHER_KEY}",
        "And here?": f"Bearer {KEY}",
    }
    assert any("Connected with key" in text for text in shown)
    written = [*shown, *(page.content() for page in (*pages.values(), third)), served.log()]
    for key in (KEY, OTHER_KEY, PASTED):
        assert not [text for text in written if key in text]
    for key, page in pages.items():
        page.get_by_role("button", name=f"Key …{key[-4:]}").click()
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_label("API key", exact=True)).to_have_value("")


def test_a_key_that_is_not_accepted(served: App, open_page: Callable[..., Page]) -> None:
    """The sentence stands at the field, which keeps what was typed and hides it."""
    page = open_page(served.url)
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
    for path in ("/", "/healthz", "/_stcore/health"):
        for host in ("localhost:8501", "[::1]"):
            assert (path, ask(app, path, host)[:12]) == (path, "HTTP/1.1 200")


def test_the_address_of_the_chat_leads_to_the_first_page(app: App) -> None:
    """With the conversation it names; Streamlit itself knows that page as `/` alone."""
    answered = ask(app, "/chat?c=abc", "localhost:8501")
    assert answered.startswith("HTTP/1.1 307")
    assert "location: /?c=abc\r\n" in answered.lower()


def test_under_streamlit_a_name_of_the_operators_gets_an_owner(start_app: Callable[..., App]) -> None:
    """A page under a public name comes with the cookie; at this machine's own it does not."""
    app = start_app({"OPENROUTER_ALLOWED_HOSTS": "playground.example", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"})
    cookie = re.search(
        r"set-cookie: playground_owner=([\w-]{43}); .*HttpOnly; SameSite=Lax", ask(app, "/", "playground.example"), re.I
    )
    assert cookie is not None
    assert "playground_owner" not in ask(app, "/", "127.0.0.1")
    assert "playground_owner" not in ask(app, "/healthz", "playground.example")
