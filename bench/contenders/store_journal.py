"""Runs, some at once, each stored from start to end where a folder is given."""

import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from bench.contenders.common import KEY, PROMPT, report
from service import ChatRequest, ChatResult, Message, OpenRouterConfig, OpenRouterService, Run
from service.store.library import Library

WARM_UP = 5


def main() -> None:
    """Take base URL, model, number of runs and perhaps a folder from the command line, and print the report."""
    base_url, model, count, *folder = sys.argv[1:]
    with ExitStack() as stack:
        service = stack.enter_context(OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=base_url)))
        library = None
        if folder:
            path = Path(tempfile.mkdtemp(dir=folder[0])) / "journal.sqlite3"
            library = stack.enter_context(closing(Library(f"sqlite:///{path}")))
        send(service, library, model, WARM_UP)
        began = time.process_time()
        results = send(service, library, model, int(count))
        cpu = time.process_time() - began
        tokens = sum(result.usage.completion_tokens for result in results if result.usage is not None)
        report({"CPU per run": [cpu * 1e3 / len(results)]}, answers=len(results), completion_tokens=tokens)


def send(service: OpenRouterService, library: Library | None, model: str, count: int) -> list[ChatResult]:
    """Send so many requests, as pages do, and wait until all have ended and are stored."""
    runs = [start(service, library, model) for _ in range(count)]
    results = [run.wait() for run in runs]
    if library is not None:
        assert library.flush()
    return results


def start(service: OpenRouterService, library: Library | None, model: str) -> Run:
    run = service.start(ChatRequest(messages=(Message.user(PROMPT),), model=model))
    if library is not None:
        library.record("bench", run, kind="chat")
    return run


if __name__ == "__main__":
    main()
