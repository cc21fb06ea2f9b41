"""What several test files need: a key, ways to ask, and time that passes only when a test says so."""

import asyncio
import json
import threading
from typing import Any

from service import ChatRequest, Message
from service.simulator import Reply

__all__ = [
    "KEY",
    "OTHER_KEY",
    "FakeClock",
    "HeldSleep",
    "RecordedSleep",
    "ask",
    "echoed",
    "failing",
    "refusing",
    "streamed",
]

KEY = "sk-or-v1-" + "0123456789abcdef" * 4
OTHER_KEY = "sk-or-v1-" + "fedcba9876543210" * 4


def ask(model: str | None = "sim/echo", text: str = "Hello", **fields: Any) -> ChatRequest:
    """Return a request with one user message."""
    return ChatRequest(messages=(Message.user(text),), model=model, **fields)


def echoed(text: str = "Hello") -> str:
    """Return what sim/echo answers."""
    return f"{text}\n\n— Simulated: sim/echo repeats your last message."


def refusing(status: int, message: str = "No.", *, headers: dict[str, str] | None = None, **metadata: Any) -> Reply:
    """Return a reply that refuses as OpenRouter does."""
    body = {"error": {"message": message, "code": status, "metadata": metadata}}
    return Reply(status, headers or {}, [json.dumps(body).encode()])


def failing(times: int, status: int = 500) -> list[Reply]:
    """Return so many failures in a row."""
    return [refusing(status, "Internal Server Error") for _ in range(times)]


def streamed(*deltas: dict[str, Any] | str, finish: str | None = "stop", model: str = "sim/echo") -> list[bytes]:
    """Return the events of a stream: these deltas, the finish reason, `[DONE]`; no end where `finish` is `None`."""
    out = [_event({"content": delta} if isinstance(delta, str) else delta, None, model) for delta in deltas]
    return out if finish is None else [*out, _event({"content": ""}, finish, model), b"data: [DONE]\n\n"]


def _event(delta: dict[str, Any], finish: str | None, model: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    chunk = {"id": "gen-1-scripted", "model": model, "provider": "Simulator", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class RecordedSleep:
    """Stands for `asyncio.sleep`: notes the seconds, moves the clock, and comes back at once."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.seconds: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if self._clock is not None:
            self._clock.advance(seconds)
        await asyncio.sleep(0)


class HeldSleep:
    """Stands for `asyncio.sleep`: never comes back by itself; `begun` is set once somebody sleeps."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    async def __call__(self, seconds: float) -> None:
        self.begun.set()
        await asyncio.get_running_loop().create_future()
