"""One Chromium, in which pages are opened, asked, and watched."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.plan import BrokenError
from bench.servers import BARE, OURS, is_streamlit
from bench.text import compact
from scripts.chromium import ChromiumMissingError, find

__all__ = ["QUESTION", "Asked", "ask", "choose_model", "open_browser", "open_page", "open_profile"]

FLAGS = (
    "--no-sandbox",  # Chromium refuses to start as root otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
QUESTION = "Go on."
PATIENCE_MS = 60_000
"""How much later than due something may happen, before it counts as broken."""
_SCRIPT = Path(__file__).with_name("watch.js").read_text(encoding="utf-8")
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
_STALE = "[data-stale=true]"
_STREAMLIT_INPUT, _BARE_INPUT = "[data-testid=stChatInputTextArea]", "#say:enabled"
_STREAMLIT_ANSWER = {
    "message": "[data-testid=stChatMessage]",
    "text": ".orp-answer, [data-testid=stMarkdownContainer]",
}
_BARE_ANSWER = {"message": ".message", "text": "p"}


@dataclass(frozen=True)
class Asked:
    """What was seen of one question and its answer; milliseconds from Enter, `last_at` in seconds since 1970."""

    asked: float
    first: float
    last: float
    last_at: float
    bytes: float
    main_thread: float


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium.

    Raises:
        BrokenError: There is none.
    """
    try:
        path = find()
    except ChromiumMissingError as problem:
        raise BrokenError(str(problem)) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def open_profile(browser: Browser) -> Iterator[BrowserContext]:
    """Make a fresh profile, with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_SCRIPT)
    yield context
    context.close()


@contextmanager
def open_page(profile: BrowserContext, url: str, name: str) -> Iterator[Page]:
    """Open a contender's page and give it once its input takes text.

    Raises:
        BrokenError: Something that was waited for did not come.
    """
    try:
        page = profile.new_page()
        page.goto(url)
        type_something(page, name, "")
        yield page
        page.close()
    except PlaywrightError as problem:
        raise BrokenError(f"{name}: {problem}") from problem


def type_something(page: Page, name: str, text: str) -> None:
    """Put a text into the input, as soon as it takes one."""
    page.locator(_STREAMLIT_INPUT if is_streamlit(name) else _BARE_INPUT).fill(text)


def choose_model(page: Page, name: str, model: str) -> None:
    """Enter a model into the page's field for it."""
    field = page.get_by_label("Model", exact=True)
    if name == OURS:
        field = page.get_by_role("combobox", name="Model")
        field.click()
    field.fill(model)
    field.press("Enter" if is_streamlit(name) else "Tab")
    settle(page, name)


def ask(page: Page, name: str, expected: str, seconds: float) -> Asked:
    """Press Enter and watch the answer until it is whole and the page has come to rest.

    Args:
        page: A contender's page that is at rest.
        name: The contender.
        expected: The answer in Markdown.
        seconds: How long the server takes for it.

    Raises:
        BrokenError: The text did not become whole, or is not whole at the end.
    """
    settle(page, name)
    type_something(page, name, QUESTION)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate("plan => orpBench.watch(plan)", _plan(name, expected))
    before = _task_seconds(session)
    page.keyboard.press("Enter")
    limit = seconds * 1000 + PATIENCE_MS
    page.evaluate("limit => Promise.race([orpBench.whole, new Promise(end => setTimeout(end, limit))])", limit)
    settle(page, name)
    main_thread = _task_seconds(session) - before
    _wait_until_whole(page, name)
    seen = page.evaluate("orpBench.result()")
    session.detach()
    return Asked(seen["asked"], seen["first"], seen["last"], seen["lastAt"] / 1000, seen["bytes"], main_thread)


def _wait_until_whole(page: Page, name: str) -> None:
    """Wait for what is drawn late: Streamlit loads what colours code when it is first needed."""
    deadline = time.monotonic() + 5
    while not page.evaluate("orpBench.isWhole()"):
        if time.monotonic() > deadline:
            raise BrokenError(f"{name} does not show the whole answer: {_difference(page)}")
        page.wait_for_timeout(50)


def settle(page: Page, name: str) -> None:
    """Wait until nothing goes on any more in a page."""
    if name == BARE:
        page.wait_for_selector("body[data-idle=yes]")
        return
    # The end of a run is told to the page, which asks for a rerun: idle has to last.
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 0.25:
        if not page.locator(_IDLE).count() or page.locator(_STALE).count() or page.locator(".orp-run").count():
            quiet_since = time.monotonic()
        page.wait_for_timeout(50)


def _as_shown(name: str, expected: str) -> str:
    return compact(expected, is_rendered=is_streamlit(name))


def _plan(name: str, expected: str) -> Mapping[str, str]:
    """Say what the script in the page is to look for."""
    place = _STREAMLIT_ANSWER if is_streamlit(name) else _BARE_ANSWER
    return {**place, "question": QUESTION, "expected": _as_shown(name, expected)}


def _task_seconds(session: CDPSession) -> float:
    metrics: dict[str, Any] = session.send("Performance.getMetrics")
    return float(next(metric["value"] for metric in metrics["metrics"] if metric["name"] == "TaskDuration"))


def _difference(page: Page) -> str:
    shown = compact(str(page.evaluate("orpBench.answer()")), is_rendered=False)
    expected = str(page.evaluate("orpBench.expected"))
    same = next((place for place, pair in enumerate(zip(shown, expected, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(shown), len(expected)) if same is None else same
    return f"after {place:,} letters {shown[place : place + 40]!r} instead of {expected[place : place + 40]!r}."
