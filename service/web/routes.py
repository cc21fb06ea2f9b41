"""Routes beside the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from service._version import __version__
from service.web.bootstrap import find_run, made_backend
from service.web.exports import export_routes
from service.web.files import file_route
from service.web.metrics import metrics
from service.web.painter.socket import LiveSocket
from service.web.ready import why_not_ready

__all__ = ["routes"]

_NO_STORE = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> JSONResponse:
    """Answer 200 while the app is up and can work; 503 when it has to be started again."""
    made = made_backend()
    is_well = made is None or made.service.is_alive
    status = {"status": "ok" if is_well else "failing", "version": __version__}
    return JSONResponse(status, 200 if is_well else 503, headers=_NO_STORE)


async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when requests can be served, else 503 and why; the model server need not be up for that."""
    made = made_backend()
    reasons = await why_not_ready(made)
    body: dict[str, object] = {"status": "not ready" if reasons else "ready", "reasons": reasons}
    if made is not None:
        open_breakers = list(made.service.breakers.values()).count("open")
        body["server"] = {"state": made.service.contact.state, "open_breakers": open_breakers, "is_demo": made.is_demo}
    return JSONResponse(body, 503 if reasons else 200, headers=_NO_STORE)


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
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
    WebSocketRoute("/live", live),
    *export_routes,
    file_route,
]
