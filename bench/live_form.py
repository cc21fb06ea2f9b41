"""Answers in a shape while they stream: reading what has come of the JSON, and drawing the form."""

from bench.plan import Bench, Contender, Measure, Sizes

LIMIT_MS = 30.0
AGAIN = "jiter, all of it each time"
NO_FORM = "no form"


def benches(sizes: Sizes) -> list[Bench]:
    """Return the reading of a long answer piece by piece, and a stream that a form is drawn from."""
    return [_reading(sizes), _streaming(sizes)]


def _reading(sizes: Sizes) -> Bench:
    return Bench(
        title=f"JSON of {sizes.json_chars:,} characters, read after each 64",
        ours=Contender("service", "reading_json", ("service", sizes.json_chars)),
        others=(Contender(AGAIN, "reading_json", ("jiter", sizes.json_chars)),),
        measures=(Measure("CPU in all", "ms", {"": LIMIT_MS}),),
    )


def _streaming(sizes: Sizes) -> Bench:
    return Bench(
        title=f"Stream of that JSON, 64 characters every {sizes.json_pause_ms} ms, its form drawn 10 times a second",
        ours=Contender("form", "painting_form", ("form", sizes.json_chars, sizes.json_pause_ms)),
        others=(Contender(NO_FORM, "painting_form", ("none", sizes.json_chars, sizes.json_pause_ms)),),
        measures=(Measure("time of the stream", "s", {NO_FORM: 1.05}), Measure("CPU", "ms")),
    )
