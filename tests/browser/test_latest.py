"""The end of a conversation is drawn by itself: a question in a long one sends nothing again of what stands above."""

import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from bench.conversations import export_of
from service.simulator import Simulator
from service.store import Library
from tests.browser.conftest import App
from tests.browser.driving import answer, choose_model, finished, send, unfinished
from tests.support import refusing

MESSAGES = "[data-testid=stChatMessage]"
EARLIER = 24
"""How many messages there are before: none is above the window."""


@pytest.fixture
def filled(served: App, request: pytest.FixtureRequest) -> list[str]:
    """Leave the app with two new conversations and return their addresses, that of the newer one first."""
    with closing(Library(f"sqlite:///{served.database}")) as library:
        while said_before := library.recent("local"):
            for each in said_before:
                library.delete("local", each.id)
        for name in (f"older-{request.node.name}", f"newer-{request.node.name}"):
            library.import_json("local", export_of(name, EARLIER, "It is so.", "sim/echo"))
        return [f"{served.url}/?c={each.id}" for each in library.recent("local")]


@pytest.fixture
def long(filled: list[str], open_tab: Callable[[str], Page]) -> Page:
    """The conversation that is first in the list."""
    page = open_tab(filled[0])
    expect(page.locator(MESSAGES)).to_have_count(EARLIER)
    return page


def firsts(page: Page) -> list[str]:
    """Return the first line of each message, from the top."""
    shown: list[str] = page.locator(MESSAGES).all_inner_texts()
    return [text.splitlines()[0] for text in shown]


def listen(page: Page) -> list[bytes]:
    """Load the page anew, and return what its socket will receive from now on."""
    received: list[bytes] = []

    def note(payload: Any) -> None:
        received.append(payload if isinstance(payload, bytes) else payload.encode())

    def hear(socket: WebSocket) -> None:
        socket.on("framereceived", note)

    page.on("websocket", hear)
    page.reload()
    expect(page.locator(MESSAGES)).to_have_count(EARLIER)
    return received


def test_a_question_sends_nothing_above_it_again(long: Page, wait_idle: Callable[[Page], None]) -> None:
    """Neither when it is asked nor when its answer is complete; the whole page was sent when it was opened."""
    received = listen(long)
    wait_idle(long)
    assert b"Question 12?" in b"".join(received)
    received.clear()
    for number, question in enumerate(("And one", "And two"), EARLIER // 2 + 1):
        send(long, question)
        finished(long, number)
    wait_idle(long)
    sent = b"".join(received)
    assert b"And two" in sent
    assert b"Question 12?" not in sent


def test_what_is_said_last_stands_last(long: Page, wait_idle: Callable[[Page], None]) -> None:
    """In the order in which it was said, each once, also after all of the page was drawn anew."""
    questions = [f"One more, number {number}" for number in range(3)]
    for number, question in enumerate(questions, EARLIER // 2 + 1):
        send(long, question)
        finished(long, number)
    expected = [text for question in questions for text in (question, question)]
    wait_idle(long)
    assert firsts(long)[EARLIER:] == expected
    choose_model(long, "sim/json")
    wait_idle(long)
    assert firsts(long)[EARLIER:] == expected
    long.reload()
    wait_idle(long)
    assert firsts(long)[EARLIER:] == expected


def test_stop_and_go_on_at_the_end(long: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """A change of run settings leaves the live answer where it is; Stop keeps what came; the next one is answered."""
    server.script(unfinished("The sea ", "is wide."))
    send(long, "Tell me about the sea")
    live = answer(long, EARLIER // 2 + 1)
    expect(live.locator(".orp-answer")).to_contain_text("The sea is wide.")
    choose_model(long, "sim/json")
    choose_model(long, "sim/echo")
    expect(live.locator(".orp-answer")).to_contain_text("The sea is wide.")
    expect(long.locator(MESSAGES)).to_have_count(EARLIER + 2)
    send(long, "too early")
    expect(long.get_by_test_id("stChatInputTextArea")).to_have_value("too early")
    long.get_by_role("button", name="Stop", exact=True).click()
    expect(live).to_contain_text("Stopped before the end")
    long.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(finished(long, EARLIER // 2 + 2)).to_contain_text("too early")
    wait_idle(long)


def test_an_error_at_the_end_has_its_steps(long: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """The card stands at its answer, and Retry makes another version of that."""
    server.script(refusing(503, "Overloaded."))
    send(long, "Are you there?")
    card = answer(long, EARLIER // 2 + 1)
    expect(card).to_contain_text("(503)")
    card.get_by_role("button", name="Retry", exact=True).click()
    expect(finished(long, EARLIER // 2 + 1)).to_contain_text("Are you there?")
    expect(long.locator(MESSAGES)).to_have_count(EARLIER + 2)
    wait_idle(long)


def test_one_message_is_edited_at_a_time(long: Page, wait_idle: Callable[[Page], None]) -> None:
    """Edit at the end closes the editor above, and what is sent there is asked."""
    send(long, "The first wording")
    finished(long, EARLIER // 2 + 1)
    wait_idle(long)
    edits = long.get_by_role("button", name="Edit", exact=True)
    edits.first.click()
    editor = long.locator("[class*=st-key-editor-]")
    expect(editor.locator("textarea")).to_have_value("Question 1?")
    edits.last.click()
    expect(editor.locator("textarea")).to_have_value("The first wording")
    editor.locator("textarea").fill("The second wording")
    editor.get_by_role("button", name="Send").click()
    expect(finished(long, EARLIER // 2 + 1)).to_contain_text("The second wording")
    expect(long.locator(MESSAGES)).to_have_count(EARLIER + 2)
    expect(editor).to_have_count(0)


def test_a_conversation_that_goes_on_is_first_in_the_list(filled: list[str], open_tab: Callable[[str], Page]) -> None:
    """The list beside it follows once the question is answered."""
    page = open_tab(filled[1])
    names = page.locator("[class*=st-key-chat-open-]")
    newer, older = re.compile("^newer"), re.compile("^older")
    expect(names).to_have_text([newer, older])
    send(page, "Still there?")
    finished(page, EARLIER // 2 + 1)
    expect(names).to_have_text([older, newer])


def test_what_another_tab_says_is_shown_with_the_next_question(
    long: Page, filled: list[str], open_tab: Callable[[str], Page], wait_idle: Callable[[Page], None]
) -> None:
    """In its place, before it."""
    other = open_tab(filled[0])
    send(other, "Said elsewhere")
    finished(other, EARLIER // 2 + 1)
    send(long, "Said here")
    finished(long, EARLIER // 2 + 2)
    wait_idle(long)
    assert firsts(long)[EARLIER:] == ["Said elsewhere", "Said elsewhere", "Said here", "Said here"]
