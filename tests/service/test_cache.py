"""The response cache: the very same request is not paid for twice, where that is wanted."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given

from service import ChatResult, Message, OpenRouterService, ResponseFormat, TextDelta, Tool, ToolCall, Usage
from service.cache import ResponseCache
from service.simulator import Reply, Simulator
from service.wire.answer import Answer
from service.wire.replay import to_body
from tests.store.test_codec import RESULTS
from tests.support import OTHER_KEY, FakeClock, ask, echoed, failing, streamed

MakeService = Callable[..., OpenRouterService]


@pytest.fixture
def caching(make_service: MakeService, clock: FakeClock) -> OpenRouterService:
    """A service that keeps answers for 100 s of the fake clock."""
    return make_service(clock=clock, cache_responses=True, cache_ttl=100)


def test_the_same_request_is_answered_again_without_being_sent(caching: OpenRouterService, sim: Simulator) -> None:
    """At no cost, marked, with what it had cost; everything else is the same."""
    first = caching.chat(ask())
    again = caching.chat(ask())
    assert first.usage is not None
    assert first.usage.cost
    assert (len(sim.chat_requests), first.cache, again.cache) == (1, None, "local")
    assert (again.original_cost, again.attempts) == (first.usage.cost, 0)
    assert again.usage == replace(first.usage, cost=Decimal(0))
    same = {"timings": first.timings, "attempts": 1, "usage": first.usage, "cache": None, "original_cost": None}
    assert replace(again, **same) == first  # type: ignore[arg-type]


def test_a_stream_is_replayed_as_events(caching: OpenRouterService, sim: Simulator) -> None:
    """Streamed or not, it is the same answer."""
    caching.chat(ask())
    with caching.stream(ask()) as stream:
        text, end = list(stream)
    assert text == TextDelta(echoed())
    assert end.type == "finished"
    assert (end.result.cache, stream.run.state, stream.run.text) == ("local", "completed", echoed())
    assert len(sim.chat_requests) == 1


def test_whoever_wants_a_new_answer_gets_one(caching: OpenRouterService, sim: Simulator) -> None:
    """And that one is kept instead."""
    for use in (caching.chat, caching.start, caching.stream):
        use(ask())
        run = use(ask(), fresh=True)
        result = run if isinstance(run, ChatResult) else getattr(run, "result", None) or run.wait(5)  # type: ignore[union-attr]
        assert result.cache is None
    assert len(sim.chat_requests) == 4


def test_it_is_off_unless_it_is_asked_for(service: OpenRouterService, sim: Simulator) -> None:
    """An answer twice is what most people want to see when they ask twice."""
    assert [service.chat(ask()).cache for _ in range(2)] == [None, None]
    assert len(sim.chat_requests) == 2


@pytest.mark.parametrize(
    "other",
    [
        ask(text="Hello!"),
        ask(temperature=0.1),
        ask("sim/writer"),
        ask(response_format=ResponseFormat.json_object()),
    ],
    ids=["text", "parameter", "model", "format"],
)
def test_any_difference_makes_it_another_request(caching: OpenRouterService, sim: Simulator, other: Any) -> None:
    """Exactly the same, or not at all."""
    caching.chat(ask())
    assert caching.chat(other).cache is None


def test_another_key_does_not_get_it(caching: OpenRouterService, sim: Simulator) -> None:
    """What one session asked is nobody else's business, and who pays may have other models."""
    caching.chat(ask())
    other = caching.with_key(OTHER_KEY)
    assert [other.chat(ask()).cache for _ in range(2)] == [None, "local"]
    assert len(sim.chat_requests) == 2


def test_after_a_while_it_is_asked_anew(caching: OpenRouterService, clock: FakeClock) -> None:
    """As long as the settings say."""
    caching.chat(ask())
    clock.advance(99)
    assert caching.chat(ask()).cache == "local"
    clock.advance(1)
    assert caching.chat(ask()).cache is None


@pytest.mark.parametrize(
    "replies",
    [
        failing(1, 400),
        [Reply(chunks=streamed("cut", finish="length"))],
        [Reply(chunks=streamed("filtered", finish="content_filter"))],
        [Reply(chunks=streamed({"content": "", "refusal": "I will not."}))],
        [Reply(chunks=streamed(""))],
        [Reply(chunks=streamed("broken", finish=None))],
        [Reply(chunks=[b"data: {broken\n\n", *streamed("some of it")])],
    ],
    ids=["error", "cut off", "filtered", "refused", "empty", "interrupted", "partly unreadable"],
)
def test_what_is_not_a_whole_good_answer_is_not_kept(
    caching: OpenRouterService, sim: Simulator, replies: list[Reply]
) -> None:
    """The next one may be better."""
    sim.script(*replies)
    caching.start(ask()).join(5)
    assert caching.chat(ask()).cache is None


def test_a_stopped_run_is_not_kept(caching: OpenRouterService, sim: Simulator) -> None:
    """It is half an answer."""
    sim.script(Reply(chunks=streamed("half", finish=None), end="hang"))
    with caching.stream(ask()) as stream:
        next(stream)
    assert caching.chat(ask()).cache is None


