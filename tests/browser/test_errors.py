"""The buttons of an error card do what they say, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from service.simulator import Simulator
from tests.browser.conftest import settle
from tests.browser.driving import answer, choose_model, dismiss, finished, new_conversation, open_fold, send
from tests.support import refusing


@pytest.fixture
def panel(tab: Page) -> Locator:
    return tab.locator(".st-key-panel")


def sent(server: Simulator) -> dict[str, Any]:
    """Return the body of the newest chat request."""
    body: dict[str, Any] = server.chat_requests[-1].body
    return body


def test_retry_counts_down_and_then_succeeds(tab: Page, server: Simulator) -> None:
    """A 429 that asks for two seconds gets them; then the same request is sent, and answered."""
    server.script(refusing(429, "Slow down.", headers={"Retry-After": "2"}))
    send(tab, "Is it my turn?")
    card = answer(tab)
    expect(card).to_contain_text("slow down (429)")
    expect(card.get_by_role("button", name="Retry in")).to_be_disabled()
    expect(card.get_by_role("status")).to_have_text("You can retry now.")

    card.get_by_role("button", name="Retry", exact=True).click()

    expect(finished(tab)).to_contain_text("Is it my turn?")
    expect(card).not_to_contain_text("slow down")
    first, second = server.chat_requests[-2:]
    assert first.body == second.body
    assert second.received_at - first.received_at >= 2.0


def test_choose_another_model_opens_run_settings(tab: Page, server: Simulator) -> None:
    """What is chosen there answers the next message."""
    choose_model(tab, "sim/moderation")
    send(tab, "Hello?")
    answer(tab).get_by_role("button", name="Choose another model").click()
    drawer = tab.get_by_role("dialog", name="Run settings")
    expect(drawer).to_be_visible()
    settle(tab)
    choose_model(tab, "sim/echo")
    dismiss(tab, drawer)
    expect(tab.locator(".st-key-panel").get_by_text("sim/echo", exact=True)).to_be_visible()

    send(tab, "And now?")

    expect(finished(tab, 2)).to_contain_text("And now?")
    assert sent(server)["model"] == "sim/echo"


def test_send_without_a_parameter_drops_it(tab: Page, server: Simulator, panel: Locator) -> None:
    """The field that the server's words name is left out, the others stay."""
    choose_model(tab, "sim/writer")
    open_fold(tab, "Parameters")
    for name in ("Seed", "Temperature"):
        panel.get_by_text(name, exact=True).click()
        expect(panel.get_by_label(f"{name}, value")).to_be_visible()
    server.script(refusing(400, "Unsupported parameter: seed"))
    send(tab, "Without, please")

    answer(tab).get_by_role("button", name="Send without seed").click()

    expect(finished(tab)).not_to_contain_text("Unsupported parameter")
    first, second = (request.body for request in server.chat_requests[-2:])
    assert first["seed"] == 42
    assert second == {name: value for name, value in first.items() if name != "seed"}


def test_open_settings_opens_the_connection(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """Where credits are short, another key can be pasted; the answer keeps its card."""
    choose_model(tab, "sim/out-of-credits")
    send(tab, "Hello?")
    for words in ("The credits do not cover this request.", "Insufficient credits.", "Add credits"):
        expect(answer(tab)).to_contain_text(words)
    answer(tab).get_by_role("button", name="Open settings").click()
    dialog = tab.get_by_role("dialog", name="Connection")
    expect(dialog.get_by_label("API key", exact=True)).to_be_visible()
    dismiss(tab, dialog)
    expect(answer(tab)).to_contain_text("The credits do not cover this request.")
    wait_idle(tab)


def test_more_tokens_after_an_answer_was_cut_off(tab: Page, server: Simulator, panel: Locator) -> None:
    """Twice as many are asked for, as often as one likes, and the panel keeps what was set there."""
    open_fold(tab, "Parameters")
    panel.get_by_text("Max tokens", exact=True).click()
    limit = panel.get_by_label("Max tokens, value")
    limit.fill("8")
    limit.press("Enter")
    send(tab, "One two three four five six seven eight nine ten")
    expect(finished(tab)).to_contain_text("Cut off")
    for tokens in (16, 32):
        answer(tab).get_by_role("button", name=f"Raise max tokens to {tokens}").click()
        expect(tab.get_by_role("button", name=f"Raise max tokens to {tokens}")).to_have_count(0)
        finished(tab)
        assert sent(server)["max_tokens"] == tokens
    expect(answer(tab)).to_contain_text("Simulated: sim/echo repeats your last message.")
    expect(answer(tab)).not_to_contain_text("Cut off")
    expect(limit).to_have_value("8")


def test_an_error_in_mid_stream_keeps_what_had_come(tab: Page) -> None:
    """The words stay above the card, which offers to try again; another conversation knows nothing of it."""
    choose_model(tab, "sim/error-mid-stream")
    send(tab, "Tell me about lighthouses")
    broken = answer(tab)
    expect(broken).to_contain_text("lighthouses")
    expect(broken.get_by_role("button", name="Retry")).to_be_visible()
    card, text = broken.get_by_role("alert").bounding_box(), broken.locator("p").first.bounding_box()
    assert card is not None
    assert text is not None
    assert text["y"] < card["y"]
    new_conversation(tab)
    expect(tab.get_by_role("button", name="Retry")).to_have_count(0)
