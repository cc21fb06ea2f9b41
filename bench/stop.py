"""How long after `run.stop()` the server sees the connection closed."""

from bench.plan import Bench, Contender, Measure, Sizes

WAITING, STREAMING = "stop before the first byte", "stop in mid-stream"
LIMIT_MS = 250.0


def benches(sizes: Sizes) -> list[Bench]:
    """Return both moments; the goal holds for every single stop."""
    return [
        Bench(
            title="From stop() to the disconnect seen by the server",
            ours=Contender("service", "service_stop", (sizes.stops,)),
            others=(),
            measures=tuple(Measure(name, "ms", {"": LIMIT_MS}) for name in (WAITING, STREAMING)),
            expected={"stopped": 2 * sizes.stops},
        )
    ]
