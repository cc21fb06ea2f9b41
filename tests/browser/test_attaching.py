"""In a real browser: what is uploaded, pasted or recorded goes along, and a reload shows it again."""

from base64 import b64decode, b64encode

from playwright.sync_api import Locator, Page, expect

from service.simulator.media import picture
from tests.browser.driving import answer, choose_model, finished, send

PNG = b64decode(picture(5).partition(",")[2])
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n2 0 obj<</Type/Page>>endobj\n%%EOF\n"
PASTE = """(input, data) => {
  const file = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], "pasted.png", { type: "image/png" })
  const held = new DataTransfer()
  held.items.add(file)
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }))
}"""


def attach(page: Page, name: str, media_type: str, data: bytes) -> None:
    """Choose a file at the input and wait until it is there."""
    box = page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files({"name": name, "mimeType": media_type, "buffer": data})
    expect(box).to_contain_text(name)
    # Enter does nothing while it is still on its way.
    expect(box.get_by_role("button", name="Send message")).to_be_enabled()


def record(page: Page) -> None:
    """Say something into the microphone, which sends it."""
    box = page.get_by_test_id("stChatInput")
    box.get_by_role("button", name="Start recording").click()
    box.get_by_role("button", name="Submit recording").click()


def thumbnail(page: Page, number: int = 0) -> Locator:
    """Return a picture of the conversation, once it has been loaded from the server."""
    found = page.locator(".orp-files img").nth(number)
    expect(found).to_have_js_property("naturalWidth", 96)
    return found


def test_files_and_a_recording_go_along_and_are_there_after_a_reload(page: Page) -> None:
    """The model is told what came, and what came is shown: the picture itself, the PDF to be downloaded."""
    attach(page, "fox.png", "image/png", PNG)
    attach(page, "paper.pdf", "application/pdf", PDF)
    send(page, "What are these?")
    told = finished(page)
    expect(told).to_contain_text("96 × 96 pixels")
    expect(told).to_contain_text("2 pages")
    record(page)
    expect(finished(page, 2)).to_contain_text("Audio, audio/wav")
    page.reload()
    thumbnail(page)
    expect(page.locator(".orp-files audio")).to_have_count(1)
    with page.expect_download() as started:
        page.get_by_role("link", name="paper.pdf").click()
    assert started.value.suggested_filename == "paper.pdf"
    assert started.value.path().read_bytes() == PDF


def test_a_click_on_a_picture_opens_it_beside_the_page(page: Page) -> None:
    attach(page, "fox.png", "image/png", PNG)
    send(page, "What is this?")
    finished(page)
    with page.context.expect_page() as opened:
        thumbnail(page).click()
    expect(opened.value.locator("img")).to_have_js_property("naturalWidth", 96)
    expect(answer(page)).to_be_visible()


def test_a_picture_is_pasted(page: Page) -> None:
    box = page.get_by_test_id("stChatInput")
    box.get_by_test_id("stChatInputTextArea").evaluate(PASTE, b64encode(PNG).decode())
    expect(box).to_contain_text("pasted.png")
    send(page, "What is this?")
    expect(finished(page)).to_contain_text("96 × 96 pixels")


def test_a_model_without_eyes_is_not_asked_and_nothing_is_lost(page: Page) -> None:
    """What was typed stands in the input, the picture above it, and with another model Enter sends both."""
    choose_model(page, "sim/echo")
    attach(page, "fox.png", "image/png", PNG)
    send(page, "What is this?")
    expect(page.get_by_text("does not take pictures")).to_be_visible()
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_have_value("What is this?")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    choose_model(page, "sim/vision")
    expect(page.get_by_text("does not take pictures")).to_have_count(0)
    box.press("Enter")
    expect(finished(page)).to_contain_text("96 × 96 pixels")
    expect(page.get_by_text("Goes with your next message")).to_have_count(0)


def test_a_picture_of_an_answer_is_shown_after_a_reload(page: Page) -> None:
    choose_model(page, "sim/picture")
    send(page, "Draw a fox.")
    finished(page)
    page.reload()
    thumbnail(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "Picture 1.png"
