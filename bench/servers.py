"""The three pages that are compared, each served by a process of its own."""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.contenders.common import KEY, PROMPT
from bench.harness import ROOT, environment
from bench.plan import BrokenError

__all__ = [
    "BARE",
    "OURS",
    "TUTORIAL",
    "WARM_UP",
    "Server",
    "cpu_seconds",
    "fetch_sent",
    "fetch_text",
    "is_streamlit",
    "resident_bytes",
    "serve_page",
]

OURS, TUTORIAL, BARE = "our app", "st.write_stream", "bare page"
WARM_UP = "sim/bench:form=markdown,n=640,ttft=0,itl=0"
"""What the pages ask when nothing else was chosen: one whole page of everything, at once."""
START_SECONDS = 60
_STREAMLIT = ("-m", "streamlit", "run")
_PROGRAMS: Mapping[str, Sequence[str]] = {
    OURS: (*_STREAMLIT, str(ROOT / "app.py")),
    TUTORIAL: (*_STREAMLIT, str(ROOT / "bench" / "contenders" / "tutorial_chat.py")),
    BARE: ("-m", "bench.contenders.bare_page"),
}
_STREAMLIT_OPTIONS = ("--server.headless=true", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false")
_HEALTH = {OURS: "/_stcore/health", TUTORIAL: "/_stcore/health", BARE: "/"}


@dataclass(frozen=True)
class Server:
    """A page that is being served."""

    url: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return what it has used so far."""
        return cpu_seconds(self.process.pid)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of another process, all its threads together, also those that have ended."""
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        raise BrokenError("The CPU time of another process cannot be read on this system.")
    return time.clock_gettime(clock.value)


def resident_bytes(pid: int) -> int:
    """Return how much memory another process holds."""
    try:
        pages = Path("/proc", str(pid), "statm").read_text(encoding="ascii").split()[1]
    except OSError:
        raise BrokenError("The memory of another process cannot be read on this system.") from None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _fetch(url: str, body: Mapping[str, object] | None = None) -> bytes:
    """Ask one of our servers, past any proxy; a `body` is posted as JSON. A refusal is an `OSError`."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urllib.request.Request(url, data, headers), timeout=30) as response:
        return bytes(response.read())


@cache
def fetch_text(base_url: str, model: str) -> str:
    """Ask the simulator for a whole answer at once; the pace that the model's id names does not change its text."""
    model = re.sub(r"itl=\d+", "itl=0", model)
    body = {"model": model, "messages": [{"role": "user", "content": PROMPT}]}
    return str(json.loads(_fetch(f"{base_url}/chat/completions", body))["choices"][0]["message"]["content"])


def fetch_sent(base_url: str) -> dict[str, list[tuple[float, int]]]:
    """Return what the timed simulator has sent, by question; it forgets it.

    Each pair is a moment, in seconds since 1970, and how many characters of the answer had been sent by then.
    """
    answers = json.loads(_fetch(base_url.removesuffix("/api/v1") + "/sent"))
    return {question: [(at, length) for at, length in sent] for question, sent in answers.items()}


def is_streamlit(name: str) -> bool:
    """Whether a contender is a Streamlit app."""
    return name != BARE


@contextmanager
def serve_page(name: str, base_url: str, **more: str) -> Iterator[Server]:
    """Start a contender's page and give it once it answers; `more` are further variables of its environment.

    Raises:
        BrokenError: It ended, or was not ready within a minute.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as home, Path(home, "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *_command(name, port)],
            cwd=home,
            env={**_environment(home, base_url), **more},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}", process)
            _wait_until_ready(server, name, Path(home, "log"))
            yield server
        finally:
            _end(process)


def _command(name: str, port: int) -> list[str]:
    if is_streamlit(name):
        return [*_PROGRAMS[name], *_STREAMLIT_OPTIONS, f"--server.port={port}"]
    return [*_PROGRAMS[name], f"--port={port}"]


def _environment(home: str, base_url: str) -> dict[str, str]:
    """Return the same for all: the simulator, a key that it takes, and a home without anybody's settings."""
    kept = {name: value for name, value in environment().items() if not name.startswith("STREAMLIT_")}
    wanted = {"OPENROUTER_BASE_URL": base_url, "OPENROUTER_API_KEY": KEY, "OPENROUTER_MODEL": WARM_UP}
    return {**kept, **wanted, "HOME": home, "USERPROFILE": home, "PYTHONPATH": str(ROOT)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: Server, name: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(server.url + _HEALTH[name]):
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise BrokenError(f"{name} did not start:\n{log.read_text(encoding='utf-8', errors='replace').strip()}")
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        _fetch(url)
    except OSError:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
