"""What is sent, as it arrived at the server: everything that was set, nothing that was not, nobody else's keys."""

import copy
import json
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

import service
from service import (
    ChatRequest,
    ConfigurationError,
    ContentPart,
    Conversation,
    InvalidRequestError,
    Message,
    ModelParameters,
    OpenRouterConfig,
    OpenRouterService,
    ResponseFormat,
    Tool,
    ToolCall,
)
from service.simulator import Reply, Simulator
from tests.support import KEY, ask

Make = Callable[..., OpenRouterService]
ANSWER = b'{"model":"sim/echo","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
USER = {"role": "user", "content": "Hello"}
PLAIN = {"model": "sim/echo", "messages": [USER], "stream": False}


@pytest.fixture
def sent(sim: Simulator, patient_service: OpenRouterService) -> Callable[..., Any]:
    """Return `sent(request)`: the JSON that arrives when it is sent, by default with the shared service.

    What the service calls the payload must be that same JSON, lists as lists.
    """

    def send(request: ChatRequest, *, by: OpenRouterService | None = None) -> Any:
        service = by or patient_service
        sim.script(Reply(chunks=[ANSWER]))
        service.chat(request)
        assert service._build_payload(request) == sim.chat_requests[-1].body
        return sim.chat_requests[-1].body

    return send


# Parameters

PARAMETERS: dict[str, Any] = {
    "temperature": 0.2,
    "top_p": 0.9,
    "top_k": 40,
    "min_p": 0.05,
    "top_a": 0.1,
    "frequency_penalty": -0.5,
    "presence_penalty": 1.5,
    "repetition_penalty": 1.1,
    "max_tokens": 100,
    "max_completion_tokens": 90,
    "seed": -7,
    "stop": ["END", "\n\n"],
    "logit_bias": {"50256": -100.0, "7": 3.5},
    "logprobs": True,
    "top_logprobs": 5,
    "parallel_tool_calls": False,
    "reasoning": {"max_tokens": 2000, "exclude": False, "summary": None},
    "reasoning_effort": "high",
    "include_reasoning": True,
    "verbosity": "low",
    "prediction": {"type": "content", "content": [{"type": "text", "text": "x"}]},
    "modalities": ["text", "image"],
    "image_config": {"aspect_ratio": "16:9"},
    "audio": {"voice": "alloy", "format": "pcm16"},
    "provider": {"order": ["groq", "together"], "allow_fallbacks": False, "max_price": {"prompt": 1}},
    "models": ["a/b", "c/d"],
    "route": "fallback",
    "plugins": [{"id": "web", "max_results": 3}, {"id": "file-parser", "pdf": {"engine": "native"}}],
    "transforms": ["middle-out"],
    "web_search_options": {"search_context_size": "high"},
    "x_search_filter": {"from_date": "2026-01-01"},
    "max_tool_calls": 12,
    "stop_server_tools_when": [{"type": "step_count_is", "step_count": 3}],
    "deferred_tools": {"x": [1]},
    "service_tier": "flex",
    "session_id": "s-1",
    "user": "u-1",
    "metadata": {"team": "blue"},
    "trace": {"trace_id": "t", "anything": {"else": 1}},
    "cache_control": {"type": "ephemeral", "ttl": "1h"},
    "prompt_cache_key": "k",
    "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
    "preset": "comedian",
    "debug": {"echo_upstream_body": True},
}


def test_every_parameter_is_in_the_table() -> None:
    assert PARAMETERS.keys() | {"extra_body", "extra_headers"} == ModelParameters.model_fields.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_arrives_under_its_own_name_and_nothing_else_does(name: str, sent: Any) -> None:
    body = sent(ask(parameters=ModelParameters(**{name: PARAMETERS[name]})))
    assert body == {**PLAIN, name: PARAMETERS[name]}


def test_all_parameters_together_arrive(sent: Any) -> None:
    """In the short form, beside the messages."""
    assert sent(ask(**PARAMETERS)) == {**PLAIN, **PARAMETERS}


@pytest.mark.parametrize("parameters", [{}, dict.fromkeys(PARAMETERS), {"extra_body": {}}])
def test_what_is_unset_is_not_sent(parameters: dict[str, Any], sent: Any) -> None:
    assert sent(ask(parameters=ModelParameters(**parameters))) == PLAIN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0),
        ("seed", 0),
        ("logprobs", False),
        ("stop", ""),
        ("logit_bias", {}),
        ("include_reasoning", False),
    ],
)
def test_zero_false_and_empty_are_sent(name: str, value: Any, sent: Any) -> None:
    """Only `None` means unset."""
    assert sent(ask(**{name: value})) == {**PLAIN, name: value}


