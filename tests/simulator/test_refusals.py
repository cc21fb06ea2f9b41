"""What OpenRouter refuses, in its own words."""

import json

import httpx2
import pytest

from service.simulator import Simulator

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def message(response: httpx2.Response) -> str:
    error = response.json()["error"]
    assert error["code"] == response.status_code
    return error["message"]


@pytest.mark.parametrize("path", ["/key", "/auth/key", "/credits", "/generation?id=gen-1", "/models/user"])
def test_a_route_that_needs_a_key_refuses_none_and_a_wrong_one(sim, samples, path):
    missing = httpx2.get(sim.base_url + path)
    wrong = httpx2.get(sim.base_url + path, headers={"Authorization": "Bearer sk-or-v1-bad"})
    assert (missing.status_code, missing.json()) == (401, samples["error_401_missing_key_2026_10"]["body"])
    assert (wrong.status_code, wrong.json()) == (401, samples["error_401_bad_key_2026_10"]["body"])


@pytest.mark.parametrize("key", ["", "Bearer sk-or-v1-bad-one", "Bearer another", "Basic sk-or-v1-good"])
def test_a_chat_needs_a_key_that_starts_as_openrouter_keys_do(sim, key):
    body = {"model": "sim/echo", "messages": [{"role": "user", "content": "Hi"}]}
    response = httpx2.post(f"{sim.base_url}/chat/completions", json=body, headers={"Authorization": key} if key else {})
    assert response.status_code == 401
    assert "x-generation-id" not in response.headers


def test_without_required_keys_none_passes_and_a_bad_one_does_not():
    body = {"model": "sim/echo", "messages": [{"role": "user", "content": "Hi"}]}
    with Simulator(speed=0, requires_key=False) as simulator:
        url = f"{simulator.base_url}/chat/completions"
        assert httpx2.post(url, json=body).status_code == 200
        assert httpx2.post(url, json=body, headers={"Authorization": "Bearer ollama"}).status_code == 200
        assert httpx2.post(url, json=body, headers={"Authorization": "Bearer sk-or-v1-bad"}).status_code == 401


@pytest.mark.parametrize("path", ["/models", "/models/count", "/models/sim/echo/endpoints", "/providers"])
def test_the_catalogue_is_open_and_ignores_a_bad_key(sim, path):
    assert httpx2.get(sim.base_url + path).status_code == 200
    assert httpx2.get(sim.base_url + path, headers={"Authorization": "Bearer sk-or-v1-bad"}).status_code == 200


def test_an_unknown_route_is_not_found(client, samples):
    response = client.get("/nowhere")
    assert (response.status_code, response.json()) == (404, samples["error_404_unknown_route_2026_10"]["body"])


def test_a_preflight_is_answered_for_any_origin(client):
    response = client.http.options("/chat/completions")
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(client, samples, raw):
    response = client.http.post("/chat/completions", content=raw)
    assert (response.status_code, response.json()) == (400, samples["error_400_invalid_json_2026_10"]["body"])


@pytest.mark.parametrize(
    "messages",
    [
        None,
        [],
        "Hi",
        {},
        ["Hi"],
        [{"role": "user"}],
        [{"role": "ghost", "content": "Boo"}],
        [{"content": "Hi"}],
        [{"role": "user", "content": 3}],
        [{"role": "user", "content": [{"type": "text", "text": 3}]}],
    ],
    ids=json.dumps,
)
def test_missing_or_wrong_messages_get_the_one_refusal(client, samples, messages):
    response = client.http.post("/chat/completions", json={"model": "sim/echo", "messages": messages})
    recorded = samples["error_400_missing_messages_2026_10"]["body"]
    assert (response.status_code, response.json()["error"]) == (400, recorded["error"])
    assert response.json().keys() == recorded.keys()


def test_a_prompt_is_accepted_in_place_of_messages(client):
    response = client.http.post("/chat/completions", json={"model": "sim/echo", "prompt": "Old way"})
    assert response.json()["choices"][0]["message"]["content"].startswith("Old way\n")


def test_an_unknown_model_is_refused_with_a_generation_id(client):
    response = client.post("nobody/nothing")
    assert (response.status_code, message(response)) == (400, "nobody/nothing is not a valid model ID")
    assert response.headers["x-generation-id"].startswith("gen-")


def test_an_error_before_the_first_token_is_json_even_when_streaming(client):
    streamed = client.stream("nobody/nothing")
    assert streamed.response.headers["content-type"] == "application/json"
    assert json.loads(streamed.raw)["error"]["code"] == 400


def test_a_free_variant_that_does_not_exist_names_the_paid_one(client):
    response = client.post("openai/gpt-4o:free")
    assert response.status_code == 404
    assert message(response).endswith("use this slug instead: openai/gpt-4o")


