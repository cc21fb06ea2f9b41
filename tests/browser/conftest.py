"""A real Chromium, and the app as a process of its own, for the tests in this folder.

Fixtures: `browser` and `app` (the app with no key set), `server` and `served` (a simulator that notes every request,
and the app connected to it), `start_app` (the app with other settings), `open_page` (a page in a fresh profile),
`open_tab`, `page` and `tab` (in a profile that all tests share); a page must end without errors.
"""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from scripts.chromium import find
from service.simulator import Simulator
from tests.support import KEY

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
IDLE_MILLISECONDS = 20_000
CHROMIUM_FLAGS = (
    "--no-sandbox",  # Chromium refuses to start as root otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps, and nobody asks whether it may be used
    "--use-fake-ui-for-media-stream",
)
PROFILE: dict[str, Any] = {
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}
# All that the app gets of this machine's environment: no key, no proxy, no setting of Streamlit's.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP")

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that drive a browser a second try; the summary counts those that needed it.

    Two processes on two cores stand in for a person here: a key may come between two drawings of the page.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass
class App:
    """The app, served by a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def database(self) -> Path:
        """Where it keeps conversations, runs and preferences."""
        return self.log_file.parent / "data" / "playground.sqlite3"

    def log(self) -> str:
        """Return what the process has printed so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End it as an operator does, and wait for the end."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
                pytest.fail(f"The app did not end within 15 s of SIGTERM.\n{self.log()}")

    def kill(self) -> None:
        """End it without warning, as a crash or a power cut does."""
        self.process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        self.process.wait(timeout=15)


def launch(home: Path, environ: Mapping[str, str]) -> App:
    """Start the app on a free port with `home` as its home and working directory, and return once it is ready.

    A developer's own .env, secrets.toml and data stay out of it; a test may write such files into `home`.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    log_file = home / f"app-{port}.log"
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    options = [
        f"--server.port={port}",
        "--server.headless=true",
        f"--secrets.files={home / '.streamlit' / 'secrets.toml'}",  # Streamlit would also read the one beside app.py
    ]
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options],
            cwd=home,
            env={**kept, "HOME": str(home), "USERPROFILE": str(home), **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    app = App(f"http://127.0.0.1:{port}", process, log_file)
    wait_until_ready(app)
    return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(app: App) -> None:
    """Wait until /healthz answers 200; fail with the log when the process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(app.url):
        if time.monotonic() > deadline:
            app.kill()
            pytest.fail(f"The app was not ready within {START_SECONDS} s.\n{app.log()}")
        try:
            app.process.wait(timeout=0.05)  # the pause between two questions, cut short when the process ends
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"The app ended with status {app.process.returncode} instead of starting.\n{app.log()}")


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
            return response.status == 200
    except OSError:  # not listening yet, or an HTTP error
        return False


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Serve the app as a stranger gets it, with nothing set; one process for all tests of this folder."""
    running = launch(tmp_path_factory.mktemp("home"), {})
    yield running
    running.stop()


@pytest.fixture(scope="package")
def server() -> Iterator[Simulator]:
    """Return a simulator that answers without pauses and notes every request."""
    with Simulator(speed=0) as running:
        yield running


@pytest.fixture(scope="package")
def served(server: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Serve the app connected to `server` with sim/echo chosen; one process for all tests of this folder.

    What fails is not sent again by itself, so that an error comes at once.
    """
    settings = {
        "OPENROUTER_BASE_URL": server.base_url,
        "OPENROUTER_API_KEY": KEY,
        "OPENROUTER_MODEL": "sim/echo",
        "OPENROUTER_MAX_RETRIES": "0",
        "OPENAI_API_KEY": "sk-must-not-be-sent",
    }
    running = launch(tmp_path_factory.mktemp("home"), settings)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def fresh_settings(request: pytest.FixtureRequest) -> None:
    """Let no test begin with the run settings that the one before it has used last."""
    for name in {"app", "served"} & set(request.fixturenames):
        running: App = request.getfixturevalue(name)
        with closing(sqlite3.connect(running.database, timeout=10)) as database, database:
            database.execute("DELETE FROM preferences")


@pytest.fixture
def start_app(tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Return `start(environ={}, home=None)`, which serves the app with these settings until the test ends.

    Two calls with one `home` share what the app keeps there, as two starts on one machine do.
    """
    started: list[App] = []

    def start(environ: Mapping[str, str] | None = None, home: Path | None = None) -> App:
        started.append(launch(home or tmp_path / "home", environ or {}))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run one headless Chromium for the tests of this folder; without one they fail, they are not skipped.

    Not for the session: while it lives, Playwright keeps an event loop running in this thread, and tests of other
    folders that this process runs later could not run theirs.
    """
    path = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """What went wrong inside a page: uncaught exceptions and errors on the console."""

    expected: list[re.Pattern[str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.note(f"uncaught: {error}"))
        page.on("console", self.note_console)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(f"console: {message.text} ({message.location.get('url', '')})")

    def note(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self.expected):
            self.errors.append(text)


@pytest.fixture
def page_errors() -> Watch:
    """Return the watch over this test's pages; a test that provokes an error adds to its `expected`."""
    return Watch()


@pytest.fixture
def open_page(browser: Browser, page_errors: Watch) -> Iterator[Callable[..., Page]]:
    """Return `open(url, **context)`, which opens a page in a fresh browser profile.

    `context` overrides Playwright's context options: `viewport`, `color_scheme`, `storage_state` …
    """
    contexts = []

    def open_(url: str, **context: Any) -> Page:
        contexts.append(browser.new_context(**(PROFILE | context)))
        return visit(contexts[-1], url, page_errors)

    yield open_
    for context in contexts:
        context.close()
    assert not page_errors.errors, "\n".join(page_errors.errors)


def visit(context: BrowserContext, url: str, watch: Watch) -> Page:
    page = context.new_page()
    watch.attach(page)
    page.goto(url)
    settle(page)
    return page


@pytest.fixture(scope="package")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """Return one browser profile for the tabs of all tests: what was loaded once comes from its cache."""
    context = browser.new_context(**PROFILE)
    yield context
    context.close()


@pytest.fixture
def open_tab(profile: BrowserContext, page_errors: Watch) -> Iterator[Callable[[str], Page]]:
    """Return `open(url)`, which opens a tab; each is a session of its own and ends with the test."""
    tabs: list[Page] = []

    def open_(url: str) -> Page:
        tabs.append(visit(profile, url, page_errors))
        return tabs[-1]

    yield open_
    for tab in tabs:
        tab.close()
    assert not page_errors.errors, "\n".join(page_errors.errors)


@pytest.fixture
def page(open_tab: Callable[[str], Page], app: App) -> Page:
    """Open the first page of the app as a stranger gets it."""
    return open_tab(app.url)


@pytest.fixture
def tab(open_tab: Callable[[str], Page], served: App) -> Page:
    """Open the first page of the app that is connected to `server`."""
    return open_tab(served.url)


@pytest.fixture
def wait_idle() -> Callable[[Page], None]:
    """Return `wait_idle(page)`, which waits until no script of the page runs and nothing on it is stale."""
    return settle


def settle(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=IDLE_MILLISECONDS)
    page.wait_for_selector("[data-stale=true]", state="detached", timeout=IDLE_MILLISECONDS)
