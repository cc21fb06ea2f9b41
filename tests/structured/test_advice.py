"""What is accepted and still better otherwise."""

from typing import Any, get_args

import pytest

from service.structured import Profile, advise_schema
from service.structured.advice import ADVICE
from service.structured.scene import Scene

PROFILES: tuple[Profile, ...] = get_args(Profile)
TOLD = {"type": "string", "description": "What it is"}


def answer(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = answer(inside={**schema, "description": "What it is"})
    return schema


# Whose advice, on what, where, words of it, and what a button says.
CASES: list[tuple[str, Profile, Any, str, str, str | None]] = [
    ("no description", "generic", answer(a={"type": "string"}), "", 'Without one so far: "a"', None),
    (
        "a long choice",
        "generic",
        answer(a={**TOLD, "enum": [str(n) for n in range(101)]}),
        "properties.a.enum",
        "101 allowed values",
        None,
    ),
    ("an odd name", "openai", answer(**{"a b": TOLD}), "", '"a b"', None),
    (
        "anything",
        "anthropic",
        answer(a={"description": "What it is"}),
        "properties.a",
        "Anything may stand here",
        "Take text, a number, true/false or nothing",
    ),
    ("many levels", "openai", nested(6), "", "6 lists and objects", None),
    (
        "an optional field",
        "google",
        {**answer(a=TOLD), "required": []},
        "",
        "leave out",
        "Require all fields, with null for what may be missing",
    ),
    (
        "an open object",
        "generic",
        {"type": "object", "properties": {"a": TOLD}, "required": ["a"]},
        "",
        "fields of its own",
        "Forbid other fields",
    ),
    ("an invalid schema", "generic", {"type": "text"}, "type", "not valid", None),
    ("an invalid schema for Gemini", "google", {"type": "text"}, "type", "not valid", None),
    (
        "lengths for OpenAI",
        "openai",
        answer(a={**TOLD, "maxLength": 5}),
        "properties.a.maxLength",
        "Some models",
        "Say it in the description instead",
    ),
    (
        "lengths for Anthropic",
        "anthropic",
        answer(a={**TOLD, "minLength": 5}),
        "properties.a.minLength",
        "Some models",
        "Say it in the description instead",
    ),
    (
        "values without a type",
        "openai",
        answer(a={"enum": ["x"], "description": "What it is"}),
        "properties.a",
        "type beside",
        "Name the type",
    ),
    (
        "what Anthropic ignores",
        "anthropic",
        answer(a={**answer(), "description": "x", "dependentRequired": {}}),
        "properties.a.dependentRequired",
        "not known to follow",
        "Say it in the description instead",
    ),
    (
        "what Gemini ignores",
        "google",
        answer(a={**TOLD, "pattern": "^a"}),
        "properties.a.pattern",
        "not known to follow",
        "Say it in the description instead",
    ),
    (
        "exclusive alternatives",
        "google",
        answer(a={"description": "x", "oneOf": [TOLD]}),
        "properties.a",
        "exactly one",
        "Let one or more alternatives fit",
    ),
    (
        "parts",
        "google",
        answer(a={"description": "x", "allOf": [TOLD]}),
        "properties.a",
        "must all fit",
        "Write the parts as one",
    ),
    (
        "the order of fields",
        "google",
        {**answer(a=TOLD, b=TOLD), "required": ["b", "a"]},
        "",
        "in the order",
        "Require them in the order of the fields",
    ),
]


@pytest.mark.parametrize(
    ("profile", "schema", "path", "words", "label"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_advice_is_given_at_its_place(profile: Profile, schema: Any, path: str, words: str, label: str | None) -> None:
    given = [issue for issue in advise_schema(schema, profile) if words in issue.message]

    assert [(issue.path, issue.fix and issue.fix.label) for issue in given] == [(path, label)]


@pytest.mark.parametrize("case", [case for case in CASES if case[5]], ids=[case[0] for case in CASES if case[5]])
def test_advice_that_is_taken_is_not_given_again(case: Any) -> None:
    _, profile, schema, path, words, _ = case
    (issue,) = [issue for issue in advise_schema(schema, profile) if words in issue.message]

    mended = issue.fix.apply(schema)

    assert mended != schema
    assert [issue for issue in advise_schema(mended, profile) if words in issue.message and issue.path == path] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_good_schema_gets_no_advice(profile: Profile) -> None:
    good = answer(
        name=TOLD,
        parts={
            "type": "array",
            "description": "Its parts",
            "items": answer(size={"type": "number", "description": "In cm"}),
        },
    )

    assert advise_schema(good, profile) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_every_piece_of_advice_has_a_case(profile: Profile) -> None:
    scenes = [Scene(case[2]) for case in CASES]

    assert [rule.source for rule in ADVICE[profile] if not any(list(rule.check(scene)) for scene in scenes)] == []


def test_the_order_that_gemini_writes_in_is_kept_by_the_fix() -> None:
    schema = {**answer(a=TOLD, b=TOLD), "required": ["b", "a"]}
    (issue,) = advise_schema(schema, "google")

    assert issue.fix is not None
    assert issue.fix.apply(schema)["required"] == ["a", "b"]
