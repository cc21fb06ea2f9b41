"""The chat page without a browser, served by a simulator that the settings name as an ordinary server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from service import Run
from service.simulator import Simulator
from service.store import OpenConversation
from service.web.bootstrap import backend, close_backend

MAIN_SCRIPT = Path(__file__).parents[2] / "pages" / "navigation.py"


@pytest.fixture
def server() -> Iterator[Simulator]:
    with Simulator(speed=0) as simulator:
        yield simulator


@pytest.fixture
def settings(server: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """What the page is started with; its data lie in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-pagetest0001")
    monkeypatch.setenv("OPENROUTER_MODEL", "sim/echo")
    monkeypatch.setenv("OPENROUTER_RETRY_DELAY", "0")
    close_backend()
    yield monkeypatch
    close_backend()


@pytest.fixture
def chat(settings: pytest.MonkeyPatch) -> AppTest:
    """The page before its first run."""
    return new_session()


def new_session(**query: str) -> AppTest:
    """Return the page as another tab or a reload opens it, with parameters and Advanced open."""
    page = AppTest.from_file(str(MAIN_SCRIPT), default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.session_state["chat.parameters"] = page.session_state["chat.advanced"] = True
    return page


def newest() -> OpenConversation:
    """Return the conversation in which something was said last."""
    found = backend().library.get("local", backend().library.recent("local")[0].id)
    assert found is not None
    return found


def say(chat: AppTest, text: str) -> None:
    """Send a message, wait for the run's end, and run the page again as its live view does then."""
    chat.chat_input(key="chat.input").set_value(text).run()
    settle(chat)


def settle(chat: AppTest) -> None:
    """Wait for the end of what goes on, and run the page again."""
    for run in newest().live_runs:
        assert run.join(20)
    chat.run()


def last_run() -> Run:
    """Return the live run that answers the newest message."""
    run = newest().path().messages[-1].run
    assert isinstance(run, Run)
    return run


def texts(chat: AppTest) -> list[str]:
    """Return what stands in the bubbles and answers, from the top."""
    return [element.value for message in chat.chat_message for element in message.markdown]


def firsts(chat: AppTest) -> list[str]:
    """Return the first line of each."""
    return [text.splitlines()[0] for text in texts(chat)]


def said_in_fold(chat: AppTest, key: str) -> str:
    """Return what the style beside a fold writes behind its label."""
    styles = "\n".join(element.proto.body for element in chat.get("html"))
    found = re.search(rf'\.st-key-{key.replace(".", "-")} > .stExpander .*?content: "([^"]*)"', styles)
    told = re.sub(r"\\([0-9a-f]+) ", lambda sign: chr(int(sign[1], 16)), found[1]) if found else ""
    return told.removeprefix(" · ")
