"""An answer to the strict form of a schema is judged by the schema as it was written."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import ChatResult, Verdict
from service.structured import judge_value, strictify, validate
from service.structured.as_written import asked_by, without_added_nulls

WRITTEN = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "nick": {"type": "string"},
        "born": {"type": ["string", "null"]},
        "home": {"$ref": "#/$defs/place"},
        "trips": {"type": "array", "items": {"$ref": "#/$defs/place"}},
    },
    "required": ["name"],
    "$defs": {
        "place": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
            "required": ["city"],
        }
    },
}


def judged(text: str, schema: Any = WRITTEN) -> tuple[Verdict, Any]:
    verdict, value = judge_value(ChatResult(text=text, finish_reason="stop"), schema, was_strict=True)
    assert verdict is not None
    return verdict, value


def test_a_null_for_what_could_be_left_out_counts_as_left_out() -> None:
    """At every level; one that was allowed as written stays."""
    text = '{"name": "Ann", "nick": null, "born": null, "home": null, "trips": [{"city": "Bern", "zip": null}]}'
    verdict, value = judged(text)
    assert verdict.kind == "valid"
    assert verdict.sentence.endswith("; null stands for what could be left out.")
    assert value == {"name": "Ann", "born": None, "trips": [{"city": "Bern"}]}


def test_without_such_a_null_the_value_is_as_it_came() -> None:
    verdict, value = judged('{"name": "Ann", "nick": "A"}')
    assert (verdict.sentence, value) == (
        "The answer is good JSON and follows the schema.",
        {"name": "Ann", "nick": "A"},
    )


def test_a_rule_that_the_strict_form_only_says_in_words_still_counts() -> None:
    """What the provider did not check is checked here."""
    assert "minLength" not in str(strictify(WRITTEN)["properties"]["name"].keys())
    verdict, _ = judged('{"name": "A", "nick": null, "born": null, "home": null, "trips": null}')
    assert (verdict.kind, [issue.path for issue in verdict.issues]) == ("wrong_shape", ["name"])


def test_a_null_for_what_is_required_is_wrong() -> None:
    verdict, _ = judged('{"name": null}')
    assert (verdict.kind, [issue.path for issue in verdict.issues]) == ("wrong_shape", ["name"])


def test_an_answer_that_is_no_object_is_judged_in_its_field() -> None:
    """The strict form puts it there."""
    schema = {"type": "array", "items": {"type": "integer"}}
    assert judged('{"value": [1, 2]}', schema) == (
        Verdict("valid", "The answer is good JSON and follows the schema."),
        {"value": [1, 2]},
    )
    verdict, _ = judged('{"value": [1, "x"]}', schema)
    assert [issue.path for issue in verdict.issues] == ["value[1]"]


@pytest.mark.parametrize("form", ["anyOf", "oneOf", "allOf"])
def test_fields_of_parts_and_alternatives_are_found(form: str) -> None:
    part = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert without_added_nulls({"a": None}, {form: [part]}) == {}


def test_a_value_too_deep_to_look_at_stays_as_it_is() -> None:
    value: Any = None
    for _ in range(300):
        value = {"in": value}
    assert without_added_nulls(value, {"properties": {"in": {"type": "object"}}}) is value


NAMES = st.sampled_from(["a", "b", "c"])
RULES = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer"}, {"type": ["string", "null"]}, {"enum": ["x", None]}]),
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(
            lambda fields, required: {
                "type": "object",
                "properties": fields,
                "required": [name for name in fields if name in required],
            },
            st.dictionaries(NAMES, inner, min_size=1, max_size=3),
            st.sets(NAMES),
        ),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(rule=RULES, seed=st.integers(0, 1_000))
def test_what_fits_the_strict_form_fits_what_was_written(rule: dict[str, Any], seed: int) -> None:
    """For values made from the strict form, once its nulls are taken out."""
    from service.simulator.json_values import generate

    value = generate(strictify(rule), seed=seed, max_tries=200)
    asked = asked_by(rule)
    counted = value if not validate(value, asked) else without_added_nulls(value, asked)
    assert validate(counted, asked) == []
