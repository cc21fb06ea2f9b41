"""Why the table of fields shows a row without letting anybody change what it holds."""

from __future__ import annotations

import json

from service.structured import Field

__all__ = ["lock_reason"]


def lock_reason(field: Field) -> str:
    """Say why a row is locked."""
    fragment = json.loads(field.rest.fragment or "null")
    words = [said for keyword, said in _LOCKS.items() if isinstance(fragment, dict) and keyword in fragment]
    what = words[0] if words else "it says more than a row can"
    return f"Locked: {what}. It is kept as it is; change it under JSON."


_LOCKS = {
    "$ref": "it refers to another part of the schema",
    "$dynamicRef": "it refers to another part of the schema",
    "oneOf": "it allows one of several shapes",
    "anyOf": "it allows any of several shapes",
    "allOf": "it joins several rules",
    "not": "it says what must not be",
    "if": "its rules depend on the value",
    "const": "it allows a single value",
    "enum": "its allowed values are not simple",
    "prefixItems": "each place in the list has a shape of its own",
    "contains": "it says what the list must contain",
}
