"""Many slow calls at once, against the SDK's asynchronous client behind a semaphore."""

from math import ceil

from bench.plan import Bench, Contender, Measure, Sizes

SDK = "AsyncOpenAI"


def benches(sizes: Sizes) -> list[Bench]:
    """Return a batch in which the server takes its time and only so many calls may be under way."""
    asked = (f"sim/bench:n=1,ttft={sizes.batch_ms},itl=0", sizes.batch, sizes.at_once)
    waves = ceil(sizes.batch / sizes.at_once)
    return [
        Bench(
            title=f"{sizes.batch} calls of {sizes.batch_ms} ms, {sizes.at_once} at once",
            ours=Contender("service", "service_batch", asked),
            others=(Contender(SDK, "sdk_batch", asked),),
            measures=(
                Measure("time for all", "s", {SDK: 1.1}, floor=waves * sizes.batch_ms / 1000),
                Measure("CPU for all", "s"),
            ),
            expected={"answers": sizes.batch, "completion_tokens": sizes.batch},
        )
    ]
