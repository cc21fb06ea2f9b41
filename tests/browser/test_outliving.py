"""Runs outlive the page: a closed tab, a second one, a killed server, a locked database, another owner."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.simulator import Reply, Simulator
from tests.browser.conftest import App, Watch
from tests.browser.driving import answer, finished, send, wait_until
from tests.support import KEY, streamed

NO_SERVER = re.compile("ERR_CONNECTION_REFUSED|WebSocket|ERR_EMPTY_RESPONSE|ERR_SOCKET")
SENTENCE = "The lamp of the lighthouse is lit at dusk. "


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the app keeps its data, over several starts."""
    return tmp_path / "home"


@pytest.fixture
def settings(server: Simulator) -> dict[str, str]:
    """Connect an app of its own to `server`, which lives on when that app ends."""
    return {"OPENROUTER_BASE_URL": server.base_url, "OPENROUTER_API_KEY": KEY, "OPENROUTER_MODEL": "sim/echo"}


def begin(page: Page, server: Simulator) -> int:
    """Start an answer that takes ten minutes, wait for some of it, and return how much has come."""
    server.script(Reply(chunks=streamed(*[SENTENCE] * 3_000), gap=0.2))
    send(page, "Tell me everything about lighthouses")
    live = page.locator(".orp-answer")
    expect(live).to_contain_text(SENTENCE * 2)
    return len(live.inner_text())


def wait_for_checkpoint(page: Page, home: Path) -> str:
    """Wait until some of an answer is stored, and return it."""
    with closing(sqlite3.connect(home / "data" / "playground.sqlite3")) as database:

        def stored() -> str:
            (text,) = database.execute("SELECT text FROM runs").fetchone() or ("",)
            return str(text)

        wait_until(page, lambda: len(stored()) > 60, seconds=20)
        assert len(stored()) > 60, "nothing of the answer was stored"
        return stored()


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()


def test_a_closed_tab_misses_nothing(tab: Page, server: Simulator, open_tab: Callable[[str], Page]) -> None:
    """The run goes on; whoever comes back sees all that came meanwhile, live."""
    before = begin(tab, server)
    address = tab.url
    tab.close()
    back = open_tab(address)
    live = back.locator(".orp-answer")
    expect(live).to_contain_text(SENTENCE * 2)
    assert len(live.inner_text()) >= before
    expect(back.get_by_role("button", name="Stop")).to_be_visible()
    stop(back)
    expect(answer(back)).to_contain_text("Stopped before the end")


def test_a_stop_in_one_tab_shows_in_the_other(tab: Page, server: Simulator, open_tab: Callable[[str], Page]) -> None:
    """Both show the run as it comes, and its end."""
    begin(tab, server)
    other = open_tab(tab.url)
    expect(other.locator(".orp-answer")).to_contain_text(SENTENCE * 2)
    stop(tab)
    for each in (tab, other):
        expect(answer(each)).to_contain_text("Stopped before the end")
        expect(each.get_by_role("button", name="Stop")).to_have_count(0)


def test_another_page_and_back(tab: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """To look at the history does not end a run, and the way back leads to it, with draft and run settings."""
    tab.get_by_role("textbox", name="System prompt").fill("Be brief.")
    begin(tab, server)
    wait_idle(tab)
    tab.get_by_test_id("stChatInputTextArea").fill("the next question")
    tab.get_by_role("link", name="History").click()
    tab.get_by_role("button", name="Open", exact=True).first.click()
    expect(tab.locator(".orp-answer")).to_contain_text(SENTENCE * 2)
    expect(tab.get_by_test_id("stChatInputTextArea")).to_have_value("the next question")
    expect(tab.get_by_role("textbox", name="System prompt")).to_have_value("Be brief.")
    stop(tab)
    expect(answer(tab)).to_contain_text("Stopped before the end")
    wait_idle(tab)


def test_a_killed_server_leaves_what_had_arrived(
    start_app: Callable[..., App],
    open_page: Callable[..., Page],
    home: Path,
    server: Simulator,
    settings: dict[str, str],
    page_errors: Watch,
) -> None:
    """After the next start the answer is there as far as it had come, and can be gone on with."""
    page_errors.expected.append(NO_SERVER)
    first = start_app(settings, home=home)
    page = open_page(first.url)
    begin(page, server)
    stored = wait_for_checkpoint(page, home)
    conversation = page.url.partition("?")[2]
    first.kill()
    page.close()
    second = start_app(settings, home=home)
    back = open_page(f"{second.url}/?{conversation}")
    expect(answer(back)).to_contain_text("Interrupted")
    expect(answer(back)).to_contain_text(stored.strip())
    expect(back.get_by_role("button", name="Regenerate")).to_be_visible()
    back.get_by_role("button", name="Continue").click()
    expect(finished(back, 2)).to_contain_text("Continue exactly where you stopped.")


def test_a_locked_database_does_not_stop_a_chat(
    start_app: Callable[..., App], open_page: Callable[..., Page], home: Path, settings: dict[str, str]
) -> None:
    """The answer is on the screen, the page says that it is not stored yet, and it is once the lock has gone."""
    app = start_app(settings, home=home)
    page = open_page(app.url)
    with closing(sqlite3.connect(home / "data" / "playground.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        send(page, "written while nothing can be stored")
        finished(page)
        send(page, "and once more")
        finished(page, 2)
        expect(page.get_by_text("kept in memory")).to_be_visible()
        other.execute("ROLLBACK")
    conversation = page.url.partition("?")[2]
    page.close()
    app.stop()
    back = open_page(f"{start_app(settings, home=home).url}/?{conversation}")
    expect(answer(back)).to_contain_text("written while nothing can be stored")
    expect(answer(back, 2)).to_contain_text("and once more")
    expect(back.get_by_text("kept in memory")).to_have_count(0)


def fetch(page: Page, path: str) -> list[Any]:
    """Return status and text of an answer to a page's browser."""
    return list(page.evaluate("path => fetch(path).then(async got => [got.status, await got.text()])", path))


def test_two_owners_know_nothing_of_each_other(
    start_app: Callable[..., App], open_page: Callable[..., Page], settings: dict[str, str], page_errors: Watch
) -> None:
    """Under a public name each browser has its own conversations; another's link leads nowhere."""
    app = start_app({**settings, "OPENROUTER_ALLOWED_HOSTS": "playground.localhost"})
    public = app.url.replace("127.0.0.1", "playground.localhost")
    first, second = open_page(public), open_page(public)
    send(first, "for my eyes only")
    finished(first)
    expect(second.get_by_text("for my eyes only")).to_have_count(0)
    second.goto(first.url)
    expect(second.get_by_text("This conversation is not here.")).to_be_visible()
    expect(second.get_by_text("for my eyes only")).to_have_count(0)
    second.get_by_role("link", name="History").click()
    expect(second.get_by_text("Nothing here yet")).to_be_visible()
    page_errors.expected.append(re.compile("404"))
    file = f"/export/chats/{first.url.partition('c=')[2]}.md"
    status, text = fetch(first, file)
    assert (status, "for my eyes only" in text) == (200, True)
    assert fetch(second, file) == [404, "There is no such chat here."]
    assert '"conversations":0' in fetch(second, "/export/chats.jsonl")[1]
