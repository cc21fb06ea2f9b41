"""Contenders in processes of their own, taking turns, against a server in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.plan import Bench, BrokenError, Contender, Report, check
from bench.table import Row

__all__ = ["ROOT", "Take", "environment", "processes", "run", "serve", "take"]

ROOT = Path(__file__).resolve().parents[1]
PROCESS_SECONDS = 300
"""No contender takes longer, unless it hangs."""

Take = Callable[[Contender], Report]
"""Lets a contender have its turn."""


@contextmanager
def serve(*program: str) -> Iterator[str]:
    """Run the simulator, or another program that prints its base URL, in a process of its own and give that URL."""
    command = [sys.executable, "-m", *(program or ("service.simulator", "--port", "0"))]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline().split()
            if not greeting:
                raise BrokenError("The simulator did not start.")
            yield greeting[-1]
        finally:
            process.terminate()


@contextmanager
def processes() -> Iterator[Take]:
    """Run the simulator, and give what runs one process of a contender against it."""
    with serve() as base_url:
        yield partial(take, base_url=base_url)


def run(bench: Bench, rounds: int, take: Take, say: Callable[[str], None]) -> list[Row]:
    """Warm every contender up, let them take turns, and return the table's rows.

    Raises:
        BrokenError: A contender failed or brought home something wrong.
    """
    if bench.needs_warm_up:
        say(f"{bench.title}: warming up")
        check(bench, [take(contender) for contender in bench.contenders])
    rounds = min(rounds, bench.most_rounds or rounds)
    reports: dict[str, list[Report]] = {contender.name: [] for contender in bench.contenders}
    for turn in range(rounds * bench.turns):
        say(f"{bench.title}: round {turn // bench.turns + 1} of {rounds}")
        # Who begins changes, so that nobody always runs on what another has left behind.
        first = turn % len(bench.contenders)
        order = [*bench.contenders[first:], *bench.contenders[:first]]
        taken = [take(contender) for contender in order]
        check(bench, taken)
        for report in taken:
            reports[report.contender].append(report)
    return _rows(bench, reports)


def take(contender: Contender, base_url: str) -> Report:
    """Run one process of a contender and read what it prints.

    Raises:
        BrokenError: It failed, hung, or printed something else.
    """
    arguments = [base_url, *map(str, contender.arguments)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"bench.contenders.{contender.module}", *arguments],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PROCESS_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BrokenError(f"{contender.name} did not end within {PROCESS_SECONDS} s.") from None
    if done.returncode != 0:
        raise BrokenError(f"{contender.name} failed:\n{done.stderr.strip()}")
    try:
        printed = json.loads(done.stdout)
    except ValueError:
        raise BrokenError(f"{contender.name} printed no JSON:\n{done.stdout.strip()[:500]}") from None
    return Report(contender.name, printed["figures"], printed["output"])


def environment() -> dict[str, str]:
    """Leave out what would change the figures: keys, settings, databases, proxies, and a ban on compiled bytecode."""
    unwanted = ("OPENAI_", "OPENROUTER_", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(unwanted)}
    return kept | {"NO_PROXY": "*", "no_proxy": "*"}


def _rows(bench: Bench, reports: dict[str, list[Report]]) -> list[Row]:
    rows = []
    for measure in bench.measures:
        figures = {
            name: [figure for report in taken for figure in report.figures[measure.name]]
            for name, taken in reports.items()
        }
        rows += [Row(other.name, measure.name, measure.unit, figures[other.name]) for other in bench.others]
        others = [other.name for other in bench.others]
        for against in [*others, ""] if "" in measure.goals else others or [""]:
            row = Row(bench.ours.name, measure.name, measure.unit, figures[bench.ours.name])
            baseline = figures.get(against, ())
            rows.append(replace(row, baseline=against, baseline_figures=baseline, goal=measure.goals.get(against)))
    return rows
