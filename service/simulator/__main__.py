"""Run the simulator by itself: `python -m service.simulator --port 8787`."""

import argparse
import signal
import sys
import threading

from service.simulator.scenarios import SCENARIOS
from service.simulator.server import Simulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl+C; return the exit code."""
    options = _parser().parse_args(arguments)
    simulator = Simulator(options.port, options.speed, host=options.host)
    try:
        simulator.start()
    except OSError as problem:
        where = f"{options.host}:{options.port}"
        sys.stderr.write(f"Cannot listen on {where}: {problem}. Choose another port with --port.\n")
        return 1
    sys.stdout.write(_greeting(simulator) + "\n")
    sys.stdout.flush()
    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    leave.wait()
    simulator.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service.simulator", description="An OpenRouter that runs here.")
    parser.add_argument("--port", type=int, default=8787, help="port to listen on (default 8787, 0 for a free one)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast, 0 without pauses (default 1)")
    return parser


def _greeting(simulator: Simulator) -> str:
    return "\n".join(
        (
            f"The OpenRouter simulator listens at {simulator.base_url}",
            "Point a client at it:",
            f"  OPENROUTER_BASE_URL={simulator.base_url}",
            "  OPENROUTER_API_KEY=sk-or-v1-anything",
            f"Its models: {', '.join(scenario.id for scenario in SCENARIOS)}",
            "Stop it with Ctrl+C.",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
