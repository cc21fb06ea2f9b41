"""What each healthy scenario says, streamed and whole, and the limits that all of them honour."""

import json
import re

import jsonschema_rs
import pytest

from service.simulator.scenarios import SCENARIOS
from service.simulator.universal import ECHO_NOTE

LONG = "Plan a launch for our espresso machine in small offices, with milestones and a budget of 20,000 euros."
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 18, "maximum": 99},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    },
    "required": ["name", "age", "tags"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": SCHEMA}}
TEXT_MODELS = ["sim/writer", "sim/echo", "sim/slow", "sim/reasoner", "sim/vision", "sim/not-json", "openai/gpt-4o"]


def function(name, **properties):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = [
    function("weather", city={"type": "string"}, days={"type": "integer", "minimum": 1, "maximum": 7}),
    function("currency", amount={"type": "number"}, code={"enum": ["EUR", "USD"]}),
    function("never_called"),
]


@pytest.mark.parametrize("model", TEXT_MODELS)
def test_streamed_and_whole_answers_say_the_same(client, model):
    assert client.stream(model, LONG).text == client.text(model, LONG)


@pytest.mark.parametrize(
    "model", [*TEXT_MODELS, "sim/tool-caller", "sim/json", "sim/bench", "anthropic/claude-sonnet-4"]
)
def test_every_text_answer_says_that_it_is_simulated(client, model):
    assert "simulated" in client.text(model, LONG).lower()


def test_echo_repeats_the_last_user_message_exactly_and_then_says_what_it_is(client):
    content = "  keep\n\tthis *exactly* – ünïcödé 👩‍👩‍👧 "
    messages = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "reply"},
        {"role": "user", "content": content},
    ]
    assert client.text("sim/echo", messages=messages) == content + ECHO_NOTE


@pytest.mark.parametrize("parameter", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_stops_at_the_token_limit(client, parameter, stream):
    if stream:
        streamed = client.stream("sim/writer", LONG, **{parameter: 7})
        finish, usage = streamed.finish, streamed.usage
    else:
        body = client.post("sim/writer", LONG, **{parameter: 7}).json()
        finish, usage = body["choices"][0]["finish_reason"], body["usage"]
    assert (finish, usage["completion_tokens"]) == ("length", 7)


def test_an_answer_stops_before_a_stop_sequence(client):
    body = client.post("sim/echo", "one two three four", stop=["three", "nowhere"]).json()
    assert body["choices"][0]["message"]["content"] == "one two "
    assert body["choices"][0]["finish_reason"] == "stop"


def test_one_stop_sequence_may_be_a_string(client):
    assert client.stream("sim/echo", "one two three", stop="two").text == "one "


def test_cost_is_counted_from_the_models_own_prices(client):
    usage = client.post("openai/gpt-4o", LONG).json()["usage"]
    prompt, completion = usage["prompt_tokens"] * 2.5e-6, usage["completion_tokens"] * 10e-6
    assert usage["cost"] == pytest.approx(prompt + completion)
    assert usage["cost_details"]["upstream_inference_prompt_cost"] == pytest.approx(prompt)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_a_price_override_applies_above_its_prompt_length(client):
    words = "word " * 120_000
    usage = client.post("x-ai/grok-4.1-fast", words, max_tokens=1).json()["usage"]
    assert usage["prompt_tokens"] > 128_000
    assert usage["cost_details"]["upstream_inference_prompt_cost"] == pytest.approx(usage["prompt_tokens"] * 0.4e-6)


def test_a_free_model_costs_nothing_and_keeps_its_suffix(client):
    response = client.post("nvidia/nemotron-3-super-120b-a12b:free", LONG)
    assert response.json()["model"] == "nvidia/nemotron-3-super-120b-a12b:free"
    assert response.json()["usage"]["cost"] == 0
    assert b'"cost":0,' in response.content


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("openai/gpt-4o:nitro", "openai/gpt-4o:nitro"),
        ("openai/gpt-6.1-sol-20260929", "openai/gpt-6.1-sol-20260929"),
        ("~openai/gpt-sol-latest", "openai/gpt-6.1-sol"),
        ("openrouter/auto", "sim/writer"),
        ("openrouter/free", "google/gemma-4-31b-it:free"),
        ("sim/bench:n=3", "sim/bench:n=3"),
    ],
)
def test_the_answer_names_the_model_that_served(client, asked, served):
    assert client.post(asked, max_tokens=5).json()["model"] == served


