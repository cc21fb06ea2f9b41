"""The WebSocket route that live runs are painted over.

The browser opens it and says which runs it shows and what it has of each:
`{"token": "…", "runs": {id: {"epoch": 1, "answer": 3, "reasoning": 0}}}`; the server sends frames (see `RunView`)
in lists, as often as the connection takes them, and closes when every run has ended. `"stop": [id, …]` in the same
message stops runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from service.runs import Run
from service.web.painter.token import read_token
from service.web.painter.view import FRAMES_PER_SECOND, RunView, Seen

__all__ = ["LiveSocket"]

POLICY_VIOLATION = 1008
MAX_RUNS = 64


class LiveSocket:
    """The route's endpoint; `find_run` looks a run up by its id."""

    def __init__(self, find_run: Callable[[str], Run | None]) -> None:
        self._find_run = find_run
        self._views: WeakValueDictionary[str, RunView] = WeakValueDictionary()

    async def __call__(self, socket: WebSocket) -> None:
        """Serve one browser until it leaves or its runs have ended."""
        if not is_same_origin(socket):
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._serve(socket)

    async def _serve(self, socket: WebSocket) -> None:
        wanted = await _receive(socket)
        known = read_token(wanted.get("token"))
        runs = wanted.get("runs")
        if known is None or not isinstance(runs, Mapping) or len(runs) > MAX_RUNS or not runs.keys() <= known[1]:
            await socket.close(POLICY_VIOLATION)
            return
        self._stop(wanted.get("stop"), known[1])
        farewell = asyncio.ensure_future(socket.receive())
        try:
            await self._paint(socket, {ident: _seen(state) for ident, state in runs.items()}, farewell)
        finally:
            farewell.cancel()

    async def _paint(self, socket: WebSocket, seen: dict[str, Seen], farewell: asyncio.Future[Any]) -> None:
        views = {ident: self._view(ident) for ident in seen}
        gone = [{"run": ident, "gone": True, "done": True} for ident, view in views.items() if view is None]
        if gone:
            await socket.send_text(json.dumps(gone))
        live = {ident: view for ident, view in views.items() if view is not None}
        while live and not farewell.done():
            frames = []
            for ident, view in list(live.items()):
                view.refresh()
                frame = view.frame_for(seen[ident])
                if frame is not None:
                    frames.append(frame)
                    if frame["done"]:
                        del live[ident]
            if frames:
                # On a slow link this waits, and the next frame holds all that came meanwhile: never a queue.
                await socket.send_text(json.dumps(frames, ensure_ascii=False))
            if live:
                await asyncio.sleep(1 / FRAMES_PER_SECOND)
        if socket.client_state is WebSocketState.CONNECTED:
            await socket.close()

    def _stop(self, idents: Any, allowed: frozenset[str]) -> None:
        for ident in idents if isinstance(idents, list) else ():
            if isinstance(ident, str) and ident in allowed and (run := self._find_run(ident)) is not None:
                run.stop()

    def _view(self, ident: str) -> RunView | None:
        view = self._views.get(ident)
        if view is None and (run := self._find_run(ident)) is not None:
            view = self._views[ident] = RunView(run)
        return view


async def _receive(socket: WebSocket) -> Mapping[str, Any]:
    try:
        message = json.loads(await socket.receive_text())
    except (ValueError, KeyError, RecursionError):
        return {}
    return message if isinstance(message, Mapping) else {}


def _seen(state: Any) -> Seen:
    """Read what a browser says it has; anything odd counts as nothing."""
    if not isinstance(state, Mapping):
        return Seen()
    numbers = [number for name in ("epoch", "answer", "reasoning") if type(number := state.get(name)) is int]
    return Seen(*numbers) if len(numbers) == 3 and all(0 <= number < 1_000_000 for number in numbers) else Seen()


def is_same_origin(socket: WebSocket) -> bool:
    """Whether a page of this very host opens the socket; browsers always say where a page is from."""
    origin = socket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == socket.headers.get("host")
