"""An answer as a value, cut to the request's limits, priced, and turned into a body or a stream."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from service.simulator import tokens, wire
from service.simulator.ask import Ask
from service.simulator.steps import Response, Send, Step, Wait

FETCH_PRICE = Decimal("0.001")
"""USD for a page, where OpenRouter reads it with its usual engine (its page on the tool, seen 2026-10)."""

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an answer comes: seconds to the first event, seconds between events."""

    first: float = 0.4
    gap: float = 0.014


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a function, its arguments as JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Answer:
    """What a model says.

    `is_cached` says that it was given before.
    `pieces` overrides how the text is fragmented (joined they are the text), `tokens` how many it counts as.
    """

    text: str = ""
    reasoning: str = ""
    calls: Sequence[ToolCall] = ()
    refusal: str | None = None
    annotations: Sequence[Mapping[str, Any]] = ()
    images: Sequence[str] = ()
    finish: FinishReason = "stop"
    native: str | None = None
    pieces: Sequence[str] | None = None
    tokens: int | None = None
    hides_reasoning: bool = False
    pace: Pace = field(default_factory=Pace)
    searches: int = 0
    fetches: int = 0
    clock_looks: int = 0
    is_cached: bool = False

    @property
    def native_reason(self) -> str:
        """The provider's own word for the end."""
        return self.native if self.native is not None else self.finish


def limited(answer: Answer, ask: Ask) -> Answer:
    """Cut an answer at the first stop sequence and at the request's token limit, reasoning first."""
    answer = _stopped(answer, ask.stop)
    limit = ask.max_tokens
    if limit is None or _completion_tokens(answer) <= limit:
        return answer
    reasoning = tokens.split(answer.reasoning)[:limit]
    left = limit - len(reasoning)
    text = tokens.split(answer.text)[:left]
    cut = {"finish": "length", "native": "length", "pieces": None, "images": ()}
    calls = _cut_calls(answer.calls, left - len(text))
    return replace(answer, reasoning="".join(reasoning), text="".join(text), calls=calls, **cut)  # type: ignore[arg-type]


def _stopped(answer: Answer, stops: Sequence[str]) -> Answer:
    places = [place for stop in stops if (place := answer.text.find(stop)) >= 0]
    if not places:
        return answer
    return replace(answer, text=answer.text[: min(places)], pieces=None, finish="stop", native="stop")


def _cut_calls(calls: Sequence[ToolCall], left: int) -> list[ToolCall]:
    kept: list[ToolCall] = []
    for call in calls:
        arguments = tokens.split(call.arguments)
        if left <= 0:
            break
        kept.append(replace(call, arguments="".join(arguments[:left])))
        left -= len(arguments)
    return kept


def _completion_tokens(answer: Answer) -> int:
    if answer.tokens is not None:
        return answer.tokens
    calls = sum(len(tokens.split(call.arguments)) for call in answer.calls)
    refusal = len(tokens.split(answer.refusal or ""))
    return len(tokens.split(answer.reasoning)) + len(tokens.split(answer.text)) + calls + refusal


def usage_of(answer: Answer, ask: Ask) -> dict[str, Any]:
    """Count and price an answer from the model's own prices; one from the response cache counts nothing."""
    if answer.is_cached:
        return wire.usage(0, 0)
    completion = _completion_tokens(answer) + tokens.TOKENS_PER_MEDIUM * len(answer.images)
    prompt_cost, completion_cost = ask.model.cost(ask.prompt_tokens, completion)
    return wire.usage(
        ask.prompt_tokens,
        completion,
        reasoning=len(tokens.split(answer.reasoning)),
        images=tokens.TOKENS_PER_MEDIUM * len(answer.images),
        prompt_cost=prompt_cost,
        completion_cost=completion_cost,
        searches=answer.searches,
        tool_calls=answer.fetches + answer.clock_looks,
        tool_cost=answer.searches * ask.model.price("web_search") + answer.fetches * FETCH_PRICE,
    )


def headers(ask: Ask, *, stream: bool) -> dict[str, str]:
    """Return the headers of a 200."""
    if stream:
        kind = {"content-type": "text/event-stream", "cache-control": "no-cache"}
    else:
        kind = {"content-type": "application/json"}
    return {**kind, "x-generation-id": ask.head.id}


