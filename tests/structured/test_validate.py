"""`validate` tells the truth about a value: paths, order, the alternative that was meant, drafts, sizes."""

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError
from service.results import Issue
from service.structured import Validator, validate

ROOT = Path(__file__).resolve().parents[2]

CAT = {
    "title": "Cat",
    "type": "object",
    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
    "required": ["kind", "lives"],
}
DOG = {
    "title": "Dog",
    "type": "object",
    "properties": {"kind": {"const": "dog"}, "bark": {"type": "string"}},
    "required": ["kind", "bark"],
}


def told(value: Any, schema: Any) -> list[str]:
    return [str(issue) for issue in validate(value, schema)]


def test_a_valid_value_has_no_issues() -> None:
    assert validate({"a": 1}, {"properties": {"a": {"type": "integer"}}}) == []
    assert validate("anything", True) == []


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"items": [{}, {}, {"price": "x"}]}, "items[2].price"),
        ({"odd name": {"b": "x"}}, '["odd name"].b'),
        ({"a": {'say "hi"': ["x"]}}, 'a["say \\"hi\\""][0]'),
        ({"first-name": "x"}, "first-name"),
        ({"größe": "x"}, "größe"),
        ({"$id": "x"}, "$id"),
        ({"0": ["x"]}, '["0"][0]'),
        ({"": "x"}, '[""]'),
        ({"a": {"": {"": {"b": "x"}}}}, 'a[""][""].b'),
        ([["x"]], "[0][0]"),
        ("x", ""),
    ],
)
def test_paths_read_like_places(value: Any, path: str) -> None:
    schema = {
        "type": ["number", "object", "array"],
        "additionalProperties": {"$ref": "#"},
        "items": {"$ref": "#"},
    }

    assert [issue.path for issue in validate(value, schema)] == [path]


def test_issues_stand_in_the_order_of_the_value_and_what_is_missing_comes_after_what_is_there() -> None:
    schema = {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "list": {"items": {"type": "string"}}},
        "required": ["z", "y"],
    }

    assert [issue.path for issue in validate({"list": ["x", 1, 2], "b": 1, "a": 1}, schema)] == [
        "list[1]",
        "list[2]",
        "b",
        "a",
        "z",
        "y",
    ]


def test_one_violation_is_told_once() -> None:
    text = {"type": "string"}

    assert validate(1, {"allOf": [text, {"$ref": "#/$defs/text"}], "$defs": {"text": text}}) == [
        Issue("", "should be text, got 1")
    ]


def test_no_more_than_a_hundred_issues_are_told() -> None:
    issues = validate(list(range(250)), {"items": {"type": "string"}})

    assert [issue.path for issue in issues] == [f"[{index}]" for index in range(100)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("y" * 500, f'should be null, got "{"y" * 59}…"'),
        pytest.param(10**5000, "should be null, got a number of about 5,001 digits", id="vast"),
        (-(10**70), "should be null, got a number of about 71 digits"),
        (1.5e300, "should be null, got 1.5e+300"),
        ("a\nb", 'should be null, got "a\\nb"'),
        ("half \ud800", 'should be null, got "half �"'),
        ([1] * 3, "should be null, got a list of 3 items"),
        ({}, "should be null, got an empty object"),
    ],
)
def test_what_was_found_is_shown_shortened_and_printable(value: Any, message: str) -> None:
    assert validate(value, {"type": "null"}) == [Issue("", message)]


def test_a_long_name_is_shortened() -> None:
    assert validate({"n" * 500: 1}, {"additionalProperties": False}) == [
        Issue("n" * 59 + "…", "is not allowed here"),
    ]


