"""Results of tools in a conversation: kept with their calls, sent whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService, Tool
from service.simulator import Simulator
from service.store import OpenConversation
from service.store.library import Library
from service.store.sending import sendable
from service.types import Role

TOOLS = (
    Tool.function("get_weather", "Tell the weather", {"type": "object", "properties": {"city": {"type": "string"}}}),
    Tool.function("get_time"),
)


@pytest.fixture
def service() -> Iterator[OpenRouterService]:
    with Simulator(speed=0) as server:
        config = OpenRouterConfig(api_key="sk-or-v1-store", base_url=server.base_url, model="sim/tool-caller")
        with OpenRouterService(config) as service:
            yield service


def ask(conversation: OpenConversation, message_id: str, service: OpenRouterService) -> str:
    """Ask for an answer with both tools, wait for its end, and return its id."""
    request = ChatRequest(messages=tuple(conversation.messages_to_send(message_id)), tools=TOOLS)
    run = service.start(request)
    answer = conversation.answer(message_id, run)
    run.wait(20)
    return answer.id


def results_for(conversation: OpenConversation, answer_id: str, *texts: str) -> list[Message]:
    run = conversation.message(answer_id).run
    assert run is not None
    assert run.result is not None
    return [Message.tool(call.id, text) for call, text in zip(run.result.tool_calls, texts, strict=True)]


def test_results_are_kept_and_sent_with_their_calls(
    make_library: Callable[..., Library], service: OpenRouterService
) -> None:
    """Another process finds the same messages, and so does the next request."""
    conversation = make_library().create("me")
    called = ask(conversation, conversation.say("Lisbon?").id, service)
    last = conversation.add_results(called, results_for(conversation, called, "21 °C", "noon"))
    assert last is not None
    ask(conversation, last.id, service)
    sent = conversation.messages_to_send(last.id)
    assert [(message.role, message.content) for message in sent[2:]] == [("tool", "21 °C"), ("tool", "noon")]
    library = make_library()
    found = library.get("me", conversation.id)
    assert found is not None
    assert [message.role for message in found.path().messages] == ["user", "assistant", "tool", "tool", "assistant"]
    assert found.messages_to_send(last.id) == sent
    run = found.message(called).run
    assert run is not None
    assert run.tools == TOOLS


def test_results_given_again_are_a_version(library: Library, service: OpenRouterService) -> None:
    """The first stay with the answer below them; a single one that is edited still names its call."""
    conversation = library.create("me")
    called = ask(conversation, conversation.say("Lisbon?").id, service)
    first = conversation.add_results(called, results_for(conversation, called, "a", "b"))
    again = conversation.add_results(called, results_for(conversation, called, "c", "d"))
    assert first is not None
    assert again is not None
    shown = conversation.path().messages
    assert [(message.text, message.version) for message in shown[2:]] == [("c", 2), ("d", 1)]
    edited = conversation.edit(again.id, "e")
    assert again.message is not None
    assert edited.message == again.message.model_copy(update={"content": "e"})
    conversation.choose(first.id)
    assert [message.text for message in conversation.path().messages[2:]] == ["a", "b"]


def test_two_pages_give_results_once(library: Library, service: OpenRouterService) -> None:
    """Of those that answer the same calls by themselves at the same moment, one does."""
    conversation = library.create("me")
    called = ask(conversation, conversation.say("Lisbon?").id, service)
    results = results_for(conversation, called, "a", "b")
    with ThreadPoolExecutor(4) as pages:
        given = [pages.submit(conversation.add_results, called, results, unless_there=True) for _ in range(4)]
        assert sum(future.result() is not None for future in given) == 1
    assert len(conversation.tree.children(called)) == 1
    with pytest.raises(KeyError):
        conversation.add_results("nowhere", results)


def calls_of(*idents: str) -> list[dict[str, object]]:
    return [{"id": ident, "type": "function", "function": {"name": "f", "arguments": "{}"}} for ident in idents]


def test_what_got_a_result_is_sent_and_what_did_not_is_not() -> None:
    """The answer's text stays, and of two calls the one with a result."""
    answer = Message.assistant("Let me see.", tool_calls=calls_of("one", "two"))
    path: list[tuple[Role, Message | None]] = [
        ("user", Message.user("a")),
        ("assistant", answer),
        ("tool", Message.tool("two", "2")),
        ("user", Message.user("b")),
    ]
    sent = sendable(path)
    assert [message.role for message in sent] == ["user", "assistant", "tool", "user"]
    assert [call.id for call in sent[1].tool_calls or ()] == ["two"]
    assert sent[1].content == "Let me see."


steps = st.one_of(
    st.just(("user", Message.user("u"))),
    st.just(("assistant", None)),
    st.just(("assistant", Message.assistant("a"))),
    st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True).flatmap(
        lambda ids: st.sampled_from(["", "text"]).map(
            lambda text: ("assistant", Message.assistant(text or None, tool_calls=calls_of(*ids)))
        )
    ),
    st.sampled_from("xyz").map(lambda ident: ("tool", Message.tool(ident, "r"))),
)


@given(st.lists(steps, max_size=12))
def test_whatever_the_path_no_call_goes_on_without_its_result(path: list[tuple[Role, Message | None]]) -> None:
    """Behind calls come their results, all of them, before anybody else speaks; no result stands alone."""
    sent = [*sendable([*path, ("user", Message.user("next"))])]
    assert sent[-1].content == "next"
    open_calls: set[str] = set()
    for message in sent:
        if message.role == "tool":
            assert message.tool_call_id in open_calls
            open_calls.discard(str(message.tool_call_id))
            continue
        assert not open_calls
        open_calls = {call.id for call in message.tool_calls or ()}
