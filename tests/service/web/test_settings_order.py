"""Which settings count under a real `streamlit run`: Streamlit copies secrets.toml into the environment."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from service.simulator import Simulator
from tests.support import KEY, OTHER_KEY

ROOT = Path(__file__).resolve().parents[3]
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP")

Start = Callable[..., str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return `start(environ, secrets=…, dotenv=…)`, which runs the app and returns `host:port` once it is ready."""
    running: list[subprocess.Popen[str]] = []

    def start_(environ: dict[str, str], *, secrets: str = "", dotenv: str = "") -> str:
        home = tmp_path / "home"
        (home / ".streamlit").mkdir(parents=True)
        (home / ".streamlit" / "secrets.toml").write_text(secrets, encoding="utf-8")
        (home / ".env").write_text(dotenv, encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        options = [f"--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false"]
        # Streamlit would also read the secrets.toml that a developer keeps beside app.py.
        options.append(f"--secrets.files={home / '.streamlit' / 'secrets.toml'}")
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options],
            cwd=home,
            env={**kept, "HOME": str(home), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "URL:" in line or "listening" in line:
                return f"127.0.0.1:{port}"
        pytest.fail(f"The app ended with status {process.wait()}.\n{''.join(said)}")

    yield start_
    for process in running:
        process.terminate()
        process.communicate()


def visit(address: str) -> None:
    """Open the first page as a browser does, and stay until its script has finished."""
    with connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as socket_:  # type: ignore[list-item]
        request = BackMsg()
        request.rerun_script.query_string = ""
        socket_.send(request.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "script_finished":
            message = ForwardMsg.FromString(socket_.recv(timeout=30))


def keys_seen(sim: Simulator) -> set[str]:
    return {request.headers.get("authorization", "none").removeprefix("Bearer ") for request in sim.requests}


def test_the_environment_beats_secrets_toml(start: Start, sim: Simulator) -> None:
    """Another key there replaces nothing and a blank line blanks nothing, though Streamlit has written both over it."""
    environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": sim.base_url}
    visit(start(environ, secrets=f'OPENROUTER_API_KEY = "{OTHER_KEY}"\nOPENROUTER_BASE_URL = ""'))
    assert keys_seen(sim) == {KEY}


def test_dotenv_beats_secrets_toml_which_counts_where_nothing_else_does(start: Start, sim: Simulator) -> None:
    """The key is in both, blank in the environment; the address is in secrets.toml alone."""
    secrets = f'OPENROUTER_API_KEY = "{OTHER_KEY}"\nOPENROUTER_BASE_URL = "{sim.base_url}"'
    visit(start({"OPENROUTER_API_KEY": " "}, secrets=secrets, dotenv=f"OPENROUTER_API_KEY={KEY}\n"))
    assert keys_seen(sim) == {KEY}
