"""Whose visit it is: everybody's at this very machine, else one browser's, told by a cookie.

The cookie that a page or a route sees is the one this module put there: what a visitor sends is taken only when it
looks like one of ours, so that nobody becomes somebody else, or the owner of this machine, by leaving it out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.hosts import host_name, is_loopback

__all__ = ["OWNER_COOKIE", "OwnerCookie", "arrived_at", "owner_of"]

OWNER_COOKIE = "playground_owner"
LOCAL = "local"
KEPT_SECONDS = 365 * 24 * 60 * 60
_OURS = re.compile(r"[A-Za-z0-9_-]{43}")
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class OwnerCookie:
    """Gives every browser from elsewhere a random cookie, and lets the app see exactly that one.

    A visitor of this machine has none: the connection comes in at a loopback address, asks for a loopback name, and
    no proxy passed it on.
    """

    def __init__(self, app: ASGIApp, new_owner: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> None:
        self._app = app
        self._new_owner = new_owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the owner's cookie, and a new cookie back with a page."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent, others = _split(headers.getlist("cookie"))
        known = None if is_local(scope) else next((value for value in sent if _OURS.fullmatch(value)), None)
        owner = None if is_local(scope) else known or self._new_owner()
        cookies = others if owner is None else [*others, f"{OWNER_COOKIE}={owner}"]
        passed = {**scope, "headers": _with_cookies(scope, cookies)}

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                # Only with a page: what is cached, such as a script, must not carry somebody's cookie.
                if answer.get("content-type", "").startswith("text/html"):
                    answer.append("set-cookie", _new_cookie(scope, owner or ""))
            await send(message)

        await self._app(passed, receive, send if owner is None or known is not None else send_with_cookie)


def owner_of(cookies: Mapping[str, str]) -> str:
    """Return whose request it is, by the cookies that `OwnerCookie` lets through: `local` for this machine's own."""
    return cookies.get(OWNER_COOKIE) or LOCAL


def arrived_at(scope: Scope) -> str:
    """Return the address of ours that a connection came in at; "" where there is none, as with a Unix socket."""
    server = scope.get("server")
    return str(server[0]) if server and server[1] is not None else ""


def is_local(scope: Scope) -> bool:
    """Whether a visitor sits at this machine."""
    headers = Headers(scope=scope)
    if any(name in headers for name in _PASSED_ON):
        return False
    return is_loopback(arrived_at(scope)) and is_loopback(host_name(headers.get("host", "")))


def _split(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the values of the owner's cookie, and all other cookies as sent."""
    cookies = [part.strip() for line in lines for part in line.split(";") if part.strip()]
    pairs = [(cookie.partition("=")[0].strip(), cookie) for cookie in cookies]
    values = [cookie.partition("=")[2].strip() for name, cookie in pairs if name == OWNER_COOKIE]
    return values, [cookie for name, cookie in pairs if name != OWNER_COOKIE]


def _with_cookies(scope: Scope, cookies: list[str]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    return [*kept, (b"cookie", "; ".join(cookies).encode("latin-1"))] if cookies else kept


def _new_cookie(scope: Scope, owner: str) -> str:
    proto = Headers(scope=scope).get("x-forwarded-proto", "").partition(",")[0].strip()
    secure = "; Secure" if "https" in (scope.get("scheme"), proto) else ""
    return f"{OWNER_COOKIE}={owner}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}"
