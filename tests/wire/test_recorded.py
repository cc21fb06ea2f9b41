"""What OpenRouter really sent, replayed over a socket, with what must come out; read from the recordings by hand."""

import asyncio
import json
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from service import (
    AuthenticationError,
    ChatRequest,
    ChatResult,
    ContextLengthError,
    InsufficientCreditsError,
    InvalidRequestError,
    Message,
    ModelNotFoundError,
    OpenRouterConfig,
    OpenRouterError,
    OpenRouterService,
    RateLimitError,
    ResponseFormat,
    StreamInterruptedError,
    ToolCall,
    Usage,
)
from service.client import Client
from service.simulator import Reply, Simulator
from tests.support import KEY, ask
from tests.wire.samples import SAMPLES

HAIKU = "anthropic/claude-4.5-haiku-20251001"


@dataclass(frozen=True)
class Answer:
    """What must come out of a recorded answer; `annotations` are their types, `details` only of streams."""

    model: str
    provider: str
    text: str
    finish: tuple[str, str]
    usage: Usage
    reasoning: str = ""
    details: tuple[dict[str, Any], ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    annotations: tuple[str, ...] = ()


def used(
    prompt: int,
    completion: int,
    cost: str | None,
    *,
    reasoning: int = 0,
    cached: int = 0,
    written: int = 0,
    tools: tuple[int, int, str | None] = (0, 0, None),
) -> Usage:
    total = prompt + completion
    paid, paid_for_tools = (None if amount is None else Decimal(amount) for amount in (cost, tools[2]))
    return Usage(prompt, completion, total, reasoning, cached, written, paid, *tools[:2], paid_for_tools)


def thought(text: str, *, format: str | None = "anthropic-claude-v1", **more: Any) -> dict[str, Any]:
    return {"type": "reasoning.text", "text": text, "format": format, **more}


PONG = (
    'The user wants me to reply with exactly the word "pong". This is a straightforward request. I need to make sure '
    "my response contains only that word, no extra punctuation, no additional text, and nothing else.\n\nLet me check: "
    'The instruction says "Reply with exactly: pong". So the entire response should be just "pong".\n\nI will output: '
    "pong"
)
THREE_WORDS = (
    '\nThe user wants me to say "hi" in exactly three words. This is a simple request that doesn\'t require my '
    "identity or any LFM/Liquid AI information. I should just comply with the instruction and provide a three-word "
    "greeting.\n"
)
FLORENCE = (
    "The user is asking for weather information in Florence, Italy. I have access to a weather function that takes a "
    'location parameter. I should call the weather function with "Florence, Italy" or "Florence" as the location.\n\n'
    "Let me call"
)
BERLIN = (
    "The user is asking for the weather in Berlin and specifically requesting that I use the reasoning_weather tool. I "
    'have all the required parameters:\n- city: "Berlin"\n\nLet me call the function'
)
ARITHMETIC = "This is a simple arithmetic question. 2+2 equals 4."

BODIES = {
    "chat_nonstream_2026_10": Answer(
        model="liquid/lfm-2.5-2.6b:free",
        provider="Liquid",
        text="pong",
        reasoning=PONG,
        finish=("stop", "stop"),
        usage=used(16, 80, "0", reasoning=76),
    ),
    "chat_pdf_file_annotation_2026_10": Answer(
        model="dots-studio/dots-3-note-preview:free",
        provider="AtlasCloud",
        text="\n\nInvoice number: 4711  \nTotal: 128.50 EUR",
        reasoning="<cut by me>",
        finish=("stop", "stop"),
        usage=used(108, 129, "0", reasoning=92),
        annotations=("file",),
    ),
    "chat_schema_nonstream_padded": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text='{"name":"John","age":30}',
        finish=("stop", "end_turn"),
        usage=used(181, 12, "0.000241"),
    ),
    "chat_tool_call_nonstream": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text="",
        finish=("tool_calls", "tool_use"),
        usage=used(701, 98, "0.001191"),
        tool_calls=(
            ToolCall(
                "toolu_bdrk_01SSbrrA8SZSt5qSMs9tGqpK",
                "weather",
                '{"latitude": "52.5200", "longitude": "13.4050"}',
                {"latitude": "52.5200", "longitude": "13.4050"},
            ),
            ToolCall("toolu_bdrk_01DqZTNns84ZVMWsYPMYv1TE", "best_language_to_learn", "{}", {}),
        ),
    ),
    "chat_web_search_nonstream_gpt52": Answer(
        model="openai/gpt-5.2",
        provider="OpenAI",
        text="The latest stable Ruby version is **Ruby 4.0.6**. ([ruby-lang.org](https://www.ruby-lang.org/en/downloads/))",
        # `reasoning` is null here; what the model thought aloud is in the summaries among the details.
        reasoning="**Finding Ruby version**\n\nI need to check for the latest stable version of Ruby.",
        finish=("stop", "completed"),
        usage=used(16924, 485, "0.066407", reasoning=449, tools=(3, 0, "0.03")),
        annotations=("url_citation",),
    ),
    "chat_cached_tokens_nonstream": Answer(
        model="anthropic/claude-4.6-sonnet-20260217",
        provider="Anthropic",
        text=(
            "Distributed database systems involve tradeoffs between consistency, availability, and partition tolerance "
            "(CAP theorem), with different architectural patterns like sharding, replication, and consensus algorithms "
            "each optimizing for different combinations of performance, scalability, and reliability."
        ),
        finish=("stop", "stop"),
        usage=used(3329, 53, "0.00219855", cached=3211, written=115),
    ),
    "preset_request_2025": Answer(
        model="google/gemini-2.5-flash-lite",
        provider="Google",
        text="Why did the train break up with the track?\n\nBecause it felt like their relationship was going nowhere.",
        finish=("stop", "STOP"),
        usage=used(31, 21, None),
    ),
}