def test_extra_body_is_merged_last(sent: Any) -> None:
    extra = {"safe_prompt": True, "temperature": 1.9, "nested": {"a": [1, None]}}
    assert sent(ask(temperature=0.1, extra_body=extra)) == {**PLAIN, **extra}


@pytest.mark.parametrize("name", ["messages", "stream"])
def test_extra_body_does_not_replace_the_request_itself(name: str) -> None:
    with pytest.raises(ValidationError, match=f"extra_body must not hold {name}"):
        ModelParameters(extra_body={name: 1})


def test_the_stream_flag_says_what_was_asked(sim: Simulator, patient_service: OpenRouterService) -> None:
    sim.script(*[Reply(chunks=[ANSWER])] * 4)
    patient_service.generate("Hello")
    patient_service.chat(ask())
    with patient_service.stream(ask()) as stream:
        _ = stream.result
    patient_service.start(ask()).wait(timeout=20)
    assert [request.body["stream"] for request in sim.chat_requests] == [False, False, True, True]
    assert [{**request.body, "stream": False} for request in sim.chat_requests] == [PLAIN] * 4


# Messages

DETAILS = [
    {"type": "reasoning.encrypted", "data": "x" * 50, "format": None, "id": "r1", "index": 0},
    {"type": "reasoning.text", "text": "Hm 🤔", "signature": "s==", "format": "anthropic-claude-v1", "index": 1},
    {"type": "reasoning.summary", "summary": "", "anything": [None, {"else": 1.5}]},
]
ROLES: list[tuple[Message, dict[str, Any]]] = [
    (Message.system("Be brief."), {"role": "system", "content": "Be brief."}),
    (Message.developer("Be brief."), {"role": "developer", "content": "Be brief."}),
    (Message.user("Hi"), {"role": "user", "content": "Hi"}),
    (Message.user("Hi", name="Ada"), {"role": "user", "content": "Hi", "name": "Ada"}),
    (Message.user(""), {"role": "user", "content": ""}),
    (Message.assistant("Yes"), {"role": "assistant", "content": "Yes"}),
    (Message.tool("c1", "42"), {"role": "tool", "tool_call_id": "c1", "content": "42"}),
    (
        Message.tool("c1", [ContentPart.text("42")]),
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]},
    ),
    (
        Message.assistant(tool_calls=[ToolCall("c1", "f", '{"x": 1', None)]),
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x": 1'}}],
        },
    ),
    (
        Message.assistant(
            "Yes",
            reasoning="Hm",
            reasoning_details=DETAILS,
            refusal="no",
            annotations=[{"type": "file", "file": {"hash": "h", "content": []}}],
            images=[{"type": "image_url", "image_url": {"url": "data:,"}}],
            audio={"id": "a1"},
            model="a/b",
            reasoning_content="Hm",
            cache_control={"type": "ephemeral"},
        ),
        {
            "role": "assistant",
            "content": "Yes",
            "reasoning": "Hm",
            "reasoning_details": DETAILS,
            "refusal": "no",
            "annotations": [{"type": "file", "file": {"hash": "h", "content": []}}],
            "images": [{"type": "image_url", "image_url": {"url": "data:,"}}],
            "audio": {"id": "a1"},
            "model": "a/b",
            "reasoning_content": "Hm",
            "cache_control": {"type": "ephemeral"},
        },
    ),
]


@pytest.mark.parametrize(
    ("message", "wire_form"), ROLES, ids=lambda value: value["role"] if isinstance(value, dict) else ""
)
def test_a_message_arrives_as_openrouter_takes_it(message: Message, wire_form: dict[str, Any], sent: Any) -> None:
    """Made here, and given as a plain dict in OpenRouter's form."""
    assert sent(ChatRequest(messages=(message,)))["messages"] == [wire_form]
    assert sent(ChatRequest(messages=[wire_form]))["messages"] == [wire_form]


