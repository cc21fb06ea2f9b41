"""Downloads: chats and runs of whoever asks, as files; of anybody else's id nothing is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from service.errors import StorageError
from service.web.bootstrap import backend
from service.web.owner import owner_of

if TYPE_CHECKING:
    from service.store import OpenConversation, RunFilters

__all__ = ["export_routes", "filters_of"]

T = TypeVar("T")

NOT_FOUND = "There is no such chat here."
NO_FORM = "Answers come as .csv or .jsonl."
NO_SCHEMA = "There is no such schema here, and no answer to it."
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


async def all_chats(request: Request) -> Response:
    """Send all chats and runs, as lines of JSON that can be imported."""
    return await _answer(lambda: backend().library.export_json(owner_of(request.cookies)), "chats", "jsonl")


async def one_chat(request: Request) -> Response:
    """Send one chat, as lines of JSON or as Markdown."""
    owner, form = owner_of(request.cookies), request.path_params["form"]
    found = await run_in_threadpool(_find, owner, request.path_params["ident"])
    if not isinstance(found, Response):
        library = backend().library
        if form == "md":
            return await _answer(lambda: [library.export_markdown(found)], _slug(found.title), "md")
        return await _answer(lambda: library.export_json(owner, [found.id]), _slug(found.title), "jsonl")
    return found


async def runs(request: Request) -> Response:
    """Send the runs that pass the filters in the address, as a spreadsheet."""
    filters = filters_of(request.query_params)
    return await _answer(lambda: backend().library.export_csv(owner_of(request.cookies), filters), "runs", "csv")


async def answers(request: Request) -> Response:
    """Send all answers of the schema in the address that pass the filters there, as a spreadsheet or lines of JSON."""
    owner, form, asked = owner_of(request.cookies), request.path_params["form"], request.query_params
    if form not in ("csv", "jsonl"):
        return _refuse(404, NO_FORM)
    export, filters = backend().library.export_answers, filters_of(asked)
    items = asked.get("items") if form == "csv" else None
    found = await run_in_threadpool(_try, lambda: export(owner, asked.get("schema", ""), form, filters, items=items))
    if found is None:
        return _refuse(404, NO_SCHEMA)
    return (
        found
        if isinstance(found, Response)
        else await _answer(lambda: found, "answers" if items is None else "items", form)
    )


def filters_of(query: QueryParams) -> RunFilters:
    """Read which runs are wanted; a value that says nothing is passed over."""
    from service.store import RunFilters

    return RunFilters(
        query=query.get("query", ""),
        model=query.get("model"),
        verdicts=tuple(query.getlist("verdict")),
        states=tuple(query.getlist("state")),
        min_cost=_decimal(query.get("min_cost")),
        max_cost=_decimal(query.get("max_cost")),
        since=_time(query.get("since")),
        until=_time(query.get("until")),
    )


def _find(owner: str, ident: str) -> OpenConversation | Response:
    found = _try(lambda: backend().library.get(owner, ident))
    return found if found is not None else _refuse(404, NOT_FOUND)


def _try(read: Callable[[], T]) -> T | Response:
    try:
        return read()
    except StorageError as error:
        return _refuse(503, str(error))


async def _answer(make: Callable[[], Iterable[str]], name: str, ending: str) -> Response:
    """Stream a file; its parts are read from the database in threads, never on the loop."""
    parts = await run_in_threadpool(_try, make)
    if isinstance(parts, Response):
        return parts
    kinds = {"jsonl": "application/jsonl", "md": "text/markdown", "csv": "text/csv"}
    file = quote(f"{name}-{datetime.now(UTC):%Y-%m-%d}.{ending}")
    return StreamingResponse(
        parts,
        media_type=f"{kinds[ending]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"},
    )


def _refuse(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status, headers={"Cache-Control": "no-store"})


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain).strip("-").lower()[:60] or "chat"


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return value if value is None or value.is_finite() else None


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


export_routes: list[BaseRoute] = [
    Route("/export/chats.jsonl", all_chats, methods=["GET"]),
    Route("/export/chats/{ident:str}.{form:str}", one_chat, methods=["GET"]),
    Route("/export/runs.csv", runs, methods=["GET"]),
    Route("/export/answers.{form:str}", answers, methods=["GET"]),
]
