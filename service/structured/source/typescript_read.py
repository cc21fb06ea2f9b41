"""From pasted TypeScript types to a JSON Schema."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.plain import bounded_source
from service.structured.source.assemble import assembled, choice, outermost
from service.structured.source.errors import SourceError
from service.structured.source.typescript_comments import commented
from service.structured.source.typescript_objects import joined
from service.structured.source.typescript_scan import Sign, fail, signs, text_of
from service.structured.source.typescript_types import TypeReader

__all__ = ["schema_from_typescript"]

_OPENING = ("{", "(", "[")
_CLOSING = ("}", ")", "]")
_MODIFIERS = ("export", "declare", "default", "const")


def schema_from_typescript(source: str) -> Any:
    """Return the JSON Schema of TypeScript types.

    Interfaces, type aliases and enums are read; everything else in the source is passed over. The schema is that of
    the last type to which no other refers. Objects have no other fields than those listed, unless the type has
    `[key: string]: …`. Comments are descriptions, and JSDoc tags such as `@minimum 0` are keywords.

    Args:
        source: TypeScript source with the types; at most 200,000 characters.

    Raises:
        SourceError: It has no type, holds what JSON cannot, or names a type that is not in it; `line` and `column`
            name the place.
        InvalidSchemaError: The schema would have more than 50,000 characters or 64 levels.
    """
    return named_schema_from_typescript(source)[1]


def named_schema_from_typescript(source: str) -> tuple[str, Any]:
    """Return the name of the type that the others are parts of, and what `schema_from_typescript` returns."""
    text = bounded_source(source, "The source")
    try:
        return _Types(text).schema()
    except RecursionError as error:
        raise InvalidSchemaError(
            "The types refer to each other too deeply to be read.", hint="Paste only what describes the answer."
        ) from error


class _Types:
    """The named types of a source, each read once."""

    def __init__(self, text: str) -> None:
        self._signs, self._behind = signs(text)
        self._places = _places(self._signs)
        self._declared: dict[str, Any] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._busy: list[str] = []
        self._parents: set[str] = set()

    def is_known(self, name: str) -> bool:
        """Say whether there is a type of that name."""
        return name in self._places

    def whole(self, sign: Sign, name: str) -> Any:
        """Return the schema of a named type, references followed, to take it apart."""
        if name in self._busy:
            fail(sign, f"`{name[:40]}` is made of itself here. Write out what it holds.")
        self._parents.add(name)
        found = self._read(name)
        return self.whole(sign, found["$ref"].rpartition("/")[2]) if "$ref" in found else found

    def values(self, sign: Sign) -> dict[str, Any]:
        """Return the values of an enum by their names."""
        if sign.text in self._places and sign.text not in self._busy:
            self._read(sign.text)
        return self._values.get(sign.text, {})

    def schema(self) -> tuple[str, Any]:
        """Return the name and the schema of the type of which the others are parts."""
        if not self._places:
            raise SourceError("there is no type here. Paste one, such as `interface Person { name: string }`.", 1, 1)
        for name in self._places:
            self._read(name)
        wanted = [name for name in self._places if name not in self._values] or list(self._places)
        root = outermost(self._declared, wanted, self._parents)
        return root, assembled(root, self._declared)

    def _read(self, name: str) -> Any:
        if name not in self._declared:
            self._busy.append(name)
            self._declared[name] = commented(self._declaration(name), _comment(self._signs, self._places[name]))
            self._busy.pop()
        return self._declared[name]

    def _declaration(self, name: str) -> Any:
        at = self._places[name]
        reader = TypeReader(self._signs, self._behind, self)
        reader.at = at + 2
        if self._signs[at].text == "enum":
            self._values[name] = _enum(reader)
            return choice(list(dict.fromkeys(self._values[name].values())))
        if reader.sign.text == "<":
            fail(reader.sign, f"`{name[:40]}` stands for many types. Write out the one that you need.")
        return self._interface(reader) if self._signs[at].text == "interface" else self._alias(reader)

    def _alias(self, reader: TypeReader) -> Any:
        reader.expect("=", "behind the name of the type")
        return reader.type()

    def _interface(self, reader: TypeReader) -> Any:
        parents = []
        if reader.takes("extends"):
            parents.append(self._parent(reader))
            while reader.takes(","):
                parents.append(self._parent(reader))
        reader.expect("{", "before the fields")
        members = reader.members()
        return joined([*parents, members]) if parents else members

    def _parent(self, reader: TypeReader) -> Any:
        """Read what an interface extends: another one, or what a utility makes of it."""
        sign = reader.sign
        found = reader.type()
        schema = self.whole(sign, found["$ref"].rpartition("/")[2]) if "$ref" in found else found
        if schema.get("type") != "object":
            fail(sign, f"`{sign.text[:40]}` is no object. Write out its fields.")
        return schema


def _enum(reader: TypeReader) -> dict[str, Any]:
    """Read the values of an enum by their names; without a value they count on."""
    found: dict[str, Any] = {}
    following: Any = 0
    reader.expect("{", "before the values")
    while not reader.takes("}"):
        name = reader.take()
        if name.kind not in ("name", "text"):
            fail(name, "the name of a value is expected here.")
        value = _enum_value(reader) if reader.takes("=") else following
        found[text_of(name) if name.kind == "text" else name.text] = value
        following = value + 1 if isinstance(value, int) else None
        if not reader.takes(",") and reader.sign.text != "}":
            fail(reader.sign, "a comma is expected behind a value.")
    if not found or None in found.values():
        fail(reader.sign, "an enum lists values: texts or numbers.")
    return found


def _enum_value(reader: TypeReader) -> Any:
    sign = reader.take()
    if sign.kind == "text":
        return text_of(sign)
    if sign.kind == "number" or sign.text == "-":
        return reader.number(sign)
    return fail(sign, "the value of an enum must be a text or a number.")


def _places(found: list[Sign]) -> dict[str, int]:
    """Return where each type is declared: outside of all braces, by its keyword."""
    places: dict[str, int] = {}
    depth = 0
    for at, (sign, name) in enumerate(pairwise(found)):
        if sign.kind == "sign":
            depth += (sign.text in _OPENING) - (sign.text in _CLOSING)
        elif depth == 0 and sign.kind == "name" and sign.text in ("interface", "type", "enum") and name.kind == "name":
            if name.text in places:
                fail(name, f"`{name.text[:40]}` is declared twice. Join the two.")
            places[name.text] = at
    return places


def _comment(found: list[Sign], at: int) -> str:
    """Return the comment before a declaration, which may begin with `export`."""
    while at > 0 and found[at - 1].text in _MODIFIERS and not found[at].before:
        at -= 1
    return found[at].before
