"""From a JSON Schema to Pydantic classes that a developer would write."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.structured.source.names import unused
from service.structured.source.python_text import docstring, python_text, python_value
from service.structured.source.shape import Declaration, Member, Shape
from service.structured.source.shapes import Shapes

__all__ = ["schema_to_pydantic"]

_SCALARS = {"any": "Any", "null": "None", "boolean": "bool", "integer": "int", "number": "float", "text": "str"}
_FORMATS = {
    "date": "dt.date",
    "date-time": "dt.datetime",
    "time": "dt.time",
    "duration": "dt.timedelta",
    "email": "EmailStr",
    "uri": "AnyUrl",
    "uuid": "UUID",
}
_WORDS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "minProperties": "min_length",
    "maxProperties": "max_length",
    "pattern": "pattern",
}
_FIELD_WORDS = ("title", "description", "examples", "deprecated")
_FROM_PYDANTIC = ("AnyUrl", "BaseModel", "ConfigDict", "EmailStr", "Field", "RootModel")
_FROM_TYPING = ("Annotated", "Any", "Literal")
_IN_USE = frozenset((*_FROM_PYDANTIC, *_FROM_TYPING, "UUID", "dt", *keyword.kwlist))
_OF_CLASSES = _IN_USE | set(dir(builtins))
_OF_FIELDS = _IN_USE | {"bool", "dict", "float", "int", "list", "str", "tuple"}
"""Names that would hide a type from the fields below."""
# What Pydantic's own engine does not take: looking around, and repeating what was found.
_NOT_IN_RUST = re.compile(r"\(\?[=!<]|\\[1-9]")
_WIDTH = 120


def schema_to_pydantic(schema: Mapping[str, Any] | bool, name: str | None = None) -> str:
    """Return Python source with Pydantic classes for a schema, the whole last.

    What no type says stands in `json_schema_extra`, so that it is not checked but not lost either.

    Args:
        schema: A JSON Schema.
        name: What the class of the whole is called; the schema's title by default, else "Answer".

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """
    shapes = Shapes(schema, name, _OF_CLASSES)
    body = [_Class(declaration, shapes).text() for declaration in shapes.declarations]
    rebuilt = [f"{found.name}.model_rebuild()" for found in shapes.declarations if found.is_recursive]
    code = "\n\n\n".join(body) + ("\n\n\n" + "\n".join(rebuilt) if rebuilt else "")
    return f"{_imports(code)}\n\n\n{code}\n"


def _imports(code: str) -> str:
    """Return the imports that the code needs."""
    # Texts in the code may hold any word, and an import too many does no harm but to the eye.
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)
    used = set(re.findall(r"\b\w+\b", bare)) | set(re.findall(r"\b[A-Z]\w+\b", code))
    lines = ["import datetime as dt"] if re.search(r"\bdt\.", code) else []
    if typing := [name for name in _FROM_TYPING if name in used]:
        lines.append(f"from typing import {', '.join(typing)}")
    if "UUID" in used:
        lines.append("from uuid import UUID")
    pydantic = [name for name in _FROM_PYDANTIC if name in used]
    note = '  # e-mail addresses need: pip install "pydantic[email]"' if "EmailStr" in pydantic else ""
    if pydantic:
        lines += [*([""] if lines else []), f"from pydantic import {', '.join(pydantic)}{note}"]
    return "\n".join(lines)


class _Class:
    """Writes one class."""

    def __init__(self, declaration: Declaration, shapes: Shapes) -> None:
        self._declaration = declaration
        self._described = {found.name: found.description for found in shapes.declarations}
        self._names = set(self._described)
        order = [found.name for found in shapes.declarations]
        self._known = set(order[: order.index(declaration.name)])
        self._needs_python_patterns = any(map(_NOT_IN_RUST.search, _patterns(declaration)))

    def text(self) -> str:
        found = self._declaration
        if found.shape is not None:
            return self._alias(found, found.shape)
        members = [line for member, name in self._named_members() for line in self._member(member, name)]
        lines = [f"class {found.name}(BaseModel):"]
        if found.description:
            lines += [f"    {docstring(found.description)}", ""]
        if config := self._config():
            lines += [f"    model_config = ConfigDict({config})", ""]
        if found.others is not None:
            written = self._quoted(f"dict[str, {self._type(found.others)}]")
            lines += [f"    __pydantic_extra__: {written} = Field(init=False)", ""]
        lines += [f"    {line}" for line in members]
        while not lines[-1]:
            lines.pop()
        return "\n".join(lines) if len(lines) > 1 else f"{lines[0]}\n    pass"

    def _config(self) -> str:
        found = self._declaration
        extra = "" if found.is_open else "forbid"
        given = {"extra": "allow" if found.others is not None else extra}
        given["regex_engine"] = "python-re" if self._needs_python_patterns else ""
        words = [f"{word}={python_text(value)}" for word, value in given.items() if value]
        if found.rest:
            words.append(f"json_schema_extra={python_value(dict(found.rest))}")
        return ", ".join(words)

    def _alias(self, found: Declaration, shape: Shape) -> str:
        """Write a named type that is no object with fields."""
        lines = [f"class {found.name}(RootModel[{self._quoted(self._type(shape))}]):"]
        lines.append(f"    {docstring(found.description)}" if found.description else "    pass")
        if self._needs_python_patterns:
            lines += ["", '    model_config = ConfigDict(regex_engine="python-re")']
        return "\n".join(lines)

    def _named_members(self) -> Iterator[tuple[Member, str]]:
        """Yield each member with the name of its attribute."""
        taken = {*_OF_FIELDS, *self._names, *_of_models()}
        for member in self._declaration.members:
            name = unused(_attribute(member.name, taken), taken)
            taken.add(name)
            yield member, name

    def _member(self, member: Member, name: str) -> Iterator[str]:
        shape = member.shape
        own = _own_limits(shape)
        words = {} if member.name == name else {"alias": member.name}
        words |= {key: member.annotations[key] for key in _FIELD_WORDS if _fits_word(key, member.annotations)}
        if words.get("description") == self._described.get(shape.referred):
            # The class says it.
            words.pop("description", None)
        extra = {key: value for key, value in member.annotations.items() if key not in (*_FIELD_WORDS, "default")}
        extra |= {
            key: member.annotations[key] for key in _FIELD_WORDS if key in member.annotations and key not in words
        }
        if own is not None:
            words |= {_WORDS[key]: value for key, value in own.limits.items()}
            extra |= own.rest
            shape = _bare(shape, own)
        default, note = _default(member, extra)
        written = self._quoted(self._type(shape))
        yield f"{name}: {written}{_assigned(default, words, extra, len(name) + len(written))}{note}"

    def _quoted(self, written: str) -> str:
        """Put an annotation into quotes where it names a class that does not exist yet."""
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', written)
        used = set(re.findall(r"\w+", bare)) & self._names
        if not used - self._known:
            return written
        return f"'{written}'" if '"' in written and "'" not in written and "\\" not in written else python_text(written)

    def _type(self, shape: Shape) -> str:
        """Return a type, with its limits where it has any."""
        own = _own_limits(shape)
        if own is None:
            return self._plain(shape)
        words = {_WORDS[key]: value for key, value in own.limits.items()}
        inner = self._plain(_bare(shape, own))
        if not words and not own.rest:
            return inner
        return f"Annotated[{inner}, Field({_arguments(words, dict(own.rest))})]"

    def _plain(self, shape: Shape) -> str:
        if shape.kind == "reference":
            return shape.name
        if shape.kind == "literal":
            return f"Literal[{', '.join(python_value(value) for value in shape.values)}]"
        if shape.kind == "union":
            return " | ".join(dict.fromkeys(self._type(option) for option in shape.items))
        if shape.kind == "list":
            return f"list[{self._type(shape.items[0])}]"
        if shape.kind == "tuple":
            return f"tuple[{', '.join(self._type(item) for item in shape.items)}]"
        if shape.kind == "record":
            return f"dict[str, {self._type(shape.items[0])}]"
        return _format_type(shape) or _SCALARS[shape.kind]


def _patterns(declaration: Declaration) -> Iterator[str]:
    """Yield the patterns of a class, however deep they stand in its types."""
    waiting = [member.shape for member in declaration.members]
    waiting += [shape for shape in (declaration.shape, declaration.others) if shape is not None]
    while waiting:
        shape = waiting.pop()
        waiting += shape.items
        if "pattern" in shape.limits:
            yield shape.limits["pattern"]


def _format_type(shape: Shape) -> str | None:
    name = shape.rest.get("format") if shape.kind == "text" else None
    return _FORMATS.get(name) if isinstance(name, str) else None


def _own_limits(shape: Shape) -> Shape | None:
    """Return what limits and keywords a type has, without the format that is a type of its own."""
    if shape.kind == "union":
        others = [option for option in shape.items if option.kind != "null"]
        return _own_limits(others[0]) if len(others) == 1 else None
    if _format_type(shape) is None:
        return shape if shape.limits or shape.rest else None
    rest = {**{key: value for key, value in shape.rest.items() if key != "format"}, **shape.limits}
    return Shape(shape.kind, rest=rest) if rest else None


def _bare(shape: Shape, own: Shape) -> Shape:
    """Return a type without the limits that are written elsewhere."""
    if shape.kind == "union":
        return Shape("union", tuple(option if option.kind == "null" else _bare(option, own) for option in shape.items))
    kept = {"format": shape.rest["format"]} if _format_type(shape) else {}
    return Shape(shape.kind, shape.items, shape.values, shape.name, rest=kept)


def _fits_word(key: str, annotations: Mapping[str, Any]) -> bool:
    wanted: Mapping[str, type] = {"title": str, "description": str, "examples": list, "deprecated": bool}
    return isinstance(annotations.get(key), wanted[key])


def _default(member: Member, extra: dict[str, Any]) -> tuple[str | None, str]:
    """Return the default of an attribute, and a remark behind the line."""
    annotations = member.annotations
    if member.required:
        if "default" in annotations:
            extra["default"] = annotations["default"]
        return None, ""
    if annotations.get("default") is not None:
        checked = "" if _is_simple(member.shape) else ", validate_default=True"
        return python_value(annotations["default"]) + checked, ""
    return "None", "" if member.shape.is_nullable else "  # may be left out, but not null"


def _is_simple(shape: Shape) -> bool:
    """Say whether a default of this type is in Python what it is in JSON."""
    is_simple = shape.kind not in ("reference", "tuple") and _format_type(shape) is None
    return is_simple and all(map(_is_simple, shape.items))


def _assigned(default: str | None, words: dict[str, Any], extra: dict[str, Any], used: int) -> str:
    if not words and not extra and "validate_default" not in (default or ""):
        return "" if default is None else f" = {default}"
    written = _arguments(words, extra, default)
    if len(written) + used + len("     = Field()") <= _WIDTH:
        return f" = Field({written})"
    return f" = Field(\n        {_arguments(words, extra, default, between=_NEXT_LINE)},\n    )"


_NEXT_LINE = ",\n        "


def _arguments(words: dict[str, Any], extra: dict[str, Any], default: str | None = None, between: str = ", ") -> str:
    given = [f"default={default}"] if default is not None else []
    given += [f"{word}={python_value(value, is_pattern=word == 'pattern')}" for word, value in words.items()]
    if extra:
        given.append(f"json_schema_extra={python_value(extra)}")
    return between.join(given)


def _attribute(name: str, taken: set[str]) -> str:
    """Return a property's name as an attribute of a model."""
    plain = re.sub(r"\W", "_", name[:80]).lstrip("_")
    if not plain.isidentifier():
        plain = f"field_{plain}".rstrip("_")
    return f"{plain}_" if plain in taken else plain


def _of_models() -> set[str]:
    """Return the names that a field would take away from Pydantic's own methods."""
    from pydantic import BaseModel

    return {name for name in dir(BaseModel) if not name.startswith("__")}
