"""Where things stand: what is read stays where it is, and at every width nothing lies over anything else."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.simulator import Simulator
from tests.browser.driving import answer, finished, paced, send, wait_until

# Notes, as often as the page is painted, where the first line and the last paragraph of the answer stand below its
# question, and what it says: of the live answer its newest place, of the final one likewise.
WATCH = """() => {
  const placeOf = (blocks) => {
    const question = document.querySelector("[data-testid=stChatMessage]").getBoundingClientRect().bottom
    const walk = document.createTreeWalker(blocks, NodeFilter.SHOW_TEXT)
    let text = walk.nextNode()
    while (text && !text.textContent.trim()) text = walk.nextNode()
    if (!text) return
    const line = document.createRange()
    line.selectNodeContents(text)
    if (!line.getClientRects().length) return
    const last = [...blocks.querySelectorAll("p")].filter((each) => each.innerText.trim()).at(-1)
    return {
      first: line.getClientRects()[0].top - question,
      last: (last ?? blocks).getBoundingClientRect().top - question,
      text: blocks.innerText,
    }
  }
  window.places = {}
  const look = () => {
    const message = document.querySelectorAll("[data-testid=stChatMessage]")[1]
    const live = message?.querySelector(".orp-answer")
    const final = message?.querySelector("[data-testid=stMarkdownContainer]")
    if (live?.innerText.trim()) window.places.live = placeOf(live) ?? window.places.live
    else if (final) window.places.final = placeOf(final) ?? window.places.final
    requestAnimationFrame(look)
  }
  look()
}"""

END = "\n\nThe last paragraph, long enough for a second line: " + "it goes on and on and on. " * 8

SHAPES = {
    "prose": """# First

Some **bold** words, *stress*, `code`, a [link](https://example.com/), an -> arrow.

## Second

😀 👩‍👩‍👧 and עברית and عربي in one line.

### Third
#### Fourth
##### Fifth
###### Sixth

---

Below a rule.\\
A hard break.""",
    "lists": """- one
- two
  - nested
  - again
- three

1. first
2. second

   with a paragraph
3. third

> A quotation
> of two lines.

Between.

> - a list
> - in a quotation

* loose

* list""",
    "blocks": """```python
def add(a, b):
    return a + b  # the sum
```

Between, and then one without a language:

```
plain
```

| Task | Who |
|---|---|
| Plan | Ada |
| A longer **cell** with `code` | Bo |""",
    "a sentence": "Just a sentence.",
}


def said(page: Page, when: str) -> list[str]:
    """Return the words of the answer, live or final."""
    text: str = page.evaluate("when => window.places[when]?.text ?? ''", when)
    return text.split()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_answer_stays_where_it_is(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None], shape: str
) -> None:
    """Its first line and its last paragraph move by at most two pixels, and its words stay the same."""
    text = SHAPES[shape] + END
    server.script(paced(text))
    tab.evaluate(WATCH)
    send(tab, "Show me")
    finished(tab)
    wait_idle(tab)
    # Streamlit loads the drawing of code when it first meets some: its lines come a moment after the rest.
    wait_until(tab, lambda: said(tab, "live") == said(tab, "final"))
    assert said(tab, "live") == said(tab, "final")
    places: dict[str, Any] = tab.evaluate("window.places")
    live, final = places["live"], places["final"]
    moved = {place: round(final[place] - live[place], 1) for place in ("first", "last")}
    assert all(abs(distance) <= 2 for distance in moved.values()), moved
    expect(answer(tab).locator(".orp-answer")).to_have_count(0)


WIDTHS = (390, 768, 900, 1024, 1440)

WIDE = f"""{"verylongword" * 40}

https://example.com/{"path/" * 60}

```
{"code " * 80}
```

| {" | ".join(f"A column {number}" for number in range(14))} |
|{"---|" * 14}
| {" | ".join("cell" for _ in range(14))} |

The end."""

MEASURE = """() => {
  const box = (selector) => {
    const found = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility())
    if (!found) return null
    const { left, right, width } = found.getBoundingClientRect()
    return width ? { left, right } : null
  }
  const main = document.querySelector("[data-testid=stMain]")
  return {
    sideways: Math.max(main.scrollWidth - main.clientWidth, document.scrollingElement.scrollWidth - innerWidth),
    sidebar: box("[data-testid=stSidebar][aria-expanded=true]"),
    centre: box(".st-key-centre"),
    input: box(".stChatInput"),
    panel: box(".st-key-panel"),
  }
}"""

# A page that is being drawn anew may lack either for a moment: it is measured once both stand.
MEASURED = f"() => {{ const places = ({MEASURE})(); return places.centre && places.input && places }}"


def check_places(page: Page, width: int) -> None:
    """Nothing scrolls sideways, and from left to right nothing lies over the next."""
    places = page.wait_for_function(MEASURED).json_value()
    assert places["sideways"] <= 0, width
    for middle in ("centre", "input"):
        row = [places["sidebar"] if width > 767 else None, places[middle], places["panel"]]
        edges = [edge for place in row if place for edge in (place["left"], place["right"])]
        assert edges == sorted(edges), (width, middle, places)
        assert places[middle]["right"] - places[middle]["left"] >= 300, (width, middle, places)
    assert (places["panel"] is not None) == (width >= 900), width


def test_the_page_at_every_width(tab: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """Empty, and with an answer of long words, wide code and a wide table, live and afterwards."""
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 844})
        check_places(tab, width)
    server.script(paced(WIDE, seconds=1.5))
    send(tab, "verylongword" * 30)
    expect(answer(tab).locator(".orp-answer")).to_contain_text("code")
    check_places(tab, WIDTHS[-1])
    finished(tab)
    wait_idle(tab)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 844})
        check_places(tab, width)
