"""Many runs at once over scenarios that answer and scenarios that fail: how they end, and what is left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.harness import Take, serve, take
from bench.plan import Bench, Contender, Measure, Sizes

MOST_MB = 10.0
NOTHING = ("wrong ends", "places held", "tasks left", "threads left", "files left")


def benches(sizes: Sizes) -> list[Bench]:
    """Return the soak: no run may end otherwise than it should, and nothing may be left over."""
    return [
        Bench(
            title=f"{sizes.soaked:,} runs, healthy and faulty, {sizes.soaked_at_once} at once, after as many others",
            ours=Contender("service", "service_soak", (sizes.soaked, sizes.soaked_at_once)),
            others=(),
            measures=(
                Measure("time for all", "s"),
                Measure("CPU per run", "ms"),
                Measure("attempts beyond those due", ""),
                Measure("peak memory gained", "MB", {"": MOST_MB}),
            ),
            expected={"runs": sizes.soaked, **dict.fromkeys(NOTHING, 0)},
            needs_warm_up=False,
        )
    ]


@contextmanager
def stage() -> Iterator[Take]:
    """Run the simulator without pauses."""
    with serve("service.simulator", "--port", "0", "--speed", "0") as base_url:
        yield partial(take, base_url=base_url)