PARTS: list[tuple[ContentPart, dict[str, Any]]] = [
    (ContentPart.text("Hi"), {"type": "text", "text": "Hi"}),
    (
        ContentPart.text("Hi", cache_control={"type": "ephemeral"}),
        {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}},
    ),
    (
        ContentPart.image("https://example.com/a.png"),
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ),
    (
        ContentPart.image(b"\x00\x01", media_type="image/webp", detail="low"),
        {"type": "image_url", "image_url": {"url": "data:image/webp;base64,AAE=", "detail": "low"}},
    ),
    (
        ContentPart.file(b"%PDF", filename="a.pdf"),
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ),
    (
        ContentPart.file("https://example.com/a.pdf", filename="a.pdf"),
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "https://example.com/a.pdf"}},
    ),
    (
        ContentPart.audio(b"\x00", format="wav"),
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
    ),
    (
        ContentPart.audio("AA==", format="mp3"),
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}},
    ),
    (ContentPart.video(b"\x00"), {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AA=="}}),
    (
        ContentPart.video("https://example.com/a.mp4"),
        {"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}},
    ),
]


def test_every_content_part_arrives_as_openrouter_takes_it(sent: Any) -> None:
    wire_forms = [form for _, form in PARTS]
    made = ChatRequest(messages=(Message.user([part for part, _ in PARTS]),))
    given = ChatRequest(messages=[{"role": "user", "content": wire_forms}])
    assert sent(made)["messages"] == [{"role": "user", "content": wire_forms}]
    assert sent(given)["messages"] == [{"role": "user", "content": wire_forms}]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text"},
        {"type": "text", "text": 7},
        {"type": "image_url", "image_url": "https://example.com"},
        {"type": "image_url", "image_url": {}},
        {"type": "input_audio", "input_audio": {"format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf"}},
        {"type": "video_url"},
        {"type": "unheard_of", "unheard_of": {}},
        {"text": "no type"},
    ],
)
def test_a_part_that_openrouter_would_not_take_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate({"role": "user", "content": [part]})


@pytest.mark.parametrize("source", ["", "C:/a.png", "file:///etc/passwd", "javascript:1"])
def test_an_attachment_is_bytes_a_url_or_a_data_url(source: str) -> None:
    for make in (ContentPart.image, ContentPart.video, lambda text: ContentPart.file(text, filename="x")):
        with pytest.raises(ValueError, match="source must be bytes"):
            make(source)


@pytest.mark.parametrize(
    "message",
    [
        {"role": "wizard", "content": "x"},
        {"role": "user"},
        {"role": "user", "content": None},
        {"role": "system", "content": 7},
        {"role": "tool", "content": "x"},
        {"role": "tool", "content": "x", "tool_call_id": ""},
        {"role": "user", "content": "x", "tool_calls": [{"id": "a", "function": {"name": "f"}}]},
        {"role": "assistant", "content": "x", "tool_calls": [{"id": "a"}]},
        {"role": "user", "content": "x", "unheard_of": 1},
        {"content": "x"},
        {"role": "user", "content": "half a smile \ud83d"},
        {"role": "user", "content": [{"type": "text", "text": "half a smile \ud83d"}]},
    ],
)
def test_a_malformed_message_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChatRequest(messages=[message])


def test_a_request_needs_a_message() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        ChatRequest(messages=())


def test_a_message_beyond_the_limit_is_not_sent(sim: Simulator, make_service: Make) -> None:
    """Text in parts counts, pictures do not."""
    small = make_service(max_message_chars=10)
    sim.script(Reply(chunks=[ANSWER]), Reply(chunks=[ANSWER]))
    small.chat(ChatRequest(messages=(Message.user("0123456789"),)))
    picture = ContentPart.image(b"x" * 100)
    small.chat(ChatRequest(messages=(Message.user([ContentPart.text("01234"), ContentPart.text("56789"), picture]),)))
    for content in ("0123456789!", [ContentPart.text("01234"), ContentPart.text("56789!")]):
        with pytest.raises(InvalidRequestError, match=r"Message 2 \(user\) has 11 characters; the limit is 10"):
            small.chat(ChatRequest(messages=(Message.system("x"), Message.user(content))))
    assert len(sim.chat_requests) == 2


def test_an_answer_goes_back_as_it_came(sim: Simulator, patient_service: OpenRouterService, sent: Any) -> None:
    """A continuation after a tool call holds reasoning_details unmodified and in order, and the call itself."""
    message = {
        "role": "assistant",
        "content": None,
        "reasoning": "Hm",
        "reasoning_details": DETAILS,
        "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}],
    }
    sim.script(Reply(chunks=[json.dumps({"choices": [{"message": message, "finish_reason": "tool_calls"}]}).encode()]))
    result = patient_service.chat(ask())
    conversation = Conversation(model="sim/echo")
    conversation.add_user("Hello")
    conversation.add_assistant(result)
    conversation.add_tool_result("c1", "42")
    back = sent(conversation.to_request())["messages"]
    assert [entry["role"] for entry in back] == ["user", "assistant", "tool"]
    assert back[1]["reasoning_details"] == DETAILS
    assert back[1]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}
    ]
    assert back[2] == {"role": "tool", "tool_call_id": "c1", "content": "42"}


