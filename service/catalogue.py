"""The model list: fetched once in a while, the last good copy kept when the server does not answer."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.errors import ModelNotFoundError, OpenRouterError, ProviderError
from service.pricing import Pricing, read_pricing
from service.types import normalise_model
from service.wire.reading import as_int, as_mapping, as_text

__all__ = ["Catalogue", "ModelInfo", "read_models"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelInfo:
    """A model as the catalogue lists it.

    `supported_parameters` is the union over its endpoints; `None` where the server does not tell (other servers than
    OpenRouter), which means: unknown, not none. `context_length` and `max_completion_tokens` are in tokens, `created`
    in Unix seconds; `None` where unknown. `raw` is the entry as sent.
    """

    id: str
    name: str
    description: str = ""
    created: int | None = None
    canonical_slug: str | None = None
    context_length: int | None = None
    max_completion_tokens: int | None = None
    input_modalities: tuple[str, ...] = ("text",)
    output_modalities: tuple[str, ...] = ("text",)
    supported_parameters: frozenset[str] | None = None
    default_parameters: Mapping[str, Any] = field(default_factory=dict)
    pricing: Pricing = field(default_factory=Pricing)
    is_moderated: bool = False
    reasoning: Mapping[str, Any] | None = None
    alias_of: str | None = None
    expiration_date: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def supports(self, parameter: str) -> bool | None:
        """Whether it takes a parameter (`structured_outputs`, `tools`, `temperature`, …); `None` when unknown."""
        return None if self.supported_parameters is None else parameter in self.supported_parameters

    @property
    def is_free(self) -> bool:
        """Whether its requests cost nothing and count against the free quota."""
        return self.id.endswith(":free") or self.id == "openrouter/free"

    @property
    def is_router(self) -> bool:
        """Whether it picks another model for each request; its price is then unknown beforehand."""
        return self.pricing.is_variable or self.alias_of is not None


def read_models(body: Any) -> list[ModelInfo]:
    """Read a model list, OpenRouter's or any OpenAI-compatible server's.

    Entries that cannot be read are left out; of two with one id the first counts.

    Raises:
        ProviderError: There is no list in it.
    """
    data = as_mapping(body).get("data")
    if data is None:
        data = as_mapping(body).get("models")
    if not isinstance(data, list):
        raise ProviderError("The model list of the server could not be read.")
    found: dict[str, ModelInfo] = {}
    for entry in data:
        if (model := _read_model(as_mapping(entry))) is not None:
            found.setdefault(model.id, model)
    return list(found.values())


def _read_model(entry: Mapping[str, Any]) -> ModelInfo | None:
    ident = as_text(entry.get("id")) or as_text(entry.get("name")) or as_text(entry.get("model"))
    if not ident:
        return None
    architecture, provider = as_mapping(entry.get("architecture")), as_mapping(entry.get("top_provider"))
    supported = entry.get("supported_parameters")
    return ModelInfo(
        id=ident,
        name=as_text(entry.get("name")) or ident,
        description=as_text(entry.get("description")),
        created=as_int(entry.get("created")),
        canonical_slug=as_text(entry.get("canonical_slug")) or None,
        context_length=_context_length(entry),
        max_completion_tokens=as_int(provider.get("max_completion_tokens")),
        input_modalities=_texts(architecture.get("input_modalities")) or ("text",),
        output_modalities=_texts(architecture.get("output_modalities")) or ("text",),
        supported_parameters=frozenset(_texts(supported)) if isinstance(supported, list) else None,
        default_parameters={
            name: value for name, value in as_mapping(entry.get("default_parameters")).items() if value is not None
        },
        pricing=read_pricing(entry.get("pricing")),
        is_moderated=provider.get("is_moderated") is True,
        reasoning=as_mapping(entry["reasoning"]) if isinstance(entry.get("reasoning"), Mapping) else None,
        alias_of=as_text(as_mapping(entry.get("alias_target")).get("slug")) or None,
        expiration_date=as_text(entry.get("expiration_date")) or None,
        raw=entry,
    )


def _context_length(entry: Mapping[str, Any]) -> int | None:
    """Return the context in tokens: OpenRouter's, vLLM's `max_model_len`, or what llama.cpp gives each request."""
    provider, meta = as_mapping(entry.get("top_provider")), as_mapping(entry.get("meta"))
    # Some of OpenRouter's entries that are no text models say 0, which means unknown.
    places = (
        entry.get("context_length"),
        provider.get("context_length"),
        entry.get("max_model_len"),
        meta.get("n_ctx"),
    )
    return next((length for place in places if (length := as_int(place))), None)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


class Catalogue:
    """A cached model list, used on one event loop; one fetch at a time, whoever asks."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]], *, ttl: float, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._ttl = ttl
        self._clock = clock
        self._models: tuple[ModelInfo, ...] = ()
        self._by_id: dict[str, ModelInfo] = {}
        self._fetched_at: float | None = None
        self._lock = asyncio.Lock()
        self.error: OpenRouterError | None = None

    @property
    def cached(self) -> tuple[ModelInfo, ...]:
        """The models known now, without asking."""
        return self._models

    def find(self, model: str) -> ModelInfo | None:
        """Return a model known now, by id or dated slug, without asking."""
        return self._by_id.get(model)

    async def models(self, *, refresh: bool = False) -> tuple[ModelInfo, ...]:
        """Return the models, fetched anew when the copy is older than the TTL or a refresh is asked for.

        When that fails and there is a copy, the copy is returned and the reason left in `error`.

        Raises:
            OpenRouterError: The list could not be fetched and there is no copy.
        """
        asked_at = self._clock()
        async with self._lock:
            if self._is_fresh(asked_at, refresh):
                return self._models
            try:
                self._keep(read_models(await self._fetch()))
            except OpenRouterError as error:
                self.error = error
                if not self._models:
                    raise
                # Not asked again before the next TTL, so that an outage does not slow every page.
                self._fetched_at = self._clock()
                log.warning("model list kept from before: %s", error)
            return self._models

    def _is_fresh(self, asked_at: float, refresh: bool) -> bool:
        if self._fetched_at is None:
            return False
        return self._fetched_at >= asked_at or (not refresh and self._clock() - self._fetched_at < self._ttl)

    def _keep(self, models: Sequence[ModelInfo]) -> None:
        self._models = tuple(models)
        by_slug = {model.canonical_slug: model for model in models if model.canonical_slug}
        self._by_id = {**by_slug, **{model.id: model for model in models}}
        self._fetched_at = self._clock()
        self.error = None

    async def get(self, model: str) -> ModelInfo:
        """Return one model by id or dated slug.

        Raises:
            ModelNotFoundError: It is not in the list; the hint names the closest ids.
            OpenRouterError: The list could not be fetched.
        """
        try:
            model = normalise_model(model)
        except ValueError as error:
            raise ModelNotFoundError(f"There is no model {model!r}: {error}.") from None
        await self.models()
        if (found := self.find(model)) is not None:
            return found
        raise ModelNotFoundError(f"There is no model {model!r}.", hint=self.suggestion(model))

    def suggestion(self, model: str) -> str | None:
        """Return a sentence with the ids closest to a wrong one; `None` when none is close."""
        ids = [info.id for info in self._models]
        close = [ident for ident in ids if ident.partition("/")[2] == model]
        close += [ident for ident in difflib.get_close_matches(model, ids, n=3, cutoff=0.6) if ident not in close]
        if not close:
            return None
        return f"Did you mean {' or '.join(repr(ident) for ident in close[:3])}?"
