"""Answers in a shape: read the JSON, check it against a schema, and say truthfully what it is worth.

And the schemas themselves: made as a table of fields, in one line, from source or from examples; what a provider
refuses, and the strict form.

Nothing here loads the validator before the first check, or what is about schemas and repairs before it is asked for,
so importing is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from service.structured.extract import JsonText, read_json
from service.structured.instruct import repair_instruction, schema_instruction
from service.structured.validate import Validator, validate
from service.structured.verdict import judge, judge_value

if TYPE_CHECKING:
    from service.structured.compare import ABSENT, MAX_DIFFERENCES, Difference, compare_values
    from service.structured.describe import DescribedSchema, read_described_schema, schema_request
    from service.structured.fields import (
        FIELD_TYPES,
        Field,
        FieldError,
        FieldsError,
        Rest,
        SchemaFields,
        check_fields,
        fields_to_schema,
        schema_to_fields,
    )
    from service.structured.infer import infer_schema
    from service.structured.lint import advise_schema, apply_fixes, lint_schema, profile_for
    from service.structured.linting import Fix, LintIssue, Profile
    from service.structured.notation import NotationError, schema_from_notation, schema_to_notation
    from service.structured.repair import Repair, healing_request, repair_locally, repair_request
    from service.structured.source import (
        SourceError,
        schema_from_pydantic,
        schema_from_typescript,
        schema_to_pydantic,
        schema_to_typescript,
    )
    from service.structured.strict_form import Strict, StrictChange, explain_strictify, strictify
    from service.structured.tables import infer_schema_from_csv
    from service.structured.template import Template, templates

__all__ = [
    "ABSENT",
    "FIELD_TYPES",
    "MAX_DIFFERENCES",
    "DescribedSchema",
    "Difference",
    "Field",
    "FieldError",
    "FieldsError",
    "Fix",
    "JsonText",
    "LintIssue",
    "NotationError",
    "Profile",
    "Repair",
    "Rest",
    "SchemaFields",
    "SourceError",
    "Strict",
    "StrictChange",
    "Template",
    "Validator",
    "advise_schema",
    "apply_fixes",
    "check_fields",
    "compare_values",
    "explain_strictify",
    "fields_to_schema",
    "healing_request",
    "infer_schema",
    "infer_schema_from_csv",
    "judge",
    "judge_value",
    "lint_schema",
    "profile_for",
    "read_described_schema",
    "read_json",
    "repair_instruction",
    "repair_locally",
    "repair_request",
    "schema_from_notation",
    "schema_from_pydantic",
    "schema_from_typescript",
    "schema_instruction",
    "schema_request",
    "schema_to_fields",
    "schema_to_notation",
    "schema_to_pydantic",
    "schema_to_typescript",
    "strictify",
    "templates",
    "validate",
]

_LATER = (
    "repair",
    "compare",
    "fields",
    "notation",
    "source",
    "template",
    "lint",
    "linting",
    "strict_form",
    "infer",
    "tables",
    "describe",
)


def __getattr__(name: str) -> Any:
    """Load what is about schemas and repairs when it is first asked for."""
    if name in __all__:
        for part in _LATER:
            module = import_module(f"{__name__}.{part}")
            if name in module.__all__:
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
