"""A bad answer, mended: what is wrong is read, asked again for, and both versions are there after a reload."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from service.simulator import Simulator
from tests.browser.driving import answer, chip, choose_model, finished, send
from tests.browser.test_structured import SCHEMA, choose_schema_by_keyboard

RECEIPT = re.compile(r"Asked again after \d+ violations? in version 1")


def test_a_wrong_answer_is_asked_for_again(
    tab: Page, server: Simulator, open_tab: Callable[[str], Page], wait_idle: Callable[[Page], None]
) -> None:
    """Version 2 is valid and has its receipt; version 1 is still of the wrong shape; a reload keeps both."""
    choose_model(tab, "sim/wrong-shape")
    choose_schema_by_keyboard(tab)
    tab.keyboard.insert_text(SCHEMA)
    tab.keyboard.press("Control+Enter")
    send(tab, "What do they cost?")
    shown = finished(tab)
    expect(chip(shown)).to_contain_text("Wrong shape")
    wrong = shown.locator(".orp-issue").first.inner_text()

    shown.get_by_role("button", name=re.compile(r"Ask again with \d+ violations? · ≈ \$0\.\d+")).click()

    expect(answer(tab).get_by_text(RECEIPT)).to_be_visible()
    expect(chip(answer(tab))).to_contain_text("Valid")
    expect(answer(tab)).to_contain_text("2/2")
    assert wrong in server.chat_requests[-1].body["messages"][-1]["content"]

    wait_idle(tab)
    again = open_tab(tab.url)
    expect(answer(again).get_by_text(RECEIPT)).to_be_visible()
    answer(again).get_by_role("button", name="chevron_left icon").click()
    expect(chip(answer(again))).to_contain_text("Wrong shape")
    expect(answer(again)).to_contain_text("1/2")
    expect(answer(again).get_by_text(RECEIPT)).to_have_count(0)