# Tools and response formats

SCHEMA = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
TOOLS: list[tuple[Tool, dict[str, Any]]] = [
    (Tool.function("f"), {"type": "function", "function": {"name": "f"}}),
    (
        Tool.function("f", "Does it.", SCHEMA, strict=True),
        {
            "type": "function",
            "function": {"name": "f", "description": "Does it.", "parameters": SCHEMA, "strict": True},
        },
    ),
    (Tool.server("openrouter:datetime"), {"type": "openrouter:datetime"}),
    (
        Tool.server("openrouter:web_search", {"max_results": 3}),
        {"type": "openrouter:web_search", "parameters": {"max_results": 3}},
    ),
]


@pytest.mark.parametrize(
    ("tool", "wire_form"), TOOLS, ids=lambda value: value["type"] if isinstance(value, dict) else ""
)
def test_a_tool_arrives_as_openrouter_takes_it(tool: Tool, wire_form: dict[str, Any], sent: Any) -> None:
    assert sent(ask(tools=(tool,))) == {**PLAIN, "tools": [wire_form]}
    assert sent(ask(tools=[wire_form])) == {**PLAIN, "tools": [wire_form]}


def test_what_a_tool_holds_beside_is_kept(sent: Any) -> None:
    tool = {
        "type": "function",
        "function": {"name": "f", "defer_loading": True},
        "cache_control": {"type": "ephemeral"},
    }
    assert sent(ask(tools=[tool]))["tools"] == [tool]


@pytest.mark.parametrize(
    "choice",
    ["none", "auto", "required", {"type": "function", "function": {"name": "f"}}, {"type": "openrouter:web_search"}],
)
def test_a_tool_choice_arrives_as_it_is(choice: Any, sent: Any) -> None:
    assert sent(ask(tools=(Tool.function("f"),), tool_choice=choice))["tool_choice"] == choice


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tools": [Tool.function("f"), Tool.function("f")]}, "two tools have the name f"),
        ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "a function's name must be"),
        ({"tools": [{"type": "function", "function": {"name": "x" * 65}}]}, "a function's name must be"),
        ({"tools": [{"type": "function", "function": {}}]}, "a function's name must be"),
        ({"tools": [{"type": "function"}]}, "a function's name must be"),
        ({"tools": [{"type": "function", "function": "f"}]}, 'needs "function": an object'),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "array"}}}]},
            "of type object",
        ),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": 7}}]}, "valid dictionary"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"x": {1, 2}}}}]}, "plain JSON"),
        ({"tool_choice": "required"}, "there are no tools"),
        ({"tool_choice": {"type": "function", "function": {"name": "g"}}}, "names 'g', which is not among the tools"),
        ({"tool_choice": {"type": "function"}}, 'needs "function"'),
        ({"tool_choice": {"function": {"name": "f"}}}, "tool_choice must be"),
        ({"tool_choice": "sometimes"}, "none"),
        ({"temperature": 1, "parameters": ModelParameters(temperature=1)}, "temperature is given twice"),
        ({"unheard_of": 1}, "Extra inputs"),
    ],
)
def test_a_malformed_request_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        ChatRequest(messages=(Message.user("x"),), **fields)


def test_a_name_of_64_characters_is_fine(sent: Any) -> None:
    name = "aZ0_-" + "x" * 59
    assert sent(ask(tools=(Tool.function(name),)))["tools"][0]["function"]["name"] == name
    form = ResponseFormat.json_schema(name, {"type": "string"})
    assert sent(ask(response_format=form))["response_format"]["json_schema"]["name"] == name


def test_only_allowed_tools_are_sent(sim: Simulator, make_service: Make) -> None:
    strict = make_service(allowed_tools=("f",))
    sim.script(Reply(chunks=[ANSWER]))
    strict.chat(ask(tools=(Tool.function("f"), Tool.server("openrouter:datetime"))))
    with pytest.raises(InvalidRequestError, match="'g' is not allowed") as caught:
        strict.chat(ask(tools=(Tool.function("f"), Tool.function("g"))))
    assert "OPENROUTER_ALLOWED_TOOLS allows: f" in caught.value.hint
    assert len(sim.chat_requests) == 1


