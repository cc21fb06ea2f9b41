"""A stream as a caller sees it."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Self

from service.errors import OpenRouterError
from service.results import ChatResult, StreamEvent
from service.runs import Run, Sink

__all__ = ["ChatStream"]


class ChatStream:
    """The events of a run as they come; use it in a `with` block, which stops the run when left early.

    Iterate once, from one thread. An error of the run is raised from the iteration, after the events that had
    arrived before it.
    """

    def __init__(self, run: Run, sink: Sink) -> None:
        self.run = run
        self._sink = sink
        self._events: deque[StreamEvent] = deque()
        self._is_exhausted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> StreamEvent:
        while not self._events:
            self._refill()
        return self._events.popleft()

    def _refill(self) -> None:
        if self._is_exhausted:
            raise StopIteration
        self.run._require_elsewhere()
        batch = self._sink.get()
        if batch is None:
            self._is_exhausted = True
            raise StopIteration
        if isinstance(batch, OpenRouterError):
            self._is_exhausted = True
            raise batch
        self._events.extend(batch)

    @property
    def result(self) -> ChatResult:
        """The result, once what is left has been read; partial if the block was left early.

        Raises:
            OpenRouterError: The run failed; the same error as from the iteration.
        """
        return self.run.wait()

    @property
    def partial(self) -> ChatResult | None:
        """What had arrived when the run failed or was stopped; `None` while it goes on or when it is complete."""
        result = self.run.result
        return result if result is not None and result.is_partial else None

    def close(self) -> None:
        """Stop the run if it is still going on, and wait until it has ended."""
        if not self.run.is_ended:
            self.run.stop()
            self.run.join(timeout=2.0)
