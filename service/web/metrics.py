"""Figures for Prometheus: for this machine, and for whoever has the token."""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from service.web.bootstrap import made_backend
from service.web.owner import is_local
from service.web.settings import METRICS_TOKEN

__all__ = ["metrics"]

_NO_STORE = {"Cache-Control": "no-store"}


async def metrics(request: Request) -> Response:
    """Answer who asks from this machine, or with the token; others get 401, or 404 where there is no token."""
    made = made_backend()
    token = made.app.metrics_token.reveal() if made is not None else ""
    if made is None or not (is_local(request.scope) or _has_token(request, token)):
        return _refuse(is_worth_trying=bool(token))
    body, kind = await run_in_threadpool(made.metrics.render)
    return Response(body, headers={"Content-Type": kind, **_NO_STORE})


def _has_token(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_it = secrets.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and is_it


def _refuse(*, is_worth_trying: bool) -> Response:
    if not is_worth_trying:
        return PlainTextResponse("Not Found", 404, headers=_NO_STORE)
    sentence = f"Send the value of {METRICS_TOKEN} as a bearer token."
    return PlainTextResponse(sentence, 401, headers={"WWW-Authenticate": "Bearer", **_NO_STORE})
