"""Answers that go wrong, each the way OpenRouter's do."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.simulator import refusals, tokens, wire, writer
from service.simulator.answers import (
    Answer,
    Pace,
    body_of,
    closing,
    deltas,
    headers,
    opening,
    usage_of,
)
from service.simulator.ask import Ask
from service.simulator.refusals import USER_ID, refusal
from service.simulator.steps import Cut, Hang, Response, Send, Step, Wait

PADDING = b"\n         \n\n         \n\n         \n"
_RAW = json.dumps({"error": {"message": "The simulated provider is overloaded.", "type": "overloaded_error"}})
_PROVIDER_METADATA = {"raw": _RAW, "provider_name": wire.PROVIDER}
_STATUS_TEXTS: Mapping[int, tuple[str, Mapping[str, Any] | None]] = {
    400: ("Provider returned error", _PROVIDER_METADATA),
    408: ("Operation timed out. Please try again later.", None),
    413: ("Request payload too large", None),
    422: ("Invalid argument", None),
    500: ("Internal Server Error", None),
    502: ("Provider returned error", _PROVIDER_METADATA),
    503: ("The provider is temporarily unavailable. Please try again later.", None),
    504: ("The provider did not answer in time. Please try again later.", None),
    524: ("Request timed out. Please try again later.", None),
    529: ("Provider returned error", _PROVIDER_METADATA),
}
_MIDSTREAM = {
    "code": 502,
    "message": "Provider returned error",
    "metadata": {"error_type": "provider_unavailable", **_PROVIDER_METADATA},
}


def rate_limited(ask: Ask) -> Response:
    """Refuse with one of the kinds of 429: upstream, daily, minute, admission."""
    sent = {"x-generation-id": ask.head.id}
    match ask.options.get("kind", "upstream"):
        case "daily":
            return refusals.rate_limited_daily(sent)
        case "minute":
            return refusals.rate_limited_minute(sent)
        case "admission":
            return refusals.rate_limited_admission(ask.retry_after * 10, sent)
        case _:
            return refusals.rate_limited_upstream(ask.head.model, ask.retry_after, sent)


def rate_limited_once(ask: Ask) -> Answer | Response:
    """Refuse the first of several identical requests and answer the next ones."""
    if ask.attempt == 1:
        return rate_limited(ask)
    return Answer(f"The second attempt got through. {writer.answer(ask)}")


def out_of_credits(ask: Ask) -> Response:
    """Refuse with one of the kinds of 402: credits, max-tokens, in-flight, key-limit."""
    sent = {"x-generation-id": ask.head.id}
    match ask.options.get("kind", "credits"):
        case "max-tokens":
            text = (
                f"This request requires more credits, or fewer max_tokens. You requested up to "
                f"{ask.max_tokens or 65_536} tokens, but can only afford 100. To increase, visit "
                "https://openrouter.ai/settings/credits and upgrade to a paid account"
            )
            metadata: dict[str, Any] = {"limit_source": "openrouter_credits", "provider_name": None}
        case "in-flight":
            text = (
                "This request would exceed your available credits given your current in-flight requests. "
                "Retry after in-flight requests settle, or add credits."
            )
            metadata = {"reason": "in_flight_budget_exhausted", "limit_source": "openrouter_in_flight_budget"}
            sent["retry-after"] = str(ask.retry_after)
        case "key-limit":
            text = "This request requires at least $1.00 in balance for image or video output"
            hint = (
                "Raise or remove this API key's usage limit at https://openrouter.ai/settings/keys, "
                "or use a key without a limit."
            )
            metadata = {"limit_source": "openrouter_key_limit", "remedy_hint": hint, "provider_name": None}
            metadata["previous_errors"] = [{"code": 402, "message": text}]
        case _:
            text = (
                "Insufficient credits. This account never purchased credits. Make sure your key is on the correct "
                "account or org, and if so, purchase more at https://openrouter.ai/settings/credits"
            )
            metadata = {"limit_source": "openrouter_credits"}
    return refusal(402, text, metadata, user_id=USER_ID, headers=sent)


def moderation(ask: Ask) -> Response:
    """Refuse as a moderated model does, naming what was flagged."""
    metadata = {
        "reasons": ["violence"],
        "flagged_input": ask.last_text[:100],
        "provider_name": wire.PROVIDER,
        "model_slug": ask.model.entry["canonical_slug"],
    }
    text = f'{ask.head.model} requires moderation on {wire.PROVIDER}. Your input was flagged for "violence".'
    return refusal(403, text, metadata, user_id=USER_ID)


def context_too_long(ask: Ask) -> Response:
    """Refuse any prompt as too long for the model's context."""
    limit = ask.model.context_length or 0
    return refusals.context_too_long(limit, limit + ask.prompt_tokens)


def provider_error(ask: Ask) -> Response:
    """Refuse with an error of the provider; another status by `status=`."""
    status = int(ask.option("status", 502))
    text, metadata = _STATUS_TEXTS.get(status, _STATUS_TEXTS[502])
    status = status if status in _STATUS_TEXTS else 502
    sent = {"retry-after": str(ask.retry_after)} if status == 503 else {}
    return refusal(status, text, metadata, user_id=USER_ID, headers=sent)


