"""Runs of every kind, so many at once; each must end as its kind does, and nothing may be left when all have ended."""

import asyncio
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.contenders.common import KEY, report
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService, ResponseFormat, Run

PATIENCE = 120.0
SETTLING = 10.0
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


@dataclass(frozen=True)
class Kind:
    """A model, and how its runs end: `error` is a class, `attempts` how often it is sent
    at least, `text` whether there is any.

    `stop` says when a run is stopped from outside; never where it is left out.
    """

    model: str
    state: str = "completed"
    error: str = ""
    attempts: int = 1
    text: bool = True
    verdict: str = ""
    stop: Callable[[Run], bool] | None = None

    def is_end_of(self, run: Run) -> bool:
        """Whether a run ended as it should."""
        result, error = run.result, type(run.error).__name__ if run.error is not None else ""
        verdict = result.verdict.kind if result is not None and result.verdict is not None else ""
        expected = (self.state, self.error, self.text, self.state != "completed", self.verdict)
        if result is None or result.attempts < self.attempts:
            return False
        return expected == (run.state, error, bool(result.text), result.is_partial, verdict)


FAILED = {"state": "failed", "verdict": "provider_error"}
KINDS: Sequence[Kind] = (
    Kind("sim/echo"),
    Kind("sim/bench:n=200,ttft=5,itl=1"),
    Kind("sim/json", verdict="valid"),
    Kind("sim/rate-limited-once", attempts=2),
    Kind("sim/malformed-event"),
    Kind("sim/writer"),
    Kind("sim/provider-error", error="ProviderError", attempts=2, text=False, **FAILED),
    Kind("sim/error-first-event", error="ProviderError", attempts=2, text=False, **FAILED),
    Kind("sim/null-choices", error="EmptyResponseError", attempts=2, text=False, **FAILED),
    Kind("sim/moderation", error="ModerationError", text=False, **FAILED),
    Kind("sim/error-mid-stream", error="StreamInterruptedError", **FAILED),
    Kind("sim/disconnect", error="StreamInterruptedError", **FAILED),
    Kind("sim/stall:after=3", error="RequestTimeoutError", **FAILED),
    Kind("sim/stall", state="stopped", verdict="stopped", stop=lambda run: bool(run.text)),
    Kind("sim/hang", state="stopped", verdict="stopped", text=False, stop=lambda run: run.state == "waiting"),
)


def main() -> None:
    """Take base URL, number of runs and how many at once from the command line, and print the report."""
    base_url, count, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    threads, files = threading.active_count(), _open_files()
    config = OpenRouterConfig(
        api_key=KEY, base_url=base_url, max_concurrent_requests=at_once, max_retries=1, retry_delay=0.0,
        first_event_timeout=60.0, timeout=2.5, breaker_threshold=0,
    )  # fmt: skip
    service = OpenRouterService(config)
    # The service remembers the last thousand runs: only then memory may stay as it is.
    wrong, _ = _soak(service, count, "warming up")
    peak, began, began_cpu = _peak_megabytes(), time.perf_counter(), time.process_time()
    wrong_too, more = _soak(service, count, "measured")
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    figures = {
        "time for all": [seconds],
        "CPU per run": [cpu * 1e3 / count],
        "attempts beyond those due": [more],
        "peak memory gained": [_peak_megabytes() - peak],
    }
    health = service.health()
    tasks = service._loop.call(_tasks())
    service.close()
    wrong += wrong_too
    for line in wrong[:10]:
        sys.stderr.write(f"{line}\n")
    output = {
        "runs": count,
        "wrong ends": len(wrong),
        "places held": health.runs_in_flight + health.runs_waiting,
        "tasks left": tasks,
        "threads left": _settled(lambda: threading.active_count() - threads),
        "files left": _settled(lambda: _open_files() - files),
    }
    report(figures, **output)


def _soak(service: OpenRouterService, count: int, round_name: str) -> tuple[list[str], int]:
    """Start all runs, stop those that are to be stopped, wait for all; say which ended wrongly, and count attempts.

    An attempt more than is due is no lie: a server that was too busy to say anything for seconds was asked again.
    """
    asked = [(KINDS[number % len(KINDS)], number) for number in range(count)]
    runs = [(kind, service.start(_request(kind, f"{round_name} {number}"))) for kind, number in asked]
    to_stop = [(kind, run) for kind, run in runs if kind.stop is not None]
    deadline = time.monotonic() + PATIENCE
    while to_stop and time.monotonic() < deadline:
        for kind, run in to_stop:
            if kind.stop is not None and kind.stop(run):
                run.stop()
        to_stop = [(kind, run) for kind, run in to_stop if not run.is_ended]
        time.sleep(0.01)
    for _, run in runs:
        run.join(max(0.0, deadline - time.monotonic()))
    wrong = [f"{kind.model}: {run!r}, {run.error!r}, {run.result!r}" for kind, run in runs if not kind.is_end_of(run)]
    return wrong, sum(run.attempt - kind.attempts for kind, run in runs)


def _request(kind: Kind, prompt: str) -> ChatRequest:
    form = ResponseFormat.json_schema("answer", SCHEMA) if kind.model == "sim/json" else None
    return ChatRequest(messages=(Message.user(prompt),), model=kind.model, response_format=form)


async def _tasks() -> int:
    """Count what still goes on on the loop, beside the counting."""
    return len(asyncio.all_tasks()) - 1


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT / 1e6


def _open_files() -> int:
    """Count open files, sockets among them."""
    return len(os.listdir("/dev/fd"))


def _settled(count: Callable[[], int]) -> int:
    """Return what is left once threads and sockets had a moment to go."""
    deadline = time.monotonic() + SETTLING
    while count() > 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    return max(0, count())


if __name__ == "__main__":
    main()
