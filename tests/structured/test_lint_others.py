"""Google's Gemini and everybody else refuse little; whose rules hold is told by the model's id."""

from typing import Any

import pytest

from service import InvalidSchemaError
from service.structured import advise_schema, apply_fixes, lint_schema, profile_for, strictify
from service.structured.lint import REFUSALS
from service.structured.scene import Scene


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"inside": schema}}
    return schema


OUTSIDE = {"properties": {"a": {"$ref": "other.json#/a"}}}
DANGLING = {"properties": {"a": {"$ref": "#/$defs/missing"}}}
TAKEN: list[Any] = [
    True,
    {},
    {
        "type": "object",
        "properties": {"a": {"oneOf": [{"type": "string"}]}},
        "additionalProperties": {"type": "string"},
    },
    {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"type": "object", "properties": {"c": {"$ref": "#/$defs/Tree"}}}}},
    {"type": "array", "prefixItems": [{"type": "string"}], "uniqueItems": True, "not": {"const": []}},
    {
        "$id": "https://example.com/a",
        "$defs": {"B": {"$id": "b"}},
        "properties": {"b": {"$ref": "https://example.com/b"}},
    },
    {"$defs": {"b": {"$anchor": "here"}}, "properties": {"b": {"$ref": "#here"}}},
    nested(15),
]


@pytest.mark.parametrize("profile", ["google", "generic"])
@pytest.mark.parametrize(("schema", "said"), [(OUTSIDE, "outside the schema"), (DANGLING, "is not in the schema")])
def test_references_must_lead_somewhere(profile: Any, schema: Any, said: str) -> None:
    (issue,) = lint_schema(schema, profile)

    assert (issue.path, issue.fix) == ("properties.a.$ref", None)
    assert said in issue.message


@pytest.mark.parametrize("profile", ["google", "generic"])
@pytest.mark.parametrize("schema", TAKEN)
def test_nearly_everything_is_taken(profile: Any, schema: Any) -> None:
    assert lint_schema(schema, profile) == []


def test_gemini_refuses_deep_nesting() -> None:
    assert ["15" in issue.message for issue in lint_schema(nested(16), "google")] == [True]
    assert lint_schema(nested(16), "generic") == []


@pytest.mark.parametrize("profile", ["google", "generic"])
def test_every_rule_has_a_case(profile: Any) -> None:
    scenes = [Scene(schema) for schema in (OUTSIDE, DANGLING, nested(16))]

    assert [rule.source for rule in REFUSALS[profile] if not any(list(rule.check(scene)) for scene in scenes)] == []


@pytest.mark.parametrize(
    ("model", "profile"),
    [
        ("openai/gpt-4o", "openai"),
        ("openai/gpt-4o:extended", "openai"),
        ("~openai/gpt-latest", "openai"),
        ("openrouter/openai/gpt-4o", "openai"),
        ("OpenAI/GPT-4o", "openai"),
        ("anthropic/claude-haiku-4.5", "anthropic"),
        ("~anthropic/claude-sonnet-latest:beta", "anthropic"),
        ("google/gemini-2.5-flash", "google"),
        ("openai/gpt-oss-120b:free", "generic"),
        ("google/gemma-3-27b-it", "generic"),
        ("meta-llama/llama-3.3-70b-instruct", "generic"),
        ("openrouter/auto", "generic"),
        ("@preset/openai", "generic"),
        ("openai", "generic"),
        ("", "generic"),
    ],
)
def test_a_model_s_id_tells_whose_rules_hold(model: str, profile: str) -> None:
    assert profile_for(model) == profile


@pytest.mark.parametrize("use", [lint_schema, advise_schema, apply_fixes])
def test_a_schema_beyond_our_limits_is_refused_in_a_sentence(use: Any) -> None:
    with pytest.raises(InvalidSchemaError, match="at most 50,000 are accepted"):
        use({"description": "x" * 50_001}, "openai")
    with pytest.raises(InvalidSchemaError, match="more than 64 levels"):
        use(nested(65), "openai")
    with pytest.raises(InvalidSchemaError, match="must be an object"):
        use([], "openai")


def test_a_strict_form_beyond_our_limits_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidSchemaError, match="more than 64 levels"):
        strictify(nested(65))
    wide = {"type": "object", "properties": {f"f{number}": {"format": "uri"} for number in range(1_500)}}
    with pytest.raises(InvalidSchemaError, match="strict form of this schema has"):
        strictify(wide)
    with pytest.raises(InvalidSchemaError, match="mended schema has"):
        apply_fixes(wide, "openai")