STREAMS = {
    "chat_stream_reasoning_2026_10": Answer(
        model="liquid/lfm-2.5-2.6b:free",
        provider="Liquid",
        text="Hello there, friend.",
        reasoning=THREE_WORDS,
        details=(thought(THREE_WORDS, format="unknown", index=0),),
        finish=("stop", "stop"),
        usage=used(16, 60, "0", reasoning=52),
    ),
    "chat_stream_simple": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text="1\n2\n3",
        finish=("stop", "end_turn"),
        usage=used(15, 9, "0.00006"),
    ),
    "chat_stream_tool_call_anthropic": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text="",
        finish=("tool_calls", "tool_use"),
        usage=used(577, 54, "0.000847"),
        tool_calls=(
            ToolCall(
                "toolu_bdrk_01RiGtttFSGiqX2bR4Uoz434",
                "weather",
                '{"location": "Florence, Italy"}',
                {"location": "Florence, Italy"},
            ),
        ),
    ),
    "chat_stream_parallel_tools_openai": Answer(
        model="openai/gpt-5.4-nano-20260317",
        provider="OpenAI",
        text="",
        finish=("tool_calls", "completed"),
        usage=used(109, 54, "0.0000893"),
        tool_calls=(
            ToolCall("call_8I6muAnyFaBjKyotk1gPRTwU", "add", '{"a":2,"b":3}', {"a": 2, "b": 3}),
            ToolCall("call_pKAAv6bKX2qLYJ85RW4Hxqfp", "multiply", '{"a":2,"b":3}', {"a": 2, "b": 3}),
        ),
    ),
    "chat_stream_tool_call_gemini_encrypted_reasoning": Answer(
        model="google/gemini-3.1-flash-lite-preview-20260303",
        provider="Google AI Studio",
        text="",
        details=(
            {
                "type": "reasoning.encrypted",
                "data": "EjQKMgEMOdbHA6W7+LCdrmzmriRlesl2Lp+9caTqsf55osFVUk/b525SSde4BBihgx7+c7aR",
                "format": "google-gemini-v1",
                "id": "tool_weather_nNBvDVuJXrZZDwEjuOoj",
                "index": 0,
            },
        ),
        finish=("tool_calls", "STOP"),
        usage=used(65, 16, "0.00004025"),
        tool_calls=(
            ToolCall(
                "tool_weather_nNBvDVuJXrZZDwEjuOoj",
                "weather",
                '{"location":"Florence, Italy"}',
                {"location": "Florence, Italy"},
            ),
        ),
    ),
    "chat_stream_tool_after_result_anthropic": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text=(
            "The current weather in Florence, Italy is **40°C (104°F)**, which is quite hot! Make sure to stay "
            "hydrated and use sun protection if you're planning to be outdoors. This is typical hot summer weather for "
            "Florence during the warmer months."
        ),
        finish=("stop", "end_turn"),
        usage=used(646, 59, "0.000941"),
    ),
    # Its middle is cut out, and with it the signature and the first fragment of the call, which holds id and name.
    "chat_stream_thinking_anthropic": Answer(
        model=HAIKU,
        provider="Amazon Bedrock",
        text="",
        reasoning=FLORENCE,
        details=(thought(FLORENCE, index=0),),
        finish=("tool_calls", "tool_use"),
        usage=used(607, 143, "0.001322", reasoning=99),
        tool_calls=(ToolCall("call_0", "", '{"location": "Florence, Italy"}', {"location": "Florence, Italy"}),),
    ),
    "chat_stream_reasoning_details_toolcalls_2026_08": Answer(
        model="anthropic/claude-haiku-4.5",
        provider="Amazon Bedrock",
        text="",
        reasoning=BERLIN,
        details=(thought(BERLIN, index=0, signature="EvsCCkgIEBABGAIqQNe/…512"),),
        finish=("tool_calls", "tool_use"),
        usage=used(626, 106, "0.001156", reasoning=54),
        tool_calls=(
            ToolCall(
                "toolu_bdrk_01L9pX1Wp4FAEq9TT2Z6UAe7", "reasoning_weather", '{"city": "Berlin"}', {"city": "Berlin"}
            ),
        ),
    ),
    # The usage chunk takes the finish reason back to null.
    "chat_stream_openai_encrypted_reasoning_2025": Answer(
        model="anthropic/claude-sonnet-4.5",
        provider="Google",
        text="2 + 2 = 4",
        reasoning=ARITHMETIC,
        details=(thought(ARITHMETIC, index=0, signature="Et0BCkgIChACGAIqQA2s…304"),),
        finish=("stop", "stop"),
        usage=used(43, 36, "0.000669", reasoning=13),
    ),
    "chat_stream_web_search_annotations_2026_08": Answer(
        model="deepseek/deepseek-chat",
        provider="OpenAI",
        text="antic AI's GitHub repository is:  \n\nhttps://github.com/pydantic/pydantic-ai",
        finish=("stop", "stop"),
        usage=used(2317, 53, "0.0076509169000000005", tools=(1, 0, "0.007")),
        annotations=("url_citation",) * 4,
    ),
    "chat_stream_usage_empty_choices_2026_03": Answer(
        model="anthropic/claude-4.6-sonnet-20260217",
        provider="Amazon Bedrock",
        text="Hello!",
        finish=("stop", "stop"),
        usage=used(254, 5, "0.000837"),
    ),
    "chat_advisor_server_tool_stream": Answer(
        model="openai/gpt-4o-mini",
        provider="OpenAI",
        text=(
            "I recommend naming your Python retry library `resilix`, as it conveys resilience and is modern and "
            "brandable."
        ),
        finish=("stop", "stop"),
        usage=used(888, 74, "0.0145476", tools=(0, 1, "0.01437")),
    ),
}


