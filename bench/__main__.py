"""Measure and print tables: `python -m bench [stream call page …] [--rounds 5] [--quick]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib.metadata import version

from bench import batch, call, chats, imports, live_form, page, soak, start, stop, store, stream, validation, watch
from bench.harness import Take, processes, run
from bench.plan import QUICK, Bench, BrokenError, Sizes
from bench.table import render

BENCHES: dict[str, Callable[[Sizes], list[Bench]]] = {
    "stream": stream.benches,
    "call": call.benches,
    "batch": batch.benches,
    "import": imports.benches,
    "stop": stop.benches,
    "store": store.benches,
    "soak": soak.benches,
    "validation": validation.benches,
    "live-form": live_form.benches,
    "page": page.benches,
    "chats": chats.benches,
    "start": start.benches,
    "watch": watch.benches,
}
STAGES: dict[str, Callable[[], AbstractContextManager[Take]]] = {
    "soak": soak.stage,
    "page": page.stage,
    "chats": chats.stage,
    "start": start.stage,
    "watch": watch.stage,
}
"""Where contenders are more than processes that print their figures."""


def main(arguments: list[str] | None = None) -> int:
    """Run the measurements; return 1 when one is broken. A goal that is missed is printed and changes nothing."""
    options = _parser().parse_args(arguments)
    sizes = QUICK if options.quick else Sizes()
    print(_machine(), flush=True)
    try:
        for name in options.names or BENCHES:
            with STAGES.get(name, processes)() as take:
                for bench in BENCHES[name](sizes):
                    rows = run(bench, options.rounds, take, _say)
                    print(f"\n{bench.title}\n\n{render(rows)}", flush=True)
    except BrokenError as problem:
        sys.stderr.write(f"\nBroken: {problem}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the service beside what one would take instead."
    )
    names = ", ".join(BENCHES)
    parser.add_argument("names", nargs="*", type=_known, metavar="name", help=f"of {names}; all when left out")
    parser.add_argument("--rounds", type=_at_least_one, default=5, help="how often contenders take turns (default 5)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    return parser


def _known(name: str) -> str:
    if name not in BENCHES:
        raise argparse.ArgumentTypeError(f"no measurement {name!r}; there are {', '.join(BENCHES)}")
    return name


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, got {text!r}")
    return number


def _machine() -> str:
    """Say what the figures were taken with."""
    names = ("openai", "httpx2", "pydantic", "streamlit", "SQLAlchemy")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    today = datetime.now(UTC).date()
    return f"{today}: Python {platform.python_version()}, {packages}; {os.cpu_count()} CPUs{load}"


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    sys.exit(main())
