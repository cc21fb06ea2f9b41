"""Routes beside the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from service._version import __version__
from service.web.bootstrap import find_run
from service.web.exports import export_routes
from service.web.painter.socket import LiveSocket

__all__ = ["routes"]


async def healthz(request: Request) -> JSONResponse:
    """Answer 200: the app is up, its service is made, and it takes requests."""
    return JSONResponse({"status": "ok", "version": __version__}, headers={"Cache-Control": "no-store"})


_live = LiveSocket(find_run)


async def live(socket: WebSocket) -> None:
    """Paint live runs; see `service.web.painter.socket`."""
    await _live(socket)


async def chat(request: Request) -> RedirectResponse:
    """Lead to the first page, which Streamlit knows under no other name than `/`."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{query}")


routes: list[BaseRoute] = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/chat", chat, methods=["GET"]),
    WebSocketRoute("/live", live),
    *export_routes,
]
