"""A counter that ends the search for a value, however the schema was made."""

from __future__ import annotations


class OutOfWorkError(Exception):
    """Raised when the allowance of steps is used up."""


class Work:
    """An allowance of steps; a step is some 20 to 50 µs of one core."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take `steps` from the allowance; raises `OutOfWorkError`."""
        self.left -= steps
        if self.left < 0:
            raise OutOfWorkError
