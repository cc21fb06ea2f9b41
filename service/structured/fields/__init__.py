"""A schema as a table of fields, one row each, and back again."""

from service.structured.fields.check import FieldsError, check_fields
from service.structured.fields.read import schema_to_fields
from service.structured.fields.rows import FIELD_TYPES, Field, FieldError, Rest, SchemaFields
from service.structured.fields.write import fields_to_schema

__all__ = [
    "FIELD_TYPES",
    "Field",
    "FieldError",
    "FieldsError",
    "Rest",
    "SchemaFields",
    "check_fields",
    "fields_to_schema",
    "schema_to_fields",
]
