"""Fields that may be left out, as fields that may be null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.structured.scene import Scene
from service.structured.walk import NOTES, types_of

__all__ = ["accepts_null", "nullable", "require_all", "required_names"]


def require_all(schema: Any, scene: Scene) -> Any:
    """Require every field, and allow null for those that could be left out."""
    if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
        return schema
    fields = schema["properties"]
    required = required_names(schema)
    changed = {name: rule if name in required else nullable(rule, scene) for name, rule in fields.items()}
    others = [name for name in required if name not in fields]
    return {**schema, "properties": changed, "required": [*fields, *others]}


def required_names(schema: Mapping[str, Any]) -> list[Any]:
    """Return the names that a schema requires."""
    named = schema.get("required")
    return named if isinstance(named, list) else []


def nullable(schema: Any, scene: Scene) -> Any:
    """Return a schema that takes null as well."""
    if schema is False:
        return {"type": "null"}
    if not isinstance(schema, dict) or accepts_null(schema, scene):
        return schema
    if "$ref" in schema or not types_of(schema) or not _is_simple(schema):
        return _choice_with_null(schema)
    types = [*types_of(schema), *(["null"] if "null" not in types_of(schema) else [])]
    if "const" in schema:
        rest = {key: value for key, value in schema.items() if key != "const"}
        return {**rest, "type": types, "enum": [schema["const"], None]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": types, **values}


def _is_simple(schema: Mapping[str, Any]) -> bool:
    """Whether a further type is all it takes: what combines schemas asks something of null too."""
    return isinstance(schema.get("enum", []), list) and not any(
        key in schema for key in ("allOf", "anyOf", "oneOf", "not", "if", "$dynamicRef", "$recursiveRef")
    )


def _choice_with_null(schema: dict[str, Any]) -> dict[str, Any]:
    notes = {key: value for key, value in schema.items() if key in NOTES}
    rules = {key: value for key, value in schema.items() if key not in NOTES}
    if rules.keys() == {"anyOf"} and isinstance(rules["anyOf"], list):
        return {**notes, "anyOf": [*rules["anyOf"], {"type": "null"}]}
    return {**notes, "anyOf": [rules, {"type": "null"}]}


def accepts_null(schema: Any, scene: Scene, depth: int = 20) -> bool:
    """Whether null fits, as far as can be seen at a glance; when in doubt, no."""
    if not isinstance(schema, dict):
        return schema is True
    if depth <= 0 or any(key in schema for key in ("allOf", "oneOf", "not", "if", "$dynamicRef", "$recursiveRef")):
        return False
    if "const" in schema and schema["const"] is not None:
        return False
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        return False
    if types_of(schema) and "null" not in types_of(schema):
        return False
    if isinstance(reference := schema.get("$ref"), str):
        target = scene.resolve(reference)
        if target is None or not accepts_null(target.schema, scene, depth - 1):
            return False
    choices = schema.get("anyOf")
    return not isinstance(choices, list) or any(accepts_null(choice, scene, depth - 1) for choice in choices)
