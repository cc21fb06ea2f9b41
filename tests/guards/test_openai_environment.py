"""Nothing from `OPENAI_*` is ever sent: the SDK would take keys and headers from there for any address."""

import subprocess
import sys
from pathlib import Path

from service.simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
MARK = "leaked-from-openai"
VARIABLES = {
    "OPENAI_API_KEY": f"sk-{MARK}",
    "OPENAI_ADMIN_KEY": f"sk-admin-{MARK}",
    "OPENAI_ORG_ID": f"org-{MARK}",
    "OPENAI_PROJECT_ID": f"proj-{MARK}",
    "OPENAI_WEBHOOK_SECRET": f"whsec_{MARK}",
    "OPENAI_CUSTOM_HEADERS": f"X-Custom: {MARK}",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_LOG": "info",
}
SCRIPT = """
import sys
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService

for key in ("", "sk-or-v1-mine"):
    with OpenRouterService(OpenRouterConfig(base_url=sys.argv[1], api_key=key, model="sim/echo")) as service:
        service.list_models()
        service.generate("Hello")
        service.start(ChatRequest(messages=[Message.user("Hello")])).wait()
"""


def test_nothing_of_openais_environment_is_sent() -> None:
    """With a key of our own and without, in no header, no body, and not to its address."""
    with Simulator(speed=0, requires_key=False) as simulator:
        # A process of its own, since the SDK reads some of it when it is imported.
        subprocess.run([sys.executable, "-c", SCRIPT, simulator.base_url], cwd=ROOT, env=VARIABLES, check=True)
        requests = simulator.requests
    chat = "/api/v1/chat/completions"
    assert [request.path for request in requests] == ["/api/v1/models", chat, chat] * 2
    assert [request.headers.get("authorization") for request in requests] == [None] * 3 + ["Bearer sk-or-v1-mine"] * 3
    assert [request for request in requests if MARK in f"{request.headers}{request.raw!r}{request.query}"] == []
