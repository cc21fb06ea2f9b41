"""An answer in a shape fills a form while it is written, and the finished one stands where the live one stood."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from service.simulator import Simulator
from tests.browser.conftest import App
from tests.browser.driving import answer, chip, finished, paced, send, unfinished
from tests.browser.test_structured import choose_schema_by_keyboard

LINE = {
    "type": "object",
    "properties": {"what": {"type": "string"}, "price": {"type": "number"}},
    "required": ["what", "price"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "seller": {"type": "string", "description": "Who sends the invoice"},
        "issued_on": {"type": "string", "format": "date"},
        "currency": {"enum": ["EUR", "GBP"]},
        "lines": {"type": "array", "items": LINE},
        "paid": {"type": "boolean"},
    },
    "required": ["seller", "issued_on", "currency", "lines", "paid"],
    "additionalProperties": False,
}
INVOICE = {
    "seller": "Bright Lamps",
    "issued_on": "2024-03-14",
    "currency": "GBP",
    "lines": [{"what": "pendant lamp", "price": 79.5}, {"what": "delivery", "price": 15}],
    "paid": False,
}


@pytest.fixture
def chat(tab: Page) -> Page:
    """Return the chat with the schema of an invoice chosen."""
    ask_for_an_invoice(tab)
    return tab


def ask_for_an_invoice(page: Page) -> None:
    choose_schema_by_keyboard(page)
    page.keyboard.insert_text(json.dumps(SCHEMA))
    page.keyboard.press("Control+Enter")


def form(page: Page) -> Locator:
    return answer(page).locator(".orp-form").first


def state(page: Page, label: str) -> Locator:
    """Return the field of that name; its state is an attribute."""
    return form(page).locator("[data-state]").filter(has=page.locator(".orp-label", has_text=label)).first


def standing(page: Page, label: str, word: str) -> None:
    expect(state(page, label)).to_have_attribute("data-state", word)


def test_fields_fill_one_after_another(chat: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """All are there and grey at first; each is written, then ticked, while those behind it wait."""
    server.script(unfinished('{"seller": "Bright'))
    send(chat, "Read the invoice")
    expect(state(chat, "Seller")).to_contain_text("Bright")
    standing(chat, "Seller", "filling")
    for label in ("Issued on", "Currency", "Lines", "Paid"):
        standing(chat, label, "waiting")
    expect(answer(chat).locator(".orp-form-head")).to_contain_text("0 of 5 fields")
    chat.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(chat)).to_contain_text("Stopped before the end")
    wait_idle(chat)

    server.script(unfinished('{"seller": "Bright Lamps", "issued_on": "2024-03-14", "lines": [{"what": "pend'))
    send(chat, "Once more")
    second = answer(chat, 2).locator(".orp-form")
    expect(second).to_contain_text("14 March 2024")
    expect(second.get_by_role("img", name="fits the schema")).to_have_count(2)
    expect(second.locator("tbody tr")).to_have_count(1)
    expect(second.locator("tbody tr")).to_contain_text("pend")
    chat.get_by_role("button", name="Stop", exact=True).click()
    wait_idle(chat)


def test_the_finished_form_stands_where_the_live_one_stood(
    chat: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """The same fields with the same words, and none moves when the answer is complete."""
    server.script(unfinished(json.dumps(INVOICE)))
    send(chat, "Read the invoice")
    standing(chat, "Paid", "ok")
    live, top = form(chat).inner_html(), form(chat).bounding_box()
    chat.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(chat)).to_contain_text("Stopped before the end")
    wait_idle(chat)

    server.script(paced(json.dumps(INVOICE), seconds=0.1))
    chat.get_by_role("button", name="Regenerate").click()
    shown = finished(chat)
    expect(chip(shown)).to_contain_text("Valid")
    wait_idle(chat)
    whole, there = form(chat).inner_html(), form(chat).bounding_box()
    assert words(chat, whole) == words(chat, live)
    assert top is not None
    assert there is not None
    assert abs(top["y"] - there["y"]) <= 2
    assert abs(top["height"] - there["height"]) <= 2

    shown.get_by_role("tab", name="Table").click()
    expect(shown.get_by_role("tabpanel", name="Table").locator("tbody tr")).to_have_count(2)
    with chat.expect_download() as loaded:
        shown.get_by_role("button", name="CSV").click()
    text = loaded.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == '"pendant lamp",79.5'


def words(page: Page, html: str) -> list[list[str]]:
    """What each field says, and how it stands."""
    return page.evaluate(
        """html => {
          const made = document.createElement("template")
          made.innerHTML = html
          const fields = [...made.content.querySelectorAll("[data-state]")]
          return fields.map((field) => [field.dataset.state, field.textContent])
        }""",
        html,
    )


def test_a_hopeless_answer_says_so_before_its_end(
    chat: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """The field is red with the reason, the line below says it, and a Stop stands beside it."""
    server.clear()
    server.script(unfinished('{"seller": "Bright Lamps", "issued_on": "yesterday", "currency": "'))
    send(chat, "Read the invoice")
    standing(chat, "Issued on", "wrong")
    expect(state(chat, "Issued on")).to_contain_text("should look like a date")
    warning = answer(chat).locator(".orp-alert")
    expect(warning).to_contain_text("Wrong shape already: issued_on should look like a date")
    warning.get_by_role("button", name="Stop now").click()
    expect(answer(chat)).to_contain_text("Stopped before the end")
    assert server.wait_for_disconnect()
    wait_idle(chat)


def test_an_answer_in_words_is_shown_as_words(chat: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """The form goes, the text stands there, and the line says that it is no JSON."""
    server.script(unfinished("Of course! Here is **the invoice**"))
    send(chat, "Read the invoice")
    expect(answer(chat).locator(".orp-answer")).to_contain_text("Here is the invoice")
    expect(form(chat)).to_be_hidden()
    expect(answer(chat).locator(".orp-alert")).to_contain_text("Not JSON so far")
    chat.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(chat)).to_contain_text("Stopped before the end")
    wait_idle(chat)


def test_a_violation_opens_to_its_places(chat: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """A click shows the lines of the answer and of the schema that it is about."""
    wrong = {**INVOICE, "lines": [{"what": "lamp", "price": "twelve"}]}
    server.script(paced(json.dumps(wrong), seconds=0.1))
    send(chat, "Read the invoice")
    shown = finished(chat)
    expect(chip(shown)).to_contain_text("Wrong shape (1)")
    wait_idle(chat)
    shown.locator("summary").filter(has_text="lines[0].price should be a number").click()
    marked = shown.locator(".orp-marked")
    expect(marked).to_have_text([re.compile(r'^8\s+"price": "twelve"$'), re.compile(r'^27\s+"type": "number"$')])


def test_on_a_phone_rows_are_cards(
    served: App, server: Simulator, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """Nothing scrolls sideways, live or afterwards, in the dark as well."""
    page = open_page(served.url, color_scheme="dark")
    ask_for_an_invoice(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {**INVOICE, "lines": [{"what": "a very long word " * 9, "price": 1.5}] * 3}
    server.script(paced(json.dumps(wide), seconds=0.1))
    send(page, "Read the invoice")
    finished(page)
    wait_idle(page)
    assert page.get_by_test_id("stMain").evaluate("element => element.scrollWidth") <= 390
    scroll = form(page).locator(".orp-scroll")
    assert scroll.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    expect(form(page).locator("td[data-label=Price]").first).to_be_visible()
