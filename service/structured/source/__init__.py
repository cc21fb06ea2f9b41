"""Schemas from and to what developers have: Pydantic classes and TypeScript types."""

from service.structured.source.errors import SourceError
from service.structured.source.pydantic_read import schema_from_pydantic
from service.structured.source.pydantic_write import schema_to_pydantic
from service.structured.source.typescript_read import schema_from_typescript
from service.structured.source.typescript_write import schema_to_typescript

__all__ = [
    "SourceError",
    "schema_from_pydantic",
    "schema_from_typescript",
    "schema_to_pydantic",
    "schema_to_typescript",
]
