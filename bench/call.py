"""A small call that is not streamed, against the SDK's."""

from bench.plan import Bench, Contender, Measure, Sizes

SDK = "openai SDK"
MODEL = "sim/bench:n=20,ttft=0,itl=0"


def benches(sizes: Sizes) -> list[Bench]:
    """Return one call after the other on a connection that is kept."""
    asked = (MODEL, sizes.calls)
    return [
        Bench(
            title=f"Small call, {sizes.calls} in a row",
            ours=Contender("service", "service_call", asked),
            others=(Contender(SDK, "sdk_call", asked),),
            measures=(Measure("CPU per call", "ms", {SDK: 1.5}), Measure("time per call", "ms", {SDK: 1.5})),
            expected={"answers": sizes.calls, "completion_tokens": 20 * sizes.calls},
        )
    ]
