"""The drawer and the connection dialog live beside a stream: used while it runs, still open when it has ended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from service.simulator import Simulator
from tests.browser.driving import answer, dismiss, finished, open_fold, send, unfinished


def end_stream(page: Page) -> None:
    """Stop the run behind the open dialog, where no mouse reaches the button."""
    page.get_by_text("Stop", exact=True).dispatch_event("click")


@pytest.mark.parametrize("width", [390, 800])
def test_the_drawer_while_an_answer_streams(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None], width: int
) -> None:
    """A parameter set meanwhile is kept when the stream ends, the drawer stays, and the next request has the value."""
    tab.set_viewport_size({"width": width, "height": 844})
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")
    tab.get_by_role("button", name="Run settings").click()
    drawer = tab.get_by_role("dialog", name="Run settings")
    open_fold(tab, "Parameters", in_drawer=True)
    drawer.get_by_text("Max tokens", exact=True).click()
    limit = drawer.get_by_label("Max tokens, value")
    limit.fill("77")
    limit.press("Enter")
    expect(answer(tab).locator(".orp-answer")).to_be_attached()

    end_stream(tab)

    expect(answer(tab)).to_contain_text("Stopped before the end")
    wait_idle(tab)
    expect(drawer).to_be_visible()
    expect(limit).to_have_value("77")
    dismiss(tab, drawer)
    send(tab, "And the shore?")
    finished(tab, 2)
    assert server.chat_requests[-1].body["max_tokens"] == 77


def test_the_connection_dialog_while_an_answer_streams(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """What is typed there stays when the stream ends, and connecting works then."""
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")
    tab.get_by_role("button", name="Connection", exact=True).click()
    dialog = tab.get_by_role("dialog", name="Connection")
    field = dialog.get_by_label("API key", exact=True)
    pasted = "sk-or-v1-" + "4c" * 32
    field.fill(pasted)

    end_stream(tab)

    expect(answer(tab)).to_contain_text("Stopped before the end")
    wait_idle(tab)
    expect(field).to_have_value(pasted)
    dialog.get_by_role("button", name="Connect", exact=True).click()
    expect(dialog.get_by_text("Connected with key")).to_be_visible()
    dismiss(tab, dialog)
    expect(answer(tab)).to_contain_text("The sea is wide.")
    send(tab, "And the shore?")
    finished(tab, 2)
    assert server.chat_requests[-1].headers["authorization"] == f"Bearer {pasted}"
