"""Without a mouse, by ear and with weak eyes: everything is reached with Tab, spoken of, and stands out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.simulator import Simulator
from tests.browser.conftest import settle
from tests.browser.driving import (
    answer,
    choose_model,
    dismiss,
    finished,
    new_conversation,
    open_fold,
    send,
    tab_to,
    unfinished,
    wait_until,
)

# What tells where the focus is: these properties of the focused element, what it stands in, and its ::before and
# ::after, compared with the same without focus. Chromium goes on from an element that was blurred.
READ_FOCUS = """async () => {
  const SHOWN = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "backgroundColor", "color"]
  const look = (element) => {
    const styles = []
    for (let at = element, level = 0; at && level < 5; at = at.parentElement ?? at.getRootNode().host, level++)
      for (const part of level ? [null] : [null, "::before", "::after"]) {
        const style = getComputedStyle(at, part)
        styles.push(SHOWN.map((name) => style[name]).join())
      }
    return styles.join(";")
  }
  const frames = async (most, isEnough = () => false) => {
    for (let frame = 0; frame < most && !isEnough(); frame++) await new Promise(requestAnimationFrame)
  }
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  if (!element || element === document.body) return null
  const words = element.matches("a, button, summary") ? element.innerText.trim().split(/\\n/).at(-1) : element.tagName
  const name = element.getAttribute("aria-label") || words
  await frames(3)
  const focused = look(element)
  element.blur()
  await frames(20, () => look(element) !== focused)
  return { name, isShown: look(element) !== focused }
}"""


def walk(page: Page) -> list[dict[str, Any]]:
    """Press Tab until the page is through; return what was reached, each with whether its focus can be seen."""
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; animation: none !important }")
    page.get_by_role("link", name="Skip to main content").focus()
    reached: list[dict[str, Any]] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(READ_FOCUS)
        if found is None or (reached and found["name"] == "Skip to main content"):
            return reached
        reached.append(found)
    return reached


def test_tab_reaches_everything_on_the_empty_page(tab: Page) -> None:
    """List, cards, settings and input, in the order in which they are read, each with a focus one can see."""
    reached = walk(tab)
    names = [each["name"] for each in reached]
    wanted = ["New chat", "Search chats", "Connection", "Plan a launch", "Sort a review", "Model", "System prompt"]
    wanted += ["Parameters", "Response format", "Advanced", "Message"]
    assert list(dict.fromkeys(name for name in names if name in wanted)) == wanted
    assert [each["name"] for each in reached if not each["isShown"]] == []


def test_a_conversation_by_keyboard(tab: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """Stop is behind the input and its button for files; Copy, Regenerate and the list are reached as well."""
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")
    tab_to(tab, tab.get_by_role("button", name="Stop", exact=True), presses=2)
    tab.keyboard.press("Enter")
    expect(answer(tab)).to_contain_text("Stopped before the end")
    wait_idle(tab)

    reached = walk(tab)

    names = [each["name"] for each in reached]
    for wanted in ("Tell me about the sea", "Copy", "Regenerate", "Message"):
        assert wanted in names
    assert [each["name"] for each in reached if not each["isShown"]] == []
    copy = tab.get_by_role("button", name="Copy", exact=True)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy.press("Enter")
    expect(answer(tab).get_by_role("button", name="Copied")).to_be_focused()
    assert tab.evaluate("navigator.clipboard.readText()") == "The sea is wide."


def test_the_drawer_by_keyboard(tab: Page, server: Simulator) -> None:
    """Enter opens it and takes the focus in; Escape closes it and gives the focus back."""
    tab.set_viewport_size({"width": 390, "height": 844})
    opener = tab.get_by_role("button", name="Run settings")
    opener.focus()
    tab.keyboard.press("Enter")
    drawer = tab.get_by_role("dialog", name="Run settings")
    expect(drawer).to_be_visible()
    prompt = drawer.get_by_role("textbox", name="System prompt")
    for _ in range(12):
        assert drawer.evaluate("element => element.contains(document.activeElement)")
        if prompt.evaluate("element => element === document.activeElement"):
            break
        tab.keyboard.press("Tab")
    expect(prompt).to_be_focused()
    tab.keyboard.type("Be brief.")
    tab.keyboard.press("Control+Enter")
    dismiss(tab, drawer)
    expect(opener).to_be_focused()
    send(tab, "Hello")
    finished(tab)
    assert server.chat_requests[-1].body["messages"][0] == {"role": "system", "content": "Be brief."}


LIVE_REGION = ":is([aria-live=polite], [aria-live=assertive], [role=log], [role=status])"


def test_one_status_line_speaks_and_the_transcript_does_not(tab: Page, server: Simulator) -> None:
    """It says Generating and Complete; the messages are no live region and stand in none."""
    spoken = tab.locator(".stBottom").get_by_role("status")
    expect(spoken).to_have_text("")
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")
    expect(spoken).to_have_text("Generating")
    assert tab.locator(LIVE_REGION).filter(has_text="Generating").count() == 1
    assert tab.locator(f"{LIVE_REGION}:has([data-testid=stChatMessage], .orp-answer)").count() == 0
    assert answer(tab).locator(LIVE_REGION).count() == 0
    tab.get_by_role("button", name="Stop", exact=True).click()
    expect(spoken).to_have_text("Complete")


FAINT = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")

LOOK = f"""() => {{
  document.getAnimations().forEach((animation) => animation.finish())
  const is_stale = document.querySelector("[data-stale=true]") !== null
  return {{ is_stale, ...({FAINT})() }}
}}"""

MARKDOWN = """# Heading

