"""Whether the app can serve requests."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from service.web.bootstrap import Backend

__all__ = ["why_not_ready"]

PATIENCE = 3.0
"""Seconds the database has to answer."""


async def why_not_ready(made: Backend | None, *, patience: float = PATIENCE) -> list[str]:
    """Return what keeps the app from serving requests, in sentences; nothing when it can."""
    if made is None:
        return ["The app is starting or closing."]
    reasons = [] if made.service.is_alive else ["The app is closing."]
    try:
        problem = await asyncio.wait_for(run_in_threadpool(made.library.check), patience)
    except TimeoutError:
        problem = "The database does not answer in time."
    return [*reasons, *([problem] if problem else [])]
