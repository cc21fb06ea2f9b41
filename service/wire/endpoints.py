"""`GET /models/{author}/{slug}/endpoints`: the providers of a model, read tolerantly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from service.endpoints import EndpointInfo
from service.errors import ProviderError
from service.pricing import read_pricing
from service.wire.reading import as_int, as_mapping, as_text

__all__ = ["endpoints_path", "read_endpoints"]

_UPTIMES = ("uptime_last_30m", "uptime_last_5m", "uptime_last_1d")


def endpoints_path(model: str) -> str | None:
    """Return the path that tells a model's providers; `None` for an id that has no author and slug."""
    author, _, slug = model.partition("/")
    if not author or not slug or "/" in slug or {author, slug} & {".", ".."}:
        return None
    return f"/models/{quote(author, safe='~')}/{quote(slug, safe=':~')}/endpoints"


def read_endpoints(body: Any) -> tuple[EndpointInfo, ...]:
    """Read the answer; entries that cannot be read are left out.

    Raises:
        ProviderError: There is no list in it.
    """
    found = as_mapping(as_mapping(body).get("data")).get("endpoints")
    if not isinstance(found, list):
        raise ProviderError("The server's list of this model's providers could not be read.")
    return tuple(endpoint for entry in found if (endpoint := _read(as_mapping(entry))) is not None)


def _read(entry: Mapping[str, Any]) -> EndpointInfo | None:
    tag = as_text(entry.get("tag"))
    provider = as_text(entry.get("provider_name")) or as_text(entry.get("name")).partition(" | ")[0] or tag
    if not provider:
        return None
    supported = entry.get("supported_parameters")
    return EndpointInfo(
        # Lists from before 2025 have no tag; the slug is the name in small letters then.
        tag=tag or provider.lower().replace(" ", "-"),
        provider=provider,
        name=as_text(entry.get("name")),
        model=as_text(entry.get("model_id")),
        context_length=as_int(entry.get("context_length")) or None,
        max_completion_tokens=as_int(entry.get("max_completion_tokens")) or None,
        max_prompt_tokens=as_int(entry.get("max_prompt_tokens")) or None,
        pricing=read_pricing(entry.get("pricing")),
        quantization=_quantization(entry),
        supported_parameters=frozenset(_texts(supported)) if isinstance(supported, list) else None,
        tool_choices=_tool_choices(entry.get("supports_tool_choice")),
        status=as_int(entry.get("status")),
        uptime=next((value for name in _UPTIMES if (value := _number(entry.get(name))) is not None), None),
        latency=_seconds(_median(entry.get("latency_last_30m"))),
        throughput=_median(entry.get("throughput_last_30m")),
        raw=entry,
    )


def _texts(value: list[Any]) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str))


def _quantization(entry: Mapping[str, Any]) -> str | None:
    """Return the number format of the weights; "unknown" means what it says."""
    told = as_text(entry.get("quantization"))
    return None if told in ("", "unknown") else told


def _tool_choices(value: Any) -> frozenset[str] | None:
    if not isinstance(value, Mapping):
        return None
    return frozenset(str(kind) for kind, is_taken in value.items() if is_taken is True)


def _median(value: Any) -> float | None:
    """Return the middle of percentiles; older lists say a plain number."""
    return _number(value.get("p50") if isinstance(value, Mapping) else value)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
