"""Random numbers for made-up text and ids; nothing here guards a secret."""

from random import Random

__all__ = ["Random", "seeded"]


def seeded(seed: int | str | None = None) -> Random:
    """Make a generator; the same seed gives the same numbers, `None` gives new ones each time."""
    return Random(seed)  # noqa: S311 - made-up text and ids are no secrets