def respond(answer: Answer, ask: Ask) -> Response:
    """Turn an answer into what is sent for it."""
    if not ask.stream:
        return whole(answer, ask)
    return Response(200, headers(ask, stream=True), stream_steps(answer, ask), usage_of(answer, ask))


def whole(answer: Answer, ask: Ask, *, padding: bytes = b"") -> Response:
    """Send the answer as one body, after as long as streaming it would have taken."""
    seconds = answer.pace.first + answer.pace.gap * _completion_tokens(answer)
    steps: list[Step] = [Wait(seconds), Send(padding + wire.json_bytes(body_of(answer, ask)))]
    return Response(200, headers(ask, stream=False), steps, usage_of(answer, ask))


def body_of(answer: Answer, ask: Ask) -> dict[str, Any]:
    """Build the whole body of an answer."""
    shows = bool(answer.reasoning) and not answer.hides_reasoning
    extra: dict[str, Any] = {}
    if shows:
        extra["reasoning_details"] = [reasoning_detail(answer.reasoning)]
    if answer.calls:
        extra["tool_calls"] = [_whole_call(index, call) for index, call in enumerate(answer.calls)]
    if answer.annotations:
        extra["annotations"] = list(answer.annotations)
    if answer.images:
        extra["images"] = [_image(index, url) for index, url in enumerate(answer.images)]
    message = wire.message(
        content=None if answer.refusal is not None or (answer.calls and not answer.text) else answer.text,
        refusal=answer.refusal,
        reasoning=answer.reasoning if shows else None,
        extra=extra,
    )
    return wire.body(ask.head, message, answer.finish, answer.native_reason, usage_of(answer, ask))


def stream_steps(answer: Answer, ask: Ask) -> Iterator[Step]:
    """Stream an answer to its proper end."""
    yield from opening(answer.pace)
    yield from deltas(answer, ask)
    yield from closing(answer, ask)


def opening(pace: Pace) -> Iterator[Step]:
    """Send the comments that come before the first event: one at once, then one every half second."""
    count = max(2, int(pace.first / 0.5))
    for _ in range(count):
        yield Send(wire.COMMENT)
        yield Wait(pace.first / count)


def deltas(answer: Answer, ask: Ask) -> Iterator[Step]:
    """Send everything an answer consists of, without its end."""
    for payload in _deltas(answer, ask):
        yield Send(payload)
        yield Wait(answer.pace.gap)


def _deltas(answer: Answer, ask: Ask) -> Iterator[bytes]:
    head = ask.head
    for annotation in answer.annotations:
        yield head.chunk({"annotations": [annotation]})
    for piece in () if answer.hides_reasoning else tokens.split(answer.reasoning):
        yield head.chunk({"reasoning": piece, "reasoning_details": [reasoning_detail(piece)]})
    before, after = head.text_frame()
    for piece in answer.pieces if answer.pieces is not None else tokens.split(answer.text):
        yield before + wire.to_bytes(wire.quote(piece)) + after
    for piece in tokens.split(answer.refusal or ""):
        yield head.chunk({"refusal": piece})
    for index, url in enumerate(answer.images):
        yield head.chunk({"images": [_image(index, url)]})
    for index, call in enumerate(answer.calls):
        yield from _call_chunks(ask, index, call)


def _call_chunks(ask: Ask, index: int, call: ToolCall) -> Iterator[bytes]:
    """Send a call as recorded: name first, an empty fragment, then the arguments in small pieces."""
    first = {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    rest = [{"index": index, "function": {"arguments": piece}} for piece in ("", *tokens.split(call.arguments))]
    for part in (first, *rest):
        yield ask.head.chunk({"content": None, "tool_calls": [part]})


def closing(answer: Answer, ask: Ask) -> Iterator[Step]:
    """Send the finish chunk, the usage chunk that repeats the finish reason, and `[DONE]`."""
    finish, native = answer.finish, answer.native_reason
    yield Send(ask.head.chunk({"reasoning": None} if answer.reasoning else {}, finish, native))
    yield Send(ask.head.chunk({}, finish, native, usage_of(answer, ask)))
    yield Send(wire.DONE)


def reasoning_detail(text: str) -> dict[str, Any]:
    """Build one entry of reasoning_details."""
    return {"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}


def _whole_call(index: int, call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"type": "function", "index": index, "id": call.id, "function": function}


def _image(index: int, url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "index": index}
