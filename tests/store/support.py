"""What several tests of the store need."""

import threading
from collections.abc import Callable

__all__ = ["wait_for"]


def wait_for(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it never came")
