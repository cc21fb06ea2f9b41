"""Bad structured answers that become good ones: asked again, healed, or with the schema in the prompt."""

import json

import jsonschema_rs
import pytest

from tests.simulator.test_scenarios import FORMAT, LONG, SCHEMA

AGAIN = {"role": "user", "content": "Correct this and give the whole JSON again."}
HEALING = [{"id": "response-healing"}]


def asked_again(client, model, **body):
    first = client.text(model, LONG, response_format=FORMAT)
    messages = [{"role": "user", "content": LONG}, {"role": "assistant", "content": first}, AGAIN]
    return first, client.text(model, messages=messages, response_format=FORMAT, **body)


@pytest.mark.parametrize("model", ["sim/wrong-shape", "sim/broken-json", "sim/not-json"])
def test_asked_again_a_model_answers_rightly(client, model):
    _, second = asked_again(client, model)
    assert jsonschema_rs.is_valid(SCHEMA, json.loads(second))


def test_what_was_right_stays_as_it_was(client):
    first, second = (json.loads(text) for text in asked_again(client, "sim/wrong-shape"))
    assert first["age"] == second["age"]
    assert first != second


def test_a_model_that_ignores_the_schema_ignores_it_again(client):
    assert not jsonschema_rs.is_valid(SCHEMA, json.loads(asked_again(client, "sim/schema-ignored")[1]))


def test_broken_json_is_right_but_for_its_fence_and_commas(client):
    text = client.text("sim/broken-json", LONG, response_format=FORMAT)
    assert text.startswith("```json\n")
    with pytest.raises(json.JSONDecodeError):
        json.loads(text[8:-4])
    jsonschema_rs.validate(SCHEMA, json.loads(text[8:-4].replace(",\n}", "\n}").replace(",\n  ]", "\n  ]")))


@pytest.mark.parametrize("model", ["sim/broken-json", "sim/fenced-json"])
def test_response_healing_mends_what_is_not_streamed(client, model):
    text = client.text(model, LONG, response_format=FORMAT, plugins=HEALING)
    jsonschema_rs.validate(SCHEMA, json.loads(text))
    assert client.stream(model, LONG, response_format=FORMAT, plugins=HEALING).text.startswith("```json")


@pytest.mark.parametrize("model", ["sim/not-json", "sim/wrong-shape", "sim/cut-off"])
def test_response_healing_mends_neither_prose_nor_shape_nor_length(client, model):
    plain = client.text(model, LONG, response_format=FORMAT)
    assert client.text(model, LONG, response_format=FORMAT, plugins=HEALING) == plain


def test_without_a_response_format_nothing_is_healed(client):
    system = {"role": "system", "content": f"JSON Schema:\n{json.dumps(SCHEMA)}"}
    messages = [system, {"role": "user", "content": LONG}]
    assert client.text("sim/broken-json", messages=messages, plugins=HEALING).startswith("```json")


def test_a_schema_that_a_system_message_tells_is_followed(client):
    """As a model without structured outputs does that can read."""
    system = {"role": "system", "content": f"Answer in JSON.\n\nJSON Schema:\n{json.dumps(SCHEMA)}"}
    messages = [system, {"role": "user", "content": LONG}]
    assert jsonschema_rs.is_valid(SCHEMA, json.loads(client.text("microsoft/phi-4", messages=messages)))


@pytest.mark.parametrize("told", ["JSON Schema:\n{", "JSON Schema:\n" + "[" * 100_000, "JSON Schema: none"])
def test_a_schema_that_cannot_be_read_is_no_schema(client, told):
    messages = [{"role": "system", "content": told}, {"role": "user", "content": LONG}]
    assert "simulated" in client.text("sim/writer", messages=messages)
