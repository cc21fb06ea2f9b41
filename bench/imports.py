"""How long `import service` takes, against `import openai`, which is part of it."""

from bench.plan import Bench, Contender, Measure, Sizes

OPENAI = "import openai"


def benches(sizes: Sizes) -> list[Bench]:
    """Return the import in a fresh process, with bytecode that the warm-up has compiled."""
    return [
        Bench(
            title="Import",
            ours=Contender("import service", "importing", ("service",)),
            others=(Contender(OPENAI, "importing", ("openai",)),),
            measures=(Measure("time", "ms", {OPENAI: 1.3}), Measure("CPU", "ms", {OPENAI: 1.3})),
            expected={"imported": True},
            turns=sizes.imports,
        )
    ]