@dataclass(frozen=True)
class Refusal:
    """What must come out of a recorded error; `words` are the provider's own, `hint` a part of ours."""

    kind: type[OpenRouterError]
    words: str
    hint: str
    code: str | None = ""
    provider: str | None = None
    retryable: bool = False
    retry_after: float | None = None


CONTEXT_WORDS = (
    "This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens (2500021 of "
    "text input). Please reduce the length of either one, or use the context-compression plugin to compress your "
    "prompt automatically."
)
IN_FLIGHT_WORDS = (
    "This request would exceed your available credits given your current in-flight requests. Retry after in-flight "
    "requests settle, or add credits."
)
SHARED_POOL = (
    " is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: "
    "https://openrouter.ai/settings/integrations"
)

REFUSALS = {
    "error_401_missing_key_2026_10": Refusal(AuthenticationError, "No cookie auth credentials found", "API key"),
    "error_401_bad_key_2026_10": Refusal(AuthenticationError, "User not found.", "API key"),
    "error_401_recorded_2026_06": Refusal(AuthenticationError, "Missing Authentication header", "API key"),
    "error_404_unknown_route_2026_10": Refusal(ModelNotFoundError, "Not Found", "model"),
    "error_400_invalid_model_2026_10": Refusal(
        ModelNotFoundError, "nonexistent/not-a-model:free is not a valid model ID", "model"
    ),
    "error_400_missing_messages_2026_10": Refusal(
        InvalidRequestError, 'Input required: specify "prompt" or "messages"', "Change the request"
    ),
    "error_400_invalid_json_2026_10": Refusal(
        InvalidRequestError, "Input must have at least 1 token.", "Change the request"
    ),
    "error_400_reasoning_mandatory_2026_10": Refusal(
        InvalidRequestError,
        "Reasoning is mandatory for this endpoint and cannot be disabled.",
        "Set Reasoning effort to anything but none",
    ),
    "error_400_context_length_recorded": Refusal(ContextLengthError, CONTEXT_WORDS, "Shorten the conversation"),
    "error_402_key_limit_image_2026_10": Refusal(
        InsufficientCreditsError,
        "This request requires at least $1.00 in balance for image or video output",
        "Raise or remove this API key's usage limit",
    ),
    "error_402_in_flight_2026_09": Refusal(
        InsufficientCreditsError, IN_FLIGHT_WORDS, "Wait until other runs have ended", retryable=True
    ),
    "error_404_data_policy_2026_10": Refusal(
        ModelNotFoundError,
        "No endpoints found matching your data policy (Free model training). Configure: "
        "https://openrouter.ai/settings/privacy",
        "privacy settings",
    ),
    "error_404_no_allowed_providers_2026_09": Refusal(
        ModelNotFoundError,
        "No allowed providers are available for the selected model. Providers serving `z-ai/glm-5.3-20260816`: baidu, "
        "reka, … but your request's `provider.only` preference permits only: definitely-not-a-provider-xyz.",
        "provider preferences",
    ),
    "error_429_upstream_with_retry_after_2026_10": Refusal(
        RateLimitError,
        "liquid/lfm-2.5-2.6b:free" + SHARED_POOL,
        "another model or provider",
        provider="Liquid",
        retryable=True,
        retry_after=1.0,
    ),
    "error_429_upstream_2026_09": Refusal(
        RateLimitError,
        "deepseek/deepseek-v4-flash" + SHARED_POOL,
        "another model or provider",
        provider="DigitalOcean",
        retryable=True,
    ),
    # Its reset, 2026-10-03 00:00 UTC, is over.
    "error_429_free_daily_2026_10": Refusal(
        RateLimitError, "Rate limit exceeded: free-models-per-day-high-balance. ", "daily reset", retry_after=0.0
    ),
    "error_429_free_per_minute_2026": Refusal(
        RateLimitError, "Rate limit exceeded: free-models-per-min. ", "Wait a minute", retryable=True
    ),
    "error_429_admission_control_2026_09": Refusal(
        RateLimitError,
        "OpenRouter could not verify available credits for this request in time. Retry shortly.",
        "Wait a moment",
        retryable=True,
        retry_after=10.0,
    ),
    "error_429_recorded_2025": Refusal(
        RateLimitError,
        "google/gemini-2.0-flash-exp:free" + SHARED_POOL,
        "another model or provider",
        provider="Google",
        retryable=True,
    ),
}

