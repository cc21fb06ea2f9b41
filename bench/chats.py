"""Conversations of 10, 200 and 2,000 messages in our app: to open one, and to ask something more in it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page

from bench.browser import Asked, ask, open_browser, open_page, open_profile
from bench.conversations import export_of, last_words
from bench.harness import Take, serve
from bench.plan import Bench, Contender, Measure, Report, Sizes
from bench.servers import OURS, Server, fetch_text, serve_page
from service.store import Library

__all__ = ["benches", "stage"]

WAIT_MS = 200
MODEL = f"sim/bench:form=markdown,n=60,ttft={WAIT_MS},itl=5"
"""Slow enough for an answer to be watched, as a model's is."""
EARLIER = "sim/bench:form=markdown,n=60,ttft=0,itl=0"
"""What earlier answers say: a thousand of them fit the model's context."""
OWNER = "local"
QUESTIONS = 2
"""The first after opening finds nothing in memory, the next one does; both count."""
MOST = 1.5
OPENED, ASKED, FIRST = "opening to the last message", "Enter to the new message", "Enter to first text"
BYTES, CPU, MAIN = "bytes received", "server CPU", "browser main thread"


def benches(sizes: Sizes) -> list[Bench]:
    """Return one measurement, in which the longest conversation stands beside the others."""
    *shorter, longest = (Contender(f"{messages:,} messages", arguments=(messages,)) for messages in sizes.chats)
    goal = {shorter[0].name: MOST}
    return [
        Bench(
            title=f"Conversations in Chromium, {QUESTIONS} questions more in each",
            ours=longest,
            others=shorter,
            measures=(
                Measure(OPENED, "s"),
                Measure(ASKED, "ms", goal),
                Measure(FIRST, "ms", floor=WAIT_MS),
                Measure(BYTES, "kB", goal),
                Measure(CPU, "ms"),
                Measure(MAIN, "ms"),
            ),
            expected={"is_whole": True},
        )
    ]


@contextmanager
def stage() -> Iterator[Take]:
    """Start the simulator, our app with a database that we fill, and one Chromium, and give what asks in it."""
    with ExitStack() as stack:
        browser = stack.enter_context(open_browser())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-chats-"))
        database = f"sqlite:///{Path(folder, 'chats.sqlite3')}"
        library = stack.enter_context(closing(Library(database)))
        base_url = stack.enter_context(serve("bench.timed_simulator"))
        server = stack.enter_context(serve_page(OURS, base_url, DATABASE_URL=database, OPENROUTER_MODEL=MODEL))
        profile = stack.enter_context(open_profile(browser))
        yield _Stage(library, server, profile, fetch_text(base_url, MODEL), fetch_text(base_url, EARLIER)).take


@dataclass(frozen=True)
class _Stage:
    library: Library
    server: Server
    profile: BrowserContext
    answer: str
    earlier: str

    def take(self, contender: Contender) -> Report:
        """Make a conversation, open it, and ask; each turn has one of its own, of exactly that length."""
        messages = int(str(contender.arguments[0]))
        address = f"{self.server.url}/?c={self._fill(messages)}"
        began = time.perf_counter()
        with open_page(self.profile, address, OURS) as page:
            page.get_by_text(last_words(messages)).last.wait_for()
            opened = time.perf_counter() - began
            asked = [self._ask(page) for _ in range(QUESTIONS)]
        figures = {name: [each[name] for each in asked] for name in asked[0]}
        return Report(contender.name, {OPENED: [opened], **figures}, {"is_whole": True})

    def _fill(self, messages: int) -> str:
        """Store a conversation of that many messages, and return its id."""
        title = uuid4().hex
        self.library.import_json(OWNER, export_of(title, messages, self.earlier, EARLIER))
        (stored,) = self.library.recent(OWNER, query=title)
        return stored.id

    def _ask(self, page: Page) -> Mapping[str, float]:
        before = self.server.cpu_seconds()
        asked = ask(page, OURS, self.answer, 1)
        return {**_figures(asked), CPU: (self.server.cpu_seconds() - before) * 1000}


def _figures(asked: Asked) -> Mapping[str, float]:
    return {
        ASKED: asked.asked,
        FIRST: asked.first,
        BYTES: asked.bytes / 1000,
        MAIN: asked.main_thread * 1000,
    }
