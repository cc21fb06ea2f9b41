"""Marked keys go through the whole app, and then everything that came out of it is searched for them."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, WebSocket, expect

from service.simulator import Reply, Simulator
from tests.browser.conftest import App
from tests.browser.driving import answer, choose_model, finished, send, wait_until
from tests.support import refusing

MARK = "4f7c2e91b8d6a350"
SET, PASTED, REFUSED = (f"sk-or-v1-{kind}{MARK}{'0' * 20}{kind}" for kind in ("5e7", "9a57ed", "bad"))
"""Of the environment, pasted for one browser, pasted and not accepted."""

HELD_MARK = "b19e40c5d2a8f637"
HELD = f"ghp_{HELD_MARK}{'0' * 20}"
"""Somebody else's, typed and put into a file, and masked before it was sent."""

PUBLIC = "garden-party"
"""What is no secret, and is found wherever something is told of a run."""


TRACING = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=open({path!r}, "a"))))
trace.set_tracer_provider(provider)
"""
"""What an operator's process does who wants traces; Python runs it first of all."""


class Hunt:
    """All that was told to somebody, by place."""

    def __init__(self) -> None:
        self.places: dict[str, bytes] = {}

    def add(self, place: str, told: bytes | str) -> None:
        data = told.encode(errors="surrogatepass") if isinstance(told, str) else told
        self.places[place] = self.places.get(place, b"") + data

    def watch(self, page: Page) -> None:
        """Note all frames that the app sends, and all addresses the page asks for."""

        def listen(opened: WebSocket) -> None:
            opened.on("framereceived", lambda data: self.add("frames", data))

        page.on("websocket", listen)
        page.on("request", lambda request: self.add("addresses", request.url))
        page.on("console", lambda message: self.add("console", message.text))

    def found(self, word: str) -> list[str]:
        """Return where a word stands, as it is or in base64."""
        forms = {word.encode(), *(_inside_base64(word, shift) for shift in range(3))}
        return sorted(place for place, told in self.places.items() if any(form in told for form in forms))


def _inside_base64(word: str, shift: int) -> bytes:
    """Return what of a word in the middle of a text does not depend on its neighbours."""
    encoded = base64.b64encode(b"\0" * shift + word.encode())
    return encoded[(0, 2, 3)[shift] : -4]


def fetch(app: App, path: str) -> bytes:
    """Return what an address answers, a refusal too."""
    try:
        with urllib.request.urlopen(f"{app.url}{path}", timeout=20) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as refusal:
        return refusal.read()


def trace_to(file: Path) -> dict[str, str]:
    """Return the settings with which a process writes its spans to a file, prompts and answers included."""
    file.parent.mkdir()
    file.with_name("sitecustomize.py").write_text(TRACING.format(path=str(file)))
    return {"PYTHONPATH": str(file.parent), "OPENROUTER_TRACE_CONTENT": "true"}


def connect(page: Page, key: str) -> None:
    page.get_by_label("API key", exact=True).fill(key)
    page.get_by_role("button", name="Connect", exact=True).click()


def say_what_goes_wrong(page: Page, server: Simulator, key: str) -> None:
    """Ask a server that repeats the key it was given: in a refusal, in a page, in the middle of an answer."""
    echo = {"error": {"code": 401, "message": f"{PUBLIC}: incorrect key {key}", "metadata": {"raw": f"Bearer {key}"}}}
    half = {"choices": [{"index": 0, "delta": {"content": "Half"}, "finish_reason": None}]}
    server.script(
        refusing(401, f"{PUBLIC}: incorrect key {key}", raw=f"Bearer {key}"),
        Reply(502, {"Content-Type": "text/html"}, [f"<title>{PUBLIC} {key}</title>".encode()]),
        Reply(chunks=[f"data: {json.dumps(each)}\n\n".encode() for each in (half, echo)]),
    )
    for number in (2, 3, 4):
        send(page, f"{PUBLIC} number {number}")
        card = answer(page, number)
        card.get_by_text("Details", exact=True).click()
        expect(card).to_contain_text("Correlation id")