def html_502(ask: Ask) -> Response:
    """Answer with the HTML page of a gateway in between."""
    page = (
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
        "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>simulator</center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(502, {"content-type": "text/html"}, [Send(page.encode())])


def error_200(ask: Ask) -> Response:
    """Answer 200 with keep-alive whitespace and a body that is only an error."""
    body = wire.error(502, "Provider returned error", _PROVIDER_METADATA, USER_ID)
    steps: list[Step] = [Send(PADDING[:11]), Wait(0.3), Send(PADDING[11:]), Wait(0.3), Send(wire.json_bytes(body))]
    return Response(200, headers(ask, stream=False), steps)


def null_choices(ask: Ask) -> Response:
    """Answer 200 with `choices: null`."""
    usage = usage_of(Answer(), ask)
    if ask.stream:
        value = {**ask.head.fields("chat.completion.chunk"), "choices": None, "usage": usage}
        return _stream(ask, [Send(wire.COMMENT), Send(wire.event(value)), Send(wire.DONE)])
    return _whole(ask, {**body_of(Answer(), ask), "choices": None})


def error_mid_stream(ask: Ask) -> Response:
    """Break off half-way with an error chunk; without streaming, with an error inside the choice.

    `form=recorded` sends the shape seen in 2025: no finish reason, usage in the error chunk, then `[DONE]`.
    """
    half = _half(ask)
    if not ask.stream:
        body = body_of(replace(half, finish="error", native="error"), ask)
        body["choices"][0]["error"] = _MIDSTREAM
        return _whole(ask, body)
    return _stream(ask, _broken_off(ask, half))


def _broken_off(ask: Ask, half: Answer) -> Iterator[Step]:
    yield from opening(half.pace)
    yield from deltas(half, ask)
    if ask.options.get("form") == "recorded":
        delta = {"content": "", "role": "assistant"}
        choice = {"index": 0, "delta": delta, "finish_reason": None, "native_finish_reason": None}
        yield Send(ask.head.error_chunk(_MIDSTREAM, [choice], usage_of(half, ask)))
        yield Send(wire.DONE)
    else:
        yield Send(ask.head.error_chunk(_MIDSTREAM, _error_choices()))


def error_first_event(ask: Ask) -> Response:
    """Send an error as the first and only event; without streaming, as a body that is only an error."""
    if not ask.stream:
        return error_200(ask)
    return _stream(ask, [Send(wire.COMMENT), Wait(0.3), Send(ask.head.error_chunk(_MIDSTREAM, _error_choices()))])


def error_empty_choices(ask: Ask) -> Response:
    """Break off half-way with an error chunk whose choices are empty."""
    half = _half(ask)
    if not ask.stream:
        return _whole(ask, {**ask.head.fields("chat.completion"), "choices": [], "error": _MIDSTREAM})
    steps = [*opening(half.pace), *deltas(half, ask), Send(ask.head.error_chunk(_MIDSTREAM, []))]
    return _stream(ask, steps)


def disconnect(ask: Ask) -> Response:
    """Cut the connection in the middle of an event, or of the body."""
    half = _half(ask)
    broken = ask.head.chunk({"content": "cut"})
    if ask.stream:
        steps = [*opening(half.pace), *deltas(half, ask), Send(broken[: len(broken) // 2]), Cut()]
        return _stream(ask, steps)
    body = wire.json_bytes(body_of(half, ask))
    return Response(200, headers(ask, stream=False), [Wait(0.4), Send(body[: len(body) // 2]), Cut()])


def malformed_event(ask: Ask) -> Response:
    """Send one event that is not JSON and go on as if nothing had happened."""
    full = Answer(writer.answer(ask))
    body = wire.json_bytes(body_of(full, ask))
    if not ask.stream:
        return Response(200, headers(ask, stream=False), [Wait(0.4), Send(body[: len(body) // 2])])
    pieces = tokens.split(full.text)
    middle = len(pieces) // 2
    broken = ask.head.chunk({"content": "broken"}).rstrip()[:-9] + b"\n\n"
    steps = [
        *opening(full.pace),
        *deltas(Answer("".join(pieces[:middle])), ask),
        Send(broken),
        *deltas(Answer("".join(pieces[middle:])), ask),
        *closing(full, ask),
    ]
    return _stream(ask, steps)


def hang(ask: Ask) -> Response:
    """Accept the request and never answer; `comments=1` keeps the stream alive with comments.

    `every=` sets the milliseconds between comments. The pause is real at any speed.
    """
    if ask.options.get("comments") == "1":
        comment = wire.COMMENT if ask.stream else PADDING[:11]
        return Response(200, headers(ask, stream=ask.stream), [Hang(comment, ask.option("every", 500) / 1000)])
    return Response(200, {}, [Hang()])


def stall(ask: Ask) -> Response:
    """Fall silent after some tokens (`after=`, default 12), or half-way through the body.

    `comments=1` keeps sending comments. The silence is real at any speed.
    """
    silence = Hang(wire.COMMENT, 0.5) if ask.options.get("comments") == "1" else Hang()
    full = Answer(writer.answer(ask))
    if not ask.stream:
        body = wire.json_bytes(body_of(full, ask))
        return Response(200, headers(ask, stream=False), [Send(body[: len(body) // 2]), Hang()])
    some = Answer("".join(tokens.split(full.text)[: int(ask.option("after", 12))]), pace=Pace(0.2, 0.014))
    return _stream(ask, [*opening(some.pace), *deltas(some, ask), silence])


def _half(ask: Ask) -> Answer:
    pieces = tokens.split(writer.answer(ask))
    limit = ask.max_tokens or len(pieces)
    return Answer("".join(pieces[: min(limit, len(pieces) // 2)]))


def _error_choices() -> list[dict[str, Any]]:
    return [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]


def _stream(ask: Ask, steps: Iterator[Step] | list[Step]) -> Response:
    return Response(200, headers(ask, stream=True), steps)


def _whole(ask: Ask, body: Mapping[str, Any]) -> Response:
    return Response(200, headers(ask, stream=False), [Wait(0.4), Send(wire.json_bytes(body))])
