"""How a service ends: closed by its user, forgotten, or with its process."""

from __future__ import annotations

import contextlib
from concurrent.futures import CancelledError

from service.client import Client
from service.errors import ConfigurationError
from service.loop import BackgroundLoop
from service.runs import Runs

__all__ = ["disconnect", "end_forgotten", "let_go"]


async def _close_all(clients: list[Client]) -> None:
    for client in clients:
        await client.close()


def disconnect(loop: BackgroundLoop, clients: list[Client], *, and_end: bool) -> None:
    """Close connections, and the loop where it is to end; on its own thread, without waiting for that."""
    # Somebody else may end the loop at the same time; then there is nothing left to do.
    with contextlib.suppress(TimeoutError, CancelledError, ConfigurationError):
        closing = loop.submit(_close_all(clients))
        if loop.is_here:
            closing.add_done_callback(lambda done: loop.end() if and_end else None)
            return
        closing.result(timeout=0.5)
    if and_end:
        loop.close(timeout=0.5)


def end_forgotten(loop: BackgroundLoop, runs: Runs, client: Client) -> None:
    """End what a service that nobody holds any more, or the end of the process, leaves behind."""
    if loop.is_running:
        for run in runs.live:
            run.interrupt()
        disconnect(loop, [client], and_end=True)


def let_go(loop: BackgroundLoop, client: Client) -> None:
    """Close the connections of a view that nobody holds any more."""
    with contextlib.suppress(ConfigurationError):
        loop.submit(client.close())
