"""How long one waits for the chat's input: from the start of the process, and in a fresh browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import Browser

from bench.browser import open_browser, open_page, open_profile
from bench.harness import Take, serve
from bench.plan import Bench, Contender, Measure, Report, Sizes
from bench.servers import OURS, TUTORIAL, serve_page

__all__ = ["benches", "stage"]

COLD, WARM = "process start to usable input", "opening the page to usable input"


def benches(sizes: Sizes) -> list[Bench]:
    """Return both beginnings, with bytecode that the warm-up has compiled and an empty browser cache."""
    return [
        Bench(
            title="Start to interactive",
            ours=Contender(OURS),
            others=(Contender(TUTORIAL),),
            measures=(Measure(COLD, "s", {TUTORIAL: 1.3}), Measure(WARM, "s", {TUTORIAL: 1.3})),
        )
    ]


@contextmanager
def stage() -> Iterator[Take]:
    """Start the simulator and one Chromium, and give what starts a page and opens it twice."""
    with open_browser() as browser, serve() as base_url:
        yield partial(_take, browser=browser, base_url=base_url)


def _take(contender: Contender, browser: Browser, base_url: str) -> Report:
    name = contender.name
    began = time.perf_counter()
    with serve_page(name, base_url) as server:
        cold = _usable_at(browser, server.url, name) - began
        opened = time.perf_counter()
        warm = _usable_at(browser, server.url, name) - opened
    return Report(name, {COLD: [cold], WARM: [warm]}, {})


def _usable_at(browser: Browser, url: str, name: str) -> float:
    """Open a page in a fresh profile, and return when its input took text."""
    with open_profile(browser) as profile, open_page(profile, url, name):
        return time.perf_counter()
