"""Routes beside the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from service._version import __version__

__all__ = ["routes"]


async def healthz(request: Request) -> JSONResponse:
    """Answer 200: the app is up, its service is made, and it takes requests."""
    return JSONResponse({"status": "ok", "version": __version__}, headers={"Cache-Control": "no-store"})


routes: list[BaseRoute] = [Route("/healthz", healthz, methods=["GET"])]