ELSEWHERE = {
    "chat_stream_midstream_error_2025",
    "key_2026_10",
    "models_entries_2026_10",
    "models_list_simonw",
    "error_400_zod_2026_10",
    "model_endpoints_2026_10",
    "generation_2026_10",
    "generation_cancelled_stream_2026_02",
    "error_404_generation_not_found_2026_10",
}
"""Samples that a test of their own replays, below."""


def test_every_sample_is_replayed() -> None:
    """A new recording has to be read and written down here."""
    assert BODIES.keys() | STREAMS.keys() | REFUSALS.keys() | ELSEWHERE == SAMPLES.keys()


def replayed(name: str, *, piece: int = 97) -> Reply:
    """Return a recording as a reply, cut into pieces of so many bytes."""
    sample = SAMPLES[name]
    raw = sample["sse"].encode() if "sse" in sample else json.dumps(sample["body"], ensure_ascii=False).encode()
    raw = sample.get("leading_whitespace", "").encode() + raw
    headers = {key: value for key, value in sample.get("headers", {}).items() if key != "transfer-encoding"}
    return Reply(sample["status"], headers, [raw[at : at + piece] for at in range(0, len(raw), piece)])


def requested(name: str) -> ChatRequest:
    """Return a request for the model that the recorded one named, or else for the one that served."""
    sample = SAMPLES[name]
    body = sample.get("request", {}).get("body") or {}
    return ask(body.get("model") or sample.get("body", {}).get("model") or ANSWERS[name].model)