@pytest.mark.parametrize(
    ("plugin", "served"),
    [
        ({}, "sim/writer"),
        ({"allowed_models": ["sim/*", "openai/*"]}, "sim/writer"),
        ({"allowed_models": ["microsoft/*"]}, "microsoft/phi-4"),
        ({"allowed_models": ["sim/*"], "excluded_models": ["sim/writer", "sim/s*"]}, "sim/echo"),
        ({"allowed_models": ["microsoft/*"], "enabled": False}, "sim/writer"),
        ({"allowed_models": ["microsoft/phi-4"], "cost_tier": "max"}, "microsoft/phi-4"),
    ],
)
def test_the_auto_router_chooses_among_the_models_it_is_told(client, plugin, served):
    plugins = [{"id": "auto-router", **plugin}]
    assert client.post("openrouter/auto", max_tokens=5, plugins=plugins).json()["model"] == served
    assert client.post("openai/gpt-4o", max_tokens=5, plugins=plugins).json()["model"] == "openai/gpt-4o"


def test_the_auto_router_keeps_to_what_answers_may_cost(client):
    served = [
        client.post("openrouter/auto", max_tokens=5, plugins=[{"id": "auto-router", "cost_tier": tier}]).json()["model"]
        for tier in ("low", "medium", "high", "xhigh", "max")
    ]
    prices = {model["id"]: float(model["pricing"]["completion"]) for model in client.get("/models").json()["data"]}
    paid = [prices[name] for name in served]
    assert paid == sorted(paid)
    assert paid[0] < paid[-1]


def test_limits_of_the_auto_router_that_no_model_meets_are_refused(client):
    plugins = [{"id": "auto-router", "allowed_models": ["microsoft/*"], "excluded_models": ["*"]}]
    response = client.post("openrouter/auto", plugins=plugins)
    assert response.status_code == 404
    assert response.json()["error"]["message"] == "No models match your request and model restrictions"


def test_a_stand_in_says_that_it_is_not_the_model(client):
    text = client.text("anthropic/claude-opus-4.6", LONG)
    assert text.startswith("*You chose Anthropic: Claude Opus 4.6, but this is the simulator speaking")


def test_json_conforms_to_the_schema_and_streams_in_small_pieces(client):
    streamed = client.stream("sim/json", LONG, response_format=FORMAT)
    jsonschema_rs.validate(SCHEMA, json.loads(streamed.text))
    assert max(len(delta["content"]) for delta in streamed.deltas) <= 7
    assert streamed.text == client.text("sim/json", LONG, response_format=FORMAT)


def test_json_differs_between_prompts(client):
    found = {client.text("sim/json", f"{LONG} {number}", response_format=FORMAT) for number in range(5)}
    assert len(found) > 1


def test_json_object_gives_a_small_object_about_the_prompt(client):
    value = json.loads(client.text("sim/json", LONG, response_format={"type": "json_object"}))
    assert value["simulated"] is True
    assert "espresso" in value["keywords"]


def test_json_without_a_format_asks_for_one(client):
    assert "needs a response format" in client.text("sim/json", LONG)


def test_a_schema_without_values_is_refused_with_the_reason(client):
    schema = {"type": "integer", "minimum": 5, "maximum": 4}
    wanted = {"type": "json_schema", "json_schema": {"name": "none", "schema": schema}}
    response = client.post("sim/json", LONG, response_format=wanted)
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith("The simulator found no value for this schema in 200 tries")


