"""Stop runs and ask the server when it saw them leave.

The simulator runs in this process, where its clock is ours; the base URL of the other one is not used.
"""

import sys
import time
from collections.abc import Callable

from bench.contenders.common import KEY, PROMPT, report
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService, TextDelta
from service.simulator import Simulator

STREAM = "sim/bench:n=100000,ttft=0,itl=5"
PATIENCE = 10.0
EVENTS = 20


def main() -> None:
    """Take the number of stops from the command line, after the base URL, and print the report."""
    stops = int(sys.argv[2])
    with Simulator() as sim, OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=sim.base_url)) as service:
        moments = {"stop before the first byte": _stop_waiting, "stop in mid-stream": _stop_streaming}
        figures = {}
        for name, stop in moments.items():
            _milliseconds(stop, service, sim)
            figures[name] = [_milliseconds(stop, service, sim) for _ in range(stops)]
    report(figures, stopped=sum(map(len, figures.values())))


def _milliseconds(
    stop: Callable[[OpenRouterService, Simulator], float], service: OpenRouterService, sim: Simulator
) -> float:
    sim.clear()
    asked = stop(service, sim)
    if not sim.wait_for_disconnect(timeout=PATIENCE):
        raise RuntimeError(f"The server saw no disconnect within {PATIENCE:g} s.")
    seen = sim.disconnects[0].disconnected_at
    assert seen is not None
    return (seen - asked) * 1000


def _stop_waiting(service: OpenRouterService, sim: Simulator) -> float:
    run = service.start(_request("sim/hang"))
    if not sim.wait_for_request(timeout=PATIENCE):
        raise RuntimeError(f"The request did not arrive within {PATIENCE:g} s.")
    asked = time.monotonic()
    run.stop()
    return asked


def _stop_streaming(service: OpenRouterService, sim: Simulator) -> float:
    stream = service.stream(_request(STREAM))
    seen = 0
    while seen < EVENTS:
        seen += isinstance(next(stream), TextDelta)
    asked = time.monotonic()
    stream.run.stop()
    return asked


def _request(model: str) -> ChatRequest:
    return ChatRequest(messages=(Message.user(PROMPT),), model=model)


if __name__ == "__main__":
    main()
