"""A conversation: what was said, in order, ready to be sent."""

import copy
import json
from typing import Any

import pytest
from pydantic import ValidationError

from service import ChatResult, ContentPart, Conversation, Message, OpenRouterService, ToolCall
from service.simulator import Reply, Simulator
from tests.support import streamed


def wire(conversation: Conversation) -> list[dict[str, Any]]:
    return [message.model_dump(mode="json") for message in conversation.to_request().messages]


def test_the_system_prompt_comes_first() -> None:
    """Also when it is set after the first message; a blank one is not sent."""
    conversation = Conversation(model="a/b")
    conversation.add_user("Hello")
    conversation.add_assistant("Hi")
    assert [message["role"] for message in wire(conversation)] == ["user", "assistant"]
    conversation.system_prompt = "Be brief."
    assert wire(conversation)[0] == {"role": "system", "content": "Be brief."}
    assert (len(wire(conversation)), conversation.to_request().model) == (3, "a/b")


def test_a_request_takes_fields_of_its_own() -> None:
    """For this once: parameters, tools, another model."""
    conversation = Conversation(model="a/b")
    conversation.add_user("Hello")
    request = conversation.to_request(model="c/d", temperature=0.5)
    assert (request.model, request.parameters.temperature, conversation.model) == ("c/d", 0.5, "a/b")


def test_an_empty_conversation_is_no_request() -> None:
    """There must be something to answer."""
    with pytest.raises(ValidationError, match="messages"):
        Conversation().to_request()


def test_images_go_with_the_text_that_asks_about_them() -> None:
    """Text first; bytes become a data URL, URLs stay."""
    conversation = Conversation()
    pdf = ContentPart.file(b"%PDF", filename="a.pdf")
    conversation.add_user("What is this?", images=[b"\x89PNG", "https://example.org/a.png"], parts=[pdf])
    assert wire(conversation)[0]["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ]


def test_a_path_is_no_image() -> None:
    """It would be sent as a text that nobody can open."""
    with pytest.raises(ValueError, match="source must be bytes"):
        Conversation().add_user("What is this?", images=["/etc/passwd"])


DETAILS = (
    {"type": "reasoning.text", "text": "Hm", "signature": "abc=", "format": "anthropic-claude-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "gAAA", "id": "call_1", "format": None, "index": 1},
)


def test_an_answer_goes_back_with_its_tool_calls_and_reasoning_unmodified() -> None:
    """Signatures and encrypted parts, in the same order, or the provider refuses them."""
    call = ToolCall("call_1", "weather", '{"city": "Bern"', None)
    result = ChatResult(text="", tool_calls=(call,), reasoning="Hm", reasoning_details=DETAILS)
    conversation = Conversation()
    conversation.add_user("Weather?")
    conversation.add_assistant(result)
    conversation.add_tool_result("call_1", "12 °C")
    assert wire(conversation)[1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"'}}
            ],
            "reasoning_details": [dict(detail) for detail in DETAILS],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "12 °C"},
    ]


def test_plain_reasoning_goes_back_as_text() -> None:
    """Where the server gave no details there is nothing better."""
    conversation = Conversation()
    conversation.add_assistant(ChatResult(text="42", reasoning="Six times seven"))
    assert wire(conversation) == [{"role": "assistant", "content": "42", "reasoning": "Six times seven"}]


def test_an_answer_goes_back_with_its_images_and_parsed_files_but_not_its_citations() -> None:
    """A parsed file saves parsing it again; a citation is for the reader."""
    file = {"type": "file", "file": {"hash": "h", "content": []}}
    citation = {"type": "url_citation", "url_citation": {"url": "https://example.org"}}
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    conversation = Conversation()
    conversation.add_assistant(ChatResult(text="See", annotations=(citation, file), images=(image,)))
    (message,) = wire(conversation)
    assert (message["annotations"], message["images"]) == ([file], [image])


def test_a_tool_conversation_reaches_the_server_as_it_was(service: OpenRouterService, sim: Simulator) -> None:
    """Reasoning that came in fragments goes back in one piece, with everything the provider put into it."""
    detail = {"type": "reasoning.text", "index": 0, "format": "anthropic-claude-v1"}
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"a":1}'}}
    sim.script(
        Reply(
            chunks=streamed(
                {"content": "", "reasoning": "Let ", "reasoning_details": [{**detail, "text": "Let "}]},
                {"content": "", "reasoning": "me", "reasoning_details": [{**detail, "text": "me", "signature": "s="}]},
                {"content": None, "tool_calls": [call]},
                finish="tool_calls",
            )
        )
    )
    conversation = Conversation(model="sim/echo")
    conversation.add_user("Weather?")
    first = service.start(conversation.to_request()).wait()
    conversation.add_assistant(first)
    conversation.add_tool_result(first.tool_calls[0].id, json.dumps({"degrees": 12}))
    service.chat(conversation.to_request())
    _, assistant, tool = sim.chat_requests[-1].body["messages"]
    assert assistant["reasoning_details"] == [{**detail, "text": "Let me", "signature": "s="}]
    assert assistant["tool_calls"][0]["function"] == call["function"]
    assert tool == {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 12}'}


def test_neighbours_of_one_role_are_joined_where_that_is_wanted() -> None:
    """For models that insist on turns; what is not plain text stays by itself."""
    messages = [
        Message.user("One"),
        Message.user("Two"),
        Message.assistant("Three"),
        Message.assistant("Four", tool_calls=[ToolCall("c", "f", "{}")]),
        Message.tool("c", "5"),
        Message.tool("d", "6"),
        Message.user("Seven", name="Ann"),
        Message.user("Eight"),
    ]
    joined = Conversation(messages=messages, merge_neighbours=True).messages
    assert [(message.role, message.content) for message in joined] == [
        ("user", "One\n\nTwo"),
        ("assistant", "Three"),
        ("assistant", "Four"),
        ("tool", "5"),
        ("tool", "6"),
        ("user", "Seven"),
        ("user", "Eight"),
    ]
    assert len(Conversation(messages=messages).messages) == len(messages)


def test_what_the_caller_handed_in_is_never_changed() -> None:
    """Neither the list of messages, nor a result, nor the dicts inside them."""
    details = copy.deepcopy(DETAILS)
    result = ChatResult(text="Hi", reasoning_details=details)
    given = [Message.user("One"), Message.user("Two")]
    conversation = Conversation(messages=given, merge_neighbours=True)
    conversation.add_assistant(result)
    conversation.add_user("Three")
    request = conversation.to_request()
    request.messages[1].model_dump()["reasoning_details"][0]["text"] = "changed"
    assert [message.content for message in given] == ["One", "Two"]
    assert (result.reasoning_details, len(given)) == (DETAILS, 2)
