"""A long stream without delay, against the SDK's own loop and against the bare HTTP client."""

from bench.plan import Bench, Contender, Measure, Sizes

SDK, BARE = "openai SDK", "httpx2 + json"


def benches(sizes: Sizes) -> list[Bench]:
    """Return the stream as it arrives from a fast server, 64 events to a read, and one event to a write."""
    return [
        _bench(sizes, f"sim/bench:n={sizes.chunks},ttft=0,itl=0", "64 at a time"),
        _bench(sizes, f"sim/bench:n={sizes.chunks},ttft=0,itl=0,piece=1", "one by one"),
    ]


def _bench(sizes: Sizes, model: str, how: str) -> Bench:
    asked = (model, sizes.chunks, sizes.streams)
    return Bench(
        title=f"Stream of {sizes.chunks:,} chunks, sent {how}",
        ours=Contender("service", "service_stream", asked),
        others=(Contender(SDK, "sdk_stream", asked), Contender(BARE, "bare_stream", asked)),
        measures=(
            Measure("CPU per chunk", "µs", {SDK: 0.25, BARE: 2.0}),
            Measure("time per chunk", "µs"),
        ),
        expected={"answers": sizes.streams, "completion_tokens": sizes.streams * sizes.chunks},
    )
