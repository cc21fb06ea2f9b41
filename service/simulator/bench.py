"""The benchmark's stream: a given number of tokens at a given pace, cheap enough never to be the bottleneck."""

from collections.abc import Iterator
from functools import cache
from itertools import chain, cycle, islice
from pathlib import Path

from service.simulator import tokens, wire
from service.simulator.answers import Answer, body_of, closing, headers, usage_of
from service.simulator.ask import Ask
from service.simulator.steps import Response, Send, Step, Wait

TOKENS, FIRST_MS, GAP_MS, PIECES = 2000, 50, 5, 64
MOST_TOKENS = 1_000_000
_INTRO = "This stream is simulated. "
_FILLER = "Each token here is a word or two of filler, sent to measure a client and nothing else. "
_MARKDOWN = Path(__file__).with_name("bench.md")
"""A page such as a model writes, without any meaning: headings, paragraphs, lists, code, a table, a quotation."""


def answer(ask: Ask) -> Response:
    """Stream `n` tokens, the first after `ttft` ms, the others `itl` ms apart, `piece` events to a write.

    They are of one long line, or with `form=markdown` of a page that is repeated. Pauses named in the id are exact
    whatever the simulator's speed; the default ones are scaled by it.
    """
    count = max(0, min(int(ask.option("n", TOKENS)), ask.max_tokens or MOST_TOKENS, MOST_TOKENS))
    cut = ask.max_tokens is not None and ask.max_tokens < ask.option("n", TOKENS)
    pieces = list(islice(_text(ask.options.get("form", "")), count))
    full = Answer("".join(pieces), pieces=pieces, tokens=count, finish="length" if cut else "stop")
    first, gap = _pause(ask, "ttft", FIRST_MS), _pause(ask, "itl", GAP_MS)
    if ask.stream:
        return Response(200, headers(ask, stream=True), _steps(ask, full, first, gap), usage_of(full, ask))
    whole = Wait(first.seconds + gap.seconds * count, first.exact and gap.exact)
    body = wire.json_bytes(body_of(full, ask))
    return Response(200, headers(ask, stream=False), [whole, Send(body)], usage_of(full, ask))


def _text(form: str) -> Iterator[str]:
    """Return tokens without end."""
    if form == "markdown":
        return chain(tokens.split(_INTRO), cycle(_page()))
    return cycle(tokens.split(_INTRO) + 20 * tokens.split(_FILLER))


@cache
def _page() -> list[str]:
    return tokens.split("\n\n" + _MARKDOWN.read_text(encoding="utf-8").strip())


def _pause(ask: Ask, name: str, default: float) -> Wait:
    return Wait(max(0.0, ask.option(name, default)) / 1000, exact=name in ask.options)


def _steps(ask: Ask, full: Answer, first: Wait, gap: Wait) -> Iterator[Step]:
    yield Send(wire.COMMENT)
    yield first
    size = max(1, int(ask.option("piece", PIECES if gap.seconds == 0 else 1)))
    before, after = ask.head.text_frame()
    quoted = [wire.quote(piece).encode() for piece in full.pieces or ()]
    for place in range(0, len(quoted), size):
        yield Send(before + (after + before).join(quoted[place : place + size]) + after)
        if gap.seconds:
            yield gap
    yield from closing(full, ask)
