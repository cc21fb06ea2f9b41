"""Live answers are painted over our own socket: the page stays alive, and nothing of it is lost."""

import random
import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from service.simulator import Reply, Simulator
from tests.browser.conftest import App
from tests.browser.driving import answer, chip, choose_model, finished, paced, send, unfinished, wait_until
from tests.browser.slow_link import slow_link
from tests.support import streamed


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(page)).to_contain_text(re.compile("Stopped before (the end|anything had arrived)"))


def test_a_widget_answers_while_an_answer_streams(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """The panel is no prisoner of the stream: a change takes effect at once, and the stream goes on."""
    server.script(paced("and on " * 2_000, seconds=20))
    send(tab, "Go on")
    live = answer(tab).locator(".orp-answer")
    expect(live).to_contain_text("and on")

    choose_model(tab, "sim/json")

    before = live.inner_text()
    expect(live).not_to_have_text(before)
    stop(tab)
    wait_idle(tab)


def test_stop_keeps_what_came(tab: Page, server: Simulator, wait_idle: Callable[[Page], None]) -> None:
    """Stop ends the run in the middle, at the server too, and the text that had come stays."""
    server.clear()
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")
    stop(tab)
    expect(tab.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(answer(tab).get_by_test_id("stMarkdownContainer").first).to_have_text("The sea is wide.")
    assert server.wait_for_disconnect()
    wait_idle(tab)


def test_a_reload_in_the_middle_finds_the_answer_still_coming(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """The run goes on without the page, and the URL leads back to it; Stop keeps what came."""
    server.script(unfinished("The sea ", "is wide."))
    send(tab, "Tell me about the sea")
    expect(answer(tab)).to_contain_text("The sea is wide.")

    tab.reload()

    expect(answer(tab).locator(".orp-answer")).to_contain_text("The sea is wide.")
    stop(tab)
    wait_idle(tab)
    expect(answer(tab).get_by_test_id("stMarkdownContainer").first).to_have_text("The sea is wide.")


def test_a_reload_after_the_end_shows_it_all_again(
    tab: Page, served: App, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """Question, answer, verdict, figures and the list of conversations, also in another browser by the link."""
    choose_model(tab, "sim/json")
    tab.get_by_role("button", name="Sort a review").click()
    # It is the last to be drawn: Streamlit loads what draws it when it is first needed.
    expect(finished(tab).get_by_role("button", name="JSON")).to_be_visible()
    before = answer(tab).inner_text()

    tab.reload()

    expect(finished(tab)).to_have_text(before, use_inner_text=True)
    expect(chip(answer(tab))).to_contain_text("Valid")
    wait_idle(tab)
    elsewhere = open_page(tab.url)
    for page in (tab, elsewhere):
        expect(finished(page)).to_have_text(before, use_inner_text=True)
        expect(page.get_by_test_id("stChatMessage").first).to_contain_text("The kettle boils fast")
        expect(page.locator(".st-key-conversation_list").get_by_role("button", name="Sort this review")).to_be_visible()


def test_stop_works_before_the_first_word(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """A provider that says nothing at all is stopped as well."""
    choose_model(tab, "sim/hang")
    send(tab, "Hello?")
    expect(tab.get_by_text("Waiting for the first token")).to_be_visible()
    stop(tab)
    wait_idle(tab)


def test_what_is_sent_while_an_answer_streams_is_kept(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """Typing goes on; a message sent too early comes back into the input."""
    choose_model(tab, "sim/hang")
    send(tab, "Hello?")
    expect(tab.get_by_role("button", name="Stop", exact=True)).to_be_visible()

    send(tab, "Too early")

    expect(tab.get_by_test_id("stChatInputTextArea")).to_have_value("Too early")
    stop(tab)
    expect(tab.get_by_test_id("stChatMessage")).to_have_count(2)
    wait_idle(tab)


def test_streamlits_own_socket_carries_nothing_of_a_live_answer(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """While the run streams, its words travel over /live alone."""
    carried: dict[str, list[str]] = {"/live": [], "other": []}

    def note(socket: WebSocket) -> None:
        place = "/live" if socket.url.endswith("/live") else "other"
        socket.on("framereceived", lambda data: carried[place].append(str(data)))

    tab.on("websocket", note)
    tab.reload()
    wait_idle(tab)
    server.script(unfinished("no model ", "has read this"))
    send(tab, "Hello")
    expect(answer(tab)).to_contain_text("no model has read this")
    assert "no model has read this" in re.sub(r"<[^>]+>", "", "".join(carried["/live"]))
    assert "no model" not in "".join(carried["other"])
    stop(tab)
    wait_idle(tab)
    assert "no model has read this" in "".join(carried["other"])


def test_a_new_message_comes_into_view(tab: Page, wait_idle: Callable[[Page], None]) -> None:
    """Below a long answer, the next question and its answer are where the reader looks, also when it fails at once."""
    send(tab, "\n\n".join(f"Paragraph {number}" for number in range(60)))
    finished(tab)
    tab.get_by_test_id("stMain").evaluate("element => { element.scrollTop = 0 }")
    choose_model(tab, "sim/out-of-credits")
    send(tab, "And now?")
    expect(tab.get_by_text("The credits do not cover this request.", exact=True)).to_be_in_viewport()
    wait_idle(tab)


def test_markup_of_an_answer_runs_and_fetches_nothing(
    tab: Page, server: Simulator, wait_idle: Callable[[Page], None]
) -> None:
    """A script stays text and a remote picture stays a link, live and afterwards."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    markup = "<script>window.pwned = 1</script> ![secret](https://evil.example/?d=1) <img src=x onerror=alert(1)>"
    server.script(unfinished(markup))
    send(tab, "Hello")
    for is_live in (True, False):
        link = answer(tab).get_by_role("link", name="secret")
        expect(link).to_have_attribute("href", "https://evil.example/?d=1")
        expect(answer(tab).locator(".orp-answer")).to_have_count(1 if is_live else 0)
        expect(answer(tab)).to_contain_text("<script>window.pwned = 1</script>")
        expect(answer(tab).locator("img")).to_have_count(0)
        assert tab.evaluate("window.pwned") is None
        if is_live:
            stop(tab)
            wait_idle(tab)
    assert not [url for url in asked if "evil.example" in url]


def test_on_a_phone_a_chosen_chat_is_not_under_the_list(
    served: App, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """The list goes away, and while it is there nothing of the page lies over it."""
    page = open_page(served.url, viewport={"width": 390, "height": 844})
    send(page, "the first chat")
    finished(page)
    wait_idle(page)
    sidebar, settings = page.get_by_test_id("stSidebar"), page.locator(".st-key-open_settings")
    for choice in ("New chat", "the first chat"):
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(settings).to_be_hidden()
        sidebar.get_by_role("button", name=choice).first.click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
        expect(settings).to_be_visible()
    expect(answer(page)).to_be_visible()


def test_a_phone_in_the_dark(
    served: App, server: Simulator, open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """At 390 px the answer, Stop and the input fit, and nothing scrolls sideways."""
    page = open_page(served.url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    server.script(unfinished("# Picnic\n\n- bread\n- water\n\n" + "A long line of words. " * 40))
    send(page, "Plan a picnic for twelve people with a shopping list and a budget")
    expect(answer(page)).to_contain_text("A long line")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_in_viewport()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_in_viewport()
    assert page.get_by_test_id("stMain").evaluate("element => element.scrollWidth") <= 390
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark"
    stop(page)
    wait_idle(page)
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_in_viewport()
    assert page.get_by_test_id("stMain").evaluate("element => element.scrollWidth") <= 390


# One paragraph, which is sent whole with every frame, of words that do not compress.
CHANCE = random.Random(1)
PIECES = [" ".join(f"{CHANCE.getrandbits(40):x}" for _ in range(48)) + " " for _ in range(700)]


def frames_of(page: Page) -> list[int]:
    """Return a list that will hold the length of each frame that a page gets over the live route."""
    lengths: list[int] = []

    def note(opened: WebSocket) -> None:
        if opened.url.endswith("/live"):
            opened.on("framereceived", lambda data: lengths.append(len(data)))

    page.on("websocket", note)
    return lengths


def test_a_slow_browser_gets_fewer_frames_and_every_word(
    served: App, server: Simulator, open_tab: Callable[[str], Page], wait_idle: Callable[[Page], None]
) -> None:
    """Two browsers watch one run; what the slow one does not get is never made for it, and waits nowhere."""
    server.script(Reply(chunks=streamed(*PIECES), gap=0.06))
    with slow_link(served.url) as link:
        fast, slow = open_tab(served.url), open_tab(link.url)
        painted, received = frames_of(fast), frames_of(slow)
        send(fast, "Go on and on")
        expect(fast).to_have_url(re.compile("c="))
        slow.goto(fast.url.replace(served.url, link.url))
        expect(slow.locator(".orp-answer")).to_contain_text(PIECES[3].strip())
        painted.clear()
        received.clear()
        link.bytes_a_second = 30_000
        wait_until(fast, lambda: len(painted) >= 60, seconds=30)
        assert len(received) < len(painted) / 2

        # Not with the mouse: on a busy machine the page that grows all the time never holds still for it.
        fast.get_by_role("button", name="Stop", exact=True).dispatch_event("click")

        link.bytes_a_second = None
        expect(answer(slow)).to_contain_text("Stopped before the end")
        wait_idle(slow)
        texts = [answer(page).get_by_test_id("stMarkdownContainer").first.inner_text() for page in (fast, slow)]
        slow.close()
    assert texts[0] == texts[1]
    assert texts[0] in "".join(PIECES)
    # What the machine's own buffers had taken in has come by now; a queue of frames would be as much as `painted`.
    assert len(painted) >= 60
    assert sum(received) < sum(painted) / 2