FORMATS: list[tuple[ResponseFormat, dict[str, Any]]] = [
    (ResponseFormat.text(), {"type": "text"}),
    (ResponseFormat.json_object(), {"type": "json_object"}),
    (
        ResponseFormat.json_schema("point", SCHEMA),
        {"type": "json_schema", "json_schema": {"name": "point", "schema": SCHEMA, "strict": True}},
    ),
    (
        ResponseFormat.json_schema("point", SCHEMA, description="Where.", strict=None),
        {"type": "json_schema", "json_schema": {"name": "point", "schema": SCHEMA, "description": "Where."}},
    ),
    (ResponseFormat(type="grammar", grammar="root ::= x"), {"type": "grammar", "grammar": "root ::= x"}),
    (ResponseFormat(type="python"), {"type": "python"}),
]


@pytest.mark.parametrize(
    ("form", "wire_form"), FORMATS, ids=lambda value: value["type"] if isinstance(value, dict) else ""
)
def test_a_response_format_arrives_as_openrouter_takes_it(
    form: ResponseFormat, wire_form: dict[str, Any], sent: Any
) -> None:
    assert sent(ask(response_format=form)) == {**PLAIN, "response_format": wire_form}
    assert sent(ask(response_format=wire_form)) == {**PLAIN, "response_format": wire_form}


def test_the_order_of_a_schema_is_kept(sim: Simulator, sent: Any) -> None:
    """Models write the properties in the order they are listed."""
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in ("z", "a", "m")}}
    sent(ask(response_format=ResponseFormat.json_schema("x", schema)))
    assert b'"properties":{"z":{"type":"string"},"a":{"type":"string"},"m":' in sim.chat_requests[-1].raw


@pytest.mark.parametrize(
    "form",
    [
        {"type": "xml"},
        {"type": "json_schema"},
        {"type": "json_schema", "json_schema": {"name": "x"}},
        {"type": "json_schema", "json_schema": {"schema": {}}},
        {"type": "json_schema", "json_schema": {"name": "no spaces", "schema": {}}},
        {"type": "json_schema", "json_schema": {"name": "x", "schema": []}},
        {"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": [float("nan")]}}},
        {"type": "grammar"},
    ],
)
def test_a_malformed_response_format_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask(response_format=form)


def schema_of(size: int) -> dict[str, Any]:
    """Return a schema whose compact JSON has so many characters."""
    empty = len('{"type":"object","description":""}')
    return {"type": "object", "description": "ž" * (size - empty)}


def test_a_schema_has_at_most_50_000_characters(sent: Any) -> None:
    """In a response format and in a tool; characters, not bytes."""
    largest = schema_of(50_000)
    sent(ask(response_format=ResponseFormat.json_schema("x", largest), tools=(Tool.function("f", None, largest),)))
    with pytest.raises(ValidationError, match="at most 50,000 characters, got 50,001"):
        ResponseFormat.json_schema("x", schema_of(50_001))
    with pytest.raises(ValidationError, match="at most 50,000 characters, got 50,001"):
        Tool.function("f", None, schema_of(50_001))


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(5_000):
        schema = {"items": schema}
    with pytest.raises(ValidationError):
        ResponseFormat.json_schema("x", schema)


# From the configuration

CONFIGURED: dict[str, Any] = {
    "model": "sim/writer",
    "system_prompt": "Be brief.",
    "response_format": ResponseFormat.json_object(),
    "parameters": ModelParameters(temperature=0.3, seed=1, extra_body={"a": 1, "b": 1}),
}
SYSTEM = {"role": "system", "content": "Be brief."}


def test_what_a_request_leaves_unset_comes_from_the_configuration(make_service: Make, sent: Any) -> None:
    assert sent(ask(None), by=make_service(**CONFIGURED)) == {
        "model": "sim/writer",
        "messages": [SYSTEM, USER],
        "temperature": 0.3,
        "seed": 1,
        "response_format": {"type": "json_object"},
        "a": 1,
        "b": 1,
        "stream": False,
    }


def test_what_a_request_sets_wins_field_by_field(make_service: Make, sent: Any) -> None:
    request = ask(
        "sim/echo",
        temperature=0,
        top_p=0.5,
        extra_body={"b": 2, "c": 2},
        response_format=ResponseFormat.text(),
    )
    assert sent(request, by=make_service(**CONFIGURED)) == {
        "model": "sim/echo",
        "messages": [SYSTEM, USER],
        "temperature": 0,
        "seed": 1,
        "top_p": 0.5,
        "response_format": {"type": "text"},
        "a": 1,
        "b": 2,
        "c": 2,
        "stream": False,
    }


