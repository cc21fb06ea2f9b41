"""The official OpenRouter SDK as judge: its strict models parse every healthy answer, its classes fit every error.

Where recordings and SDK differ, the simulator keeps to the recordings: the SDK does not know `provider`,
`native_finish_reason`, `annotations` and the index of whole tool calls, and lets them pass. Fields that the SDK
requires and the recordings of 2026-10-02 lack (`budgets`, `effective_budget`, `service_tier`,
`supports_diarization`) are appended after the recorded ones.
"""

import json

import pytest
from openrouter import OpenRouter, errors

from service.simulator.scenarios import SCENARIOS

PROMPT = [{"role": "user", "content": "Plan our espresso launch, please."}]
FAILING = {
    "rate-limited-once": errors.TooManyRequestsResponseError,
    "rate-limited": errors.TooManyRequestsResponseError,
    "out-of-credits": errors.PaymentRequiredResponseError,
    "moderation": errors.ForbiddenResponseError,
    "context-too-long": errors.BadRequestResponseError,
    "provider-error": errors.BadGatewayResponseError,
    "provider-error:status=400": errors.BadRequestResponseError,
    "provider-error:status=408": errors.RequestTimeoutResponseError,
    "provider-error:status=413": errors.PayloadTooLargeResponseError,
    "provider-error:status=422": errors.UnprocessableEntityResponseError,
    "provider-error:status=500": errors.InternalServerResponseError,
    "provider-error:status=503": errors.ServiceUnavailableResponseError,
    "provider-error:status=524": errors.EdgeNetworkTimeoutResponseError,
    "provider-error:status=529": errors.ProviderOverloadedResponseError,
    "provider-error:status=504": errors.OpenRouterDefaultError,
    "html-502": errors.OpenRouterDefaultError,
}
# These answer 200 with something that is not an answer: the SDK fails in reading it, or sees the error in a chunk.
ODD = {
    "error-200",
    "null-choices",
    "error-mid-stream",
    "error-first-event",
    "error-empty-choices",
    "disconnect",
    "malformed-event",
    "hang",
    "stall",
}
HEALTHY = [scenario.id for scenario in SCENARIOS if scenario.name not in ODD | FAILING.keys()]
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
EXTRAS = {
    "plain": {},
    "schema": {"response_format": {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}},
    "tools": {"tools": [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]},
}


def send(sdk: OpenRouter, model: str, **body):
    return sdk.chat.send(model=model, messages=PROMPT, retries=None, timeout_ms=10_000, **body)


def supported(model: str) -> list[str]:
    """Name the extras that a scenario can be asked for."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.id == model)
    asked = {"plain": True, "schema": "response_format", "tools": "tools"}
    return [name for name, need in asked.items() if need is True or need in scenario.parameters]


@pytest.mark.parametrize(("model", "extra"), [(model, extra) for model in HEALTHY for extra in supported(model)])
def test_a_healthy_answer_parses_streamed_and_whole(sdk, model, extra):
    model = model.replace("bench", "bench:n=60,ttft=0,itl=0")
    whole = send(sdk, model, **EXTRAS[extra])
    chunks = list(send(sdk, model, stream=True, **EXTRAS[extra]))
    assert whole.model == chunks[0].model == model
    assert whole.choices[0].finish_reason == chunks[-1].choices[0].finish_reason
    assert whole.usage.model_dump() == chunks[-1].usage.model_dump()
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert (whole.choices[0].message.content or "") == text


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("scenario", FAILING)
def test_a_refusal_raises_the_sdks_own_class(sdk, scenario, stream):
    with pytest.raises(FAILING[scenario]) as caught:
        send(sdk, f"sim/{scenario}", stream=stream)
    assert type(caught.value) is FAILING[scenario]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("nobody/nothing", errors.BadRequestResponseError),
        ("openai/gpt-4o:free", errors.NotFoundResponseError),
        ("perplexity/sonar", errors.NotFoundResponseError),
    ],
)
def test_a_request_that_cannot_be_routed_raises_the_sdks_own_class(sdk, model, expected):
    with pytest.raises(expected):
        send(sdk, model, tools=EXTRAS["tools"]["tools"])


def test_a_wrong_key_raises_unauthorized(sim):
    with (
        OpenRouter(api_key="sk-or-v1-bad", server_url=sim.base_url) as sdk,
        pytest.raises(errors.UnauthorizedResponseError, match="User not found"),
    ):
        send(sdk, "sim/echo")


@pytest.mark.parametrize("scenario", ["error-200", "null-choices", "error-first-event", "malformed-event"])
def test_a_200_without_an_answer_fails_in_reading(sdk, scenario):
    with pytest.raises(errors.ResponseValidationError):
        send(sdk, f"sim/{scenario}")


@pytest.mark.parametrize("scenario", ["error-mid-stream", "error-first-event", "error-empty-choices"])
def test_an_error_inside_a_stream_is_in_the_last_chunk(sdk, scenario):
    last = list(send(sdk, f"sim/{scenario}", stream=True))[-1]
    assert (last.error.code, last.error.message) == (502, "Provider returned error")


def test_tool_calls_parse_with_their_arguments(sdk):
    call = send(sdk, "sim/tool-caller", **EXTRAS["tools"]).choices[0].message.tool_calls[0]
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments).keys() == {"name", "age"}


def test_reasoning_details_parse(sdk):
    message = send(sdk, "sim/reasoner").choices[0].message
    assert message.reasoning_details[0].text == message.reasoning


def test_images_parse(sdk):
    body = send(sdk, "google/gemini-3.1-flash-image-preview", modalities=["image", "text"])
    assert body.choices[0].message.images[0].image_url.url.startswith("data:image/png")


def test_the_whole_catalogue_parses(sdk, client):
    found = sdk.models.list(output_modalities="all").result
    assert (
        len(found.data)
        == found.total_count
        == client.get("/models/count", output_modalities="all").json()["data"]["count"]
    )


def test_every_models_endpoints_parse(sdk, client):
    for entry in client.get("/models", output_modalities="all").json()["data"]:
        author, slug = entry["id"].split("/")
        found = sdk.endpoints.list(author=author, slug=slug).data
        assert found.id == entry["id"]
        assert all(endpoint.provider_name.startswith("Simulator") for endpoint in found.endpoints)


def test_one_model_parses(sdk):
    assert sdk.models.get(author="anthropic", slug="claude-haiku-4.5").data.id == "anthropic/claude-haiku-4.5"


def test_the_count_parses(sdk):
    assert sdk.models.count().data.count >= 60


# The SDK marks two fields of the key as deprecated, and pydantic warns when they are filled.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_key_parses(sdk):
    cost = send(sdk, "sim/writer").usage.cost
    assert sdk.api_keys.get_current_key_metadata().data.usage == pytest.approx(cost)


def test_the_credits_parse(sdk):
    cost = send(sdk, "sim/writer").usage.cost
    found = sdk.credits.get_credits().data
    assert (found.total_credits, found.total_usage) == (100, pytest.approx(cost))


def test_the_providers_parse(sdk):
    slugs = [provider.slug for provider in sdk.providers.list().data]
    assert slugs[0] == "simulator"
    assert len(slugs) == len(set(slugs)) > 3


def test_a_generation_is_not_found_at_first_and_then_parses(sdk):
    body = send(sdk, "sim/writer")
    with pytest.raises(errors.NotFoundResponseError, match=f"Generation {body.id} not found"):
        sdk.generations.get_generation(id=body.id)
    found = sdk.generations.get_generation(id=body.id).data
    assert (found.id, found.total_cost, found.finish_reason) == (body.id, body.usage.cost, "stop")
