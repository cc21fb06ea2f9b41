"""Tools in a browser: two rounds of calls, and sources under an answer."""

import re

from playwright.sync_api import Page, expect

from service.simulator import Simulator
from tests.browser.conftest import settle
from tests.browser.driving import choose_model, finished, open_fold, send, wait_until


def add_tool(page: Page, name: str) -> None:
    """Choose a template in the open fold of tools."""
    page.get_by_role("button", name="Add a tool").click()
    page.get_by_text(name).click()
    settle(page)


def test_a_conversation_with_two_rounds_of_tools(tab: Page, server: Simulator) -> None:
    """The first result is typed; the second answers by itself once the tool is given one; both are sent."""
    field = tab.get_by_role("combobox", name="Model")
    field.click()
    field.fill("sim/tool-caller:rounds=2")
    field.press("Enter")
    expect(tab.get_by_text("Not in the model list")).to_be_visible()
    open_fold(tab, "Tools")
    add_tool(tab, "Ask a colleague")
    send(tab, "Is it in stock?")
    box = tab.get_by_label("Result of ask_colleague")
    expect(box).to_be_visible(timeout=30_000)
    expect(tab.get_by_role("group", name="Arguments")).to_contain_text("Question")
    settle(tab)

    box.fill("Let me look")
    tab.get_by_role("button", name="Send result").click()
    expect(tab.get_by_text("ask_colleague → Let me look")).to_be_visible()
    expect(box).to_have_value("", timeout=30_000)
    settle(tab)

    tab.locator("[class*=run_settings]").get_by_role("button", name="Edit").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Result that answers by itself").fill("Three are left")
    dialog.get_by_role("button", name="Done").click()

    expect(tab.get_by_text("With the results of the tools:")).to_be_visible(timeout=30_000)
    for said in ("ask_colleague → Let me look", "ask_colleague → Three are left"):
        expect(tab.get_by_text(said)).to_be_visible()
    expect(tab.locator(".st-key-chat-tools_fold summary p")).to_have_css("content", '" · 1 on"', pseudo="after")
    wait_until(tab, lambda: len(server.chat_requests) == 3)
    roles = [message["role"] for message in server.chat_requests[-1].body["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "tool"]


def test_an_answer_with_a_citation(tab: Page, server: Simulator) -> None:
    """OpenRouter's web search is a switch; its source is a numbered link below the answer."""
    tab.get_by_role("button", name="New chat").click()
    choose_model(tab, "sim/writer")
    open_fold(tab, "Tools")
    tab.get_by_text("Web search", exact=True).click()
    settle(tab)
    expect(tab.get_by_text("for each search")).to_be_visible()
    send(tab, "What is new?")
    link = finished(tab).get_by_role("link", name="A simulated search result")
    expect(link).to_have_attribute("href", "https://example.com/simulated-search-result")
    assert {"type": "openrouter:web_search"} in server.chat_requests[-1].body["tools"]
    expect(tab.get_by_text(re.compile("Sources"))).to_be_visible()
