"""Simulated providers: how they differ, what OpenRouter tells of them, and which of them serves a request."""

import httpx2
import pytest

from service.simulator.catalogue import Model
from service.simulator.providers import endpoints_of
from service.simulator.vendors import models
from tests.simulator.test_refusals import message

MANY = "deepseek/deepseek-chat"
SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
TOOLS = [{"type": "function", "function": {"name": "weather"}}]


def listed(client, model=MANY):
    return client.get(f"/models/{model}/endpoints").json()["data"]["endpoints"]


def served_by(client, **body):
    response = client.post(MANY, **body)
    assert response.status_code == 200, response.text
    return response.json()["provider"]


@pytest.mark.parametrize("model", [found for found in models() if not found.is_free], ids=lambda model: model.id)
def test_the_model_list_says_what_the_endpoints_are_together(model: Model) -> None:
    """The union of their parameters, the cheapest price and the longest context; no tag stands twice."""
    served = [endpoint.served for endpoint in endpoints_of(model)]
    union = {name for one in served for name in one.entry["supported_parameters"]}
    assert union == set(model.entry["supported_parameters"])
    assert min(one.price("prompt") for one in served) == model.price("prompt")
    assert max(one.context_length or 0 for one in served) == (model.context_length or 0)
    tags = [endpoint.tag for endpoint in endpoints_of(model)]
    assert len(tags) == len(set(tags))


def test_endpoints_of_a_model_differ(client):
    found = listed(client)
    for name in ("tag", "provider_name", "quantization", "context_length", "uptime_last_1d"):
        assert len({endpoint[name] for endpoint in found}) > 1, name
    assert len({endpoint["pricing"]["prompt"] for endpoint in found}) == len(found) == 5
    assert [endpoint["supports_tool_choice"]["required"] for endpoint in found] == [False, True, True, True, False]
    assert {endpoint["status"] for endpoint in listed(client, "z-ai/glm-5.3")} == {0, -2}
    assert None in [endpoint["uptime_last_1d"] for endpoint in listed(client, "qwen/qwen3-235b-a22b-2507")]


def test_speeds_are_for_those_with_a_key(client):
    assert listed(client)[0]["latency_last_30m"] == {"p50": 1300, "p75": 1820, "p90": 2860, "p99": 6500}
    assert listed(client)[0]["throughput_last_30m"]["p50"] == 32
    address = f"{client.http.base_url}models/{MANY}/endpoints"
    keyless = httpx2.get(address).json()["data"]["endpoints"]
    assert [(found["latency_last_30m"], found["throughput_last_30m"]) for found in keyless] == [(None, None)] * 5


def test_prices_for_long_prompts_are_dearer_too(client):
    """An override is a price like the others."""
    entry = Model({**next(models()).entry, "id": MANY})
    first, second = (endpoint.served.entry["pricing"] for endpoint in endpoints_of(entry)[:2])
    assert first["overrides"][0]["prompt"] == "0.000004"
    assert second["overrides"][0] == {"min_prompt_tokens": 272_000, "prompt": "0.000006", "completion": "0.0000225"}


@pytest.mark.parametrize(
    ("body", "provider"),
    [
        ({}, "Simulator Thrift"),
        ({"response_format": SCHEMA}, "Simulator"),
        ({"tools": TOOLS}, "Simulator Thrift"),
        ({"tools": TOOLS, "tool_choice": "required"}, "Simulator"),
        ({"provider": {"order": ["nobody", "simulator-swift"]}}, "Simulator Swift"),
        ({"provider": {"order": ["simulator"], "sort": "latency"}}, "Simulator"),
        ({"provider": {"only": ["simulator"]}}, "Simulator"),
        ({"provider": {"only": ["simulator/eu"]}}, "Simulator (EU)"),
        ({"provider": {"ignore": ["simulator-thrift"]}}, "Simulator Plain"),
        ({"provider": {"quantizations": ["bf16", "int4"]}}, "Simulator Plain"),
        ({"provider": {"sort": "throughput"}}, "Simulator Swift"),
        ({"provider": {"sort": {"by": "latency"}}}, "Simulator Swift"),
        ({"provider": {"require_parameters": True}, "seed": 1, "top_k": 3, "logprobs": True}, "Simulator"),
    ],
)
def test_the_cheapest_that_fits_serves_and_is_named(client, body, provider):
    assert served_by(client, **body) == provider


def test_who_is_in_trouble_is_asked_last(client):
    """However cheap; alone it is asked all the same."""
    cheapest = {"ignore": ["simulator-thrift"]}
    assert client.post("deepseek/deepseek-v4-flash", provider=cheapest).json()["provider"] == "Simulator"
    alone = client.post("deepseek/deepseek-v4-flash", provider={"only": ["simulator-shaky"]})
    assert alone.json()["provider"] == "Simulator Shaky"


def test_what_is_charged_is_the_price_of_who_served(client):
    dear = client.post(MANY, provider={"only": ["simulator-swift"]}).json()["usage"]
    cheap = client.post(MANY, provider={"only": ["simulator-thrift"]}).json()["usage"]
    assert dear["cost_details"]["upstream_inference_prompt_cost"] == pytest.approx(
        3 * cheap["cost_details"]["upstream_inference_prompt_cost"]
    )


def test_a_schema_is_ignored_by_who_does_not_take_it(client):
    """Without `require_parameters` nothing keeps the request away."""
    only = {"only": ["simulator-thrift"]}
    assert not client.text(MANY, response_format=SCHEMA, provider=only).startswith("{")
    refused = client.post(MANY, response_format=SCHEMA, provider={**only, "require_parameters": True})
    assert (refused.status_code, message(refused)[:40]) == (404, "No endpoints found that can handle the r")


@pytest.mark.parametrize(
    "preferences",
    [
        {"only": ["azure"]},
        {"ignore": ["simulator", "simulator-thrift", "simulator-swift", "simulator-plain"]},
        {"order": ["azure"], "allow_fallbacks": False},
        {"quantizations": ["fp4"]},
    ],
)
def test_preferences_that_leave_nobody_are_refused_with_who_there_is(client, preferences):
    response = client.post(MANY, provider=preferences)
    assert response.status_code == 404
    assert response.json()["error"]["metadata"]["available_providers"] == [found["tag"] for found in listed(client)]


def test_a_prompt_goes_to_who_has_room_for_it(client):
    """And is refused with the longest context of those that may be asked."""
    long = "word " * 60_000
    assert served_by(client, content=long) == "Simulator"
    refused = client.post(MANY, long, provider={"only": ["simulator-plain"]})
    assert "maximum context length is 32768 tokens" in message(refused)


def test_no_provider_of_a_model_may_be_made_to_call_a_tool(client):
    response = client.post("moonshotai/kimi-k2", tools=TOOLS, tool_choice="required")
    assert (response.status_code, "'tool_choice'" in message(response)) == (404, True)
    assert client.post("moonshotai/kimi-k2", tools=TOOLS).status_code == 200


def test_who_is_known_is_listed(client):
    found = {entry["name"]: entry["slug"] for entry in client.get("/providers").json()["data"]}
    assert (found["Simulator"], found["Simulator Thrift"]) == ("simulator", "simulator-thrift")
