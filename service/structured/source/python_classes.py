"""From a class to the schema of an object, or of the values of an enum."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from service.structured.source.assemble import choice
from service.structured.source.python_annotations import AnnotationReader, with_details
from service.structured.source.python_module import Module, called, fail

__all__ = ["ClassReader"]

_OMITTED = object()
_FIELDS = frozenset(("Field", "field", "PrivateAttr"))


class ClassReader:
    """Reads the classes of a module.

    Args:
        module: The module.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._annotations = AnnotationReader(module)

    def declared(self, name: str) -> Any:
        """Return the schema of a class or of a name for a type, its description included."""
        if name not in self._module.classes:
            return self._annotations.schema(self._module.aliases[name])
        node = self._module.classes[name]
        schema = self._enum(node) if self._module.is_enum(name) else self._root_model(node) or self._object(node)
        described = _docstring(node.body)
        return {**schema, "description": described} if described else schema

    def _enum(self, node: ast.ClassDef) -> Any:
        is_text = "StrEnum" in self._module.bases(node.name)
        values: list[Any] = []
        for statement in node.body:
            if isinstance(statement, ast.Assign) and not called(statement.targets[0]).startswith("_"):
                values.append(self._enum_value(statement, len(values) + 1, is_text))
        if not values:
            fail(node, f'`{node.name}` lists no values. Write them as `NAME = "value"`.')
        return choice(list(dict.fromkeys(values)))

    def _enum_value(self, statement: ast.Assign, number: int, is_text: bool) -> Any:
        if called(statement.value) == "auto":
            return called(statement.targets[0]).lower() if is_text else number
        value = self._annotations.value(statement.value)
        if not isinstance(value, str | int | float):
            fail(statement, "the value of an enum must be a text or a number.")
        return value

    def _root_model(self, node: ast.ClassDef) -> Any:
        """Return the schema of a model that is not an object but one value."""
        for base in node.bases:
            if isinstance(base, ast.Subscript) and self._module.original(called(base)) == "RootModel":
                return self._annotations.schema(base.slice)
        names = ("root", "__root__") if "RootModel" in self._module.bases(node.name) else ("__root__",)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and called(statement.target) in names:
                return self._annotations.schema(statement.annotation)
        return None

    def _object(self, node: ast.ClassDef) -> Any:
        properties: dict[str, Any] = {}
        required: dict[str, bool] = {}
        extra = others = None
        more: dict[str, Any] = {}
        for parent in self._module.parents(node.name):
            owner = self._module.classes[parent]
            is_total = _keyword(owner, "total") is not False
            for name, found, is_required in self._fields(owner, is_total):
                properties[name] = found
                required[name] = is_required
            extra = _extra(owner) or extra
            others = self._others(owner) or others
            more |= self._more(owner)
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if names := [name for name, is_required in required.items() if is_required]:
            schema["required"] = names
        if extra == "forbid":
            schema["additionalProperties"] = False
        elif others:
            schema["additionalProperties"] = others
        return schema | more

    def _others(self, node: ast.ClassDef) -> Any:
        """Return the schema of fields beyond those listed, where a model names their type."""
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and called(statement.target) == "__pydantic_extra__":
                return self._annotations.schema(statement.annotation).get("additionalProperties")
        return None

    def _more(self, node: ast.ClassDef) -> dict[str, Any]:
        """Return the further keywords that the configuration of a model adds."""
        for statement in node.body:
            words = _config_words(statement)
            found = self._annotations.value(words["json_schema_extra"]) if "json_schema_extra" in words else None
            if isinstance(found, dict):
                return found
        return {}

    def _fields(self, node: ast.ClassDef, is_total: bool) -> Iterator[tuple[str, Any, bool]]:
        for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            if statement.target.id.startswith("_") or self._is_no_field(statement):
                continue
            described = _docstring([following] if following is not None else [])
            yield self._field(statement, is_total, described)

    def _is_no_field(self, statement: ast.AnnAssign) -> bool:
        kind = self._module.original(called(statement.annotation))
        return kind == "ClassVar" or called(statement.target) == "model_config"

    def _field(self, statement: ast.AnnAssign, is_total: bool, described: str) -> tuple[str, Any, bool]:
        """Return a field's name in JSON, its schema, and whether it must be there."""
        schema = self._annotations.schema(statement.annotation)
        given = statement.value
        is_call = isinstance(given, ast.Call) and self._module.original(called(given)) in _FIELDS
        details = self._annotations.details(given) if given is not None and is_call else None
        if details is not None:
            schema = with_details(schema, details)
        if described and "description" not in schema:
            schema = {**schema, "description": described}
        default = self._default(given, is_call)
        if default is not _OMITTED and default is not ... and default is not None:
            schema = {**schema, "default": default}
        alias = details.alias if details and details.alias else self._annotations.alias_of(statement.annotation)
        name = alias or called(statement.target)
        return name, schema, self._is_required(statement, is_total, default is _OMITTED)

    def _is_required(self, statement: ast.AnnAssign, is_total: bool, has_no_default: bool) -> bool:
        kind = self._module.original(called(statement.annotation))
        if kind in ("Required", "NotRequired"):
            return kind == "Required"
        return has_no_default and is_total

    def _default(self, given: ast.expr | None, is_call: bool) -> Any:
        """Return the default value; `None` for one that is none or cannot be read, `_OMITTED` where there is none."""
        if is_call:
            assert isinstance(given, ast.Call)
            words = {word.arg: word.value for word in given.keywords}
            if "default_factory" in words or "factory" in words:
                return _made(words.get("default_factory", words.get("factory")))
            given = words.get("default", given.args[0] if given.args else None)
        if given is None or (isinstance(given, ast.Constant) and given.value is Ellipsis):
            return _OMITTED
        if isinstance(given, ast.Attribute) and called(given.value) in self._module.classes:
            return self._annotations.enum_value(given)
        return self._annotations.value(given)


