"""Checking answers against a schema, beside the `jsonschema` package."""

from bench.plan import Bench, Contender, Measure, Sizes

JSONSCHEMA = "jsonschema"


def benches(sizes: Sizes) -> list[Bench]:
    """Return the check of documents with a list of what is wrong with each."""
    return [
        Bench(
            title=f"{sizes.documents} documents against a schema of 60 fields, one in five of them wrong",
            ours=Contender("service", "validating", ("service", sizes.documents)),
            others=(Contender(JSONSCHEMA, "validating", ("jsonschema", sizes.documents)),),
            measures=(Measure("CPU for all", "ms", {JSONSCHEMA: 0.05}), Measure("time for all", "ms")),
            expected={"documents": sizes.documents},
        )
    ]
