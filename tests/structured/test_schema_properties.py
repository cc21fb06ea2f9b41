"""Whatever the schema: nothing is changed in place, fixes come to an end, and the strict form means what it says."""

import copy
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError
from service.structured import Profile, advise_schema, apply_fixes, explain_strictify, lint_schema, strictify, validate
from service.structured.compiled import compiled, schema_text
from service.structured.merge import distributed, merged_all
from service.structured.scene import Scene
from tests.structured.schema_strategies import answers, documents, kept_schemas, wild_schemas

PROFILES: tuple[Profile, ...] = get_args(Profile)
UNHURRIED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# For what runs once for each provider.
BRIEFLY = settings(UNHURRIED, max_examples=40)


def is_valid(value: Any, schema: Any) -> bool:
    try:
        return compiled(schema_text(schema)).validator.is_valid(value)
    except InvalidSchemaError:
        # A reference that leads nowhere, say: nothing can be said about such a schema.
        assume(False)
        raise


@BRIEFLY
@given(wild_schemas())
@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_is_changed_in_place(profile: Profile, schema: Any) -> None:
    before = copy.deepcopy(schema)

    for issue in [*lint_schema(schema, profile), *advise_schema(schema, profile)]:
        if issue.fix is not None:
            issue.fix.apply(schema)
    apply_fixes(schema, profile)
    strictify(schema)

    assert schema == before


@BRIEFLY
@given(wild_schemas())
@pytest.mark.parametrize("profile", PROFILES)
def test_after_all_fixes_no_refusal_is_left_that_has_one(profile: Profile, schema: Any) -> None:
    mended = apply_fixes(schema, profile)

    assert [str(issue) for issue in lint_schema(mended, profile) if issue.fix is not None] == []


@BRIEFLY
@given(wild_schemas())
@pytest.mark.parametrize("profile", PROFILES)
def test_fixes_taken_one_at_a_time_come_to_an_end(profile: Profile, schema: Any) -> None:
    """As a person clicks them."""
    for _ in range(200):
        fixes = [issue.fix for issue in lint_schema(schema, profile) if issue.fix is not None]
        if not fixes:
            return
        mended = fixes[0].apply(schema)
        assert mended != schema, fixes[0].label
        schema = mended
    pytest.fail("there is always one more")


@UNHURRIED
@given(wild_schemas())
def test_the_strict_form_of_a_strict_form_is_the_same(schema: Any) -> None:
    strict = strictify(schema)

    assert strictify(strict) == strict
    assert explain_strictify(strict).changes == ()


@UNHURRIED
@given(wild_schemas())
def test_the_strict_form_is_closed_and_required_where_it_could_be_written(schema: Any) -> None:
    """What is left says several things of one value; `lint_schema` tells of it."""
    strict = strictify(schema)

    assert strict["type"] == "object"
    for node in Scene(strict).plain:
        if isinstance(node.schema, dict) and node.schema.get("type") == "object" and "allOf" not in node.schema:
            fields = node.schema.get("properties", {})
            if "$ref" not in node.schema and "oneOf" not in node.schema and "anyOf" not in node.schema:
                assert node.schema.get("additionalProperties") is False
                assert set(fields) <= set(node.schema.get("required", []))


@UNHURRIED
@given(st.data())
def test_an_answer_in_the_strict_form_fits_the_schema_as_written(data: st.DataObject) -> None:
    """Once the nulls of fields that could be left out are dropped."""
    schema = data.draw(kept_schemas())
    strict = strictify(schema)
    assume(lint_schema(strict, "openai") == [])
    answer = data.draw(answers(strict, strict))
    assume(is_valid(answer, strict))

    bare = without_nulls(answer)

    assert validate(bare["value"] if "value" in strict["properties"] else bare, schema) == []


def without_nulls(value: Any) -> Any:
    """No field of those schemas may be null of itself."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@UNHURRIED
@given(st.lists(wild_schemas(), min_size=1, max_size=3), wild_schemas(), documents())
def test_parts_written_as_one_mean_the_same(parts: list[Any], around: Any, value: Any) -> None:
    around = around if isinstance(around, dict) else {}
    schema = {**{key: item for key, item in around.items() if key != "$ref"}, "allOf": parts}

    joined = merged_all(schema, Scene(schema))

    if joined is not None:
        assert is_valid(value, joined) == is_valid(value, schema)


@UNHURRIED
@given(st.lists(wild_schemas(), min_size=1, max_size=3), wild_schemas(), documents())
def test_alternatives_written_out_mean_the_same(choices: list[Any], around: Any, value: Any) -> None:
    around = around if isinstance(around, dict) else {}
    schema = {**{key: item for key, item in around.items() if key not in ("$ref", "oneOf")}, "anyOf": choices}

    written = distributed(schema, Scene(schema))

    if written is not None:
        assert is_valid(value, written) == is_valid(value, schema)
