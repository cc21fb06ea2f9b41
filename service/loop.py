"""One event loop in a thread of its own: every request in flight lives on it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["BackgroundLoop"]

T = TypeVar("T")


class BackgroundLoop:
    """An asyncio loop that other threads hand work to; its thread does not keep the process alive."""

    def __init__(self, name: str = "openrouter") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more work."""
        return self._loop.is_closed()

    @property
    def is_running(self) -> bool:
        """Whether its thread takes work."""
        return self._thread.is_alive() and not self._loop.is_closed()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop; cancelling the future cancels it there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run a coroutine on the loop and wait for its result.

        Raises:
            TimeoutError: It took longer than `timeout` seconds; it is cancelled.
        """
        future = self.submit(work)
        try:
            return future.result(timeout)
        except BaseException:
            future.cancel()
            raise

    def soon(self, callback: Callable[[], object]) -> None:
        """Call something on the loop, soon; does nothing when it is closed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def close(self, timeout: float = 2.0) -> None:
        """Cancel what is left and end the thread."""
        if self._loop.is_closed() or threading.current_thread() is self._thread:
            return
        with contextlib.suppress(TimeoutError):
            self.call(_cancel_all(), timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
