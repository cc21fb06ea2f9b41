"""The templates: what a person starts from is a schema that models take, and every view shows it whole."""

from typing import Any

import pytest

from service.structured import (
    fields_to_schema,
    schema_from_notation,
    schema_to_fields,
    schema_to_notation,
    templates,
    validate,
)
from service.structured.template import Template

NAMES = ["contact", "invoice", "review_sentiment", "product", "meeting_notes", "quiz", "recipe", "event", "flashcards"]


def test_the_templates_are_there() -> None:
    assert [template.name for template in templates()] == NAMES


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every object in a schema."""
    found = [schema] if "properties" in schema else []
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return found + [part for child in inner for part in objects(child)]


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
class TestTemplate:
    def test_it_goes_through_every_view_unchanged(self, template: Template) -> None:
        schema = template.schema
        fields = schema_to_fields(schema)

        assert fields_to_schema(fields) == schema
        assert [row for row in fields if row.type == "locked"] == []
        assert schema_from_notation(schema_to_notation(schema)) == schema
        assert schema_from_notation(schema_to_notation(schema, width=None)) == schema

    def test_strict_models_take_it(self, template: Template) -> None:
        """All fields are required, no others are allowed, what may be missing may be null."""
        for found in objects(template.schema):
            assert found["required"] == list(found["properties"])
            assert found["additionalProperties"] is False
            assert all(schema.get("description") for schema in found["properties"].values())

    def test_it_is_a_valid_schema_that_asks_for_something(self, template: Template) -> None:
        issues = validate({}, template.schema)

        assert {issue.path for issue in issues} == set(template.schema["required"])

    def test_it_says_what_it_is_for(self, template: Template) -> None:
        assert template.title
        assert template.description.count(".") == 1
        assert template.description.endswith(".")
        assert len(template.prompt) > 40

    def test_its_schema_is_a_fresh_copy(self, template: Template) -> None:
        template.schema["properties"].clear()

        assert template.schema["properties"]
