"""A fix is a small value: it says what it does, does no more than that, and leaves the given schema alone."""

import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, get_args

import pytest

from service import InvalidSchemaError
from service.structured import Fix, LintIssue, Profile, advise_schema, apply_fixes, lint_schema, strictify, validate

PROFILES: tuple[Profile, ...] = get_args(Profile)
TEXT = {"type": "string"}
OPEN = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]}


def fix_of(schema: Any, words: str, profile: Profile = "openai") -> Fix:
    (issue,) = [issue for issue in lint_schema(schema, profile) if words in issue.message]
    assert issue.fix is not None
    return issue.fix


def test_a_fix_says_what_it_does() -> None:
    fix = fix_of(OPEN, "required")

    assert fix.label == "Require all fields, with null for what may be missing"
    assert fix.apply(OPEN) == {
        "type": "object",
        "properties": {"a": TEXT, "b": {"type": ["string", "null"]}},
        "required": ["a", "b"],
    }


def test_an_issue_and_its_fix_are_values() -> None:
    """Alike when found again, frozen, and fit for a session's state."""
    first, second = lint_schema(OPEN, "openai"), lint_schema(OPEN, "openai")

    assert first == second
    assert pickle.loads(pickle.dumps(first)) == first
    with pytest.raises(AttributeError):
        first[0].fix = None  # type: ignore[misc]


def test_an_issue_reads_as_a_sentence_with_its_place() -> None:
    assert str(LintIssue("properties.a", "This is so.")) == "`properties.a`: This is so."
    assert str(LintIssue("", "This is so.")) == "This is so."


def test_a_fix_for_a_place_that_is_gone_changes_nothing() -> None:
    """The schema was edited since."""
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "format": "uri"}}}}
    fix = fix_of(schema, "form of text")

    for edited in ({"type": "object"}, {"properties": {"a": True}}, {"properties": {"a": {"items": [TEXT]}}}, True):
        assert fix.apply(edited) == edited


def test_a_fix_finds_odd_names() -> None:
    schema = {"type": "object", "properties": {"a.b[0]": {"type": "string", "format": "uri"}}}
    (issue,) = [issue for issue in lint_schema(schema, "anthropic") if "form" in issue.message] or [None]
    assert issue is None, "Anthropic knows web addresses"
    fix = fix_of(schema, "form of text")

    assert fix.path == ("properties", "a.b[0]")
    assert "format" not in fix.apply(schema)["properties"]["a.b[0]"]


def test_what_is_moved_into_the_description_is_said_once() -> None:
    schema = {"type": "number", "minimum": 1, "description": "At least 1."}
    fixed = apply_fixes({"type": "object", "properties": {"a": schema}, "additionalProperties": False}, "anthropic")

    assert fixed["properties"]["a"] == {"type": "number", "description": "At least 1."}


def test_a_least_number_of_items_stays_as_far_as_it_is_taken() -> None:
    schema = {"type": "array", "items": TEXT, "minItems": 3}
    fixed = apply_fixes({"type": "object", "properties": {"a": schema}, "additionalProperties": False}, "anthropic")

    assert fixed["properties"]["a"] == {
        "type": "array",
        "items": TEXT,
        "minItems": 1,
        "description": "At least 3 items.",
    }


def test_allowed_values_keep_their_meaning_without_a_type() -> None:
    schema = {"type": ["string", "null"], "enum": ["x", None, 1]}
    fixed = apply_fixes({"type": "object", "properties": {"a": schema}, "additionalProperties": False}, "anthropic")

    assert fixed["properties"]["a"] == {"enum": ["x", None]}


def test_what_would_lose_its_meaning_has_no_fix() -> None:
    """A map would take nothing at all, and a part of a whole would forbid the other parts."""
    schemas = [
        {"type": "object", "additionalProperties": TEXT},
        {"allOf": [{**OPEN, "additionalProperties": False}, {"properties": {"c": TEXT}}], "type": "object"},
        {
            **OPEN,
            "required": ["a", "b"],
            "allOf": [{**OPEN, "additionalProperties": False}, {"properties": {"c": TEXT}}],
        },
        {"oneOf": [TEXT], "anyOf": [TEXT]},
    ]
    for schema in schemas:
        whole = {"type": "object", "properties": {"x": schema}, "required": ["x"], "additionalProperties": False}
        assert {issue.fix for issue in lint_schema(whole, "openai")} == {None}


def test_mended_schemas_take_the_same_answers() -> None:
    """As far as the labels say: `b` may be null now."""
    mended = apply_fixes(OPEN, "openai")

    assert validate({"a": "x", "b": "y"}, mended) == []
    assert validate({"a": "x", "b": None}, mended) == []
    assert validate({"a": "x", "b": "y", "c": 1}, mended) != []


def chain(length: int, rule: Any) -> dict[str, Any]:
    """Definitions of which each names the next one twice."""
    defs: dict[str, Any] = {
        f"D{number}": {"type": "object", "properties": {name: rule(f"#/$defs/D{number + 1}") for name in "ab"}}
        for number in range(length)
    }
    defs[f"D{length}"] = TEXT
    return {"type": "object", "properties": {"x": rule("#/$defs/D0")}, "$defs": defs}


HOSTILE: list[tuple[str, Any]] = [
    ("a reference to itself", {"$ref": "#"}),
    (
        "two that refer to each other",
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    ),
    ("parts that are the whole", {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}] * 2}}, "$ref": "#/$defs/a"}),
    ("what doubles with every level", chain(200, lambda target: {"$ref": target, "minProperties": 1})),
    ("the same in parts", chain(200, lambda target: {"allOf": [{"$ref": target}, {"$ref": target, "title": "x"}]})),
    ("many references to nowhere", {"properties": {f"f{n}": {"$ref": f"http://x/{n}"} for n in range(1_000)}}),
    ("patterns that never end", {"type": "string", "pattern": "(a+)+$" * 100}),
    (
        "keywords of other shapes",
        {"type": 3, "properties": [1], "required": "a", "enum": {}, "allOf": {}, "items": 3, "$ref": 3, "$id": 4},
    ),
]


def all_of_it(schema: Any) -> Iterator[Callable[[], Any]]:
    yield lambda: strictify(schema)
    for profile in PROFILES:
        for use in (lint_schema, advise_schema, apply_fixes):
            yield partial(use, schema, profile)


@pytest.mark.parametrize("schema", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_nothing_hangs_or_fails_on_hostile_schemas(schema: Any) -> None:
    """Written out, one may be larger than anybody takes; that is said."""
    started = time.process_time()

    for use in all_of_it(schema):
        with suppress(InvalidSchemaError):
            use()

    assert time.process_time() - started < 20