@pytest.mark.parametrize("own", [Message.system("Mine."), Message.developer("Mine.")])
def test_a_system_prompt_of_the_request_s_own_stands_alone(own: Message, make_service: Make, sent: Any) -> None:
    """Wherever it stands, and as a developer message too."""
    for messages in ((own, Message.user("Hello")), (Message.user("Hello"), own)):
        body = sent(ChatRequest(messages=messages), by=make_service(**CONFIGURED))
        assert [message["content"] for message in body["messages"]] == [message.content for message in messages]


def test_generate_sends_one_message_and_the_configuration(sim: Simulator, make_service: Make) -> None:
    sim.script(Reply(chunks=[ANSWER]))
    make_service(model="sim/echo", system_prompt="Be brief.", parameters=ModelParameters(top_k=3)).generate("Hello")
    assert sim.chat_requests[0].body == {**PLAIN, "messages": [SYSTEM, USER], "top_k": 3}


# The model's name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("openai/gpt-5.2", "openai/gpt-5.2"),
        ("openrouter/openai/gpt-5.2", "openai/gpt-5.2"),
        ("openrouter/openai/gpt-5.2:free", "openai/gpt-5.2:free"),
        ("openrouter/auto", "openrouter/auto"),
        ("openrouter/free", "openrouter/free"),
        ("~openai/gpt-sol-latest", "~openai/gpt-sol-latest"),
        ("@preset/comedian", "@preset/comedian"),
        ("a/b@preset/comedian", "a/b@preset/comedian"),
        ("  sim/echo ", "sim/echo"),
        ("llama3.2:1b", "llama3.2:1b"),
    ],
)
def test_a_model_arrives_by_its_openrouter_name(given: str, expected: str, make_service: Make, sent: Any) -> None:
    assert sent(ask(given))["model"] == expected
    assert sent(ask(None), by=make_service(model=given))["model"] == expected


@pytest.mark.parametrize("model", ["", "  ", "a b/c", "a/b\nc", "a/b\x00", "a/\tb"])
def test_a_malformed_model_is_refused(model: str) -> None:
    with pytest.raises(ValidationError, match="vendor/model"):
        ask(model)


# Ranges

RANGES: list[tuple[str, Any, Any, Any, Any]] = [
    ("temperature", 0, 2, -0.01, 2.01),
    ("top_p", 0, 1, -0.01, 1.01),
    ("top_k", 0, 10**6, -1, None),
    ("min_p", 0, 1, -0.01, 1.01),
    ("top_a", 0, 1, -0.01, 1.01),
    ("frequency_penalty", -2, 2, -2.01, 2.01),
    ("presence_penalty", -2, 2, -2.01, 2.01),
    ("repetition_penalty", 0, 2, -0.01, 2.01),
    ("max_tokens", 1, 10**7, 0, None),
    ("max_completion_tokens", 1, 10**7, 0, None),
    ("top_logprobs", 0, 20, -1, 21),
    ("max_tool_calls", 1, 30, 0, 31),
    ("stop", ["a"], ["a", "b", "c", "d"], [], ["a", "b", "c", "d", "e"]),
    ("logit_bias", {"1": -100}, {"1": 100}, {"1": -100.1}, {"1": 100.1}),
    ("session_id", "", "x" * 256, None, "x" * 257),
    (
        "metadata",
        {},
        {f"{at:064}": "x" * 512 for at in range(16)},
        {"x" * 65: "x"},
        {str(at): "x" for at in range(17)},
    ),
    ("metadata", {}, {"x": ""}, {"x": "y" * 513}, {"x": 1}),
]


@pytest.mark.parametrize(("name", "lowest", "highest", "below", "above"), RANGES, ids=[row[0] for row in RANGES])
def test_a_range_holds_at_both_ends(name: str, lowest: Any, highest: Any, below: Any, above: Any, sent: Any) -> None:
    for value in (lowest, highest):
        assert sent(ask(**{name: value}))[name] == value
    for value in (below, above):
        if value is not None:
            with pytest.raises(ValidationError):
                ModelParameters(**{name: value})


