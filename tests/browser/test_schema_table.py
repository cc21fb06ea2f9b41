"""A schema without JSON, in a real browser: the table by keyboard alone, on a phone, and begun from words."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from service.simulator import Simulator
from service.structured import schema_from_notation
from tests.browser.conftest import settle
from tests.browser.driving import (
    chip,
    choose_json_schema,
    choose_model,
    choose_view,
    dismiss,
    finished,
    open_fold,
    send,
    tab_to,
)
from tests.browser.test_accessibility import check

ORDER = schema_from_notation("order { lines list { sku, price number } }, status (open | paid)")


def names(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Field name")


def expect_names(page: Page, *wanted: str) -> None:
    """Wait until these fields stand in the table, indented by spaces."""
    expect(names(page)).to_have_count(len(wanted))
    read = """inputs => inputs.map((input) =>
      " ".repeat(getComputedStyle(input.closest("li")).getPropertyValue("--depth")) + input.value)"""
    assert names(page).evaluate_all(read) == list(wanted)


def begin(page: Page, *fields: str) -> None:
    """Choose a JSON schema and type the names of its first fields."""
    choose_json_schema(page)
    tab_to(page, names(page).first)
    for place, field in enumerate(fields):
        if place:
            page.keyboard.press("Enter")
        page.keyboard.type(field)


def test_a_nested_schema_by_keyboard(tab: Page, server: Simulator) -> None:
    """An object with a list of objects: made in the table, read in one line and as JSON, sent, and answered so."""
    choose_model(tab, "sim/json")
    begin(tab, "order")
    keys = tab.keyboard
    keys.press("Tab")
    keys.type("Obj")
    keys.press("Enter")
    keys.type("lines")
    keys.press("Tab")
    keys.type("Obj")
    keys.press("Tab")  # to the details
    keys.press("Enter")
    keys.press("Tab")  # to List
    keys.press("Space")
    keys.press("Enter")
    keys.type("sku")
    keys.press("Enter")
    keys.type("price")
    keys.press("Tab")
    keys.type("Num")
    keys.press("Enter")
    keys.press("Enter")  # a blank row goes back out
    keys.press("Enter")
    keys.type("status")
    keys.press("Tab")
    keys.type("Cho")
    keys.press("Tab")
    keys.press("Tab")  # to the allowed values
    keys.type("open, paid")
    keys.press("Enter")
    settle(tab)
    expect_names(tab, "order", " lines", "  sku", "  price", "status", "")

    choose_view(tab, "One line")
    fields = tab.get_by_role("textbox", name="Fields")
    expect(fields).to_be_visible()
    assert schema_from_notation(fields.input_value()) == ORDER
    choose_view(tab, "JSON")
    editor = tab.get_by_role("textbox", name="JSON schema")
    expect(editor).to_be_visible()
    assert json.loads(editor.input_value()) == ORDER

    send(tab, "What was ordered?")
    shown = finished(tab)
    expect(chip(shown)).to_contain_text("Valid")
    expect(shown.get_by_role("group", name="Answer").get_by_text("Price", exact=True).first).to_be_visible()
    assert server.chat_requests[-1].body["response_format"]["json_schema"]["schema"] == ORDER


def test_rows_are_moved_and_deleted_by_keyboard(tab: Page) -> None:
    """As in a list of points; what was deleted comes back with Undo."""
    begin(tab, "a", "b", "c")
    keys = tab.keyboard
    keys.press("Alt+Shift+ArrowUp")
    expect_names(tab, "a", "c", "b")
    expect(names(tab).nth(1)).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Tab")
    keys.type("Obj")
    keys.press("Shift+Tab")
    keys.press("ArrowDown")
    keys.press("Alt+Shift+ArrowRight")
    expect_names(tab, "a", " c", "b")
    keys.press("Alt+Shift+ArrowLeft")
    expect_names(tab, "a", "c", "b")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")  # the details
    tools = tab.get_by_role("toolbar", name="Change the row")
    tab_to(tab, tools.get_by_role("button", name="Move up"))
    for _ in range(3):
        keys.press("ArrowRight")
    expect(tools.get_by_role("button", name="Delete")).to_be_focused()
    keys.press("Enter")
    expect_names(tab, "a", "b")
    expect(names(tab).first).to_be_focused()
    settle(tab)
    tab.get_by_role("button", name="Undo").press("Enter")
    expect_names(tab, "a", "c", "b")


def test_a_wrong_row_says_so_where_it_is(tab: Page, server: Simulator) -> None:
    """It is kept as it was typed, also in the wide table that was left with Escape, and is not sent."""
    begin(tab, "a", "b")
    wide = tab.get_by_role("button", name="Open as a wide table")
    wide.press("Enter")
    dialog = tab.get_by_role("dialog", name="Fields of the answer")
    last = dialog.get_by_role("textbox", name="Field name").last
    expect(last).to_have_value("b")
    last.fill("a")
    dismiss(tab, dialog)
    row = tab.get_by_role("listitem", name="a", exact=True).last
    expect(row.get_by_text("a is the name of another field too. Rename one of them.")).to_be_visible()
    expect(names(tab).last).to_have_attribute("aria-invalid", "true")
    before = len(server.chat_requests)
    send(tab, "Too early")
    expect(tab.locator(".stBottom").get_by_role("alert")).to_contain_text("Field 2")
    assert len(server.chat_requests) == before
    names(tab).last.fill("c")
    names(tab).last.press("Tab")
    expect(tab.locator(".stBottom").get_by_role("alert")).to_have_count(0)


def test_on_a_phone(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """The dialog takes the place of the drawer, which comes back as it was left; nothing is wider than the page."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.get_by_role("button", name="Run settings").click()
    drawer = tab.get_by_role("dialog", name="Run settings")
    expect(drawer).to_be_visible()
    wait_idle(tab)
    open_fold(tab, "Response format", in_drawer=True)
    drawer.get_by_text("JSON schema", exact=True).click()
    wait_idle(tab)
    drawer.get_by_role("button", name="Start from…").click()
    dialog = tab.get_by_role("dialog", name="Start from…")
    dialog.get_by_role("button", name="Use this schema").click()
    expect(dialog).to_have_count(0)
    expect(names(tab).first).to_have_value("full_name")
    expect(names(tab)).to_have_count(11)
    assert drawer.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_begun_from_words(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """The model is asked while the dialog stays open; what it lists is shown by itself, and becomes the table."""
    choose_model(tab, "sim/json")
    choose_json_schema(tab)
    tab.get_by_role("button", name="Start from…").click()
    dialog = tab.get_by_role("dialog", name="Start from…")
    dialog.get_by_text("Description in words", exact=True).click()
    words = dialog.get_by_role("textbox", name="What should an answer hold?")
    words.fill("The sender and the total price")
    dialog.get_by_role("button", name="Write the fields").click()
    expect(dialog.get_by_text("What comes out", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Simulated: no model has read your description.")).to_be_visible()
    wait_idle(tab)
    dialog.get_by_role("button", name="Use this schema").click()
    expect(dialog).to_have_count(0)
    expect_names(tab, "sender", "total_price")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(tab: Page, scheme: str) -> None:
    """In the table with a wrong and a locked row, in the wide one, and where a schema begins."""
    tab.emulate_media(color_scheme=scheme)
    choose_json_schema(tab)
    choose_view(tab, "One line")
    fields = tab.get_by_role("textbox", name="Fields")
    fields.fill('name, age int: In years, boss `{"$ref": "#"}`, kind (a | b)')
    fields.press("Control+Enter")
    choose_view(tab, "Table")
    expect_names(tab, "name", "age", "boss", "kind")
    names(tab).first.fill("age")
    names(tab).first.press("Tab")
    expect(tab.get_by_text("age is the name of another field too.").last).to_be_visible()
    expect(tab.get_by_text("Locked: it refers to another part of the schema.")).to_be_visible()
    check(tab, "table", 50)
    tab.get_by_role("button", name="Open as a wide table").click()
    expect(tab.get_by_role("dialog").get_by_text("Description", exact=True)).to_be_visible()
    check(tab, "wide table", 20)
    dismiss(tab, tab.get_by_role("dialog"))
    tab.get_by_role("button", name="Start from…").click()
    expect(tab.get_by_role("dialog").get_by_text("What comes out", exact=True)).to_be_visible()
    check(tab, "start", 10)