PETS = {"anyOf": [CAT, DOG]}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param({"kind": "cat", "lives": "x"}, ['`lives` should be a whole number, got "x"'], id="tag matches"),
        pytest.param({"kind": "dog"}, ["`bark` is missing"], id="tag matches, field missing"),
        pytest.param({"kind": "fish"}, ['`kind` should be "cat" or "dog", got "fish"'], id="tag of none"),
        pytest.param({}, ["`kind` is missing"], id="missing in every case"),
        pytest.param({"lives": 9}, ["`kind` is missing"], id="closest"),
        pytest.param(5, ["should be an object, got 5"], id="type of none"),
    ],
)
@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_of_several_alternatives_the_one_that_was_meant_is_told(keyword: str, value: Any, said: list[str]) -> None:
    assert told(value, {keyword: [CAT, DOG]}) == said


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        pytest.param({"anyOf": [CAT, {"type": "null"}]}, {"kind": "cat"}, ["`lives` is missing"], id="nullable object"),
        pytest.param(
            {"anyOf": [CAT, {"const": None}]}, {"kind": "cat"}, ["`lives` is missing"], id="nullable by a constant"
        ),
        pytest.param(
            {"anyOf": [{"type": "number"}, {"enum": ["a", "b"]}, {"type": "boolean"}]},
            [1],
            ['should be a number, "a", "b" or true/false, got a list of 1 item'],
            id="types and values",
        ),
        pytest.param(
            {"anyOf": [{"format": "date"}, {"format": "time"}]},
            "x",
            ['should look like a date like 2024-12-31 or a time like 14:30:00Z, got "x"'],
            id="two formats",
        ),
        pytest.param(
            {"anyOf": [{"minimum": 5}, {"multipleOf": 7}]},
            3,
            ["should be at least 5 or a multiple of 7, got 3"],
            id="numbers",
        ),
        pytest.param(
            {"anyOf": [{"minLength": 5}, {"const": "b"}]},
            "a",
            ['should be at least 5 characters long or "b"'],
            id="nothing in common to show",
        ),
        pytest.param(
            {"anyOf": [{"title": "By name", "required": ["name"]}, {"required": ["id"]}]},
            {"x": 1},
            ["fits none of 2 alternatives: By name (`name` is missing), alternative 2 (`id` is missing)"],
            id="nothing tells which",
        ),
        pytest.param(
            {"anyOf": [{"required": [name]} for name in "abcdef"]},
            {},
            [
                "fits none of 6 alternatives: alternative 1 (`a` is missing), alternative 2 (`b` is missing), "
                "alternative 3 (`c` is missing), alternative 4 (`d` is missing) and 2 more"
            ],
            id="many alternatives",
        ),
        pytest.param(
            {"properties": {"pet": {"anyOf": [{"anyOf": [CAT, DOG]}, {"type": "null"}]}}},
            {"pet": {"kind": "dog", "bark": 1}},
            ["`pet.bark` should be text, got 1"],
            id="alternatives inside alternatives",
        ),
        pytest.param({"anyOf": [False, {"type": "string"}]}, 1, ["should be text, got 1"], id="one that is never met"),
        pytest.param({"anyOf": [False, False]}, 1, ["is not allowed here"], id="none that can be met"),
    ],
)
def test_alternatives_are_told_shortly(schema: Any, value: Any, said: list[str]) -> None:
    assert told(value, schema) == said


@pytest.mark.parametrize(
    ("draft", "schema", "good", "bad"),
    [
        (
            "http://json-schema.org/draft-04/schema#",
            {"maximum": 3, "exclusiveMaximum": True},
            2,
            (3, "should be less than 3, got 3"),
        ),
        ("http://json-schema.org/draft-06/schema#", {"contains": {"const": 1}}, [1], ([], None)),
        (
            "http://json-schema.org/draft-07/schema#",
            {"items": [{"type": "string"}]},
            ["a", 1],
            ([1], "should be text, got 1"),
        ),
        (
            "https://json-schema.org/draft/2019-09/schema",
            {"items": [True], "unevaluatedItems": False},
            [1],
            ([1, 2], "is not allowed here"),
        ),
        (
            "https://json-schema.org/draft/2020-12/schema",
            {"prefixItems": [{"type": "string"}]},
            ["a", 1],
            ([1], "should be text, got 1"),
        ),
    ],
)
def test_the_draft_that_is_named_is_followed(draft: str, schema: Any, good: Any, bad: tuple[Any, str | None]) -> None:
    schema = {"$schema": draft, **schema}

    assert validate(good, schema) == []
    messages = [issue.message for issue in validate(bad[0], schema)]
    assert messages == ([bad[1]] if bad[1] else ["should hold at least 1 item of this kind: 1"])


