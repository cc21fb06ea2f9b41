"""A stranger's first minutes, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from service.simulator import Simulator


def send(page: Page, text: str) -> None:
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(text)
    field.press("Enter")


def choose_model(page: Page, model: str) -> None:
    field = page.get_by_role("combobox", name="Model")
    field.click()
    field.fill(model)
    field.press("Enter")
    expect(page.locator(".st-key-panel").get_by_text(model, exact=True)).to_be_visible()


RECORD_FIRST_WORDS = """() => {
  const look = () => {
    const text = document.querySelector(".orp-answer")?.innerText.trim()
    if (text) window.firstWords = text
    else requestAnimationFrame(look)
  }
  look()
}"""


def test_first_answer_streams_in_demo_mode(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """Without a key, a message is answered as it is written, and the page says that it is simulated."""
    expect(page.get_by_text("Demo mode.")).to_be_visible()
    page.evaluate(RECORD_FIRST_WORDS)

    send(page, "Plan a picnic for twelve people with a shopping list and a budget")

    user, answer = page.get_by_test_id("stChatMessage").nth(0), page.get_by_test_id("stChatMessage").nth(1)
    expect(user).to_contain_text("Plan a picnic for twelve people")
    expect(answer).to_contain_text("out tokens", timeout=30_000)
    expect(answer).to_contain_text("simulated")
    expect(answer).to_contain_text("sim/writer")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    first = page.evaluate("window.firstWords")
    assert 0 < len(first) < len(answer.inner_text()) / 2  # words long before the end: it streamed
    wait_idle(page)


def test_stop_keeps_what_came(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """Stop ends the run in the middle and the text that had come stays, said to be stopped."""
    choose_model(page, "sim/slow")
    send(page, "Tell me everything about lighthouses, at length, with examples and numbers")
    answer = page.get_by_test_id("stChatMessage").nth(1)
    expect(answer).to_contain_text("lighthouses")

    page.get_by_role("button", name="Stop").click()

    expect(answer).to_contain_text("Stopped before the end")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(answer).to_contain_text("lighthouses")
    wait_idle(page)


def test_an_error_is_said_in_words_at_its_answer(page: Page, wait_idle: Callable[[Page], None]) -> None:
    """An error stands at the answer it belongs to, with the provider's words and what to do."""
    choose_model(page, "sim/out-of-credits")
    send(page, "Hello")

    answer = page.get_by_test_id("stChatMessage").nth(1)
    expect(answer).to_contain_text("The credits do not cover this request.")
    expect(answer).to_contain_text("Insufficient credits.")
    expect(answer).to_contain_text("Add credits")
    wait_idle(page)


def test_a_key_and_a_server_from_the_environment_are_used(
    start_app: Callable[..., object], open_page: Callable[..., Page], wait_idle: Callable[[Page], None]
) -> None:
    """With a key and a base URL set there is no demo banner, and the prompt reaches that server with that key."""
    with Simulator(speed=0) as server:
        key = "sk-or-v1-browsertestkey0001"
        app = start_app(
            {
                "OPENROUTER_BASE_URL": server.base_url,
                "OPENROUTER_API_KEY": key,
                "OPENROUTER_MODEL": "sim/echo",
                "OPENAI_API_KEY": "sk-must-not-be-sent",
            }
        )
        page = open_page(app.url)
        expect(page.get_by_text("Demo mode.")).to_have_count(0)
        page.get_by_role("textbox", name="System prompt").fill("Be brief.")

        send(page, "Are you there?")

        expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("Are you there?")
        expect(page.get_by_test_id("stChatMessage").nth(1)).to_contain_text("out tokens")
        request = server.chat_requests[-1]
        assert request.headers["authorization"] == f"Bearer {key}"
        assert request.body["model"] == "sim/echo"
        assert request.body["stream"] is True
        assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
        assert request.body["messages"][0]["content"] == "Be brief."
        assert key not in page.content()
        wait_idle(page)
