"""What contenders share: a question, the clocks, and the line they print."""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = ["KEY", "PROMPT", "Answer", "Ask", "AskMany", "measure_batch", "measure_calls", "measure_streams", "report"]

KEY = "sk-or-v1-benchmark"
PROMPT = "Say something."
WARM_UP_STREAM = "sim/bench:n=200,ttft=0,itl=0"
WARM_UP_CALLS = 20
WARM_UP_BATCH = "sim/bench:n=1,ttft=20,itl=0"


class Answer(NamedTuple):
    """What a contender read of one response; 0 tokens where it found no usage."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


Ask = Callable[[str], Answer]
"""Asks a model and reads the answer to its end."""

AskMany = Callable[[str, int], list[Answer]]
"""Asks a model so many times at once and returns the answers in the order of asking."""


def measure_streams(connect: Callable[[str], Ask]) -> None:
    """Take base URL, model, chunks of a stream and number of streams from the command line, and print the report."""
    base_url, model, chunks, streams = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    ask = connect(base_url)
    ask(WARM_UP_STREAM)
    answers, seconds, cpu = _timed(lambda: [ask(model) for _ in range(streams)])
    microseconds = 1e6 / (chunks * streams)
    report({"CPU per chunk": [cpu * microseconds], "time per chunk": [seconds * microseconds]}, **_summary(answers))


def measure_calls(connect: Callable[[str], Ask]) -> None:
    """Take base URL, model and number of calls from the command line, and print the report."""
    base_url, model, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ask = connect(base_url)
    for _ in range(WARM_UP_CALLS):
        ask(model)
    answers, seconds, cpu = _timed(lambda: [ask(model) for _ in range(calls)])
    report({"CPU per call": [cpu * 1e3 / calls], "time per call": [seconds * 1e3 / calls]}, **_summary(answers))


def measure_batch(connect: Callable[[str, int], AskMany]) -> None:
    """Take base URL, model, calls and how many at once from the command line, and print the report."""
    base_url, model, calls, at_once = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    ask_many = connect(base_url, at_once)
    ask_many(WARM_UP_BATCH, at_once)
    answers, seconds, cpu = _timed(lambda: ask_many(model, calls))
    report({"time for all": [seconds], "CPU for all": [cpu]}, **_summary(answers))


def report(figures: dict[str, list[float]], **output: object) -> None:
    """Print figures by measure, and what was brought home."""
    print(json.dumps({"figures": figures, "output": output}))


def _timed(work: Callable[[], list[Answer]]) -> tuple[list[Answer], float, float]:
    """Return the answers, the seconds, and the CPU seconds of all threads of this process."""
    began, began_cpu = time.perf_counter(), time.process_time()
    answers = work()
    return answers, time.perf_counter() - began, time.process_time() - began_cpu


def _summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what shows a loss: whoever missed a word or the usage has another summary."""
    texts = "\0".join(answer.text for answer in answers)
    return {
        "answers": len(answers),
        "characters": sum(len(answer.text) for answer in answers),
        "fingerprint": hashlib.sha256(texts.encode()).hexdigest()[:16],
        "prompt_tokens": sum(answer.prompt_tokens for answer in answers),
        "completion_tokens": sum(answer.completion_tokens for answer in answers),
    }
