"""Files of conversations, for the pages to show and to download: each visitor gets his own and nobody else's."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.errors import StorageError
from service.web.bootstrap import backend
from service.web.owner import owner_of

__all__ = ["file_route"]

NOT_FOUND = "There is no such file here."
SHOWN = {
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "audio/mp3": "audio/mpeg",
    "audio/wav": "audio/wav",
    "audio/ogg": "audio/ogg",
    "audio/m4a": "audio/mp4",
    "audio/flac": "audio/flac",
    "audio/aac": "audio/aac",
}
"""What a page may show, by what the content of the file tells; everything else is a download of bytes."""

_KEY = re.compile(r"[0-9a-f]{64}")


async def file(request: Request) -> Response:
    """Send a file by the SHA-256 of its bytes, under the name that the address asks for."""
    owner, key = owner_of(request.cookies), request.path_params["key"]
    if not _KEY.fullmatch(key):
        return _refuse(404, NOT_FOUND)
    try:
        found = await run_in_threadpool(lambda: backend().library.file(owner, key))
    except StorageError as error:
        return _refuse(503, str(error))
    if found is None:
        return _refuse(404, NOT_FOUND)
    is_shown = found.media_type in SHOWN
    pdf = found.media_type if found.media_type == "application/pdf" else "application/octet-stream"
    how = "inline" if is_shown and "download" not in request.query_params else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(_name(request), safe='')}",
        # The bytes of a name never change; who else uses this browser's profile is no other owner.
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.data, media_type=SHOWN.get(found.media_type, pdf), headers=headers)


def _name(request: Request) -> str:
    return re.sub(r"[\x00-\x1f\x7f/\\]+", "_", request.query_params.get("name", ""))[:120] or "file"


def _refuse(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status, headers={"Cache-Control": "no-store"})


file_route = Route("/file/{key:str}", file, methods=["GET"])
