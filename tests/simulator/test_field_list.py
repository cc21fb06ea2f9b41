"""Fields from a description: only words that stand in it, always the same, and said to be simulated."""

import json
from typing import Any

import pytest

from service.structured.describe import NAME, schema_request
from tests.simulator.conftest import Client


def listed(client: Client, words: str, model: str = "sim/json") -> dict[str, Any]:
    """Return what the simulator lists for a description."""
    form = schema_request(words).response_format
    assert form is not None
    body = client.post(model, words, response_format={"type": "json_schema", "json_schema": form.definition}).json()
    answer: dict[str, Any] = json.loads(body["choices"][0]["message"]["content"])
    return answer


@pytest.mark.parametrize("model", ["sim/json", "sim/writer", "openai/o3-deep-research"])
def test_the_fields_are_words_of_the_description(client: Client, model: str) -> None:
    """With the plainest type that the words suggest."""
    words = "The sender's email, all articles, the total price, the number of boxes. Whether it is urgent"
    answer = listed(client, words, model)
    assert [(field["name"], field["type"], field["is_list"]) for field in answer["fields"]] == [
        ("sender_email", "email", False),
        ("articles", "text", True),
        ("total_price", "number", False),
        ("boxes", "integer", False),
        ("urgent", "boolean", False),
    ]
    assert answer["note"].startswith("Simulated: no model has read your description.")
    assert listed(client, words, model) == answer


def test_a_description_without_words_has_one_field(client: Client) -> None:
    assert [field["name"] for field in listed(client, "?!")["fields"]] == ["answer"]


def test_another_form_of_that_name_is_answered_as_any_other(client: Client) -> None:
    """What conforms to the schema that was sent comes first."""
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": NAME, "schema": schema}}
    content = client.post("sim/json", "The sender", response_format=form).json()["choices"][0]["message"]["content"]
    assert list(json.loads(content)) == ["n"]
