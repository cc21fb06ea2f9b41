"""An answer as the expected value of its question, in a real browser: made, compared with the next answer, kept."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from service.simulator import Reply, Simulator
from tests.browser.driving import answer, choose_model, finished, send
from tests.browser.test_structured import SCHEMA, choose_schema_by_keyboard
from tests.support import streamed


def test_the_next_answer_is_compared_with_this_one(
    tab: Page, server: Simulator, open_tab: Callable[[str], Page], wait_idle: Callable[[Page], None]
) -> None:
    """Version 1 matches; version 2 says where it differs, also after a reload."""
    choose_model(tab, "sim/json")
    choose_schema_by_keyboard(tab)
    tab.keyboard.insert_text(SCHEMA)
    tab.keyboard.press("Control+Enter")
    prices = ('{"items": [{"price": 1.5}, {"price": 2}]}', '{"items": [{"price": 1.5}, {"price": 3}]}')
    server.script(*(Reply(chunks=streamed(text)) for text in prices))
    send(tab, "What do they cost?")
    shown = finished(tab)

    shown.get_by_role("button", name="Use as expected value").click()
    editor = shown.get_by_role("textbox", name="Expected value")
    expect(editor).to_have_value(
        '{\n  "items": [\n    {\n      "price": 1.5\n    },\n    {\n      "price": 2\n    }\n  ]\n}'
    )
    editor.fill('{"items": [{"price": "free"}]}')
    editor.press("Control+Enter")
    expect(shown.get_by_text("The schema does not allow this:")).to_be_visible()
    editor.fill(prices[0])
    editor.press("Control+Enter")
    expect(shown.get_by_text("Matches the expected value")).to_be_visible()
    expect(editor).to_have_count(0)

    shown.get_by_role("button", name="Regenerate").click()
    line = answer(tab).get_by_text("Differs from the expected value in 1 place")
    line.click()
    expect(answer(tab).get_by_text("items[1].price: expected 2, got 3")).to_be_visible()

    wait_idle(tab)
    again = open_tab(tab.url)
    expect(answer(again).get_by_text("Differs from the expected value in 1 place")).to_be_visible()
    answer(again).get_by_role("button", name="chevron_left icon").click()
    expect(answer(again).get_by_text("Matches the expected value")).to_be_visible()