@pytest.mark.parametrize("schema", [None, "text", 5])
def test_a_schema_that_is_no_schema_is_a_provider_error(client, schema):
    wanted = {"type": "json_schema", "json_schema": {"name": "none", "schema": schema}}
    error = client.post("sim/json", LONG, response_format=wanted).json()["error"]
    assert error["message"] == "Provider returned error"
    assert json.loads(error["metadata"]["raw"])["error"]["code"] == "invalid_json_schema"


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA,
        {"type": "array", "items": {"type": "integer"}},
        {"type": "object", "properties": {"note": {}}, "additionalProperties": False},
        {"type": "string"},
        {"enum": ["a", "b"]},
    ],
)
def test_wrong_shape_is_json_that_the_schema_refuses(client, schema):
    wanted = {"type": "json_schema", "json_schema": {"name": "any", "schema": schema}}
    value = json.loads(client.text("sim/wrong-shape", LONG, response_format=wanted))
    assert not jsonschema_rs.is_valid(schema, value)


def test_wrong_shape_says_when_nothing_can_be_wrong(client):
    wanted = {"type": "json_schema", "json_schema": {"name": "any", "schema": {}}}
    response = client.post("sim/wrong-shape", LONG, response_format=wanted)
    assert response.status_code == 400
    assert "cannot break it" in response.json()["error"]["message"]


def test_fenced_json_is_right_inside_its_fence(client):
    text = client.text("sim/fenced-json", LONG, response_format=FORMAT)
    assert text.startswith("```json\n")
    assert text.endswith("\n```")
    jsonschema_rs.validate(SCHEMA, json.loads(text[8:-4]))


def test_not_json_is_prose(client):
    with pytest.raises(json.JSONDecodeError):
        json.loads(client.text("sim/not-json", LONG, response_format=FORMAT))


def test_schema_ignored_is_json_of_another_kind(client):
    value = json.loads(client.text("sim/schema-ignored", LONG, response_format=FORMAT))
    assert not jsonschema_rs.is_valid(SCHEMA, value)


