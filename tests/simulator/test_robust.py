"""Whatever is sent, the simulator answers or refuses; it never breaks."""

import json

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.simulator.scenarios import SCENARIOS

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 70_000), st.floats(), st.text(max_size=20))
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["type", "function", "name", "effort", "id", "only", "prompt"]), inner),
    ),
    max_leaves=6,
)
FIELDS = (
    "include_reasoning", "max_completion_tokens", "max_tokens", "modalities", "models", "parallel_tool_calls",
    "plugins", "provider", "reasoning", "reasoning_effort", "response_format", "seed", "session_id", "stop", "stream",
    "tool_choice", "tools", "user",
)  # fmt: skip
PARTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "file", "input_audio", "video_url", "other"])},
    optional={"text": st.text(max_size=30), "image_url": JSON, "file": JSON, "input_audio": JSON, "video_url": JSON},
)
MESSAGES = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
        "content": st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=3)),
    },
    optional={"tool_calls": JSON, "tool_call_id": JSON},
)
MODELS = (
    "sim/writer", "sim/echo", "sim/reasoner", "sim/vision", "sim/tool-caller", "sim/json", "sim/wrong-shape",
    "sim/fenced-json", "sim/cut-off", "sim/refusal", "sim/empty", "sim/rate-limited:kind=daily",
    "sim/provider-error:status=nan", "sim/bench:n=9,itl=inf,ttft=-1", "sim/bench:n=-3,piece=0,ttft=0,itl=0",
    "openai/gpt-6.1-sol", "openrouter/auto", "google/gemini-3.1-flash-image-preview",
)  # fmt: skip


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    model=st.sampled_from(MODELS),
    messages=st.lists(MESSAGES, min_size=1, max_size=3),
    extra=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
)
def test_no_request_breaks_the_simulator(client, model, messages, extra):
    response = client.http.post("/chat/completions", content=as_json({"model": model, "messages": messages, **extra}))
    assert response.status_code in (200, 400, 402, 404, 429, 502)
    is_stream = response.headers["content-type"] == "text/event-stream"
    assert is_stream or isinstance(response.json(), dict)


def ends_by_itself(model):
    """Whether a model answers at once; the others never do, or take their time."""
    return not model.strip().startswith(("sim/hang", "sim/stall", "sim/slow", "sim/bench"))


EVERY_FIELD = (
    *FIELDS, "audio", "cache_control", "debug", "frequency_penalty", "image_config", "logit_bias", "logprobs",
    "metadata", "min_p", "n", "prediction", "presence_penalty", "preset", "prompt", "service_tier", "stream_options",
    "temperature", "top_k", "top_p", "trace", "transforms", "usage", "verbosity", "web_search_options",
)  # fmt: skip
NAMES = st.sampled_from(MODELS) | st.text(max_size=12) | st.sampled_from(SCENARIOS).map(lambda scenario: scenario.id)
ODD_OPTIONS = st.sampled_from(
    ["", ":", ":n", ":n=", ":kind=x", ":status=1e9", ":form=recorded", ":n=3,,=,ttft=x", ":free", ":n=5,itl=0,ttft=0"]
)
SCHEMAS = st.dictionaries(
    st.sampled_from(["type", "properties", "items", "enum", "$ref", "required", "pattern", "minimum", "anyOf"]),
    JSON | st.sampled_from(["object", "array", "string", "#", "#/nowhere", "(", ["a"], [{"type": "integer"}]]),
    max_size=4,
)
FORMATS = JSON | st.fixed_dictionaries(
    {"type": st.just("json_schema"), "json_schema": st.fixed_dictionaries({"name": JSON, "schema": SCHEMAS | JSON})}
)


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    model=st.tuples(NAMES, ODD_OPTIONS).map("".join).filter(ends_by_itself) | JSON,
    messages=st.lists(MESSAGES | JSON, max_size=3) | JSON,
    form=st.none() | FORMATS,
    extra=st.dictionaries(st.sampled_from(EVERY_FIELD), JSON, max_size=4),
)
def test_any_json_has_an_answer_in_openrouters_shape(client, model, messages, form, extra):
    body = {"model": model, "messages": messages, "response_format": form, **extra}
    try:
        response = client.http.post("/chat/completions", content=as_json(body))
    except httpx2.RemoteProtocolError:
        assert model.startswith("sim/disconnect")
        return
    assert is_in_shape(response)
    assert response.status_code != 500 or model == "sim/provider-error:status=500"


def is_in_shape(response):
    """Whether it is an answer, a stream, an error as OpenRouter writes it, or what a scenario breaks on purpose."""
    kind = response.headers["content-type"]
    if kind == "text/html":
        return response.status_code == 502
    if kind == "text/event-stream":
        lines = [line for line in response.text.split("\n") if line]
        return response.status_code == 200 and all(line.startswith(("data: ", ": ")) for line in lines)
    try:
        value = response.json()
    except ValueError:
        return response.status_code == 200 and response.text.startswith('{"id":"gen-')
    if response.status_code == 200:
        return "choices" in value or isinstance(value["error"]["code"], int)
    return value["error"]["code"] == response.status_code and isinstance(value["error"]["message"], str)


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.one_of(
        st.binary(max_size=60), JSON.filter(lambda value: not is_prompt(value)).map(lambda value: as_json(value))
    )
)
def test_no_body_breaks_the_simulator(client, raw):
    assert client.http.post("/chat/completions", content=raw).status_code == 400


def test_deeply_nested_json_is_refused(client):
    assert client.http.post("/chat/completions", content=b"[" * 200_000).status_code == 400


def is_prompt(value):
    """Whether a body is a request in the old text mode, which is answered."""
    return isinstance(value, dict) and isinstance(value.get("prompt"), str)


def as_json(value):
    """Write JSON as Python does, NaN and lone surrogates included."""
    return json.dumps(value).encode()
