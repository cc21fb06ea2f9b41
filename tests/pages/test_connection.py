"""A key pasted into the page: tested, used for this session alone, shown nowhere."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from service.web.bootstrap import close_backend
from tests.support import KEY, OTHER_KEY, ask

BAD_KEY = "sk-or-v1-bad" + "5" * 20
OWN_KEY = "sk-or-v1-" + "00112233" * 8


def draw() -> None:
    """The part as a page draws it, with the choice of a model beside it."""
    import streamlit as st

    from pages.parts.connection import connection
    from pages.parts.known_models import models
    from pages.parts.state import is_demo, service

    st.session_state.setdefault("chat.model", service().config.model)
    connection()
    st.selectbox("Model", [model.id for model in models()[0]], key="chat.model", accept_new_options=True)
    st.caption("demo" if is_demo() else "real")


@pytest.fixture
def open_page(sim: Simulator, monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> Iterator[Callable[[], AppTest]]:
    """Return `open()`, which opens a session of its own in an app that has a key."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", OWN_KEY)
    close_backend()
    yield lambda: AppTest.from_function(draw, default_timeout=30).run()
    close_backend()


def paste(page: AppTest, key: str) -> AppTest:
    page.text_input(key="connection.key").set_value(key)
    return press(page, "Connect")


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    """Everything on the page but what was typed."""
    return "\n".join(element.value for kind in ("markdown", "error", "caption") for element in page.get(kind))


def service_of(page: AppTest) -> object:
    return page.session_state["connection"].service


def test_the_field_says_which_server_gets_the_key(open_page: Callable[[], AppTest], sim: Simulator) -> None:
    """An app that asks another server does not ask for OpenRouter's keys."""
    page = open_page()
    assert sim.base_url in said(page)
    assert "openrouter.ai" not in said(page)
    assert page.text_input(key="connection.key").placeholder == ""


def test_a_key_that_works_is_connected(open_page: Callable[[], AppTest], sim: Simulator) -> None:
    """After `/key` has said so; the page shows its last four characters and what is left."""
    page = paste(open_page(), f" {KEY} ")
    assert said(page).startswith(f":material/key: Connected with key …{KEY[-4:]} · ")
    assert [request.headers["authorization"] for request in sim.requests if request.path.endswith("/key")] == [
        f"Bearer {KEY}"
    ]
    assert len(page.text_input) == 0
    assert "connection.key" not in page.session_state


def test_a_key_that_is_not_accepted_stays_in_the_field(open_page: Callable[[], AppTest]) -> None:
    """With the sentence below it, also after another rerun, and without the key in it."""
    page = paste(open_page(), BAD_KEY).run()
    assert page.text_input(key="connection.key").value == BAD_KEY
    assert "Check the API key" in page.error[0].value
    assert BAD_KEY not in said(page)
    assert len(paste(page, KEY).error) == 0


@pytest.mark.parametrize("key", ["", "two words", "sk-or-v1-é"])
def test_what_is_no_key_is_said_at_the_field(open_page: Callable[[], AppTest], sim: Simulator, key: str) -> None:
    """And nothing is asked."""
    page = paste(open_page(), key)
    assert "A key is one word of plain characters" in page.error[0].value
    assert [request for request in sim.requests if request.path.endswith("/key")] == []


def test_what_is_no_key_of_openrouter_is_not_sent_there(
    sim: Simulator, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In demo mode, which a key of OpenRouter leaves; one that is whole goes on to be tried."""
    close_backend()
    page = paste(AppTest.from_function(connect_elsewhere, args=(sim.base_url,), default_timeout=30).run(), "hello")
    assert page.error[0].value == "This does not look like an OpenRouter key; they begin with sk-or-."
    assert "connection" not in page.session_state
    close_backend()


def test_a_server_that_is_away_is_told_for_people(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of the network come last, and small."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OPENROUTER_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}/api/v1")
        close_backend()
        page = paste(open_page(), KEY)
    first, last = page.error[0].value.split("\n\n")
    assert first == "127\\.0.0.1 cannot be reached. Is it running, and are you online?"
    assert last.startswith(":small[")


def test_disconnect_forgets_the_key(open_page: Callable[[], AppTest], sim: Simulator) -> None:
    """The field is back and empty, and the app's own key is used again."""
    page = press(paste(open_page(), KEY), "Disconnect")
    assert page.text_input(key="connection.key").value == ""
    assert "connection" not in page.session_state


def test_two_sessions_send_two_keys(open_page: Callable[[], AppTest], sim: Simulator) -> None:
    """Each with its own runs, and a third session none of them."""
    first, second, third = paste(open_page(), KEY), paste(open_page(), OTHER_KEY), open_page()
    for page, text in ((first, "one"), (second, "two")):
        service_of(page).chat(ask(text=text))  # type: ignore[attr-defined]
    sent = {r.body["messages"][0]["content"]: r.headers["authorization"] for r in sim.chat_requests}
    assert sent == {"one": f"Bearer {KEY}", "two": f"Bearer {OTHER_KEY}"}
    assert "connection" not in third.session_state


def test_a_server_without_such_an_address_is_asked_for_its_models(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is not OpenRouter cannot say what is left, but it can refuse."""
    with OtherServer() as url:
        monkeypatch.setenv("OPENROUTER_BASE_URL", url)
        close_backend()
        page = paste(open_page(), "wrong-local-key")
        assert "Check the API key" in page.error[0].value
        assert said(paste(page, "right-local-key")).startswith(":material/key: Connected with key …-key\n")


def connect_elsewhere(base_url: str) -> None:
    """The part in demo mode, with a button that connects to a server given."""
    import streamlit as st

    from pages.parts.connection import connection
    from pages.parts.session_key import connect
    from pages.parts.state import is_demo, service

    st.session_state.setdefault("chat.model", service().config.model)
    key = "sk-or-v1-" + "0123456789abcdef" * 4
    st.button("Elsewhere", on_click=lambda: connect(key, base_url=base_url))
    connection()
    st.caption(f"{'demo' if is_demo() else 'real'} {st.session_state['chat.model']}")


def test_a_pasted_key_leads_out_of_demo_mode_and_disconnect_back(
    sim: Simulator, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For this session; the chosen model follows, because the two sides have none in common."""
    close_backend()
    page = AppTest.from_function(connect_elsewhere, args=(sim.base_url,), default_timeout=30).run()
    assert page.caption[-1].value == "demo sim/writer"
    page.session_state["history.model"] = None
    assert press(page, "Elsewhere").caption[-1].value == "real openrouter/auto"
    assert page.session_state["history.model"] is None
    assert press(page, "Disconnect").caption[-1].value == "demo sim/writer"
    close_backend()


class OtherServer:
    """A server with a list of models behind a key, and nothing else of OpenRouter's."""

    def __enter__(self) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_known = self.headers["Authorization"] == "Bearer right-local-key"
                status = (200 if is_known else 401) if self.path == "/v1/models" else 404
                body = b'{"data": []}' if status == 200 else b'{"error": {"message": "no"}}'
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
