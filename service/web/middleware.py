"""What stands before every route and socket: who may ask, under which name, and the headers of every answer."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from collections.abc import Callable, Collection
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.bootstrap import allowed_hosts
from service.web.hosts import ALLOWED_HOSTS, host_name, is_allowed_host, is_same_host
from service.web.owner import OwnerCookie, arrived_at

__all__ = ["HostGuard", "SecurityHeaders", "middleware"]

READING = ("GET", "HEAD", "OPTIONS")
POLICY_VIOLATION = 1008


def _inline_scripts() -> str:
    """Return CSP sources for the inline scripts of Streamlit's own start page; it is read, not imported."""
    spec = importlib.util.find_spec("streamlit")
    page = Path(spec.origin or "").parent / "static" / "index.html" if spec is not None else Path()
    html = page.read_text(encoding="utf-8") if page.is_file() else ""
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return "".join(f" 'sha256-{digest}'" for digest in digests)


HEADERS = {
    # An answer is written by a model: it may load nothing from elsewhere, or what it read could be sent there.
    # `blob:` is for Streamlit's inline components and for what the microphone has recorded, inline styles are
    # Streamlit's own.
    "Content-Security-Policy": (
        f"default-src 'self'; script-src 'self' blob:{_inline_scripts()}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Adds `HEADERS` to every HTTP response that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its response back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class HostGuard:
    """Refuses requests and sockets under a name that is not the app's, and what pages of other sites send.

    `listed` gives the operator's names.
    """

    def __init__(self, app: ASGIApp, listed: Callable[[], Collection[str]]) -> None:
        self._app = app
        self._listed = listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400 (host) or 403 (origin) with a sentence."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket" and "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not is_allowed_host(hosts[0], arrived_at=arrived_at(scope), listed=self._listed()):
            return _refuse(400, _unknown_host(hosts))
        # Browsers say where a page is from whenever it opens a socket or sends something; other programs need not.
        is_reading = scope["type"] == "http" and scope["method"] in READING
        origin = headers.get("origin")
        if not is_reading and origin is not None and not is_same_host(origin, hosts[0]):
            return _refuse(403, "Pages of other sites may not do this.")
        return None


def _refuse(status: int, sentence: str) -> PlainTextResponse:
    return PlainTextResponse(sentence, status, headers={"Cache-Control": "no-store"})


def _unknown_host(hosts: list[str]) -> str:
    """Say that the app is not known under that name, and what to do."""
    name = host_name(hosts[0]) if len(hosts) == 1 else ""
    if not name:
        return "The request names no host, or none that can be read: open the app by its address."
    return (
        f"The app does not answer to the name {name}. Open it by its address, such as http://127.0.0.1:8501, "
        f"or let whoever runs it add the name to {ALLOWED_HOSTS}."
    )


middleware = [
    Middleware(SecurityHeaders),
    Middleware(HostGuard, listed=allowed_hosts),
    Middleware(OwnerCookie),
]