def test_without_a_named_draft_it_is_2020_12() -> None:
    assert validate([1], {"prefixItems": [{"type": "string"}]}) != []
    with pytest.raises(InvalidSchemaError, match="`items` should be true/false or an object, got a list of 1 item"):
        validate([1], {"items": [{"type": "string"}]})


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"type": "nope"}, '`type` should be one of "array", "boolean", "integer"'),
        ({"properties": {"a": {"required": "b"}}}, '`properties.a.required` should be a list, got "b"'),
        ({"properties": {"a": {"pattern": "("}}}, "`properties.a.pattern` should look like a regular expression"),
        ({"$ref": "#/$defs/gone"}, r'not in it at `\$ref`: "#/\$defs/gone"'),
        ({"items": {"$ref": "#gone"}}, r'not in it at `items.\$ref`: "#gone"'),
        ({"$schema": "https://example.com/own"}, r'`\$schema` names "https://example.com/own", which is no draft'),
        ({"$schema": 5}, r"`\$schema` should be text, got 5"),
        ([], "must be an object, or true or false, got an empty list"),
        ("{}", "must be an object, or true or false, got"),
        ({"maximum": float("nan")}, "must be plain JSON: NaN"),
        ({"default": object()}, "must be plain JSON: object is not JSON"),
    ],
)
def test_an_invalid_schema_is_refused_at_its_place(schema: Any, sentence: str) -> None:
    with pytest.raises(InvalidSchemaError, match=sentence) as refused:
        validate({}, schema)

    assert str(refused.value).endswith(".")
    assert refused.value.hint


def test_a_schema_of_50_000_characters_is_taken_and_one_more_is_not() -> None:
    frame = len('{"description":""}')

    assert validate(1, {"description": "ä" * (50_000 - frame)}) == []
    with pytest.raises(InvalidSchemaError, match="The schema has 50,001 characters, and at most 50,000 are accepted"):
        validate(1, {"description": "ä" * (50_001 - frame)})


def nested(levels: int, keyword: str) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels - 1):
        schema = {keyword: {"a": schema} if keyword == "properties" else [schema] if keyword == "allOf" else schema}
    return schema


@pytest.mark.parametrize("keyword", ["items", "properties", "allOf"])
def test_a_schema_of_64_levels_is_taken_and_one_more_is_not(keyword: str) -> None:
    assert validate(None, nested(64, keyword)) == (
        [] if keyword != "allOf" else [Issue("", "should be text, got null")]
    )
    with pytest.raises(InvalidSchemaError, match=f"nested more than 64 levels deep, at `{keyword}"):
        validate(None, nested(65, keyword))


@pytest.mark.parametrize("keyword", ["const", "x-unknown", "properties"])
def test_a_schema_nested_without_end_is_refused_wherever_the_nesting_is(keyword: str) -> None:
    deep: Any = {}
    for _ in range(5_000):
        deep = {keyword: [deep]} if keyword == "const" else {keyword: deep}

    with pytest.raises(InvalidSchemaError, match="nested more than 64 levels deep"):
        validate(None, {keyword: deep})


def test_properties_named_like_keywords_are_levels_of_their_own() -> None:
    deep: Any = {}
    for _ in range(65):
        deep = {"properties": {"properties": deep}}

    with pytest.raises(InvalidSchemaError, match="nested more than 64 levels deep"):
        validate(None, deep)


def test_what_was_handed_in_is_left_as_it_was_and_any_mapping_is_a_schema() -> None:
    value = {"a": ["\ud800", {"\udfff": 1}]}
    schema = MappingProxyType({"properties": MappingProxyType({"a": {"type": "null"}})})

    assert told(value, schema) == ["`a` should be null, got a list of 2 items"]
    assert value == {"a": ["\ud800", {"\udfff": 1}]}


def test_a_schema_that_changed_since_the_last_check_is_read_anew() -> None:
    schema: dict[str, Any] = {"const": 1}
    assert validate(1, schema) == []

    schema["const"] = True

    assert told(1, schema) == ["should be true, got 1"]


