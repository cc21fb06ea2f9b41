"""Take the pictures of the documentation: `make screenshots` writes them to docs/images/.

They come out the same each time: demo mode in an empty folder, fixed prompts, no animation, and figures of time, which
no two runs share, set to fixed ones.
"""

import contextlib
import io
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.chromium import find

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 250_000
SHADE = 3
START_SECONDS = 60
DESKTOP = (1280, 800)
TALL = (1280, 1030)
PHONE = (390, 844)

STILL = "*, ::before, ::after { transition: none !important; animation: none !important; }"
FIX_SECONDS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = walk.nextNode(); text; text = walk.nextNode())
    text.data = text.data.replace(/first token [\\d.]+ s/, "first token 0.4 s")
      .replace(/total [\\d.]+ s/, "total 1.6 s").replace(/(Writing|Thinking) · \\d+ s/, "$1 · 2 s")
}"""


@dataclass(frozen=True)
class Picture:
    """One picture: what is done on the page before it is taken, how large it is and in which scheme."""

    name: str
    act: Callable[[Page], None]
    scheme: str = "light"
    size: tuple[int, int] = DESKTOP


def chat(page: Page) -> None:
    page.get_by_role("button", name="Plan a launch").click()
    finished(page)


def fill_in_a_form(page: Page) -> None:
    choose_model(page, "sim/writer")
    page.get_by_role("button", name="Fill in a form").click()
    finished(page)
    for fold in ("Model", "System prompt", "Response format"):
        page.locator(".st-key-panel summary").filter(has_text=fold).first.click()
        settle(page)


def sort_a_review_wrongly(page: Page) -> None:
    choose_model(page, "sim/wrong-shape")
    page.get_by_role("button", name="Sort a review").click()
    finished(page)


def fail_at_the_provider(page: Page) -> None:
    choose_model(page, "sim/provider-error")
    send(page, "Write the story of a lighthouse keeper, in three chapters")
    expect(page.get_by_role("button", name="Choose another model")).to_be_visible(timeout=60_000)


def answer_on_a_phone(page: Page) -> None:
    """With a model that begins to answer and falls silent, so that the picture is of the same word each time."""
    choose_model(page, "sim/stall:after=81")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    send(page, "Explain to a ten-year-old how a rainbow comes about")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()


PICTURES = (
    Picture("chat", chat, size=TALL),
    Picture("error", fail_at_the_provider, scheme="dark"),
    Picture("phone", answer_on_a_phone, size=PHONE),
    # Last: a schema stays in force for the chats that follow.
    Picture("structured", fill_in_a_form, size=TALL),
    Picture("wrong-shape", sort_a_review_wrongly),
)


def send(page: Page, text: str) -> None:
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(text)
    field.press("Enter")


def choose_model(page: Page, model: str) -> None:
    field = page.get_by_role("combobox", name="Model")
    field.click()
    field.fill(model)
    field.press("Enter")
    settle(page)


def finished(page: Page) -> None:
    expect(page.get_by_role("button", name="Regenerate")).to_be_visible(timeout=30_000)


def settle(page: Page) -> None:
    """Wait until no script of the page runs, nothing is stale, and a live answer has stopped growing."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_selector("[data-stale=true]", state="detached")
    before, now = None, ""
    while before != now:
        page.wait_for_timeout(500)
        before, now = now, page.get_by_test_id("stMain").inner_text()[:-20]


@contextlib.contextmanager
def serve() -> Iterator[str]:
    """Start the app in demo mode in an empty folder, and yield its address once it is ready."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as home:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
        options = ["--server.headless=true", f"--secrets.files={home}/secrets.toml"]
        environ = {"PATH": os.environ["PATH"], "HOME": home}
        process = subprocess.Popen([*command, *options], cwd=home, env=environ, stdout=subprocess.DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=15)


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """Return a picture as PNG; the phone's begins at a desk, where run settings are at hand."""
    width, height = DESKTOP if picture.size == PHONE else picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=picture.scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    page.add_style_tag(content=STILL)
    settle(page)
    picture.act(page)
    settle(page)
    # The wheel is what lets go of the end of the page; from there, it is a reader who looks at it from the top.
    page.mouse.move(width / 2, height / 2)
    page.mouse.wheel(0, -10_000)
    page.mouse.move(width / 2, 0)
    page.evaluate("document.activeElement.blur()")
    settle(page)
    page.evaluate(FIX_SECONDS)
    taken = page.screenshot(animations="disabled")
    context.close()
    return taken


def keep(picture: Picture, png: bytes) -> None:
    """Write a picture, unless the one that is there looks the same: corners come out a shade lighter or darker."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    path = FOLDER / f"{picture.name}.png"
    if not path.exists() or not looks_same(image, Image.open(path).convert("RGB")):
        image.save(path, optimize=True)
    size = path.stat().st_size
    print(f"docs/images/{path.name}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"More than {MOST_BYTES:,} bytes are too many.")


def looks_same(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    return all(highest <= SHADE for _, highest in ImageChops.difference(one, other).getextrema())


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        wait_until_ready(browser, address)
        for picture in PICTURES:
            keep(picture, take(browser, address, picture))
        browser.close()


def wait_until_ready(browser: Browser, address: str) -> None:
    """Ask until /healthz answers."""
    page = browser.new_page()
    for _ in range(START_SECONDS * 4):
        with contextlib.suppress(Exception):
            if (response := page.goto(f"{address}/healthz")) is not None and response.ok:
                page.close()
                return
        page.wait_for_timeout(250)
    sys.exit(f"The app was not ready within {START_SECONDS} s.")


if __name__ == "__main__":
    main()
