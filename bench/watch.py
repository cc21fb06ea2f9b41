"""Fifty sessions and a hundred, each watching an answer of its own, in our app and in the tutorial's chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from bench.harness import Take, serve, take
from bench.plan import Bench, Contender, Measure, Report, Sizes
from bench.servers import OURS, TUTORIAL, serve_page

__all__ = ["benches", "stage"]

GAP_MS = 20
LATE = 1.05
"""How much longer than the server sends a stream may be watched."""
BEHIND = 1.0
"""Seconds that what is seen may be behind what was sent, once there is something to see."""


def benches(sizes: Sizes) -> list[Bench]:
    """Return the sessions, which all ask at the same moment; times are those of the slowest of them."""
    return [_bench(sizes, sessions) for sessions in sizes.sessions]


def _bench(sizes: Sizes, sessions: int) -> Bench:
    due = sizes.watched * GAP_MS / 1000
    model = f"sim/bench:form=markdown,n={sizes.watched},ttft=0,itl={GAP_MS}"
    ours, tutorial = (Contender(name, "watching", (sessions, model)) for name in (OURS, TUTORIAL))
    return Bench(
        title=f"{sessions} sessions at once, each watching {1000 // GAP_MS} tokens a second for {due:g} s",
        ours=ours,
        others=(tutorial,),
        measures=(
            Measure("largest lag after the first text", "s", {"": BEHIND}),
            Measure("largest lag from the first token on", "s"),
            Measure("first token sent to last text", "s", {"": due * LATE}, floor=due - 2 * GAP_MS / 1000),
            Measure("Enter to first text", "s"),
            Measure("Enter to last text", "s"),
            Measure("server CPU", "s"),
            Measure("server memory per session", "MB"),
            Measure("bytes received", "MB"),
            Measure("CPU of the sessions", "s"),
        ),
        expected={"whole_answers": sessions},
        most_rounds=sizes.long_rounds,
        needs_warm_up=False,
    )


@contextmanager
def stage() -> Iterator[Take]:
    """Start the simulator, and give what starts a page and lets the sessions loose on it."""
    with serve("bench.timed_simulator") as base_url:
        yield partial(_take, base_url=base_url)


def _take(contender: Contender, base_url: str) -> Report:
    sessions, model = contender.arguments
    # Our app lets eight requests be under way unless its operator says more; the tutorial's knows no limit.
    more = {"OPENROUTER_MODEL": str(model), "OPENROUTER_MAX_CONCURRENT_REQUESTS": str(sessions)}
    with serve_page(contender.name, base_url, **more) as server:
        place = (server.url.removeprefix("http://"), server.process.pid)
        return take(replace(contender, arguments=(*place, sessions, model)), base_url)
