"""What comments in TypeScript say: a description, and JSDoc tags that are keywords of JSON Schema."""

from __future__ import annotations

import json
import re
from typing import Any, Final

__all__ = ["commented"]

_TAG = re.compile(r"^@([A-Za-z][\w-]*)[ \t]*(.*)$")
# fmt: off
_KEYWORDS: Final = frozenset((
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "format", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "title", "default",
    "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "const", "enum", "not",
    "oneOf", "anyOf", "allOf", "if", "then", "else", "patternProperties", "asType", "items", "additionalProperties",
))
# fmt: on
_TEXTS: Final = frozenset(("pattern", "format", "title", "contentEncoding", "contentMediaType"))


def commented(schema: Any, comment: str) -> Any:
    """Return a schema with what a comment says of it."""
    said = _said_by(comment) if comment else {}
    if said.pop("asType", None) == "integer":
        schema = _whole_numbers(schema)
    for key in ("items", "additionalProperties"):
        if isinstance(inner := said.pop(key, None), dict) and isinstance(schema.get(key), dict):
            schema = {**schema, key: _refined(schema[key], inner)}
    return {**schema, **said}


def _refined(schema: Any, said: dict[str, Any]) -> Any:
    """Return what a list or a record holds, with what a tag says of it, however deep."""
    out = _whole_numbers(schema) if said.get("type") == "integer" else dict(schema)
    for key, value in said.items():
        if key in ("items", "additionalProperties") and isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = _refined(out[key], value)
        elif key != "type":
            out[key] = value
    return out


def _whole_numbers(schema: Any) -> Any:
    written = schema.get("type")
    if written == "number":
        return {**schema, "type": "integer"}
    if isinstance(written, list):
        return {**schema, "type": ["integer" if name == "number" else name for name in written]}
    return schema


def _said_by(comment: str) -> dict[str, Any]:
    """Return the keywords that a comment means: its words as the description, its tags by their names."""
    words: list[str] = []
    found: dict[str, Any] = {}
    for line in comment.split("\n"):
        text = _without_edges(line).replace("*\\/", "*/")
        tag = _TAG.match(text)
        if tag is None:
            if text and not found.get(""):
                words.append(text)
        elif tag[1] == "description":
            words.append(tag[2])
        elif tag[1] not in _KEYWORDS:
            # What follows such a tag explains the tag, not the field.
            found[""] = True
        else:
            found[tag[1]] = _value(tag[1], tag[2])
    found.pop("", None)
    return {**({"description": " ".join(words)} if words else {}), **found}


def _without_edges(line: str) -> str:
    """Return a line of a comment without the signs that make it one."""
    text = line.strip().removesuffix("*/").strip()
    if text.startswith("//"):
        return text.lstrip("/").strip()
    return text.removeprefix("/").lstrip("*").strip()


def _value(name: str, written: str) -> Any:
    if not written:
        return True
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return written if name in _TEXTS and not isinstance(value, str) else value
