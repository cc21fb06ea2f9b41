"""From Enter to the last word of an answer in Chromium: our chat page, the tutorial's, and the barest one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from playwright.sync_api import BrowserContext

from bench.browser import QUESTION, Asked, ask, choose_model, open_browser, open_page, open_profile
from bench.harness import Take, serve
from bench.plan import Bench, Contender, Measure, Report, Sizes
from bench.servers import BARE, OURS, TUTORIAL, WARM_UP, Server, fetch_sent, fetch_text, serve_page

__all__ = ["benches", "stage"]

LIMIT_MS = 100.0
FIRST, LAST, LAG = "Enter to first text", "Enter to last text", "lag of the last text"
BYTES, CPU, MAIN = "bytes received", "server CPU", "browser main thread"


def benches(sizes: Sizes) -> list[Bench]:
    """Return a long answer at once, and two that come at the pace of a fast model."""
    benches = [_bench(sizes.answer, 0), _bench(sizes.answer, 5)]
    if sizes.long_answer:
        benches.append(_bench(sizes.long_answer, 10, most_rounds=sizes.long_rounds))
    return benches


def _bench(tokens: int, gap_ms: int, most_rounds: int | None = None) -> Bench:
    pace = f"one every {gap_ms} ms" if gap_ms else "all at once"
    model = f"sim/bench:form=markdown,n={tokens},ttft=0,itl={gap_ms}"
    due = max(0, tokens - 1) * gap_ms / 1000
    ours, tutorial, bare = (Contender(name, arguments=(model, due)) for name in (OURS, TUTORIAL, BARE))
    return Bench(
        title=f"Answer of {tokens:,} tokens in Chromium, {pace}",
        ours=ours,
        others=(tutorial, bare),
        measures=_measures(due),
        expected={"is_whole": True},
        most_rounds=most_rounds,
        needs_warm_up=False,
    )


def _measures(due: float) -> tuple[Measure, ...]:
    """Return the measures; what comes at once is compared with the bare page, what is paced with the tutorial."""
    is_paced = due > 0
    return (
        Measure(FIRST, "ms"),
        Measure(LAST, "s", {} if is_paced else {BARE: 2.0}, floor=due),
        Measure(LAG, "ms", {"": LIMIT_MS} if is_paced else {}),
        Measure(BYTES, "kB", {TUTORIAL: 0.05} if is_paced else {}),
        Measure(CPU, "ms", {TUTORIAL: 0.5} if is_paced else {}),
        Measure(MAIN, "ms", {TUTORIAL: 0.4} if is_paced else {}),
    )


@contextmanager
def stage() -> Iterator[Take]:
    """Start the simulator, the three pages and one Chromium, and give what asks a question on a new page."""
    with ExitStack() as stack:
        browser = stack.enter_context(open_browser())
        base_url = stack.enter_context(serve("bench.timed_simulator"))
        servers = {name: stack.enter_context(serve_page(name, base_url)) for name in (OURS, TUTORIAL, BARE)}
        profiles = {name: stack.enter_context(open_profile(browser)) for name in servers}
        yield lambda contender: _take(contender, profiles[contender.name], servers[contender.name], base_url)


def _take(contender: Contender, profile: BrowserContext, server: Server, base_url: str) -> Report:
    model, due = str(contender.arguments[0]), float(str(contender.arguments[1]))
    with open_page(profile, server.url, contender.name) as page:
        # The first answer of a page is not counted: Streamlit then loads the scripts that draw Markdown and code.
        ask(page, contender.name, fetch_text(base_url, WARM_UP), 0)
        choose_model(page, contender.name, model)
        fetch_sent(base_url)
        before = server.cpu_seconds()
        asked = ask(page, contender.name, fetch_text(base_url, model), due)
        cpu = server.cpu_seconds() - before
    sent_at = fetch_sent(base_url)[QUESTION][-1][0]
    return Report(contender.name, _figures(asked, cpu, sent_at), {"is_whole": True})


def _figures(asked: Asked, cpu: float, sent_at: float) -> Mapping[str, list[float]]:
    return {
        FIRST: [asked.first],
        LAST: [asked.last / 1000],
        LAG: [(asked.last_at - sent_at) * 1000],
        BYTES: [asked.bytes / 1000],
        CPU: [cpu * 1000],
        MAIN: [asked.main_thread * 1000],
    }