@pytest.mark.parametrize("wanted", [FORMAT, {"type": "json_object"}])
def test_cut_off_json_is_broken_and_says_length(client, wanted):
    choice = client.post("sim/cut-off", LONG, response_format=wanted).json()["choices"][0]
    assert (choice["finish_reason"], choice["native_finish_reason"]) == ("length", "max_tokens")
    assert choice["message"]["content"].startswith("{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(choice["message"]["content"])


def test_cut_off_text_says_length_too(client):
    streamed = client.stream("sim/cut-off", LONG)
    assert streamed.finish == "length"
    assert len(streamed.text) > 100


def test_a_refusal_stands_in_its_own_field(client):
    message = client.post("sim/refusal").json()["choices"][0]["message"]
    assert message["content"] is None
    assert message["refusal"].startswith("I can't help with that.")
    streamed = client.stream("sim/refusal")
    assert "".join(delta.get("refusal", "") for delta in streamed.deltas) == message["refusal"]
    assert streamed.text == ""


def test_a_refusal_can_come_from_a_content_filter(client):
    choice = client.post("sim/refusal:form=filter").json()["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("content_filter", "")


def test_empty_has_no_text_and_a_proper_end(client):
    assert client.text("sim/empty") == ""
    streamed = client.stream("sim/empty")
    assert (streamed.text, streamed.finish, streamed.usage["completion_tokens"]) == ("", "stop", 0)


def test_the_reasoner_thinks_before_it_answers(client):
    deltas = client.stream("sim/reasoner", LONG).deltas
    thinking = [place for place, delta in enumerate(deltas) if delta.get("reasoning")]
    writing = [place for place, delta in enumerate(deltas) if delta["content"]]
    assert max(thinking) < min(writing)
    assert all(deltas[place]["reasoning_details"][0]["text"] == deltas[place]["reasoning"] for place in thinking)


def test_reasoning_can_eat_the_whole_budget(client):
    body = client.post("sim/reasoner", LONG, max_tokens=20).json()
    choice, usage = body["choices"][0], body["usage"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "")
    assert usage["completion_tokens"] == usage["completion_tokens_details"]["reasoning_tokens"] == 20


def test_excluded_reasoning_is_hidden_and_still_counted(client):
    for hidden in ({"reasoning": {"exclude": True}}, {"include_reasoning": False}):
        body = client.post("sim/reasoner", LONG, **hidden).json()
        assert body["choices"][0]["message"]["reasoning"] is None
        assert "reasoning_details" not in body["choices"][0]["message"]
        assert body["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0


def test_more_effort_means_more_reasoning(client):
    def thought(effort):
        usage = client.post("sim/reasoner", LONG, reasoning={"effort": effort}).json()["usage"]
        return usage["completion_tokens_details"]["reasoning_tokens"]

    found = [thought(effort) for effort in ("none", "minimal", "low", "medium", "high", "xhigh", "max")]
    assert found[0] == 0
    assert found == sorted(set(found))


def test_a_reasoning_budget_is_kept(client):
    usage = client.post("sim/reasoner", LONG, reasoning={"max_tokens": 11}).json()["usage"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 11


def test_other_models_think_only_when_asked_or_obliged(client):
    def thought(model, **body):
        return client.post(model, LONG, **body).json()["choices"][0]["message"]["reasoning"]

    assert thought("sim/writer") is None
    assert thought("sim/writer", reasoning={"effort": "low"})
    assert thought("openai/gpt-6.1-sol")
    assert thought("openai/gpt-4o", reasoning={"effort": "low"}) is None


def arguments_of(streamed):
    found = {}
    for delta in streamed.deltas:
        for call in delta.get("tool_calls", ()):
            entry = found.setdefault(call["index"], {"pieces": []})
            entry.update({key: call[key] for key in ("id", "type") if key in call})
            entry["name"] = call["function"].get("name", entry.get("name"))
            entry["pieces"].append(call["function"]["arguments"])
    return found


def test_tools_are_called_in_parallel_in_fragments_with_conforming_arguments(client):
    streamed = client.stream("sim/tool-caller", LONG, tools=TOOLS)
    calls = arguments_of(streamed)
    assert [call["name"] for call in calls.values()] == ["weather", "currency"]
    assert len({call["id"] for call in calls.values()}) == 2
    for call, tool in zip(calls.values(), TOOLS, strict=False):
        assert len(call["pieces"]) > 3
        jsonschema_rs.validate(tool["function"]["parameters"], json.loads("".join(call["pieces"])))
    assert streamed.finish == "tool_calls"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ({"tool_choice": {"type": "function", "function": {"name": "currency"}}}, ["currency"]),
        ({"tool_choice": "required"}, ["weather", "currency"]),
        ({"parallel_tool_calls": False}, ["weather"]),
        ({"tool_choice": "none"}, []),
    ],
    ids=["named", "required", "one at a time", "none"],
)
def test_the_tool_choice_is_honoured(client, choice, names):
    message = client.post("sim/tool-caller", LONG, tools=TOOLS, **choice).json()["choices"][0]["message"]
    assert [call["function"]["name"] for call in message.get("tool_calls", ())] == names


def test_results_of_tools_are_used_in_the_answer(client):
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": LONG},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "31 degrees and sunny"},
    ]
    for model in ("sim/tool-caller", "sim/writer"):
        body = client.post(model, messages=messages, tools=TOOLS).json()
        text = body["choices"][0]["message"]["content"]
        assert "**weather** returned: 31 degrees and sunny" in text
        assert body["choices"][0]["finish_reason"] == "stop"


def test_without_tools_the_tool_caller_says_so(client):
    assert "offers none" in client.text("sim/tool-caller", LONG)


def test_arguments_are_cut_off_at_the_token_limit(client):
    body = client.post("sim/tool-caller", LONG, tools=TOOLS, max_tokens=3).json()["choices"][0]
    assert body["finish_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(body["message"]["tool_calls"][0]["function"]["arguments"])


def test_a_picture_is_drawn_when_asked_for(client):
    body = client.post("google/gemini-3.1-flash-image-preview", "A cat", modalities=["image", "text"]).json()
    image = body["choices"][0]["message"]["images"][0]
    assert image["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert body["usage"]["completion_tokens_details"]["image_tokens"] == 258


@pytest.mark.parametrize(
    "wish",
    [
        {"plugins": [{"id": "web"}]},
        {"tools": [{"type": "openrouter:web_search"}]},
        {"model": "sim/writer:online"},
    ],
    ids=["plugin", "server tool", "variant"],
)
def test_a_web_search_leaves_a_citation_and_its_price(client, wish):
    model = wish.pop("model", "sim/writer")
    streamed = client.stream(model, LONG, **wish)
    assert streamed.deltas[0]["annotations"][0]["url_citation"]["url"].startswith("https://example.com/")
    assert streamed.usage["server_tool_use_details"] == {"web_search_requests": 1}
    difference = streamed.usage["cost"] - streamed.usage["cost_details"]["upstream_inference_cost"]
    assert difference == pytest.approx(0.01)


def server_tools(*names):
    return [{"type": f"openrouter:{name}"} for name in names]


@pytest.mark.parametrize("stream", [True, False])
def test_pages_that_the_prompt_names_are_said_to_be_read_and_charged(client, stream):
    prompt = "Compare https://example.com/a, https://example.org/b and https://example.com/a."
    offered = server_tools("web_fetch", "datetime")
    if stream:
        streamed = client.stream("sim/writer", prompt, tools=offered)
        usage, text = streamed.usage, streamed.text
    else:
        body = client.post("sim/writer", prompt, tools=offered).json()
        usage, text = body["usage"], body["choices"][0]["message"]["content"]
    assert usage["server_tool_use_details"] == {"tool_calls_requested": 3, "tool_calls_executed": 3}
    assert usage["cost"] - usage["cost_details"]["upstream_inference_cost"] == pytest.approx(0.002)
    assert text.count("The simulator fetches nothing.") == 2
    assert re.search(r"Date and time: \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", text)
    assert "annotations" not in text


def test_without_an_address_nothing_is_fetched(client):
    usage = client.post("sim/writer", LONG, tools=server_tools("web_fetch")).json()["usage"]
    assert "server_tool_use_details" not in usage


def test_an_answer_in_json_uses_them_and_stays_json(client):
    body = client.post(
        "sim/writer",
        "Read https://example.com",
        tools=server_tools("web_fetch"),
        response_format={"type": "json_object"},
    ).json()
    json.loads(body["choices"][0]["message"]["content"])
    assert body["usage"]["server_tool_use_details"] == {"tool_calls_requested": 1, "tool_calls_executed": 1}


def test_a_search_and_the_clock_are_counted_apart(client):
    usage = client.post("sim/writer", LONG, tools=server_tools("web_search", "datetime")).json()["usage"]
    assert usage["server_tool_use_details"] == {
        "web_search_requests": 1,
        "tool_calls_requested": 1,
        "tool_calls_executed": 1,
    }


@pytest.mark.parametrize("stream", [True, False])
def test_bench_sends_exactly_the_tokens_asked_for(client, stream):
    if stream:
        streamed = client.stream("sim/bench:n=150,ttft=0,itl=0", LONG)
        assert len([delta for delta in streamed.deltas if delta["content"]]) == 150
        usage = streamed.usage
    else:
        usage = client.post("sim/bench:n=150,ttft=0,itl=0", LONG).json()["usage"]
    assert usage["completion_tokens"] == 150


def test_bench_writes_a_page_of_markdown_when_asked_to(client):
    model = "sim/bench:form=markdown,n=1300,ttft=0,itl=0"
    streamed = client.stream(model, LONG)
    assert len([delta for delta in streamed.deltas if delta["content"]]) == 1300
    assert streamed.text.startswith("This stream is simulated. \n\n## ")
    for mark in ("\n- A light", "\n1. ", "\n|---|", "\n```python\n", "\n> "):
        assert streamed.text.count(mark) == 2  # the page, and the page again
    assert client.post(model, LONG).json()["choices"][0]["message"]["content"] == streamed.text


def test_bench_honours_a_token_limit(client):
    streamed = client.stream("sim/bench:n=150,ttft=0,itl=0", LONG, max_tokens=40)
    assert (streamed.usage["completion_tokens"], streamed.finish) == (40, "length")


def test_every_scenario_describes_itself_in_the_catalogue(client):
    entries = client.get("/models").json()["data"]
    assert [entry["id"] for entry in entries[: len(SCENARIOS)]] == [scenario.id for scenario in SCENARIOS]
    for entry in entries[: len(SCENARIOS)]:
        assert entry["description"].startswith("Simulated. ")
        assert float(entry["pricing"]["completion"]) > 0
