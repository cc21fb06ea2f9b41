"""A simulator without pauses for all tests here, and short ways to ask it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openrouter import OpenRouter

from service.simulator import Simulator

KEY = "sk-or-v1-" + "0123456789abcdef" * 4
SAMPLES = Path(__file__).parent.parent / "data" / "openrouter-samples.jsonl"


@dataclass(frozen=True)
class Streamed:
    """A stream as it came over the wire."""

    response: httpx2.Response
    raw: bytes

    @property
    def events(self) -> list[Any]:
        """The JSON events, without comments and `[DONE]`."""
        lines = [line[6:] for line in self.raw.split(b"\n") if line.startswith(b"data: ")]
        return [json.loads(line) for line in lines if line != b"[DONE]"]

    @property
    def deltas(self) -> list[dict[str, Any]]:
        return [choice["delta"] for event in self.events for choice in event["choices"] or ()]

    @property
    def text(self) -> str:
        return "".join(delta["content"] or "" for delta in self.deltas)

    @property
    def finish(self) -> str | None:
        return self.events[-1]["choices"][0]["finish_reason"]

    @property
    def usage(self) -> dict[str, Any]:
        return self.events[-1]["usage"]


class Client:
    """An HTTP client with the simulator's URL and a key that passes."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {KEY}"}, timeout=20)

    def post(self, model: str = "sim/echo", content: Any = "Hello", **body: Any) -> httpx2.Response:
        """Send one user message, not streamed; `messages=` replaces it."""
        return self.http.post("/chat/completions", json=payload(model, content, body))

    def stream(self, model: str = "sim/echo", content: Any = "Hello", **body: Any) -> Streamed:
        """Send one user message and read the whole stream."""
        value = payload(model, content, {"stream": True, **body})
        with self.http.stream("POST", "/chat/completions", json=value) as response:
            return Streamed(response, b"".join(response.iter_raw()))

    def stream_bytes(self, model: str, content: Any = "Hello") -> bytes:
        """Read a stream that need not consist of JSON."""
        return self.stream(model, content).raw

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(path, params=query)

    def text(self, model: str, content: Any = "Hello", **body: Any) -> str:
        """Return the text of an answer."""
        return self.post(model, content, **body).json()["choices"][0]["message"]["content"]


def payload(model: str, content: Any, body: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": content}], **body}


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator(speed=0) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.clear()
    return running


@pytest.fixture(scope="session")
def shared_client(running: Simulator) -> Iterator[Client]:
    client = Client(running.base_url)
    with client.http:
        yield client


@pytest.fixture
def client(sim: Simulator, shared_client: Client) -> Client:
    """A client of the shared simulator, which has just forgotten everything."""
    return shared_client


@pytest.fixture
def client_of() -> Iterator[Callable[[Simulator], Client]]:
    """Make a client for a simulator of the test's own."""
    made: list[Client] = []

    def make(simulator: Simulator) -> Client:
        made.append(Client(simulator.base_url))
        return made[-1]

    yield make
    for client in made:
        client.http.close()


@pytest.fixture(scope="session")
def shared_sdk(running: Simulator) -> Iterator[OpenRouter]:
    with OpenRouter(api_key=KEY, server_url=running.base_url) as client:
        yield client


@pytest.fixture
def sdk(sim: Simulator, shared_sdk: OpenRouter) -> OpenRouter:
    """The official SDK, on the shared simulator, which has just forgotten everything."""
    return shared_sdk


@pytest.fixture(scope="session")
def samples() -> dict[str, dict[str, Any]]:
    """Recorded answers of OpenRouter by name."""
    found = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    return {sample["name"]: sample for sample in found}