def _made(factory: ast.expr | None) -> Any:
    return {"list": [], "dict": {}}.get(called(factory)) if isinstance(factory, ast.Name) else None


def _docstring(body: list[ast.stmt]) -> str:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return " ".join(first.value.value.split())
    return ""


def _keyword(node: ast.ClassDef, name: str) -> Any:
    """Return the literal of a keyword in the class's head."""
    found = [word.value for word in node.keywords if word.arg == name]
    return found[0].value if found and isinstance(found[0], ast.Constant) else None


def _extra(node: ast.ClassDef) -> Any:
    """Return what a model does with fields that it does not know: "forbid", "allow", "ignore"."""
    if (said := _keyword(node, "extra")) is not None:
        return said
    if _keyword(node, "closed") is True:
        return "forbid"
    for statement in node.body:
        found = _configured(statement)
        if found is not None:
            return found
    return None


def _configured(statement: ast.stmt) -> Any:
    """Return what `model_config`, or the class `Config` of older versions, says of further fields."""
    if isinstance(statement, ast.ClassDef) and statement.name == "Config":
        inner = [part for part in statement.body if isinstance(part, ast.Assign)]
        return next((_text(part.value) for part in inner if called(part.targets[0]) == "extra"), None)
    words = _config_words(statement)
    return _text(words["extra"]) if "extra" in words else None


def _config_words(statement: ast.stmt) -> dict[str, ast.expr]:
    """Return the settings in `model_config`, by name."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return {}
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    if called(target) != "model_config":
        return {}
    words = _settings(statement.value)
    if "alias_generator" in words:
        fail(
            words["alias_generator"], "aliases that are made by a function are not known here. Write each as an alias."
        )
    return words


def _settings(node: ast.expr) -> dict[str, ast.expr]:
    if isinstance(node, ast.Call):
        return {word.arg or "": word.value for word in node.keywords}
    if isinstance(node, ast.Dict):
        return {str(_text(key)): value for key, value in zip(node.keys, node.values, strict=True) if key is not None}
    return {}


def _text(node: ast.expr) -> Any:
    """Return a constant's value, or the last part of a name such as `Extra.forbid`."""
    return node.value if isinstance(node, ast.Constant) else called(node)