def test_a_model_that_is_left_out_is_the_account_default(client):
    response = client.http.post("/chat/completions", json={"messages": [{"role": "user", "content": "Hi"}]})
    assert response.json()["model"] == "sim/writer"


@pytest.mark.parametrize("stream", [True, False])
def test_tools_for_a_model_without_tools_are_refused(client, stream):
    response = client.http.post(
        "/chat/completions",
        json={
            "model": "perplexity/sonar",
            "messages": [{"role": "user", "content": "Hi"}],
            "tools": [TOOL],
            "stream": stream,
        },
    )
    assert response.status_code == 404
    assert message(response).startswith('No endpoints found that support tool use. Try disabling "weather".')


def test_a_forced_tool_choice_is_refused_where_only_tools_are_supported(client):
    assert client.post("amazon/nova-lite-v1", tools=[TOOL]).status_code == 200
    response = client.post("amazon/nova-lite-v1", tools=[TOOL], tool_choice="required")
    assert response.status_code == 404
    assert "'tool_choice'" in message(response)


def test_an_image_for_a_model_that_cannot_see_is_refused(client):
    response = client.post("microsoft/phi-4", [{"type": "text", "text": "What is this?"}, IMAGE])
    assert (response.status_code, message(response)) == (404, "No endpoints found that support image input")


def test_an_unsupported_parameter_is_dropped_unless_it_is_required(client):
    assert client.post("openai/gpt-6.1-sol", temperature=0.3).status_code == 200
    response = client.post("openai/gpt-6.1-sol", temperature=0.3, provider={"require_parameters": True})
    assert response.status_code == 404
    assert message(response).startswith("No endpoints found that can handle the requested parameters. ")


def test_a_required_schema_is_refused_by_a_model_without_structured_outputs(client):
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    required = {"require_parameters": True}
    assert client.post("openai/gpt-3.5-turbo", response_format=wanted, provider=required).status_code == 404
    assert client.post("openai/gpt-4.1-mini", response_format=wanted, provider=required).status_code == 200


def test_reasoning_cannot_be_switched_off_where_it_is_mandatory(client, samples):
    for off in ({"reasoning": {"effort": "none"}}, {"reasoning_effort": "none"}, {"reasoning": {"enabled": False}}):
        response = client.post("anthropic/claude-sonnet-5.5", **off)
        assert (response.status_code, response.json()) == (
            400,
            samples["error_400_reasoning_mandatory_2026_10"]["body"],
        )


def test_a_prompt_above_the_context_is_refused_with_both_numbers(client):
    response = client.post("gryphe/mythomax-l2-13b", "word " * 5000)
    assert response.status_code == 400
    assert message(response).startswith(
        "This endpoint's maximum context length is 4096 tokens. However, you requested about 6254 tokens "
        "(6254 of text input). "
    )


def test_a_free_model_is_refused_when_data_collection_is_denied(client, samples):
    response = client.post("google/gemma-4-31b-it:free", provider={"data_collection": "deny"})
    assert (response.status_code, response.json()) == (404, samples["error_404_data_policy_2026_10"]["body"])


def test_a_provider_that_does_not_serve_the_model_is_refused(client, samples):
    response = client.post("openai/gpt-4o", provider={"only": ["azure"]})
    recorded = samples["error_404_no_allowed_providers_2026_09"]["body"]["error"]["metadata"]
    assert response.json()["error"]["metadata"].keys() == recorded.keys()
    assert message(response).endswith("permits only: azure.")
    assert client.post("openai/gpt-4o", provider={"only": ["simulator"]}).status_code == 200


def test_a_price_ceiling_below_the_price_is_refused(client):
    response = client.post("openai/gpt-4o", provider={"max_price": {"prompt": 2}})
    assert (response.status_code, message(response)) == (
        404,
        "No endpoints found that satisfy the max price for this request",
    )
    assert client.post("openai/gpt-4o", provider={"max_price": {"prompt": "2.5", "completion": 10}}).status_code == 200


def test_fallback_models_are_tried_in_order_and_the_answer_names_the_one_that_served(client):
    body = client.post("sim/rate-limited", models=["nobody/nothing", "sim/echo", "sim/writer"]).json()
    assert body["model"] == "sim/echo"


def test_the_last_fallback_gives_the_refusal(client):
    assert client.post("sim/rate-limited", models=["sim/provider-error"]).status_code == 502


def test_an_unknown_output_modality_gets_the_other_error_shape(client, samples):
    response = client.get("/models", output_modalities="file")
    assert (response.status_code, response.json()) == (400, samples["error_400_zod_2026_10"]["body"])


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "1001"}, {"limit": "x"}, {"offset": "-1"}])
def test_a_wrong_page_is_refused_by_name(client, query):
    response = client.get("/models", **query)
    assert response.status_code == 400
    assert json.loads(response.json()["error"]["message"])[0]["path"] == list(query)