Words with `code`, a [link](https://example.com/) and **bold** ones.

> A quotation

```python
def add(a: int) -> int:  # the sum
    return a + len("text")
```

| a | b |
|---|---|
| 1 | 2 |"""


def check(page: Page, state: str, at_least: int) -> None:
    """Assert that nothing on the page is too faint, and that there was something to look at.

    What Streamlit is about to draw anew it fades, which is no colour of ours: such a look does not count.
    """
    seen: dict[str, Any] = {}

    def at_rest() -> bool:
        settle(page)
        seen.update(page.evaluate(LOOK))
        return not seen["is_stale"]

    wait_until(page, at_rest)
    assert not seen["is_stale"], f"{state}: the page never came to rest"
    assert seen["faint"] == [], state
    assert seen["checked"] >= at_least, state


def test_the_measure_finds_a_faint_text(tab: Page) -> None:
    """Grey on white is found, also where opacity makes it so; black on white is not."""
    tab.evaluate("""() => {
      const add = (text, style) => {
        const element = document.querySelector(".stApp").appendChild(document.createElement("p"))
        element.textContent = text
        element.style.cssText = `position:fixed;top:0;background:#fff;${style}`
      }
      add("faint by colour", "color:#999")
      add("faint by opacity", "color:#000;opacity:0.4")
      add("faint by alpha", "color:rgba(0,0,0,0.4)")
      add("black", "color:#000")
      add("large", "color:#888;font-size:24px")
    }""")
    found = tab.evaluate(FAINT)["faint"]
    assert [text.split(" (")[0] for text in found] == ["faint by colour", "faint by opacity", "faint by alpha"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_page(tab: Page, server: Simulator, wait_idle: Callable[[Page], None], scheme: str) -> None:
    """Empty, live, done, with a valid answer, one of a wrong shape, an error, in the drawer and in the dialog."""
    tab.emulate_media(color_scheme=scheme)
    wait_idle(tab)
    for fold in ("Parameters", "Response format", "Advanced"):
        open_fold(tab, fold)
    expect(tab.locator(".st-key-panel").get_by_text("Extra body", exact=True)).to_be_visible()
    check(tab, "empty", 50)

    server.script(unfinished(MARKDOWN))
    send(tab, "Show me")
    expect(answer(tab)).to_contain_text("the sum")
    check(tab, "live", 50)
    tab.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(tab)).to_contain_text("Stopped before the end")
    wait_idle(tab)
    answer(tab).get_by_text("Raw request / Raw response").click()
    expect(answer(tab).get_by_role("tab", name="Raw response")).to_be_visible()
    check(tab, "done", 60)

    new_conversation(tab)
    choose_model(tab, "sim/json")
    tab.get_by_role("button", name="Fill in a form").click()
    finished(tab)
    choose_model(tab, "sim/wrong-shape")
    send(tab, "Again")
    finished(tab, 2)
    choose_model(tab, "sim/rate-limited")
    send(tab, "And again")
    expect(answer(tab, 3).get_by_role("button", name="Choose another model")).to_be_visible()
    answer(tab, 3).get_by_text("Details", exact=True).click()
    wait_idle(tab)
    check(tab, "answers in a shape and an error", 60)

    tab.get_by_role("button", name="Connection", exact=True).click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_label("API key", exact=True)).to_be_visible()
    check(tab, "connection", 5)
    dialog.get_by_label("API key", exact=True).fill("sk-or-v1-bad" + "5" * 20)
    dialog.get_by_role("button", name="Connect", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    check(tab, "connection refused", 5)
    dismiss(tab, dialog)
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.get_by_role("button", name="Run settings").click()
    expect(dialog.get_by_role("combobox", name="Model")).to_be_visible()
    for fold in ("Parameters", "Response format", "Advanced"):
        open_fold(tab, fold, in_drawer=True)
    check(tab, "drawer", 20)
