"""GET /models: filters, order and pages, as the query asks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from service.simulator import refusals, wire
from service.simulator.catalogue import Model
from service.simulator.steps import Response, Send

OUTPUTS = ("text", "image", "embeddings", "audio", "video", "rerank", "decisions", "speech", "transcription", "all")
DEFAULT_LIMIT, MOST = 500, 1000
_SORTS: Mapping[str, tuple[Callable[[Model], Any], bool]] = {
    "newest": (lambda model: model.entry["created"], True),
    "pricing-low-to-high": (lambda model: model.price("prompt") + model.price("completion"), False),
    "pricing-high-to-low": (lambda model: model.price("prompt") + model.price("completion"), True),
    "context-high-to-low": (lambda model: model.context_length or 0, True),
}


class BadQueryError(Exception):
    """A query parameter that OpenRouter refuses; carries the response."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def listed(models: Sequence[Model], query: Mapping[str, str]) -> Response:
    """Answer /models: the whole list unless offset or limit are given."""
    try:
        found = _sorted(_filtered(models, query), query.get("sort"))
        offset, limit = _number(query, "offset", 0), _number(query, "limit", DEFAULT_LIMIT)
    except BadQueryError as problem:
        return problem.response
    is_paged = "offset" in query or "limit" in query
    page = found[offset : offset + limit] if is_paged else found
    is_last = not is_paged or offset + limit >= len(found)
    following = None if is_last else f"/api/v1/models?{urlencode({**query, 'offset': offset + limit, 'limit': limit})}"
    body = {"data": [model.entry for model in page], "total_count": len(found), "links": {"next": following}}
    headers = {
        "content-type": "application/json",
        "cache-control": "public, max-age=120, stale-while-revalidate=3600, stale-if-error=3600",
    }
    return Response(200, headers, [Send(wire.json_bytes(body))])


def counted(models: Sequence[Model], query: Mapping[str, str]) -> Response:
    """Answer /models/count."""
    try:
        count = len(_filtered(models, query))
    except BadQueryError as problem:
        return problem.response
    body = wire.json_bytes({"data": {"count": count}})
    return Response(200, {"content-type": "application/json"}, [Send(body)])


def _filtered(models: Sequence[Model], query: Mapping[str, str]) -> list[Model]:
    outputs = _outputs(query.get("output_modalities", "text"))
    inputs = _words(query.get("input_modalities", ""))
    parameters = _words(query.get("supported_parameters", ""))
    wanted = query.get("q", "").lower()
    return [
        model
        for model in models
        if ("all" in outputs or set(outputs) & set(model.outputs))
        and set(inputs) <= set(model.inputs)
        and all(map(model.supports, parameters))
        and (wanted in model.id.lower() or wanted in str(model.entry["name"]).lower())
    ]


def _outputs(text: str) -> list[str]:
    values = _words(text)
    for value in values:
        if value not in OUTPUTS:
            problem = f'Invalid output_modalities value: "{value}". Valid values are: {", ".join(OUTPUTS)}'
            raise BadQueryError(refusals.zod("output_modalities", problem))
    return values


def _sorted(models: list[Model], order: str | None) -> list[Model]:
    if order is None or order not in _SORTS:
        return models
    key, reverse = _SORTS[order]
    return sorted(models, key=key, reverse=reverse)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or (name == "limit" and not 1 <= int(text) <= MOST):
        raise BadQueryError(refusals.zod(name, f"Invalid {name}: expected a whole number, at most {MOST} for limit"))
    return int(text)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
