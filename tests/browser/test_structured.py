"""Answers in a shape: from an example card, and from a schema typed with the keyboard alone, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from service.simulator import Simulator
from tests.browser.driving import (
    answer,
    chip,
    choose_json_schema,
    choose_model,
    choose_view,
    finished,
    send,
    tab_to,
)

SCHEMA = '{"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": '
SCHEMA += '{"price": {"type": "number"}}, "required": ["price"]}}}, "required": ["items"]}'


def choose_schema_by_keyboard(page: Page) -> Locator:
    """Open the fold, choose JSON schema and go on to its editor, which is returned."""
    choose_json_schema(page)
    choose_view(page, "JSON")
    editor = page.get_by_role("textbox", name="JSON schema")
    expect(editor).to_be_visible()
    tab_to(page, editor)
    return editor


def test_an_example_fills_in_a_form(tab: Page, server: Simulator) -> None:
    """One click sends prompt and schema; the answer is Valid, and there as a form, as JSON and as it came."""
    choose_model(tab, "sim/json")
    tab.get_by_role("button", name="Fill in a form").click()
    shown = finished(tab)
    expect(chip(shown)).to_contain_text("Valid")
    form = shown.get_by_role("group", name="Answer")
    for label in ("Name", "Company", "Email", "Phone", "Interested in", "Wants a call"):
        expect(form.get_by_text(label, exact=True)).to_be_visible()

    shown.get_by_role("tab", name="JSON").click()
    expect(shown.get_by_role("tabpanel", name="JSON")).to_contain_text('"wants_a_call":')
    shown.get_by_role("tab", name="Raw").click()
    expect(shown.get_by_role("tabpanel", name="Raw")).to_contain_text('"wants_a_call":')
    expect(form).not_to_be_visible()

    sent = server.chat_requests[-1].body["response_format"]
    assert (sent["type"], sent["json_schema"]["name"]) == ("json_schema", "contact")


def test_a_schema_by_keyboard_and_an_answer_of_another_shape(tab: Page, server: Simulator) -> None:
    """The schema is sent as it was typed; what is wrong is said at its place, below it, and in the chip."""
    choose_model(tab, "sim/wrong-shape")
    choose_schema_by_keyboard(tab)
    tab.keyboard.insert_text(SCHEMA)
    tab.keyboard.press("Control+Enter")
    # The page was drawn before the providers were known, and draws itself anew.
    expect(tab.get_by_text("the only provider of this model, takes a schema")).to_be_visible()

    send(tab, "What do they cost?")

    shown = finished(tab)
    wrong = shown.locator(".orp-issue")
    expect(wrong.first).to_be_visible()
    expect(chip(shown)).to_contain_text(f"Wrong shape ({wrong.count()})")
    path = shown.locator("[data-state=wrong] .orp-label").first.get_attribute("title")
    expect(shown).to_contain_text(f"{path} {wrong.first.inner_text()}")
    assert server.chat_requests[-1].body["response_format"]["json_schema"]["schema"]["required"] == ["items"]


def test_half_typed_json_is_kept_and_not_sent(tab: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """Its line is named, the message waits in the input, and both go once the rest is typed."""
    choose_model(tab, "sim/json")
    editor = choose_schema_by_keyboard(tab)
    tab.keyboard.insert_text('{\n  "type": "object",\n  "required": [')
    before = len(server.chat_requests)

    send(tab, "Too early")

    refusal = tab.locator(".stBottom").get_by_role("alert")
    expect(refusal).to_contain_text("Not sent until Run settings are corrected.")
    expect(refusal).to_contain_text("Line 3, column 16")
    expect(tab.get_by_test_id("stChatInputTextArea")).to_have_value("Too early")
    expect(editor).to_have_value('{\n  "type": "object",\n  "required": [')
    expect(tab.get_by_test_id("stChatMessage")).to_have_count(0)
    assert len(server.chat_requests) == before

    editor.press("Control+End")
    tab.keyboard.type("]}")
    tab.keyboard.press("Control+Enter")
    expect(refusal).to_have_count(0)
    wait_idle(tab)
    tab.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(chip(finished(tab))).to_contain_text("Valid")
    expect(answer(tab).get_by_role("tab", name="Form")).to_be_visible()
    assert len(server.chat_requests) == before + 1
