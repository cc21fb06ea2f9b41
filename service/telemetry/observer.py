"""The one place that hears of a run's start, its attempts and its end, and passes it on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.errors import OpenRouterError
    from service.runs import Run

__all__ = ["Observer", "Observers"]

log = logging.getLogger(__name__)


class Observer:
    """Hears of runs; override what is of interest.

    `run_started` is called by the thread that starts the run, all others on the thread that all requests share: they
    must not block. What an observer raises is logged and hurts nobody.
    """

    def run_started(self, run: Run) -> None:
        """Hear that a run is about to be sent, or to wait for its turn."""

    def attempt_started(self, run: Run) -> None:
        """Hear that the request goes out; `run.attempt` counts from 1."""

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        """Hear that an attempt ended; `error` is why it failed, and `None` also when it was stopped."""

    def run_ended(self, run: Run) -> None:
        """Hear that a run ended; `run.state`, `run.result` and `run.error` say how."""


class Observers(Observer):
    """Several observers as one."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    def run_started(self, run: Run) -> None:
        """Tell all."""
        self._tell(lambda observer: observer.run_started(run))

    def attempt_started(self, run: Run) -> None:
        """Tell all."""
        self._tell(lambda observer: observer.attempt_started(run))

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        """Tell all."""
        self._tell(lambda observer: observer.attempt_ended(run, error))

    def run_ended(self, run: Run) -> None:
        """Tell all."""
        self._tell(lambda observer: observer.run_ended(run))

    def _tell(self, tell: Callable[[Observer], None]) -> None:
        for observer in self._observers:
            try:
                tell(observer)
            except Exception:
                log.exception("%s failed", type(observer).__name__)