def mask_what_is_held_back(page: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """Send a secret in a message and in a file; they are held back, outlive a reload, and go out masked."""
    box, typed = page.get_by_test_id("stChatInput"), f"{PUBLIC} number 5 {HELD}"
    notes = {"name": "notes.txt", "mimeType": "text/plain", "buffer": f"{PUBLIC} {HELD}".encode()}
    box.locator("input[type=file]").set_input_files(notes)
    expect(box).to_contain_text("notes.txt")
    page.get_by_test_id("stChatInputTextArea").fill(typed)
    box.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("Not sent yet.")).to_be_visible()
    is_held = "Object.keys(localStorage).some((name) => name.startsWith('held:'))"
    wait_until(page, lambda: bool(page.evaluate(is_held)))
    page.reload()
    wait_idle(page)
    expect(page.get_by_test_id("stChatInputTextArea")).to_have_value(typed)
    expect(page.get_by_text("notes.txt")).to_be_visible()
    expect(page.get_by_text("Not sent yet.")).to_have_count(0)
    page.get_by_test_id("stChatInputTextArea").press("Enter")
    page.get_by_role("button", name="Mask and send").click()
    expect(finished(page, 5)).to_contain_text(f"{PUBLIC} number 5 …{HELD[-4:]}")
    parts = server.chat_requests[-1].body["messages"][-1]["content"]
    assert [part["text"].count(f"…{HELD[-4:]}") for part in parts] == [1, 1]
    assert HELD_MARK not in page.evaluate("JSON.stringify(localStorage)")


def test_no_key_is_found_in_anything_that_comes_out(
    start_app: Callable[..., App],
    open_page: Callable[..., Page],
    server: Simulator,
    wait_idle: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    """Pages, frames, addresses, the console, exports, figures, output, spans, database, data folder."""
    server.clear()
    hunt = Hunt()
    settings = {"OPENROUTER_API_KEY": SET, "OPENROUTER_BASE_URL": server.base_url, "OPENROUTER_MODEL": "sim/echo"}
    spans = tmp_path / "traced" / "spans.jsonl"
    settings |= {"OPENROUTER_MAX_RETRIES": "0", "STREAMLIT_LOGGER_LEVEL": "debug", **trace_to(spans)}
    app = start_app(settings)
    page = open_page(app.url)
    hunt.watch(page)
    page.reload()
    wait_idle(page)
    send(page, f"{PUBLIC} number 1")
    finished(page)
    say_what_goes_wrong(page, server, SET)
    mask_what_is_held_back(page, server, wait_idle)
    page.get_by_role("button", name="Connection", exact=True).click()
    connect(page, REFUSED)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Check the API key")
    connect(page, PASTED)
    expect(page.get_by_text(f"Connected with key …{PASTED[-4:]}")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    choose_model(page, "sim/moderation")
    send(page, f"{PUBLIC} number 6")
    expect(answer(page, 6)).to_contain_text("moderation")
    hunt.add("page", page.content())
    keys = {request.headers.get("authorization") for request in server.requests}
    assert keys >= {f"Bearer {SET}", f"Bearer {PASTED}", f"Bearer {REFUSED}"}

    for path in ("/export/chats.jsonl", "/export/runs.csv", "/metrics", "/healthz", "/readyz"):
        hunt.add(path, fetch(app, path))
    page.goto("about:blank")
    app.stop()
    hunt.add("output", app.log())
    hunt.add("spans", spans.read_bytes())
    for file in data_files(app.log_file.parent):
        hunt.add(file.name, file.read_bytes())

    assert (hunt.found(MARK), hunt.found(HELD_MARK)) == ([], [])
    wanted = {"frames", "page", "spans", "/export/chats.jsonl", "/export/runs.csv", "playground.sqlite3"}
    assert wanted <= set(hunt.found(PUBLIC))
    assert {"addresses", "output"} <= set(hunt.places)


def data_files(home: Path) -> list[Path]:
    """Return every file that the app has left in its home."""
    return [path for path in home.rglob("*") if path.is_file()]


def test_the_hunt_can_succeed() -> None:
    """As it is, and wherever it stands in base64."""
    hunt = Hunt()
    hunt.add("plain", f"x {SET}")
    for shift in range(3):
        hunt.add(f"base64 {shift}", base64.b64encode(b"x" * shift + SET.encode() + b"yz"))
    hunt.add("clean", "…" + SET[-4:])
    assert hunt.found(MARK) == ["base64 0", "base64 1", "base64 2", "plain"]
