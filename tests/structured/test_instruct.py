"""What a model is told says exactly what is wanted, and exactly what was wrong."""

import json
from types import MappingProxyType
from typing import Any

import pytest

from service.results import Issue, Verdict
from service.structured import repair_instruction, schema_instruction
from service.structured.instruct import is_repair_instruction

SCHEMA = {"type": "object", "properties": {"größe": {"type": "number"}}}


@pytest.mark.parametrize("schema", [SCHEMA, MappingProxyType(SCHEMA), True])
def test_the_schema_stands_in_the_instruction_word_for_word(schema: Any) -> None:
    told = schema_instruction(schema)

    assert json.loads(told.partition("JSON Schema:\n")[2]) == (SCHEMA if schema is not True else True)
    assert "no Markdown fence" in told
    assert "named" not in told


def test_letters_are_not_escaped_and_the_name_is_told() -> None:
    told = schema_instruction(SCHEMA, name="Maß")

    assert '"größe"' in told
    assert 'one JSON value named "Maß"' in told


def test_every_violation_is_told_again() -> None:
    issues = (Issue("items[2].price", 'should be a number, got "twelve"'), Issue("", "should be an object, got null"))

    told = repair_instruction(Verdict("wrong_shape", "Two things.", issues))

    assert '\n- `items[2].price` should be a number, got "twelve"\n- should be an object, got null\n' in told
    assert "whole corrected JSON" in told


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            Verdict("not_json", "The answer is not JSON. Line 3, column 7: a value is missing."),
            "could not be read as JSON. (The answer is not JSON. Line 3, column 7: a value is missing.)",
        ),
        (Verdict("cut_off", "It reached the limit."), "Answer more briefly."),
        (Verdict("empty", "Empty."), "Your answer was empty."),
        (Verdict("refused", "The model refused: “No.”"), "The model refused: “No.”"),
        (Verdict("wrong_shape", "The answer has the wrong shape."), "- The answer has the wrong shape."),
    ],
)
def test_other_failures_are_told_in_their_words(verdict: Verdict, words: str) -> None:
    told = repair_instruction(verdict)

    assert words in told
    assert told.endswith("Write the JSON and nothing else: no introduction, no explanation, no Markdown fence.")
    assert is_repair_instruction(told)


@pytest.mark.parametrize("text", ["", "Your answer was empty.", "Write the JSON and nothing else."])
def test_a_question_is_not_taken_for_one_that_asks_again(text: str) -> None:
    assert not is_repair_instruction(text)
