"""A schema that is kept by a name and used again, and the table of all answers to it, in a real browser."""

import csv
import io
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import choose_model, choose_view, finished, open_fold, send

FIRST = '{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}'
SECOND = FIRST.replace('"}}', '"}, "age": {"type": "integer"}}').replace('["name"]', '["age"]')


def write(page: Page, schema: str) -> None:
    editor = page.get_by_role("textbox", name="JSON schema")
    editor.fill(schema)
    editor.press("Control+Enter")


def panel_button(page: Page, name: str) -> Locator:
    return page.locator(".st-key-panel").get_by_role("button", name=name, exact=True)


def test_a_schema_is_saved_changed_saved_again_and_opened_as_it_was(
    tab: Page, wait_idle: Callable[[Page], None]
) -> None:
    """Its answers are counted by version, and stand in one table, from where they are taken as a spreadsheet."""
    dialog, panel = tab.get_by_role("dialog"), tab.locator(".st-key-panel")
    choose_model(tab, "sim/json")
    open_fold(tab, "Response format")
    panel.get_by_text("JSON schema", exact=True).first.click()
    choose_view(tab, "JSON")
    write(tab, FIRST)
    expect(panel_button(tab, "Save")).to_be_enabled()
    panel_button(tab, "Save").click()
    dialog.get_by_role("textbox", name="Name").fill("Contact")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(panel).to_contain_text("Saved as Contact, version 1")
    expect(dialog).to_have_count(0)
    send(tab, "Invent one")
    finished(tab)

    write(tab, SECOND)
    expect(panel).to_contain_text("Contact, changed since version 1")
    panel_button(tab, "Save").click()
    dialog.get_by_role("button", name="Save as version 2").click()
    expect(panel).to_contain_text("Saved as Contact, version 2")
    choose_model(tab, "sim/wrong-shape")
    send(tab, "Invent another")
    finished(tab, 2)

    panel_button(tab, "Saved").click()
    expect(dialog).to_contain_text("· asked 2 times, 2 answers")
    dialog.get_by_role("button", name="Versions").click()
    expect(dialog.get_by_text("· asked once, 1 answer", exact=False)).to_have_count(2)
    dialog.get_by_role("button", name="Open version 1").click()
    expect(tab.get_by_role("textbox", name="JSON schema")).to_have_value(FIRST)
    expect(panel).to_contain_text("Saved as Contact, version 1; the newest is version 2")
    panel_button(tab, "Undo").click()
    expect(tab.get_by_role("textbox", name="JSON schema")).to_have_value(SECOND)
    expect(dialog).to_have_count(0)

    wait_idle(tab)
    panel_button(tab, "Saved").click()
    dialog.get_by_role("button", name="All answers").click()
    rows = tab.get_by_role("region", name="Answers to Contact").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("age")
    expect(rows.nth(1)).to_contain_text("Wrong shape")
    expect(rows.nth(2)).to_contain_text("✓ Valid")
    exported = tab.get_by_role("link", name="Export as CSV").get_attribute("href")
    table = list(csv.DictReader(io.StringIO(fetched(tab, exported or ""))))
    assert [row["outcome"] for row in table] == ["wrong_shape", "valid"]
    assert table[1]["name"] in rows.nth(2).inner_text()

    rows.nth(2).get_by_role("button").click()
    expect(dialog).to_contain_text("Invent one")
    dialog.get_by_role("button", name="Open chat").click()
    finished(tab, 2)
    tab.get_by_role("link", name="History").click()
    expect(rows).to_have_count(3)
    expect(dialog).to_have_count(0)


def fetched(page: Page, address: str) -> str:
    """Return the text of a file that the page links to, as its browser gets it."""
    text: str = page.evaluate("path => fetch(path).then(got => got.text())", address)
    return text.removeprefix("\ufeff")