def by_chat(service: OpenRouterService, request: ChatRequest) -> ChatResult:
    return service.chat(request)


def by_stream(service: OpenRouterService, request: ChatRequest) -> ChatResult:
    with service.stream(request) as stream:
        return stream.result


def by_start(service: OpenRouterService, request: ChatRequest) -> ChatResult:
    return service.start(request).wait(timeout=20)


ANSWERS = BODIES | STREAMS
Way = Callable[[OpenRouterService, ChatRequest], ChatResult]
every_way = pytest.mark.parametrize("way", [by_chat, by_stream, by_start])
"""Whatever was asked, the response's Content-Type decides how it is read."""


@every_way
@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_comes_out_whole(
    name: str, way: Way, sim: Simulator, patient_service: OpenRouterService
) -> None:
    expected = ANSWERS[name]
    sim.script(replayed(name))
    result = way(patient_service, requested(name))
    assert result.text == expected.text
    assert (result.finish_reason, result.native_finish_reason) == expected.finish
    assert result.usage == expected.usage
    assert (result.model, result.provider) == (expected.model, expected.provider)
    assert result.tool_calls == expected.tool_calls
    assert tuple(annotation["type"] for annotation in result.annotations) == expected.annotations
    assert (result.refusal, result.images, result.audio) == (None, (), None)
    assert (result.is_partial, result.verdict, result.warnings, result.attempts) == (False, None, (), 1)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_keeps_its_name_and_time(
    name: str, sim: Simulator, patient_service: OpenRouterService
) -> None:
    raw = SAMPLES[name].get("sse") or json.dumps(SAMPLES[name]["body"])
    sim.script(replayed(name))
    run = patient_service.start(requested(name))
    result = run.wait(timeout=20)
    assert [result.id] == list(dict.fromkeys(re.findall(r'"id": ?"(gen-[^"]+)"', raw)))
    assert [str(result.created)] == list(dict.fromkeys(re.findall(r'"created": ?(\d+)', raw)))
    assert run.request_id == SAMPLES[name].get("headers", {}).get("x-generation-id")


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_fragments_of_reasoning_are_merged(
    name: str, sim: Simulator, patient_service: OpenRouterService
) -> None:
    expected = STREAMS[name]
    sim.script(replayed(name, piece=1000))
    result = by_stream(patient_service, requested(name))
    assert result.reasoning == expected.reasoning
    assert tuple(map(shortened, result.reasoning_details)) == expected.details


def shortened(detail: dict[str, Any]) -> dict[str, Any]:
    """Return a detail with its signature as the first characters and the length."""
    signature = detail.get("signature")
    return detail if signature is None else {**detail, "signature": f"{signature[:20]}…{len(signature)}"}


@pytest.mark.parametrize("name", BODIES)
def test_a_recorded_body_keeps_reasoning_and_annotations_as_they_are(
    name: str, sim: Simulator, patient_service: OpenRouterService
) -> None:
    sim.script(replayed(name))
    result = by_chat(patient_service, requested(name))
    message = SAMPLES[name]["body"]["choices"][0]["message"]
    assert result.reasoning.startswith(BODIES[name].reasoning)
    assert bool(result.reasoning) == bool(BODIES[name].reasoning)
    assert result.reasoning == message["reasoning"] or message["reasoning"] is None
    assert list(result.reasoning_details) == message.get("reasoning_details", [])
    assert list(result.annotations) == message.get("annotations", [])


def test_a_recorded_citation_comes_with_its_source(sim: Simulator, patient_service: OpenRouterService) -> None:
    name = "chat_stream_web_search_annotations_2026_08"
    sim.script(replayed(name))
    citations = [annotation["url_citation"] for annotation in by_stream(patient_service, requested(name)).annotations]
    assert [(citation["url"], citation["title"]) for citation in citations] == [
        ("https://github.com/pydantic/pydantic-ai", "AI Agent Framework, the Pydantic way - GitHub"),
        ("https://pydantic.dev/pydantic-ai", ""),
        ("https://github.com/pydantic/pydantic-ai/releases/tag/v2.0.0", "v2.0.0 (2026-06-23)"),
        ("https://pydantic.dev/docs/ai/overview/", "Pydantic AI | Pydantic Docs"),
    ]


