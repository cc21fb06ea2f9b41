"""Requests, results and errors survive being written as JSON; keys do not."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import (
    ChatRequest,
    ChatResult,
    ContentPart,
    ErrorContext,
    Issue,
    Message,
    ModelParameters,
    OpenRouterError,
    OpenRouterService,
    ResponseFormat,
    SchemaValidationError,
    Timings,
    Tool,
    ToolCall,
    Usage,
    Verdict,
    errors,
)
from service.store import codec
from service.store.columns import dump_json
from service.store.files import files_of, with_files
from service.wire.payload import build_payload
from tests.support import KEY, ask

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANY_TEXT = TEXT | st.sampled_from(["\x00", "\ud83d half", "\x1b0000"])
NUMBER = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=3)
SECONDS = st.floats(0, 1e6)
COUNT = st.integers(0, 10**12)

PARTS = st.one_of(
    st.builds(ContentPart.text, TEXT, cache_control=st.none() | OBJECT),
    st.builds(ContentPart.image, st.binary(max_size=9), detail=st.sampled_from([None, "low"])),
    st.builds(ContentPart.file, st.binary(max_size=9), filename=TEXT),
)
CALLS = st.builds(
    lambda ident, name, arguments: ToolCall(ident, name, arguments, ToolCall.parse(arguments)),
    TEXT,
    TEXT,
    st.sampled_from(["", "{}", '{"a": [1]}', '{"a": ', "[]"]) | TEXT,
)
MESSAGES = st.one_of(
    st.builds(Message.system, TEXT),
    st.builds(Message.user, TEXT | st.lists(PARTS, min_size=1, max_size=3), name=st.none() | TEXT),
    st.builds(
        Message.assistant,
        st.none() | TEXT,
        tool_calls=st.none() | st.lists(CALLS, max_size=2),
        reasoning=st.none() | TEXT,
        reasoning_details=st.none() | st.lists(OBJECT, max_size=2),
        audio=st.none() | OBJECT,
    ),
    st.builds(Message.tool, TEXT.filter(bool), TEXT),
)
TOOLS = st.one_of(
    st.just(Tool.function("weather", "The weather", {"type": "object", "properties": {"city": {"type": "string"}}})),
    st.just(Tool.server("openrouter:web_search", {"max_results": 3})),
    st.just(Tool(type="openrouter:other", extra={"max_uses": 2})),
    st.just(Tool.model_validate({"type": "function", "function": {"name": "f", "odd": 1}, "cache_control": {"a": 1}})),
)
FORMATS = st.sampled_from(
    [
        None,
        ResponseFormat.text(),
        ResponseFormat.json_object(),
        ResponseFormat.json_schema("a", {"type": "object", "properties": {"key": {"type": "string"}}}),
        ResponseFormat.json_schema("a", {"type": "object"}, written={"title": "as written"}, require_parameters=True),
        ResponseFormat.json_schema("a", {"type": "object"}, delivery="prompt", strict=None),
        ResponseFormat(type="grammar", grammar="root ::= 'a'"),
    ]
)
PARAMETERS = st.builds(
    ModelParameters,
    temperature=st.none() | st.floats(0, 2),
    stop=st.none() | TEXT | st.lists(TEXT, min_size=1, max_size=4),
    models=st.none() | st.lists(TEXT, max_size=2),
    provider=st.none() | OBJECT,
    logit_bias=st.none() | st.just({"50256": -100.0}),
    plugins=st.none() | st.lists(OBJECT, max_size=2),
    extra_body=OBJECT,
    extra_headers=st.dictionaries(st.sampled_from(["X-Team", "x-session-id"]), st.sampled_from(["blue", "a b"])),
)
REQUESTS = st.builds(
    ChatRequest,
    messages=st.lists(MESSAGES, min_size=1, max_size=4),
    model=st.sampled_from([None, "sim/echo", "openrouter/auto"]),
    parameters=PARAMETERS,
    response_format=FORMATS,
    tools=st.lists(TOOLS, max_size=1),
    tool_choice=st.sampled_from([None, "auto", {"type": "tool", "name": "x"}]),
)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(["valid", "cut_off", "wrong_shape"]),
    TEXT,
    st.lists(st.builds(Issue, TEXT, TEXT), max_size=2).map(tuple),
)
COSTS = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
USAGES = st.builds(Usage, *[COUNT] * 6, COSTS, COUNT, COUNT, COSTS)
RESULTS = st.builds(
    ChatResult,
    id=TEXT,
    created=st.none() | COUNT,
    model=TEXT,
    requested_model=TEXT,
    provider=st.none() | TEXT,
    text=ANY_TEXT,
    reasoning=ANY_TEXT,
    reasoning_details=st.lists(OBJECT, max_size=2).map(tuple),
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
    refusal=st.none() | TEXT,
    images=st.lists(OBJECT, max_size=2).map(tuple),
    annotations=st.lists(OBJECT, max_size=2).map(tuple),
    audio=st.none() | OBJECT,
    finish_reason=st.none() | TEXT,
    native_finish_reason=st.none() | TEXT,
    usage=st.none() | USAGES,
    timings=st.builds(Timings, SECONDS, st.none() | SECONDS, SECONDS),
    attempts=st.integers(0, 20),
    is_partial=st.booleans(),
    verdict=st.none() | VERDICTS,
    parsed=JSON,
    warnings=st.lists(TEXT, max_size=2).map(tuple),
    cache=st.sampled_from([None, "local", "server"]),
    original_cost=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
)


def through_json(value: Any) -> Any:
    return json.loads(dump_json(value))


@given(request=REQUESTS, stream=st.booleans(), more=OBJECT)
def test_a_request_and_its_payload_come_back(request: ChatRequest, stream: bool, more: dict[str, Any]) -> None:
    """Also where the payload holds more than the request tells."""
    payload = build_payload(request, stream=stream, asks_for_usage=True) | more
    payload.pop("model", None)
    rest = through_json(codec.encode_request(request, payload))
    sent = through_json([codec.encode_sent(message) for message in request.messages])
    files = {key: data for message in request.messages for key, data in files_of(message).items()}
    messages = [with_files(message, lambda keys: {key: files[key] for key in keys}) for message in sent]
    decoded = codec.decode_request(rest, [codec.decode_message(message) for message in messages])
    assert decoded == request
    assert through_json(codec.decode_payload(rest, decoded)) == through_json(payload)


@given(result=RESULTS)
def test_a_result_comes_back(result: ChatResult) -> None:
    """Every field of it, the amount to its last digit."""
    encoded = through_json(codec.encode_result(result))
    assert codec.decode_result(encoded, text=result.text, reasoning=result.reasoning) == result


def test_no_field_of_a_result_is_forgotten() -> None:
    """A field that is added to the class has to be added to the codec, and here."""
    full = ChatResult(
        id="gen-1",
        created=1,
        model="m",
        requested_model="r",
        provider="p",
        text="t",
        reasoning="r",
        reasoning_details=({"a": 1},),
        tool_calls=(ToolCall("1", "f", "{}", {}),),
        refusal="no",
        images=({"b": 1},),
        annotations=({"c": 1},),
        audio={"d": 1},
        finish_reason="stop",
        native_finish_reason="end",
        usage=Usage(1, 2, 3, 4, 5, 6, Decimal("0.1")),
        timings=Timings(1.0, 2.0, 3.0),
        attempts=2,
        is_partial=True,
        verdict=Verdict("valid", "Good."),
        parsed=[1],
        warnings=("w",),
        cache="local",
        original_cost=Decimal("0.2"),
    )
    plain = ChatResult()
    assert [name for name in ChatResult.__slots__ if getattr(full, name) == getattr(plain, name)] == []
    assert codec.decode_result(through_json(codec.encode_result(full)), text="t", reasoning="r") == full


def test_what_has_no_json_does_not_cost_the_answer() -> None:
    """A value nested too deeply, or one that is no JSON at all, is left out."""
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    result = ChatResult(text="kept", parsed=deep, audio={"a": object()})
    decoded = codec.decode_result(through_json(codec.encode_result(result)), text="kept", reasoning="")
    assert (decoded.text, decoded.parsed, decoded.audio) == ("kept", None, None)


def test_an_answer_nested_deeply_is_kept_and_its_keys_are_masked() -> None:
    """Deeper than Python calls itself."""
    deep: Any = f"my key is {KEY}"
    for level in range(700):
        deep = [deep] if level % 2 else {"a": deep}
    parsed = through_json(codec.encode_result(ChatResult(parsed=deep)))["parsed"]
    for level in range(700):
        parsed = parsed["a"] if level % 2 else parsed[0]
    assert parsed == f"my key is …{KEY[-4:]}"


def test_an_answer_nested_too_deeply_to_be_written_from_anywhere_is_left_out() -> None:
    """The writer calls from deeper inside Python than the one who encodes."""
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    assert "parsed" not in codec.encode_result(ChatResult(parsed=deep))


ERRORS = sorted(
    (found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, OpenRouterError)),
    key=lambda found: found.__name__,
)


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_of_every_class_comes_back(kind: type[OpenRouterError]) -> None:
    """With its words, its hint, and where it happened."""
    partial = ChatResult(text="so far")
    error = kind(
        "Something went wrong.",
        code="429",
        provider_message="Slow down",
        status_code=429,
        provider="P",
        retryable=True,
        retry_after=12.5,
        hint="Wait.",
        partial=partial,
        context=ErrorContext("gen-1", "corr", "sim/echo", 2, 1.5, {"model": "sim/echo"}),
    )
    decoded = codec.decode_error(through_json(codec.encode_error(error)), partial)
    assert type(decoded) is kind
    assert {name: value for name, value in vars(decoded).items() if name != "attempts"} == {
        name: value for name, value in vars(error).items() if name != "attempts"
    }


def test_the_issues_of_an_error_come_back() -> None:
    error = SchemaValidationError("Wrong.", issues=[Issue("a[0]", "should be a number")])
    decoded = codec.decode_error(through_json(codec.encode_error(error)), None)
    assert isinstance(decoded, SchemaValidationError)
    assert (decoded.issues, decoded.partial) == (error.issues, None)


def test_what_a_later_version_wrote_is_read_as_far_as_possible() -> None:
    """An error of a class that is not known, a parameter out of range, a message with more fields."""
    encoded = codec.encode_error(OpenRouterError("New.")) | {"class": "TomorrowsError"}
    assert type(codec.decode_error(encoded, None)) is OpenRouterError
    rest = codec.encode_request(ask(), {}) | {"parameters": {"temperature": 99}}
    request = codec.decode_request(rest, [Message.user("Hello")])
    assert (request.model, request.messages) == ("sim/echo", (Message.user("Hello"),))
    message = codec.decode_message({"role": "user", "content": "Hello", "mood": "cheerful"})
    assert (message.role, message.content) == ("user", "Hello")


def test_keys_are_masked_wherever_they_stand() -> None:
    """In a message, a parameter, a warning, an error; a word that is told to be a key, too."""
    local = "my-local-token"
    request = ask(text=f"{KEY} and {local}", extra_body={"headers": {"Authorization": local, "api_key": "short"}})
    rest = codec.encode_request(request, build_payload(request, stream=True), [local])
    sent = [codec.encode_sent(message, [local]) for message in request.messages]
    result = replace(ChatResult(text="t", warnings=(f"Bearer {KEY}",)), tool_calls=(ToolCall("1", "f", KEY),))
    error = OpenRouterError(f"The key {KEY} is wrong.", context=ErrorContext(payload={"token": local}))
    told = dump_json([rest, sent, codec.encode_result(result), codec.encode_error(error, [local])])
    for secret in (KEY, local, '"short"'):
        assert (secret, secret in told) == (secret, False)


def test_an_extra_header_that_holds_a_key_of_another_session_is_left_out() -> None:
    """Masked it could not be read again, and the request with it."""
    local = "my-local-token"
    request = ask(extra_headers={"X-Team": f"team {local}", "X-Stage": "test"})
    rest = codec.encode_request(request, build_payload(request, stream=True), [local])
    assert rest["parameters"]["extra_headers"] == {"X-Stage": "test"}
    assert codec.decode_request(rest, request.messages).parameters.extra_headers == {"X-Stage": "test"}


def test_what_is_no_key_stays_as_it_is() -> None:
    """A schema may have a property that is called key, and an answer one that is called token."""
    schema = {"type": "object", "properties": {"key": {"type": "string", "default": "C major"}}}
    request = ask(response_format=ResponseFormat.json_schema("song", schema))
    rest = codec.encode_request(request, {})
    assert rest["response_format"]["definition"]["schema"] == schema
    encoded = codec.encode_result(ChatResult(parsed={"key": "C major", "token": "sunflower"}))
    assert encoded["parsed"] == {"key": "C major", "token": "sunflower"}


def test_a_response_format_of_an_earlier_version_is_read() -> None:
    """One that says nothing of its delivery was sent as it is."""
    rest = codec.encode_request(ask(response_format=ResponseFormat.json_schema("a", {"type": "object"})), {})
    assert set(rest["response_format"]) == {"type", "definition"}
    form = codec.decode_request(rest, ()).response_format
    assert form is not None
    assert (form.delivery, form.written, form.require_parameters) == ("native", None, False)


def test_a_schema_in_the_prompt_is_stored_as_it_was_told(service: OpenRouterService) -> None:
    """What was sent is told by its messages, whatever a later version would write."""
    form = ResponseFormat.json_schema("a", {"type": "object"}, delivery="prompt")
    run = service.start(ask(response_format=form))
    assert run.join(20)
    rest = codec.encode_request(run.request, run.payload)
    messages = [codec.decode_message(codec.encode_sent(message)) for message in run.request.messages]
    again = codec.decode_request(rest, messages)
    assert again.response_format == form
    assert codec.decode_payload(rest, again) == run.payload
    assert run.payload["response_format"] == {"type": "text"}
    assert [message.role for message in messages] == ["system", "user"]
