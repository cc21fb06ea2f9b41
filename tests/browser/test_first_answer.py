"""A stranger's first minutes, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.driving import choose_model, finished, send

RECORD_FIRST_WORDS = """() => {
  const look = () => {
    const text = document.querySelector(".orp-answer")?.innerText.trim()
    if (text) window.firstWords = text
    else requestAnimationFrame(look)
  }
  look()
}"""


def test_first_answer_streams_in_demo_mode(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """Without a key, a message is answered as it is written, and the page says that it is simulated."""
    expect(page.get_by_text("Demo mode.")).to_be_visible()
    page.evaluate(RECORD_FIRST_WORDS)

    send(page, "Plan a picnic for twelve people with a shopping list and a budget")

    user, answer = page.get_by_test_id("stChatMessage").nth(0), page.get_by_test_id("stChatMessage").nth(1)
    expect(user).to_contain_text("Plan a picnic for twelve people")
    expect(answer).to_contain_text("out tokens", timeout=30_000)
    expect(answer).to_contain_text("simulated")
    expect(answer).to_contain_text("sim/writer")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    first = page.evaluate("window.firstWords")
    assert 0 < len(first) < len(answer.inner_text()) / 2  # words long before the end: it streamed
    wait_idle(page)


def test_a_cold_link_to_a_conversation_that_is_gone(
    start_app: Callable[..., App], open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """As the first request to a fresh app, in a fresh browser: the page says so, and a new one can begin."""
    app = start_app({})
    page = open_page(f"{app.url}/?c=0123456789abcdef0123456789abcdef")
    expect(page.get_by_role("alert")).to_contain_text("This conversation is not here")
    choose_model(page, "sim/echo")
    send(page, "Then a new one")
    expect(finished(page)).to_contain_text("Then a new one")
    expect(page.get_by_text("This conversation is not here")).to_have_count(0)
    assert "0123456789abcdef" not in page.url
    wait_idle(page)
