"""From a TypeScript type to a schema."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Protocol

from service.structured.compiled import MAX_SCHEMA_LEVELS
from service.structured.source.assemble import choice, reference, union
from service.structured.source.typescript_comments import commented
from service.structured.source.typescript_objects import UTILITIES, intersection, keyed, utility
from service.structured.source.typescript_scan import Sign, fail, text_of

__all__ = ["Names", "TypeReader"]

_KEYWORDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "String": {"type": "string"},
    "number": {"type": "number"},
    "Number": {"type": "number"},
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "Boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "void": {"type": "null"},
    "any": {},
    "unknown": {},
    "object": {"type": "object"},
    "Object": {"type": "object"},
    "never": {"not": {}},
    "Date": {"type": "string", "format": "date-time"},
    "URL": {"type": "string", "format": "uri"},
}
_CONSTANTS = {"true": True, "false": False}
_LISTS = ("Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable")
_MAPS = ("Record", "Map", "ReadonlyMap")
_TRANSPARENT = ("Readonly", "NonNullable", "Awaited", "Promise")
_NOT_DATA = ("keyof", "typeof", "infer", "unique", "new", "abstract", "asserts", "Function", "symbol", "function")
_WHOLE_NUMBER = re.compile(r"0|[1-9]\d{0,300}|0[xXoObB]\w{1,60}")


class Names(Protocol):
    """The named types of a source."""

    def is_known(self, name: str) -> bool:
        """Say whether there is a type of that name."""

    def whole(self, sign: Sign, name: str) -> Any:
        """Return the schema of a named type."""

    def values(self, sign: Sign) -> dict[str, Any]:
        """Return the values of an enum by their names; nothing for another type."""


class TypeReader:
    """Reads types from a row of signs.

    Args:
        signs: The signs, an end last.
        behind: The comments at the end of lines.
        names: What names stand for.
    """

    def __init__(self, signs: list[Sign], behind: dict[int, str], names: Names) -> None:
        self._signs = signs
        self._behind = behind
        self._names = names
        self._depth = 0
        self.at = 0

    @property
    def sign(self) -> Sign:
        """The sign that comes next."""
        return self._signs[self.at]

    def take(self) -> Sign:
        """Step over a sign and return it."""
        found = self._signs[self.at]
        self.at = min(self.at + 1, len(self._signs) - 1)
        return found

    def takes(self, text: str) -> bool:
        """Step over a sign if it is this one, and say whether it was."""
        if self.sign.text != text or self.sign.kind == "text":
            return False
        self.take()
        return True

    def expect(self, text: str, why: str) -> None:
        """Step over a sign that has to stand here."""
        if not self.takes(text):
            fail(self.sign, f"{_shown(self.sign)} stands where {text} is expected {why}.")

    def type(self) -> Any:
        """Read a type; that it may be undefined says nothing here."""
        return self._union()[0]

    def members(self) -> dict[str, Any]:
        """Read the members of an object, whose opening brace has been read, and the closing one."""
        schema: dict[str, Any] = {"type": "object", "properties": {}}
        required: list[str] = []
        others: Any = False
        while not self.takes("}"):
            if self.takes(";") or self.takes(","):
                continue
            if self.sign.kind == "end":
                fail(self.sign, "a brace is never closed. Write } where the type ends.")
            if self.takes("["):
                others = self._index()
                continue
            name, found, is_required = self._member()
            schema["properties"][name] = found
            if is_required:
                required.append(name)
        if required:
            schema["required"] = list(dict.fromkeys(required))
        if others != {}:
            schema["additionalProperties"] = others
        return schema

    def _index(self) -> Any:
        """Read `[key: string]: number`, what other fields may hold."""
        name = self.take()
        if name.kind != "name" or not self.takes(":"):
            fail(name, "only `[key: string]: …` is understood in brackets. List the fields by name.")
        self.type()
        self.expect("]", "behind the key")
        self.expect(":", "before the type of the values")
        found = self.type()
        self._end_of_member()
        return found

    def _member(self) -> tuple[str, Any, bool]:
        first = self.sign
        self._skip_modifiers()
        name = self.take()
        if name.kind not in ("name", "text", "number"):
            fail(name, f"{_shown(name)} stands where the name of a field is expected.")
        is_optional = self.takes("?")
        if self.sign.text in ("(", "<") and self.sign.kind == "sign":
            fail(name, f"`{name.text[:40]}` is a function, and JSON holds none. Take it out.")
        self.expect(":", f"behind `{name.text[:40]}`")
        found, is_missing = self._union()
        last = self._signs[self.at - 1]
        self._end_of_member()
        comment = first.before or (self._behind.get(last.line, "") if first.begins_line else "")
        key = text_of(name) if name.kind == "text" else name.text
        return key, commented(found, comment), not (is_optional or is_missing)

    def _skip_modifiers(self) -> None:
        following = self._signs[min(self.at + 1, len(self._signs) - 1)]
        if self.sign.text == "readonly" and following.kind in ("name", "text", "number"):
            self.take()

    def _end_of_member(self) -> None:
        if self.sign.text in (";", ",", "}") or self.sign.begins_line or self.sign.kind == "end":
            return
        fail(self.sign, f"{_shown(self.sign)} is not understood here. End a field with a semicolon.")

    def _union(self) -> tuple[Any, bool]:
        """Read what stands between bars, and whether it may be undefined."""
        self._depth += 1
        if self._depth > MAX_SCHEMA_LEVELS:
            fail(self.sign, f"types are nested more than {MAX_SCHEMA_LEVELS} levels deep here. Use fewer.")
        self.takes("|")
        options: list[Any] = []
        is_missing = False
        while True:
            if self.takes("undefined"):
                is_missing = True
            else:
                options.append(self._intersection())
            if not self.takes("|"):
                break
        self._depth -= 1
        if self.sign.text in ("extends", "=>", "?") and self.sign.kind != "text":
            fail(self.sign, "this kind of type is not understood. Write out what the field holds.")
        return (union(options) if options else {"type": "null"}), is_missing

    def _intersection(self) -> Any:
        self.takes("&")
        place = self.sign
        parts = [self._postfix()]
        while self.takes("&"):
            parts.append(self._postfix())
        return parts[0] if len(parts) == 1 else intersection(place, parts, self._whole)

    def _whole(self, place: Sign, schema: Any) -> Any:
        """Return what a reference stands for, to take it apart."""
        if "$ref" not in schema:
            return schema
        return self._names.whole(place, schema["$ref"].rpartition("/")[2])

    def _postfix(self) -> Any:
        found = self._primary()
        while self.sign.text == "[" and self.sign.kind == "sign" and not self.sign.begins_line:
            place = self.take()
            if not self.takes("]"):
                fail(place, "a part of a type cannot be taken by its name here. Write out what the field holds.")
            found = {"type": "array", "items": found}
        return found

    def _primary(self) -> Any:
        sign = self.take()
        if sign.kind == "text":
            return {"type": "string"} if sign.text[0] == "`" and "${" in sign.text else choice([text_of(sign)])
        if sign.kind == "number" or sign.text == "-":
            return choice([self.number(sign)])
        if sign.kind == "name":
            return self._named(sign)
        if sign.text == "{":
            return self.members()
        if sign.text == "[":
            return self._tuple()
        if sign.text == "(":
            return self._in_parentheses(sign)
        return fail(sign, f"{_shown(sign)} stands where a type is expected.")

    def number(self, sign: Sign) -> int | float:
        """Return the number of a sign; of the next one, negative, where it is a minus."""
        if sign.text == "-":
            return -self.number(self.take())
        written = sign.text.replace("_", "")
        try:
            value = int(written, 0) if _WHOLE_NUMBER.fullmatch(written) else float(written)
        except ValueError:
            fail(sign, f"`{sign.text[:40]}` is no number.")
        return value if isfinite(value) else fail(sign, "this number is too large. Write a smaller one.")

    def _in_parentheses(self, sign: Sign) -> Any:
        following = self._signs[min(self.at + 1, len(self._signs) - 1)]
        if self.sign.text in (")", "...") or (self.sign.kind == "name" and following.text in (":", ",", "?")):
            fail(sign, "this is a function, and JSON holds none. Take it out.")
        found = self.type()
        self.expect(")", "to close the parenthesis")
        return found

    def _tuple(self) -> Any:
        items: list[Any] = []
        rest: Any = None
        while not self.takes("]"):
            if self.takes("..."):
                rest = self.type()
            else:
                items.append(self._tuple_item())
            if not self.takes(",") and self.sign.text != "]":
                fail(self.sign, f"{_shown(self.sign)} is not understood here. Separate the parts with commas.")
        if not items and rest is None:
            return {"type": "array", "maxItems": 0}
        if rest is not None:
            return rest if not items else {"type": "array", "prefixItems": items, "minItems": len(items)}
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}

    def _tuple_item(self) -> Any:
        following = self._signs[min(self.at + 1, len(self._signs) - 1)]
        if self.sign.kind == "name" and following.text == ":":
            self.take()
            self.take()
        return self.type()

    def _named(self, sign: Sign) -> Any:
        name = sign.text
        if name == "readonly":
            return self._postfix()
        if name in _CONSTANTS:
            return choice([_CONSTANTS[name]])
        if name in _NOT_DATA:
            fail(sign, f"`{name}` is not understood here. Write out what the field holds.")
        if self.sign.text == "." and self.sign.kind == "sign":
            return self._enum_value(sign)
        arguments = self._arguments()
        if self._names.is_known(name):
            if arguments:
                fail(sign, f"`{name}` stands for many types. Write out the one that you need.")
            return reference(name)
        if arguments:
            return self._generic(sign, arguments)
        if name in _KEYWORDS:
            return dict(_KEYWORDS[name])
        return fail(sign, f"`{name[:40]}` is not known here. Paste its type too, or write `unknown` for it.")

    def _enum_value(self, sign: Sign) -> Any:
        """Read `Colour.Red`."""
        self.take()
        member = self.take()
        values = self._names.values(sign)
        if member.text not in values:
            fail(member, f"`{sign.text[:40]}.{member.text[:40]}` is not known here.")
        return choice([values[member.text]])

    def _arguments(self) -> list[Any]:
        if self.sign.text != "<" or self.sign.kind != "sign":
            return []
        self.take()
        found = [self.type()]
        while self.takes(","):
            found.append(self.type())
        self.expect(">", "behind the types in angle brackets")
        return found

    def _generic(self, sign: Sign, arguments: list[Any]) -> Any:
        name = sign.text
        if name in _LISTS:
            return {"type": "array", "items": arguments[0]}
        if name in _TRANSPARENT:
            return arguments[0]
        if name in _MAPS and len(arguments) == 2:
            return keyed(self._whole(sign, arguments[0]), arguments[1])
        if name in UTILITIES:
            return utility(sign, [self._whole(sign, found) for found in arguments])
        return fail(sign, f"`{name[:40]}` is not known here. Write out what the field holds.")


def _shown(sign: Sign) -> str:
    return "the end" if sign.kind == "end" else f"`{sign.text[:40]}`"
