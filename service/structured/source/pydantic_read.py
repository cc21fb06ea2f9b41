"""From pasted Python classes to a JSON Schema. The source is read as text; nothing in it is ever run."""

from __future__ import annotations

import ast
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.plain import bounded_source
from service.structured.source.assemble import assembled, outermost, targets
from service.structured.source.errors import SourceError
from service.structured.source.python_classes import ClassReader
from service.structured.source.python_module import Module

__all__ = ["named_schema_from_pydantic", "schema_from_pydantic"]

_TOO_DEEP = "The source is nested too deeply to be read."


def schema_from_pydantic(source: str) -> Any:
    """Return the JSON Schema of Python classes, without running or importing anything of the source.

    Pydantic models, dataclasses, typed dictionaries and enums are read. The schema is that of the last class to which
    no other refers. A class that is used once stands where it is used, others in `$defs`.

    Args:
        source: Python source with the classes; at most 200,000 characters.

    Raises:
        SourceError: It is no Python, has no class, or names a type that is neither known nor in it; `line` and
            `column` name the place.
        InvalidSchemaError: The schema would have more than 50,000 characters or 64 levels.
    """
    return named_schema_from_pydantic(source)[1]


def named_schema_from_pydantic(source: str) -> tuple[str, Any]:
    """Return the name of the class that the others are parts of, and what `schema_from_pydantic` returns."""
    text = bounded_source(source, "The source")
    try:
        return _schema(Module(_parsed(text)))
    except (RecursionError, MemoryError) as error:
        raise InvalidSchemaError(_TOO_DEEP, hint="Paste only the classes that describe the answer.") from error


def _schema(module: Module) -> tuple[str, Any]:
    wanted = [name for name in module.classes if not module.is_enum(name)] or list(module.classes)
    if not wanted:
        raise SourceError(
            "there is no class here. Paste one, such as `class Person(BaseModel):` with its fields.", 1, 1
        )
    declared = _declared(module)
    parents = {parent for name in wanted for parent in module.bases(name)}
    root = outermost(declared, wanted, parents)
    return root, assembled(root, declared)


def _declared(module: Module) -> dict[str, Any]:
    """Return the schema of every class and of what they refer to; other names may stand for anything."""
    reader = ClassReader(module)
    declared: dict[str, Any] = {}
    waiting = list(module.classes)
    while waiting:
        name = waiting.pop(0)
        if name not in declared:
            declared[name] = reader.declared(name)
            waiting += [found for found in targets(declared[name]) if found in module.aliases]
    return declared


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        said = (error.msg or "it cannot be read").rstrip(".")
        raise SourceError(f"this is no Python: {said}.", error.lineno or 1, max(1, error.offset or 1)) from error
    except ValueError as error:
        raise SourceError(f"this is no Python: {error}.", 1, 1) from error