def test_json_that_is_wrong_is_not_kept_and_what_is_right_is_judged_again(
    caching: OpenRouterService, sim: Simulator
) -> None:
    """The verdict belongs to the answer."""
    form = ResponseFormat.json_schema("n", {"type": "object", "required": ["a"]})
    sim.script(Reply(chunks=streamed('{"b": 1}')), Reply(chunks=streamed('{"a": 1}')))
    results = [caching.start(ask(response_format=form)).wait(5) for _ in range(3)]
    assert [result.verdict and result.verdict.kind for result in results] == ["wrong_shape", "valid", "valid"]
    assert [result.cache for result in results] == [None, None, "local"]
    assert results[2].parsed == {"a": 1}
    assert results[2].parsed is not results[1].parsed


def test_calls_of_tools_are_kept(caching: OpenRouterService, sim: Simulator) -> None:
    """With their ids, to be answered."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
    sim.script(Reply(chunks=streamed({"content": None, "tool_calls": [call]}, finish="tool_calls")))
    request = ask(tools=[Tool.function("f")])
    first, again = (caching.start(request).wait(5) for _ in range(2))
    assert first.tool_calls == again.tool_calls == (ToolCall("call_1", "f", '{"x": 1}', {"x": 1}),)
    assert again.cache == "local"


def test_the_least_recently_used_go_first(clock: FakeClock) -> None:
    """Together they take no more than allowed; one that is larger than that is not kept at all."""
    cache = ResponseCache(ttl=100, max_bytes=10_000, clock=clock)

    def answer(letter: str, length: int = 3_000) -> ChatResult:
        return ChatResult(text=letter * length, finish_reason="stop")

    for letter in "abc":
        cache.put(letter, answer(letter))
    assert cache.get("a") is not None
    cache.put("d", answer("d", 3_100))
    assert [letter for letter in "abcd" if cache.get(letter) is not None] == ["a", "c", "d"]
    cache.put("e", answer("e", 20_000))
    assert cache.get("e") is None
    assert len(cache) == 3
    clock.advance(100)
    assert cache.get("a") is None
    assert len(cache) == 2


def test_what_is_kept_cannot_be_changed_by_who_got_it(caching: OpenRouterService) -> None:
    """Each gets an answer of its own."""
    caching.chat(ask())
    cache = caching._cache
    assert cache is not None
    name = caching._name_of(caching._build_payload(ask()))
    found = cache.get(name)
    assert found is not None
    found.body["choices"].clear()
    assert caching.chat(ask()).text == echoed()


def test_neither_key_nor_prompt_can_be_read_from_what_is_kept() -> None:
    """Only what was answered is."""
    name = ResponseCache.name_of({"messages": [{"content": "secret"}]}, "https://x", OTHER_KEY)
    assert len(name) == 64
    assert int(name, 16)


@given(RESULTS)
def test_a_body_is_read_as_the_result_it_was_made_of(result: ChatResult) -> None:
    """Whatever it holds, but for the cost; half an emoji is mended when it is read first."""
    assume(not re.search("[\ud800-\udfff]", f"{result.text}{result.reasoning}{result.refusal}"))
    result = replace(
        result,
        is_partial=False,
        verdict=None,
        parsed=None,
        warnings=(),
        created=result.created or None,
        provider=result.provider or None,
        usage=Usage(1, 2, 3, 1, 1, 1, Decimal(0)),
        refusal=result.refusal or None,
        finish_reason=result.finish_reason or None,
        native_finish_reason=result.native_finish_reason or None,
        reasoning_details=(),
        annotations=({"type": "url_citation"},),
        audio=None,
        tool_calls=(ToolCall("1", "f", "{}", {}), ToolCall("2", "f", "{", None)),
        images=(),
    )
    answer = Answer()
    answer.add(to_body(result))
    known = {"requested_model": result.requested_model, "timings": result.timings, "attempts": result.attempts}
    kept = {"cache": result.cache, "original_cost": result.original_cost}
    assert answer.result(**known, **kept) == result


def test_openrouters_own_cache_is_asked_for_by_headers(make_service: MakeService, sim: Simulator) -> None:
    """Its hits are marked, cost nothing and count no tokens; who wants a new answer renews what is kept."""
    service = make_service(server_cache=True, server_cache_ttl=60)
    results = [service.chat(ask(), fresh=fresh) for fresh in (False, False, True, False)]
    assert [result.cache for result in results] == [None, "server", None, "server"]
    assert [result.text for result in results] == [echoed()] * 4
    hit = results[1].usage
    assert hit is not None
    assert (hit.total_tokens, hit.cost, results[1].original_cost) == (0, 0, None)
    assert len({result.id for result in results}) == 4
    names = ("x-openrouter-cache", "x-openrouter-cache-ttl", "x-openrouter-cache-clear")
    sent = [[request.headers.get(name) for name in names] for request in sim.chat_requests]
    assert sent == [["true", "60", None]] * 2 + [["true", "60", "true"]] + [["true", "60", None]]


def test_other_servers_are_not_asked_for_what_they_do_not_know(make_service: MakeService, sim: Simulator) -> None:
    """Nor OpenRouter where nobody wants it."""
    make_service().chat(ask())
    assert [name for name in sim.chat_requests[0].headers if "cache" in name] == []


def test_conversations_are_cached_by_all_that_was_said(caching: OpenRouterService) -> None:
    """The last message alone says nothing."""
    said = (Message.user("one"), Message.assistant("1"), Message.user("Hello"))
    caching.chat(ask())
    assert caching.chat(ask().model_copy(update={"messages": said})).cache is None