def test_every_bounded_parameter_is_in_the_table() -> None:
    schema = ModelParameters.model_json_schema()["properties"]
    bounds = r'"(minimum|maximum|minItems|maxItems|minLength|maxLength|maxProperties)"'
    bounded = {name for name, field in schema.items() if re.search(bounds, json.dumps(field))}
    assert bounded == {row[0] for row in RANGES}


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": float("nan")},
        {"temperature": "hot"},
        {"seed": 1.5},
        {"seed": "x"},
        {"reasoning_effort": "extreme"},
        {"verbosity": "chatty"},
        {"modalities": ["smell"]},
        {"route": "scenic"},
        {"provider": ["groq"]},
        {"provider": {"order": {"groq"}}},
        {"plugins": ["web"]},
        {"extra_body": {"when": object()}},
        {"extra_body": {"x": float("inf")}},
        {"extra_body": {"x": "\ud83d"}},
        {"unheard_of": 1},
        {"reasoning": {"effort": "high", "max_tokens": 100}},
        {"reasoning": {"effort": "high"}, "reasoning_effort": "low"},
        {"top_logprobs": 3, "logprobs": False},
    ],
)
def test_a_parameter_that_nobody_takes_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelParameters(**fields)


def test_reasoning_efforts_that_agree_are_fine(sent: Any) -> None:
    both = {"reasoning": {"effort": "low"}, "reasoning_effort": "low"}
    assert sent(ask(**both)) == {**PLAIN, **both}


# Nothing of the caller's is changed


def everything() -> dict[str, Any]:
    """Return a request as a caller may hold it: plain, nested, mutable."""
    return {
        "model": "sim/echo",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}]},
            {
                "role": "assistant",
                "content": None,
                "reasoning_details": copy.deepcopy(DETAILS),
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": copy.deepcopy(SCHEMA)}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": copy.deepcopy(SCHEMA)}},
        "parameters": {
            "provider": {"order": ["groq"], "max_price": {"prompt": 1}},
            "plugins": [{"id": "web", "include_domains": ["example.com"]}],
            "stop": ["END"],
            "metadata": {"team": "blue"},
            "extra_body": {"nested": {"list": [1, 2]}},
        },
    }


def spoil(value: Any) -> None:
    """Change everything in a nested value that can be changed."""
    if isinstance(value, dict):
        for item in value.values():
            spoil(item)
        value["spoiled"] = True
    elif isinstance(value, list):
        for item in value:
            spoil(item)
        value.append("spoiled")


def streamed_body() -> dict[str, Any]:
    """Return what must arrive when that request is streamed."""
    body = everything()
    parameters = body.pop("parameters")
    extra = parameters.pop("extra_body")
    return {**body, **parameters, **extra, "stream": True}


def test_what_the_caller_handed_in_is_not_changed(sim: Simulator, patient_service: OpenRouterService) -> None:
    given = everything()
    request = ChatRequest(**given)
    before = request.model_copy(deep=True)
    sim.script(Reply(chunks=[ANSWER]))
    patient_service.start(request).wait(timeout=20)
    assert given == everything()
    assert request == before
    assert sim.chat_requests[0].body == streamed_body()


def test_what_the_caller_changes_later_does_not_matter(sim: Simulator, patient_service: OpenRouterService) -> None:
    """Not between making the request and sending it, and not while it is on its way."""
    given = everything()
    request = ChatRequest(**given)
    spoil(given)
    sim.script(Reply(chunks=[ANSWER], gap=0.01), Reply(chunks=[ANSWER]))
    run = patient_service.start(request)
    for message in request.messages:
        spoil(list(message.reasoning_details or ()))
    spoil(request.parameters.provider)
    spoil(request.response_format.definition if request.response_format else None)
    run.wait(timeout=20)
    assert sim.chat_requests[0].body == streamed_body()


def test_what_made_a_value_may_change_later(sent: Any) -> None:
    """The class methods copy what they are given."""
    schema, arguments, mark, extra = copy.deepcopy(SCHEMA), {"a": {"b": [1]}}, {"type": "ephemeral"}, {"x": {"y": [1]}}
    details = copy.deepcopy(DETAILS)
    request = ChatRequest(
        messages=(
            Message.user([ContentPart.text("Hi", cache_control=mark)]),
            Message.assistant("x", reasoning_details=details),
        ),
        model="sim/echo",
        tools=(Tool.function("f", None, schema), Tool.server("openrouter:x", arguments)),
        response_format=ResponseFormat.json_schema("x", schema, strict=None),
        extra_body=extra,
    )
    for value in (schema, arguments, mark, extra, details):
        spoil(value)
    body = sent(request)
    assert body["tools"][0]["function"]["parameters"] == SCHEMA
    assert body["tools"][1]["parameters"] == {"a": {"b": [1]}}
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["messages"][0]["content"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["messages"][1]["reasoning_details"] == DETAILS
    assert body["x"] == {"y": [1]}


def test_values_cannot_be_changed() -> None:
    request = ask(temperature=0.5)
    for value, name in ((request, "model"), (request.messages[0], "content"), (request.parameters, "temperature")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, name, "x")


def test_the_configuration_is_not_changed_by_a_request(make_service: Make, sent: Any) -> None:
    one = make_service(**CONFIGURED)
    before = one.config.model_dump()
    sent(ask("a/b", temperature=1, extra_body={"b": 2}), by=one)
    assert one.config.model_dump() == before
    assert sent(ask(None), by=one)["b"] == 1


# Headers

OPENAI_ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-openai-marked",
    "OPENAI_ORG_ID": "org-marked",
    "OPENAI_PROJECT_ID": "project-marked",
    "OPENAI_CUSTOM_HEADERS": "X-Marked: header-marked\nAuthorization: Bearer header-marked",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/marked",
    "OPENAI_ADMIN_KEY": "sk-admin-marked",
    "OPENAI_WEBHOOK_SECRET": "whsec-marked",
}