def test_a_recorded_answer_in_a_schema_is_valid(sim: Simulator, patient_service: OpenRouterService) -> None:
    """The padding before the body is no part of the answer."""
    recorded = SAMPLES["chat_schema_nonstream_padded"]["request"]["body"]
    sim.script(replayed("chat_schema_nonstream_padded"))
    form = ResponseFormat.model_validate(recorded["response_format"])
    messages = tuple(Message.model_validate(message) for message in recorded["messages"])
    result = patient_service.chat(ChatRequest(messages=messages, model=recorded["model"], response_format=form))
    assert result.verdict is not None
    assert result.verdict.kind == "valid"
    assert result.parsed == {"name": "John", "age": 30}
    assert sim.chat_requests[0].body == recorded


@every_way
@pytest.mark.parametrize("name", REFUSALS)
def test_a_recorded_error_says_what_went_wrong(
    name: str, way: Way, sim: Simulator, patient_service: OpenRouterService
) -> None:
    expected, sample = REFUSALS[name], SAMPLES[name]
    sim.script(replayed(name))
    with pytest.raises(OpenRouterError) as caught:
        way(patient_service, ask())
    error = caught.value
    assert type(error) is expected.kind
    assert error.provider_message == expected.words
    assert expected.words in str(error)
    assert (error.status_code, error.code) == (sample["status"], str(sample["status"]))
    assert (error.provider, error.retryable, error.retry_after) == (
        expected.provider,
        expected.retryable,
        expected.retry_after,
    )
    assert expected.hint in error.hint
    assert error.message
    assert error.partial is None
    assert error.context.request_id == sample.get("headers", {}).get("x-generation-id")
    assert (error.context.model, error.context.attempt) == ("sim/echo", 1)


@pytest.mark.parametrize("name", [name for name in REFUSALS if "user_id" in SAMPLES[name]["body"]])
def test_a_recorded_error_does_not_tell_the_account(
    name: str, sim: Simulator, patient_service: OpenRouterService
) -> None:
    """OpenRouter puts the account's id into its errors; it is in no text of ours, a traceback included."""
    sim.script(replayed(name))
    with pytest.raises(OpenRouterError) as caught:
        patient_service.chat(ask())
    error = caught.value
    shown = f"{error} {error!r} {vars(error)} {''.join(traceback.format_exception(error))}"
    assert "user_" not in shown


@every_way
def test_a_recorded_error_in_the_middle_keeps_what_had_arrived(
    way: Way, sim: Simulator, patient_service: OpenRouterService
) -> None:
    """The error chunk of 2025 holds usage and a null finish reason, and follows a finish reason of its own."""
    sim.script(replayed("chat_stream_midstream_error_2025"))
    with pytest.raises(StreamInterruptedError) as caught:
        way(patient_service, ask("minimax/minimax-m2:free"))
    error = caught.value
    assert (error.code, error.status_code, error.provider) == ("400", 200, "Minimax")
    assert error.provider_message == "Token limit reached"
    assert error.hint
    partial = error.partial
    assert partial is not None
    assert (partial.reasoning, partial.text) == ("We need to respond to a greeting. The user", "")
    assert partial.reasoning_details == (thought("We need to respond to a greeting. The user", format=None, index=0),)
    assert (partial.finish_reason, partial.native_finish_reason) == ("length", "length")
    assert partial.usage == used(43, 10, "0", reasoning=11)
    assert (partial.model, partial.provider, partial.is_partial) == ("minimax/minimax-m2:free", "Minimax", True)
    assert partial.verdict is not None
    assert partial.verdict.kind == "provider_error"


def test_the_recorded_key_status_is_read(sim: Simulator, patient_service: OpenRouterService) -> None:
    sim.script_for("/key", replayed("key_2026_10"))
    status = patient_service.key_status()
    assert status.label == "sk-or-v1-abc...123"
    assert (status.limit, status.remaining, status.limit_reset) == (Decimal(1), Decimal(1), None)
    assert (status.usage, status.usage_daily, status.usage_monthly) == (Decimal(0), Decimal(0), Decimal(0))
    assert (status.free_requests_used, status.free_requests_limit) == (2, 1000)
    assert (status.is_free_tier, status.expires_at) == (False, None)