def test_neither_the_service_nor_its_structured_answers_load_the_validator_before_a_check() -> None:
    script = (
        "import sys, service, service.structured as s; assert 'jsonschema_rs' not in sys.modules;"
        "s.validate(1, {}); assert 'jsonschema_rs' in sys.modules; assert 'streamlit' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


_scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab", "x@y.z", "2024-12-31", 0.5])
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "0"]), inner, max_size=3),
    max_leaves=8,
)
_leaves = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "number", "integer", "object", "array", "null", ["string", "null"]]),
        "enum": st.lists(_values, min_size=1, max_size=3),
        "const": _values,
        "minimum": st.integers(-2, 2),
        "exclusiveMaximum": st.integers(-2, 2),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": st.integers(0, 2),
        "pattern": st.sampled_from(["^a", "b$", "(?=a)"]),
        "format": st.sampled_from(["email", "date"]),
        "minItems": st.integers(0, 2),
        "uniqueItems": st.booleans(),
        "maxProperties": st.integers(0, 2),
        "required": st.lists(st.sampled_from(["a", "b"]), unique=True, max_size=2),
        "dependentRequired": st.just({"a": ["b"]}),
        "additionalProperties": st.booleans(),
    },
)


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    keywords = dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), some)
    keywords |= dict.fromkeys(("not", "if", "then", "else", "items", "contains", "propertyNames"), inner)
    keywords |= dict.fromkeys(("additionalProperties", "unevaluatedProperties", "unevaluatedItems"), inner)
    keywords |= {
        name: st.fixed_dictionaries({}, optional={"a": inner, "0": inner})
        for name in ("properties", "dependentSchemas")
    }
    return st.fixed_dictionaries({}, optional=keywords)


_schemas = st.recursive(_leaves | st.booleans(), _composed, max_leaves=8)


def test_a_schema_that_is_read_once_is_not_read_again() -> None:
    """The same issues as one at a time, whatever becomes of the schema meanwhile."""
    schema = {"properties": {"a": {"type": "integer"}}}
    validator = Validator(schema)
    before = validate({"a": "x"}, schema)
    schema["properties"]["a"]["type"] = "string"
    assert [validator.issues({"a": value}) for value in (1, "x")] == [[], before]


def test_an_invalid_schema_is_refused_when_it_is_made_ready() -> None:
    with pytest.raises(InvalidSchemaError):
        Validator({"type": "strin"}).prepare()


def test_a_quick_check_gives_up_where_it_could_take_long() -> None:
    """A pattern that backtracks, and a value that is too deep; what is quick is told."""
    assert Validator({"type": "string", "pattern": "(?=a)(a+)+$"}).quick_issues("a" * 30 + "!") is None
    assert Validator({"type": "string"}).quick_issues(5) == [Issue("", "should be text, got 5")]
    assert Validator({"type": "string"}).quick_issues("x") == []
    deep: Any = []
    for _ in range(2_000):
        deep = [deep]
    assert Validator(True).quick_issues(deep) is None


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ({"items": [{"price": "t"}]}, [("$defs", "item", "properties", "price", "type")]),
        ({"items": [{"price": 1, "more": 2}]}, [("$defs", "item", "additionalProperties")]),
        ({"pet": 3}, [("properties", "pet", "anyOf"), ("required",)]),
        ({"items": []}, []),
    ],
)
def test_the_rule_that_is_broken_is_found(value: Any, rules: list[tuple[str, ...]]) -> None:
    """Where it stands in the schema, behind references too."""
    item = {"properties": {"price": {"type": "number"}}, "additionalProperties": False}
    schema = {
        "properties": {"items": {"items": {"$ref": "#/$defs/item"}}, "pet": {"anyOf": [CAT, DOG]}},
        "required": ["items"],
        "$defs": {"item": item},
    }
    validator = Validator(schema)
    assert [validator.rule_of(issue, value) for issue in validator.issues(value)] == rules
    assert validator.rule_of(Issue("nowhere", "is odd"), value) is None


@settings(max_examples=40, deadline=None)
@given(_schemas, _values)
def test_issues_are_told_exactly_when_the_value_is_not_valid(schema: Any, value: Any) -> None:
    issues = validate(value, schema)

    assert (issues == []) is jsonschema_rs.is_valid(schema, value, validate_formats=True)
    assert all(issue.message for issue in issues)
    assert len(set(issues)) == len(issues)
