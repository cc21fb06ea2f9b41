"""POST /chat/completions: check the request as OpenRouter does, then let the model's scenario answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.simulator import auto_router, refusals, routing, wire
from service.simulator.answers import Answer, limited, respond
from service.simulator.ask import Ask
from service.simulator.catalogue import Catalogue
from service.simulator.chance import Random, seeded
from service.simulator.healing import healed
from service.simulator.ledger import Generation, Ledger
from service.simulator.response_cache import CacheAsk, ResponseCache, name_of
from service.simulator.scenarios import behaviour
from service.simulator.steps import Response

DEFAULT_MODEL = "openrouter/auto"
ROLES = frozenset(("system", "developer", "user", "assistant", "tool"))
# Refusals of these codes carry a generation id as answers do (probed 2026-10).
_CODES_WITH_ID = (400, 402, 429)


@dataclass(frozen=True)
class Caller:
    """Who asks: the key and the headers that are remembered with a generation."""

    key: str
    agent: str | None = None
    referer: str | None = None
    cache: CacheAsk | None = None


@dataclass
class Chat:
    """Answer chat requests from a catalogue; `retry_after` is what 429s ask for, in seconds."""

    catalogue: Catalogue
    ledger: Ledger
    retry_after: int = 1
    rng: Random = field(default_factory=seeded)
    cache: ResponseCache = field(default_factory=ResponseCache)

    def answer(self, raw: bytes, body: Any, caller: Caller) -> Response:
        """Answer one request: checks in OpenRouter's order, then fallback models until one can answer.

        `body` is `raw` parsed, or `None` when it is not JSON.
        """
        if not isinstance(body, dict):
            return refusals.invalid_json()
        messages = _messages(body)
        if messages is None:
            return refusals.missing_messages()
        name_of_request = name_of(caller.key, raw)
        attempt = self.ledger.attempt(name_of_request)
        response = refusals.missing_messages()
        for name in _names(body):
            response = self._try(name, body, messages, caller, attempt, name_of_request)
            if response.status == 200:
                break
        return response

    def _try(
        self,
        name: str,
        body: Mapping[str, Any],
        messages: Sequence[Mapping[str, Any]],
        caller: Caller,
        attempt: int,
        name_of_request: str,
    ) -> Response:
        generation_id = wire.generation_id(time.time(), self.rng)
        named = self.catalogue.find(name)
        if named is None:
            is_sold = name.endswith(":free") and self.catalogue.find(name.removesuffix(":free")) is not None
            return _refused(refusals.no_free_variant(name) if is_sold else refusals.invalid_model(name), generation_id)
        named = auto_router.chosen(named, name, body, self.catalogue)
        if named is None:
            return _refused(refusals.no_model_left(), generation_id)
        head = wire.Head(generation_id, int(time.time()), named.served_as)
        ask = Ask(body, messages, named.model, head, named.options, attempt, self.retry_after)
        found = routing.routed(ask)
        if isinstance(found, Response):
            return _refused(found, generation_id)
        ask = found
        kept = self.cache.find(name_of_request, caller.cache) if caller.cache is not None else None
        if kept is not None:
            again = replace(kept.answer, is_cached=True)
            said = kept.headers(self.cache.clock(), is_hit=True)
            return self._entered(_with_headers(respond(again, ask), said), ask, caller, again)
        result = behaviour(named.model)(ask)
        if isinstance(result, Answer):
            answer = limited(healed(result, ask), ask)
            response = respond(answer, ask)
            if caller.cache is not None:
                made = self.cache.keep(name_of_request, answer, caller.cache, generation_id)
                response = _with_headers(response, made.headers(made.at, is_hit=False))
            return self._entered(response, ask, caller, answer)
        return self._entered(result, ask, caller) if result.status == 200 else _refused(result, generation_id)

    def _entered(self, response: Response, ask: Ask, caller: Caller, answer: Answer | None = None) -> Response:
        generation = Generation(
            id=ask.head.id,
            slug=str(ask.model.entry["canonical_slug"]),
            streamed=ask.stream,
            is_free=ask.model.is_free,
            usage=response.usage or wire.usage(ask.prompt_tokens, 0),
            key=caller.key,
            agent=caller.agent,
            referer=caller.referer,
            user=_text(ask.body.get("user")),
            session_id=_text(ask.body.get("session_id")),
            began=time.time(),
            finish=answer.finish if answer else None,
            native=answer.native_reason if answer else None,
            provider=ask.head.provider,
        )
        self.ledger.begin(generation)
        return response


def _refused(response: Response, generation_id: str) -> Response:
    if response.status not in _CODES_WITH_ID:
        return response
    return Response(response.status, {**response.headers, "x-generation-id": generation_id}, response.steps)


def _with_headers(response: Response, more: Mapping[str, str]) -> Response:
    return replace(response, headers={**response.headers, **more})


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _names(body: Mapping[str, Any]) -> list[str]:
    """Return the models to try, in order, each once."""
    more = body.get("models")
    names = [body.get("model"), *(more if isinstance(more, list) else ())]
    found = [name.strip() for name in names if isinstance(name, str) and name.strip()]
    return list(dict.fromkeys(found)) or [DEFAULT_MODEL]


def _messages(body: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return the messages, or `None` where OpenRouter refuses their form; a `prompt` counts as one message."""
    messages = body.get("messages")
    if messages is None and isinstance(body.get("prompt"), str):
        return [{"role": "user", "content": body["prompt"]}]
    if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
        return None
    return messages


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or message.get("role") not in ROLES:
        return False
    content = message.get("content")
    if isinstance(content, list):
        return all(isinstance(part, dict) and isinstance(part.get("text", ""), str) for part in content)
    return isinstance(content, str) or (content is None and message["role"] == "assistant")
