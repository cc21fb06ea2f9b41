"""A schema in one line that people read and write: `name, age int, tags list: short labels`."""

from service.structured.notation.parse import schema_from_notation
from service.structured.notation.scan import NotationError
from service.structured.notation.write import schema_to_notation

__all__ = ["NotationError", "schema_from_notation", "schema_to_notation"]
