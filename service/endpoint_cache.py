"""The providers of each model: asked once in a while, the last good copy kept when the server does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from service.catalogue import Catalogue
from service.endpoints import EndpointInfo, EndpointList
from service.errors import ModelNotFoundError, OpenRouterError
from service.types import normalise_model
from service.wire.endpoints import endpoints_path, read_endpoints

__all__ = ["EndpointCache"]

log = logging.getLogger(__name__)

MOST_MODELS = 200
_VARIANTS = (":nitro", ":floor", ":exacto", ":online")
"""Suffixes that say how a model is asked; those that name a model of its own, such as `:free`, stay."""

_NO_MODEL = ("openrouter/", "@preset/")


@dataclass
class _Kept:
    """What is known of one model; `asked_at` is when the last of its `attempts` ended."""

    endpoints: tuple[EndpointInfo, ...] | None = None
    error: OpenRouterError | None = None
    asked_at: float | None = None
    attempts: int = 0
    is_loading: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class EndpointCache:
    """A cached list of providers for each model, fetched on one event loop; `peek` may be called from any thread.

    Args:
        fetch: Returns the JSON of a path.
        catalogue: Says what an alias or a dated slug stands for.
        ttl: Seconds for which a list is fresh.
        clock: Seconds on a clock that never goes back.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[object]],
        catalogue: Catalogue,
        *,
        ttl: float,
        clock: Callable[[], float],
    ) -> None:
        self._fetch = fetch
        self._catalogue = catalogue
        self._ttl = ttl
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def peek(self, model: str) -> tuple[EndpointList, bool]:
        """Return what is known of a model now, and whether it is time to ask."""
        try:
            model = normalise_model(model)
        except ValueError:
            return EndpointList(()), False
        if model.startswith(_NO_MODEL):
            return EndpointList(()), False
        kept = self._kept.get(self._asked_as(model))
        if kept is None:
            return EndpointList(), True
        is_due = not kept.is_loading and not self._is_fresh(kept)
        return EndpointList(kept.endpoints, kept.is_loading, kept.error), is_due

    async def get(self, model: str, *, refresh: bool = False) -> tuple[EndpointInfo, ...]:
        """Return the providers of a model, asked anew when the copy is older than the TTL or a refresh is wanted.

        Raises:
            ModelNotFoundError: Neither the server nor the model list knows it.
            OpenRouterError: They could not be fetched and there is no copy.
        """
        model = normalise_model(model)
        if model.startswith(_NO_MODEL):
            return ()
        if not self._catalogue.cached:
            await self._list_models()
        asked_as = self._asked_as(model)
        kept = self._keep(asked_as)
        attempts = kept.attempts
        async with kept.lock:
            is_good = kept.endpoints is not None and self._is_fresh(kept) and not refresh
            # Whoever waited here is served by the attempt that was waited for.
            if not is_good and kept.attempts == attempts:
                await self._ask(asked_as, kept)
        if kept.endpoints is None:
            raise kept.error or ModelNotFoundError(f"There is no model {model!r}.")
        return kept.endpoints

    async def _ask(self, model: str, kept: _Kept) -> None:
        kept.is_loading = True
        try:
            kept.endpoints, kept.error = await self._fetched(model), None
        except OpenRouterError as error:
            kept.error = error
            if kept.endpoints is not None:
                log.warning("providers of %s kept from before: %s", model, error)
        finally:
            kept.is_loading = False
        # Not asked again before the next TTL by who only looks, so that an outage does not slow every page.
        kept.asked_at = self._clock()
        kept.attempts += 1

    async def _fetched(self, model: str) -> tuple[EndpointInfo, ...]:
        path = endpoints_path(model)
        if path is not None:
            with contextlib.suppress(ModelNotFoundError):
                return read_endpoints(await self._fetch(path))
        if self._catalogue.find(model) is None:
            raise ModelNotFoundError(f"There is no model {model!r}.", hint=self._catalogue.suggestion(model))
        # The server knows the model and not this address: nothing is known of its providers.
        return ()

    async def _list_models(self) -> None:
        try:
            await self._catalogue.models()
        except OpenRouterError as error:
            log.info("providers are asked for without the model list: %s", error)

    def _asked_as(self, model: str) -> str:
        """Return the id that the server is asked by: that of the model behind an alias, a variant or options."""
        find = self._catalogue.find
        base = model.partition(":")[0]
        if find(model) is None:
            is_variant = model.endswith(_VARIANTS) or "=" in model.partition(":")[2]
            model = base if is_variant else model
        known = find(model)
        return (known and known.alias_of) or model

    def _keep(self, model: str) -> _Kept:
        kept = self._kept.setdefault(model, _Kept())
        self._kept.move_to_end(model)
        while len(self._kept) > MOST_MODELS:
            self._kept.popitem(last=False)
        return kept

    def _is_fresh(self, kept: _Kept) -> bool:
        return kept.asked_at is not None and self._clock() - kept.asked_at < self._ttl
