"""Runs outlive the page: a closed tab, a second one, a killed server, a locked database, another owner."""

import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Watch
from tests.browser.driving import answer, choose_model, finished, send

NO_SERVER = re.compile("ERR_CONNECTION_REFUSED|WebSocket|ERR_EMPTY_RESPONSE|ERR_SOCKET")
LONG_PROMPT = "Tell me everything about lighthouses, at length, with examples and numbers"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the app keeps its data, over several starts."""
    return tmp_path / "home"


def begin(page: Page) -> int:
    """Start a long answer, wait for some of it, and return how much has come."""
    choose_model(page, "sim/slow")
    send(page, LONG_PROMPT)
    live = page.locator(".orp-answer")
    expect(live).to_contain_text("no model has read")
    return len(live.inner_text())


def wait_for_checkpoint(home: Path) -> str:
    """Wait until some of an answer is stored, and return it."""
    with closing(sqlite3.connect(home / "data" / "playground.sqlite3")) as database:
        for _ in range(2_000):
            (text,) = database.execute("SELECT text FROM runs").fetchone() or ("",)
            if len(text) > 60:
                return str(text)
            threading.Event().wait(0.01)
    raise AssertionError("nothing of the answer was stored")


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()


def test_a_closed_tab_misses_nothing(page: Page, open_page: Callable[..., Page], app: App) -> None:
    """The run goes on; whoever comes back sees all that came meanwhile, live."""
    before = begin(page)
    address = page.url
    page.close()
    back = open_page(address)
    live = back.locator(".orp-answer")
    expect(live).to_contain_text("no model has read")
    assert len(live.inner_text()) >= before
    expect(back.get_by_role("button", name="Stop")).to_be_visible()
    stop(back)
    expect(answer(back)).to_contain_text("Stopped before the end")


def test_a_stop_in_one_tab_shows_in_the_other(page: Page, open_page: Callable[..., Page], app: App) -> None:
    """Both show the run as it comes, and its end."""
    begin(page)
    other = open_page(page.url)
    expect(other.locator(".orp-answer")).to_contain_text("no model has read")
    stop(page)
    for tab in (page, other):
        expect(answer(tab)).to_contain_text("Stopped before the end")
        expect(tab.get_by_role("button", name="Stop")).to_have_count(0)


def test_another_page_and_back(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """To look at the history does not end a run, and the way back leads to it, with draft and run settings."""
    page.get_by_role("textbox", name="System prompt").fill("Be brief.")
    begin(page)
    page.get_by_test_id("stChatInputTextArea").fill("the next question")
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page.locator(".orp-answer")).to_contain_text("no model has read")
    expect(page.get_by_test_id("stChatInputTextArea")).to_have_value("the next question")
    expect(page.get_by_role("textbox", name="System prompt")).to_have_value("Be brief.")
    stop(page)
    expect(answer(page)).to_contain_text("Stopped before the end")
    wait_idle(page)


def test_a_killed_server_leaves_what_had_arrived(
    start_app: Callable[..., App], open_page: Callable[..., Page], home: Path, page_errors: Watch
) -> None:
    """After the next start the answer is there as far as it had come, and can be gone on with."""
    page_errors.expected.append(NO_SERVER)
    first = start_app(home=home)
    page = open_page(first.url)
    begin(page)
    stored = wait_for_checkpoint(home)
    conversation = page.url.partition("?")[2]
    first.kill()
    page.close()
    second = start_app(home=home)
    back = open_page(f"{second.url}/?{conversation}")
    expect(answer(back)).to_contain_text("Interrupted")
    expect(answer(back)).to_contain_text(stored[:20].splitlines()[0].lstrip("# "))
    expect(back.get_by_role("button", name="Regenerate")).to_be_visible()
    choose_model(back, "sim/echo")
    back.get_by_role("button", name="Continue").click()
    expect(finished(back, 2)).to_contain_text("Continue exactly where you stopped.")


def test_a_locked_database_does_not_stop_a_chat(
    start_app: Callable[..., App], open_page: Callable[..., Page], home: Path
) -> None:
    """The answer is on the screen, the page says that it is not stored yet, and it is once the lock has gone."""
    app = start_app(home=home)
    page = open_page(app.url)
    choose_model(page, "sim/echo")
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
    back = open_page(f"{start_app(home=home).url}/?{conversation}")
    expect(answer(back)).to_contain_text("written while nothing can be stored")
    expect(answer(back, 2)).to_contain_text("and once more")
    expect(back.get_by_text("kept in memory")).to_have_count(0)


def fetch(page: Page, path: str) -> list[Any]:
    """Return status and text of an answer to a page's browser."""
    return list(page.evaluate("path => fetch(path).then(async got => [got.status, await got.text()])", path))


def test_two_owners_know_nothing_of_each_other(
    start_app: Callable[..., App], open_page: Callable[..., Page], page_errors: Watch
) -> None:
    """Under a public name each browser has its own conversations; another's link leads nowhere."""
    app = start_app({"OPENROUTER_ALLOWED_HOSTS": "playground.localhost"})
    public = app.url.replace("127.0.0.1", "playground.localhost")
    first, second = open_page(public), open_page(public)
    choose_model(first, "sim/echo")
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
