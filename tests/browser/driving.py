"""What a person does on the chat page, and what a test waits for there."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from service.simulator import Reply
from tests.browser.conftest import settle
from tests.support import streamed

__all__ = [
    "answer",
    "chip",
    "choose_json_schema",
    "choose_model",
    "choose_view",
    "dismiss",
    "finished",
    "new_conversation",
    "open_fold",
    "paced",
    "send",
    "tab_to",
    "unfinished",
    "wait_until",
]

SECONDS_IN_ALL = re.compile(r"total [\d.]+ s")


def send(page: Page, text: str) -> None:
    """Type a message and press Enter."""
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(text)
    field.press("Enter")


def choose_model(page: Page, model: str) -> None:
    """Choose a model in run settings, where they stand or in the open drawer."""
    field = page.get_by_role("combobox", name="Model")
    field.click()
    field.fill(model)
    field.press("Enter")
    expect(page.locator("[class*=run_settings]").get_by_text(model, exact=True)).to_be_visible()


def open_fold(page: Page, title: str, *, in_drawer: bool = False) -> None:
    """Open a fold of run settings; beside a drawer that has just opened, those it takes the place of still stand."""
    place: Page | Locator = page.get_by_role("dialog", name="Run settings") if in_drawer else page
    fold = place.locator("[class*=run_settings] summary").filter(has_text=title)
    expect(fold).to_have_count(1)
    fold.click()


def tab_to(page: Page, wanted: Locator, presses: int = 12) -> None:
    """Press Tab until something has the focus, also within a component."""
    for _ in range(presses):
        if wanted.evaluate("element => element === element.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def choose_json_schema(page: Page) -> None:
    """Open the fold of the response format with the keyboard alone and choose a JSON schema."""
    panel = page.locator("[class*=run_settings]")
    panel.locator("summary").filter(has_text="Response format").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("radiogroup", name="Response format")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("radiogroup", name="Edit as")).to_be_visible()
    settle(page)


def choose_view(page: Page, view: str) -> None:
    """Show the schema as a table, in one line or as JSON, with the keyboard alone."""
    views = page.get_by_role("radiogroup", name="Edit as")
    views.get_by_role("radio", name=view, exact=True).press("Enter")
    settle(page)


def dismiss(page: Page, dialog: Locator) -> None:
    """Press Escape once the page is at rest, since a dialog that is being drawn anew does not hear it; see it go."""
    settle(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def new_conversation(page: Page) -> None:
    """Begin another conversation in the same session."""
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)


def answer(page: Page, number: int = 1) -> Locator:
    """Return the answer to the message of that number."""
    return page.get_by_test_id("stChatMessage").nth(2 * number - 1)


def finished(page: Page, number: int = 1) -> Locator:
    """Wait until an answer has come to its end, with its line of figures, and return it."""
    found = answer(page, number)
    expect(found).to_contain_text(SECONDS_IN_ALL, timeout=30_000)
    return found


def chip(shown: Locator) -> Locator:
    """Return the verdict of an answer."""
    return shown.locator(".stMarkdownBadge").first


def unfinished(*deltas: str) -> Reply:
    """Return a reply that begins so and falls silent: the run is live until somebody stops it."""
    return Reply(chunks=streamed(*deltas, finish=None), end="hang")


def paced(text: str, *, seconds: float = 0.6) -> Reply:
    """Return a reply that writes a text in so many seconds: long enough for a page to show it live."""
    pieces = re.findall(r"(?s).{1,40}", text)
    return Reply(chunks=streamed(*pieces), gap=seconds / len(pieces))


def wait_until(page: Page, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Let the page go on until something is so, at most so many seconds; what is expected is asserted afterwards."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        page.evaluate("() => new Promise(requestAnimationFrame)")
