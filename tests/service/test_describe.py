"""A schema from a description: what is asked, what comes of an answer, and what of one that cannot be used."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from service import ChatResult, InvalidSchemaError, OpenRouterService
from service.simulator import Simulator
from service.structured import lint_schema, read_described_schema, schema_request, schema_to_notation

MakeService = Callable[..., OpenRouterService]
WORDS = "The sender, the date of the order and whether it is urgent"
FIELD = {"type": "text", "is_list": False, "may_be_null": False, "choices": [], "description": "", "depth": 0}


def answered(*fields: dict[str, Any]) -> ChatResult:
    """Return the result of a model that lists these fields."""
    rows = [FIELD | field for field in fields]
    return ChatResult(text=json.dumps({"name": "order", "fields": rows, "note": "As you said."}), finish_reason="stop")


def line(*fields: dict[str, Any]) -> str:
    return schema_to_notation(read_described_schema(answered(*fields)).schema, width=None)


def test_the_simulator_lists_words_and_says_so(make_service: MakeService, sim: Simulator) -> None:
    """The way from the words to a schema that every provider takes."""
    with make_service(model="sim/json", system_prompt="Answer in French.") as service:
        made = read_described_schema(service.chat(schema_request(WORDS)))
    assert schema_to_notation(made.schema).splitlines()[1] == "date_order date: From your words: the date of the order"
    assert made.note.startswith("Simulated: no model has read your description.")
    for profile in ("openai", "anthropic", "google", "generic"):
        assert lint_schema(made.schema, profile) == []
    sent = sim.chat_requests[-1].body
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][1]["content"] == WORDS
    assert lint_schema(sent["response_format"]["json_schema"]["schema"], "openai") == []


def test_without_structured_outputs_the_form_goes_into_the_prompt() -> None:
    request = schema_request(WORDS, model="a/b", native=False)
    assert '"may_be_null"' in str(request.messages[0].content)
    assert request.response_format is not None
    assert request.response_format.type == "text"


def test_rows_become_fields() -> None:
    """An object has those below it; a list is one; what may be unknown may be null."""
    assert (
        line(
            {"name": "items", "type": "object", "is_list": True},
            {"name": "sku", "depth": 1, "description": "The number on the box"},
            {"name": "price", "type": "number", "depth": 1, "may_be_null": True},
            {"name": "status", "type": "choice", "choices": ["open", "paid", "open"]},
        )
        == "items list { sku: The number on the box, price number | null }, status (open | paid)"
    )


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ({"name": "a", "type": "choice"}, "a"),
        ({"name": "a", "choices": ["x", "y"]}, "a (x | y)"),
        ({"name": "a", "type": "integer", "choices": ["1"]}, "a int"),
        ({"name": " a "}, "a"),
    ],
)
def test_small_slips_of_a_model_are_understood(field: dict[str, Any], made: str) -> None:
    assert line(field) == made


@pytest.mark.parametrize(
    ("given", "name"), [("meeting_notes", "meeting_notes"), ("Notes of März", "answer"), ("", "answer")]
)
def test_the_name_is_one_that_can_be_sent(given: str, name: str) -> None:
    rows = [FIELD | {"name": "a"}]
    text = json.dumps({"name": given, "fields": rows, "note": ""})
    assert read_described_schema(ChatResult(text=text, finish_reason="stop")).name == name


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (answered(), "listed no fields"),
        (answered({"name": ""}), "cannot be used. The field has no name"),
        (
            answered({"name": "a"}, {"name": "a"}, {"name": " "}),
            r"name of another field too.*\(1 more field to correct",
        ),
        (answered({"name": "a"}, {"name": "b", "depth": 1}), "Make that an object"),
        (ChatResult(text="Sure!", finish_reason="stop"), "gave no list of fields"),
        (ChatResult(text='{"name": "x"', finish_reason="length"), "gave no list of fields"),
        (ChatResult(text='{"name": "x"}', finish_reason="stop"), "gave no list of fields"),
        (ChatResult(text="", finish_reason="stop", refusal="No."), "gave no list of fields"),
    ],
)
def test_what_cannot_be_used_is_told(result: ChatResult, said: str) -> None:
    with pytest.raises(InvalidSchemaError, match=said):
        read_described_schema(result)
