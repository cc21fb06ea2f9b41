"""Headers that every answer of the app carries."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SecurityHeaders", "middleware"]


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
    # `blob:` is for Streamlit's inline components, inline styles are Streamlit's own.
    "Content-Security-Policy": (
        f"default-src 'self'; script-src 'self' blob:{_inline_scripts()}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
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


middleware = [Middleware(SecurityHeaders)]