def test_the_recorded_models_of_2026_are_read(sim: Simulator, patient_service: OpenRouterService) -> None:
    sim.script_for("/models", replayed("models_entries_2026_10"))
    models = {model.id: model for model in patient_service.list_models(refresh=True)}
    assert list(models) == [
        "openai/gpt-6.1-sol",
        "anthropic/claude-sonnet-5.5",
        "~openai/gpt-sol-latest",
        "openrouter/auto",
        "google/gemma-4-31b-it:free",
        "nvidia/nemotron-3-super-120b-a12b:free",
    ]
    sol = models["openai/gpt-6.1-sol"]
    assert (sol.name, sol.canonical_slug) == ("OpenAI: GPT-6.1 Sol", "openai/gpt-6.1-sol-20260929")
    assert (sol.context_length, sol.max_completion_tokens, sol.is_moderated) == (1_050_000, 128_000, True)
    assert (sol.supports("structured_outputs"), sol.supports("temperature")) == (True, False)
    assert (sol.pricing.prompt, sol.pricing.completion) == (Decimal("0.000002"), Decimal("0.00001"))
    assert sol.input_modalities == ("file", "image", "text")
    assert sol.reasoning is not None
    assert sol.reasoning["mandatory"] is True
    assert models["~openai/gpt-sol-latest"].alias_of == "openai/gpt-6.1-sol"
    auto = models["openrouter/auto"]
    assert (auto.is_router, auto.is_free, auto.max_completion_tokens) == (True, False, None)
    gemma = models["google/gemma-4-31b-it:free"]
    assert (gemma.is_free, gemma.is_router) == (True, False)
    assert gemma.default_parameters == {"temperature": 1, "top_p": 0.95, "top_k": 64}


def test_the_recorded_older_models_are_read(sim: Simulator, patient_service: OpenRouterService) -> None:
    sim.script_for("/models", replayed("models_list_simonw", piece=4096))
    models = patient_service.list_models(refresh=True)
    assert [(model.id, model.context_length, model.max_completion_tokens) for model in models] == [
        ("anthropic/claude-sonnet-4", 1_000_000, 64_000),
        ("openai/gpt-4.1-mini", 1_047_576, 32_768),
        ("openai/gpt-4o", 128_000, 16_384),
        ("openai/gpt-3.5-turbo", 16_385, 4_096),
    ]
    assert models[0].default_parameters == {}
    assert models[2].pricing.prompt == Decimal("0.0000025")


def test_the_recorded_validation_error_is_put_into_words(sim: Simulator) -> None:
    """Zod's message is a list of problems in JSON; the words are in there, and there is no code."""
    sim.script_for("/models", replayed("error_400_zod_2026_10"))
    config = OpenRouterConfig(api_key=KEY, base_url=sim.base_url)
    with OpenRouterService(config) as service, pytest.raises(InvalidRequestError) as caught:
        service.list_models()
    assert caught.value.provider_message == (
        'Invalid output_modalities value: "file". Valid values are: text, image, embeddings, audio, video, rerank, '
        "decisions, speech, transcription, all (output_modalities)"
    )
    assert (caught.value.status_code, caught.value.code) == (400, None)


def fetched(sim: Simulator, path: str, **query: str) -> Any:
    """Return what a GET of the client gives; these routes have no method of the service."""

    async def fetch() -> Any:
        client = Client(OpenRouterConfig(api_key=KEY, base_url=sim.base_url))
        try:
            return await client.get(path, query)
        finally:
            await client.close()

    return asyncio.run(fetch())


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("generation_2026_10", "/generation"),
        ("generation_cancelled_stream_2026_02", "/generation"),
        ("model_endpoints_2026_10", "/models/google/lyria-3-pro-preview/endpoints"),
    ],
)
def test_other_recorded_bodies_are_fetched_as_they_are(name: str, path: str, sim: Simulator) -> None:
    sim.script_for(path, replayed(name))
    assert fetched(sim, path, id="gen-1") == SAMPLES[name]["body"]
    assert (sim.requests[0].path, sim.requests[0].query) == (f"/api/v1{path}", "id=gen-1")


def test_a_generation_that_is_not_there_yet_is_an_error(sim: Simulator) -> None:
    sim.script_for("/generation", replayed("error_404_generation_not_found_2026_10"))
    with pytest.raises(OpenRouterError) as caught:
        fetched(sim, "/generation", id="gen-...")
    assert (caught.value.status_code, caught.value.provider_message) == (404, "Generation gen-... not found")