def headers_of(service: OpenRouterService, sim: Simulator) -> dict[str, str]:
    sim.script(Reply(chunks=[ANSWER]))
    service.chat(ask())
    return sim.chat_requests[-1].headers


def test_the_headers_say_who_asks(sim: Simulator, make_service: Make) -> None:
    headers = headers_of(make_service(app_name="My app", site_url="https://example.com/x"), sim)
    assert headers["x-openrouter-title"] == "My app"
    assert headers["http-referer"] == "https://example.com/x"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == f"openrouter-playground/{service.__version__}"
    assert headers["content-type"] == "application/json"


def test_the_app_has_a_name_unless_it_is_taken_away(sim: Simulator, make_service: Make) -> None:
    headers = headers_of(make_service(), sim)
    assert headers["x-openrouter-title"] == "OpenRouter Playground"
    assert "http-referer" not in headers
    assert "x-openrouter-title" not in headers_of(make_service(app_name=None), sim)
    assert "x-openrouter-title" not in headers_of(make_service(app_name="日本"), sim)
    assert headers_of(make_service(app_name="Café"), sim)["x-openrouter-title"] == "Cafe"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "a\x7f"])
@pytest.mark.parametrize("name", ["app_name", "site_url"])
def test_control_characters_do_not_become_headers(name: str, value: str, sim: Simulator) -> None:
    with pytest.raises(ConfigurationError, match="control characters"):
        OpenRouterConfig(api_key=KEY, base_url=sim.base_url, **{name: value})


def test_every_run_has_a_correlation_id_of_its_own(sim: Simulator, patient_service: OpenRouterService) -> None:
    sim.script(*[Reply(chunks=[ANSWER])] * 3)
    runs = [patient_service.start(ask()) for _ in range(3)]
    for run in runs:
        run.wait(timeout=20)
    arrived = {request.headers["x-correlation-id"] for request in sim.chat_requests}
    assert arrived == {run.correlation_id for run in runs}
    assert len(arrived) == 3


@pytest.mark.parametrize("key", [KEY, ""])
def test_nothing_from_the_environment_of_openai_is_sent(
    key: str, monkeypatch: pytest.MonkeyPatch, sim: Simulator, make_service: Make
) -> None:
    """Not its key, organisation, project, headers or address, with a key of our own or without."""
    for name, value in OPENAI_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    one = make_service(api_key=key, model_cache_ttl=0)
    headers = headers_of(one, sim)
    sim.script_for("/models", Reply(chunks=[b'{"data":[]}']))
    one.list_models()
    assert len(sim.requests) == 2
    for request in sim.requests:
        assert "marked" not in f"{request.headers} {request.raw!r} {request.path} {request.query}"
        assert request.headers.get("authorization") == (f"Bearer {key}" if key else None)
        assert not {"openai-organization", "openai-project", "x-marked"} & request.headers.keys()
    assert headers["host"] == f"127.0.0.1:{sim.port}"
    assert os.environ["OPENAI_API_KEY"] == "sk-openai-marked"


def test_another_key_goes_with_its_own_view_alone(sim: Simulator, make_service: Make) -> None:
    one = make_service()
    other = one.with_key("sk-or-v1-" + "9" * 64)
    assert headers_of(other, sim)["authorization"] == "Bearer sk-or-v1-" + "9" * 64
    assert headers_of(one, sim)["authorization"] == f"Bearer {KEY}"
    other.close()
    assert headers_of(one, sim)["authorization"] == f"Bearer {KEY}"
