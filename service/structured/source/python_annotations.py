"""From an annotation such as `list[str] | None` to a schema."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from service.structured.source.assemble import choice, nullable, reference, union
from service.structured.source.python_module import Module, called, fail, literal
from service.structured.source.python_types import (
    CONSTRAINED,
    LIMITS,
    LISTS,
    MAPPINGS,
    SCALARS,
    SETS,
    WRAPPERS,
    limits_for,
)

__all__ = ["AnnotationReader", "Details", "with_details"]

_LIMITING_CALLS = {
    "Ge": ("ge",),
    "Gt": ("gt",),
    "Le": ("le",),
    "Lt": ("lt",),
    "MultipleOf": ("multiple_of",),
    "MinLen": ("min_length",),
    "MaxLen": ("max_length",),
    "Len": ("min_length", "max_length"),
    "Interval": (),
    "StringConstraints": (),
}
_WORDS = ("title", "description", "examples", "deprecated")
_ALIASES = ("validation_alias", "alias", "serialization_alias")


@dataclass(frozen=True)
class Details:
    """What a call of `Field` and the like says of a field.

    Attributes:
        keywords: Keywords that fit any schema.
        limits: Limits, by the names that they have for texts and numbers.
        alias: The field's name in JSON, if another.
    """

    keywords: dict[str, Any]
    limits: dict[str, Any]
    alias: str | None = None


class AnnotationReader:
    """Reads annotations.

    Args:
        module: What the names in them stand for.
    """

    def __init__(self, module: Module) -> None:
        self._module = module

    def schema(self, node: ast.expr) -> Any:
        """Return the schema of an annotation."""
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return union([self.schema(option) for option in _options(node)])
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(node)
        return fail(node, "this annotation is not understood. Write a type such as `str`, `list[int]` or `str | None`.")

    def details(self, node: ast.expr) -> Details:
        """Return what a call among metadata says; nothing where it is no such call."""
        name = self._module.original(called(node))
        if isinstance(node, ast.Call) and name in ("Field", "field", *_LIMITING_CALLS):
            return self._call_details(node, _LIMITING_CALLS.get(name, ()))
        if isinstance(node, ast.Call) and name == "Doc" and node.args:
            said = self.value(node.args[0])
            return Details({"description": said} if isinstance(said, str) else {}, {})
        return Details({}, {})

    def alias_of(self, node: ast.expr) -> str | None:
        """Return the name in JSON that metadata of an annotation gives, looking into `Annotated` alone."""
        while isinstance(node, ast.Subscript) and called(node) in ("Annotated", *WRAPPERS):
            inside = _inside(node)
            for data in inside[1:]:
                if (alias := self.details(data).alias) is not None:
                    return alias
            node = inside[0]
        return None

    def value(self, node: ast.expr) -> Any:
        """Return the JSON value of a literal or of a constant's name; `None` for anything else."""
        for _ in range(8):
            if not isinstance(node, ast.Name) or node.id not in self._module.constants:
                break
            node = self._module.constants[node.id]
        try:
            return _as_json(literal(node))
        except ValueError:
            return None

    def _constant(self, node: ast.Constant) -> Any:
        if node.value is None:
            return {"type": "null"}
        if not isinstance(node.value, str):
            fail(node, "a value is no type. Write `Literal[…]` around it.")
        try:
            inner = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            fail(node, "the annotation in these quotes is no Python.")
        # Places inside the quotes are counted from there, so all is told at the quotes.
        for part in ast.walk(inner):
            ast.copy_location(part, node)
        return self.schema(inner)

    def _named(self, node: ast.Name | ast.Attribute) -> Any:
        written = called(node)
        if isinstance(node, ast.Name):
            if node.id in self._module.open_types:
                return {}
            if node.id in self._module.classes or node.id in self._module.aliases:
                return reference(node.id)
        name = self._module.original(written)
        if name in SCALARS:
            return dict(SCALARS[name])
        if name in LISTS:
            return {"type": "array", "items": {}}
        if name in SETS:
            return {"type": "array", "items": {}, "uniqueItems": True}
        if name in ("tuple", "Tuple"):
            return {"type": "array", "items": {}}
        if name in MAPPINGS:
            return {"type": "object"}
        return fail(node, f"`{written}` is not known here. Paste its class too, or write `Any` for it.")

    def _subscript(self, node: ast.Subscript) -> Any:
        name = self._module.original(called(node.value))
        inside = _inside(node)
        if isinstance(node.value, ast.Name) and node.value.id in self._module.classes:
            fail(node, f"`{name}` stands for many types here. Write a class for the one that you need.")
        if name == "Optional":
            return union([self.schema(inside[0]), {"type": "null"}])
        if name == "Union":
            return union([self.schema(option) for option in inside])
        if name == "Literal":
            return self._literal(inside)
        if name == "Annotated":
            return self._annotated(inside)
        if name in WRAPPERS:
            return self.schema(inside[0])
        return self._container(node, name, inside)

    def _container(self, node: ast.Subscript, name: str, inside: list[ast.expr]) -> Any:
        if name in LISTS:
            return {"type": "array", "items": self.schema(inside[0])}
        if name in SETS:
            return {"type": "array", "items": self.schema(inside[0]), "uniqueItems": True}
        if name in MAPPINGS:
            values = self.schema(inside[-1])
            return {"type": "object", "additionalProperties": values} if values != {} else {"type": "object"}
        if name in ("tuple", "Tuple"):
            return self._tuple(inside)
        return self._named(node.value) if isinstance(node.value, ast.Name | ast.Attribute) else fail(node, "no type.")

    def _tuple(self, inside: list[ast.expr]) -> Any:
        if len(inside) > 1 and isinstance(inside[-1], ast.Constant) and inside[-1].value is Ellipsis:
            return {"type": "array", "items": self.schema(inside[0])}
        items = [self.schema(item) for item in inside]
        size = len(items)
        return {"type": "array", "prefixItems": items, "minItems": size, "maxItems": size}

    def _literal(self, inside: list[ast.expr]) -> Any:
        """Read the values; those of an enum by their names."""
        values = list(dict.fromkeys(self._literal_value(node) for node in inside))
        others = [value for value in values if value is not None]
        if not others:
            return {"type": "null"}
        return nullable(choice(others)) if None in values else choice(others)

    def _literal_value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Attribute):
            return self.enum_value(node)
        try:
            value = literal(node)
        except ValueError:
            value = ...
        if value is None or isinstance(value, str | int):
            return value
        return fail(node, "a literal type holds texts, whole numbers, True, False and None alone.")

    def enum_value(self, node: ast.Attribute) -> Any:
        """Return the value behind `Colour.RED`."""
        owner = self._module.classes.get(called(node.value))
        for statement in owner.body if owner else ():
            if isinstance(statement, ast.Assign) and [called(target) for target in statement.targets] == [node.attr]:
                return self.value(statement.value)
        return fail(node, f"`{node.attr}` is no value of an enum here.")

    def _annotated(self, inside: list[ast.expr]) -> Any:
        schema = self.schema(inside[0])
        for data in inside[1:]:
            schema = with_details(schema, self.details(data))
        return schema

    def _call(self, node: ast.Call) -> Any:
        name = self._module.original(called(node))
        found = self._call_details(node, ())
        if name in CONSTRAINED:
            return with_details(dict(CONSTRAINED[name]), found)
        if name in LISTS or name in SETS:
            items = [*node.args, *(word.value for word in node.keywords if word.arg == "item_type")]
            is_set = {"uniqueItems": True} if name in SETS else {}
            return with_details({"type": "array", "items": self.schema(items[0]) if items else {}, **is_set}, found)
        return fail(node, f"`{name or 'this call'}` is not known here. Write a type, with `Field` for its limits.")

    def _call_details(self, node: ast.Call, names: tuple[str, ...]) -> Details:
        given = dict(zip(names, node.args, strict=False)) | {word.arg: word.value for word in node.keywords if word.arg}
        values = {name: self.value(value) for name, value in given.items()}
        keywords = {name: values[name] for name in _WORDS if values.get(name) is not None}
        if isinstance(keywords.get("description"), str):
            keywords["description"] = " ".join(keywords["description"].split())
        limits = {LIMITS[name]: value for name, value in values.items() if name in LIMITS and value is not None}
        extra = values.get("json_schema_extra")
        if isinstance(extra, dict):
            keywords |= extra
        alias = next((values[name] for name in _ALIASES if isinstance(values.get(name), str)), None)
        return Details(keywords, limits, alias)


def with_details(schema: Any, details: Details) -> Any:
    """Return a schema with what a field says of itself."""
    return {**schema, **limits_for(schema, details.limits), **details.keywords}


def _options(node: ast.expr) -> list[ast.expr]:
    """Return what stands between the bars, from left to right, however many there are."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _inside(node: ast.Subscript) -> list[ast.expr]:
    return list(node.slice.elts) or [node.slice] if isinstance(node.slice, ast.Tuple) else [node.slice]


def _as_json(value: Any) -> Any:
    """Return a Python literal as JSON holds it.

    Raises:
        ValueError: JSON has nothing like it.
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _as_json(item) for name, item in value.items()}
    raise ValueError("not JSON")
