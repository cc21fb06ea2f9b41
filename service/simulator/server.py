"""The simulator as a server on a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn

from service.simulator.app import PREFIX, Simulation, create_app
from service.simulator.record import CHAT_PATH, RecordedRequest
from service.simulator.steps import Reply

STARTUP_SECONDS = 10.0
SHUTDOWN_SECONDS = 2.0


class Simulator:
    """Run an OpenRouter on this machine: a context manager, or `start()` and `stop()`.

    `port=0` takes a free one. `speed` divides every natural pause: 1 is lifelike, 2 twice as fast, 0 without
    pauses. `requires_key=False` lets requests without a key pass. `record=False` keeps no requests.
    """

    def __init__(
        self,
        port: int = 0,
        speed: float = 1.0,
        requires_key: bool = True,
        *,
        host: str = "127.0.0.1",
        record: bool = True,
        generation_misses: int = 1,
    ) -> None:
        self.host = host
        self._wanted_port = port
        self._app = create_app(
            speed=speed, requires_key=requires_key, record=record, generation_misses=generation_misses
        )
        self._simulation: Simulation = self._app.state.simulation
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._port: int | None = None

    def start(self) -> Self:
        """Bind the port and serve from a thread; raise `OSError` when the port is taken."""
        if self._thread is not None:
            return self
        listener = _bound(self.host, self._wanted_port)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=2048,
        )
        self._server = _Server(config, listener, self._simulation.recorder.close)
        self._thread = threading.Thread(target=self._server.serve_here, name="openrouter-simulator", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(STARTUP_SECONDS):
            raise RuntimeError(f"The simulator did not start within {STARTUP_SECONDS:g} seconds on port {self._port}.")
        return self

    def stop(self) -> None:
        """Close every connection at once and wait for the thread; harmless when not running."""
        if self._thread is None or self._server is None:
            return
        self._server.stop()
        self._thread.join()
        self._thread = self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on; raise `RuntimeError` before `start()`."""
        if self._port is None:
            raise RuntimeError("The simulator has no port yet: call start() first, or use it as a context manager.")
        return self._port

    @property
    def base_url(self) -> str:
        """The URL to give to a client as its base URL."""
        return f"http://{self.host}:{self.port}{PREFIX}"

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last 10,000 requests, oldest first."""
        return self._simulation.recorder.requests()

    @property
    def chat_requests(self) -> list[RecordedRequest]:
        """The recorded POST /chat/completions."""
        return self._simulation.recorder.chat_requests()

    @property
    def disconnects(self) -> list[RecordedRequest]:
        """The recorded requests whose client left before the end."""
        return self._simulation.recorder.disconnects()

    def wait_for_disconnect(self, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait until so many clients have left early; `False` after `timeout` seconds."""
        recorder = self._simulation.recorder
        return recorder.wait(lambda: len(recorder.disconnects()) >= count, timeout)

    def wait_for_request(self, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait until so many chat requests have arrived; `False` after `timeout` seconds."""
        recorder = self._simulation.recorder
        return recorder.wait(lambda: len(recorder.chat_requests()) >= count, timeout)

    def clear(self) -> None:
        """Forget requests, scripts, costs and attempts."""
        made = self._simulation
        for part in (made.recorder, made.scripts, made.ledger, made.chat.cache):
            part.clear()

    def script(self, *replies: Reply) -> None:
        """Answer the next chat requests with these replies, in order, whatever the model or key."""
        self.script_for(CHAT_PATH, *replies)

    def script_for(self, path_suffix: str, *replies: Reply) -> None:
        """Answer the next requests whose path has this end, such as `/models`, with these replies."""
        self._simulation.scripts.add(path_suffix, *replies)


class _Server(uvicorn.Server):
    """A uvicorn that says when it is ready and leaves at once when told to."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._listener = listener
        self._on_stop = on_stop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave = asyncio.Event()

    def serve_here(self) -> None:
        """Serve in the calling thread until stopped."""
        self.run(sockets=[self._listener])

    def stop(self) -> None:
        """Leave, from any thread."""
        self._on_stop()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leave.set)

    async def main_loop(self) -> None:
        """Wait for `stop()` rather than poll for it; the tick renews the Date header."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        self.ready.set()
        while not self._leave.is_set():
            try:
                await asyncio.wait_for(self._leave.wait(), 1.0)
            except TimeoutError:
                await self.on_tick(0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections now, open streams included."""
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=SHUTDOWN_SECONDS)
            for task in late:
                task.cancel()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off on what the socket accepts, which saves 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
