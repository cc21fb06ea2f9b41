"""How deeply the smallest value of a schema is nested, so that recursion can be led to its end."""

from __future__ import annotations

from typing import Any

from service.simulator.json_values.references import BrokenReferenceError, Document, Node

ENDLESS = 1_000
_MAX_VISITS = 20_000


class Heights:
    """Estimates, remembered per schema; 0 is a value without children, `ENDLESS` one that never ends.

    `apart` remembers which pairs of schemas were found to have no value in common; `kept` holds on to the schemas whose
    identities serve as keys.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.known: dict[tuple[int, str], int] = {}
        self.open: set[tuple[int, str]] = set()
        self.visits = 0
        self.kept: list[Any] = []
        self.apart: dict[tuple[int, int], bool] = {}

    def of(self, node: Node) -> int:
        """Return the estimate for one schema."""
        schema = node.schema
        if not isinstance(schema, dict):
            return 0 if schema else ENDLESS
        key = (id(schema), node.scope.base)
        if key in self.known:
            return self.known[key]
        self.visits += 1
        if key in self.open or self.visits > _MAX_VISITS or len(self.open) > 100:
            return ENDLESS
        self.open.add(key)
        height = min(ENDLESS, self._measure(node, schema))
        self.open.discard(key)
        if height < ENDLESS or not self.open:
            self.known[key] = height
            self.kept.append(schema)
        return height

    def _measure(self, node: Node, schema: dict[str, Any]) -> int:
        if "enum" in schema or "const" in schema:
            return 0
        parts = [self._referred(node, schema), self._children(node, schema)]
        parts.extend(self.of(node.child(item, "allOf", at)) for at, item in enumerate(schema.get("allOf", ())))
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                parts.append(min(self.of(node.child(item, keyword, at)) for at, item in enumerate(schema[keyword])))
        return max(parts)

    def _referred(self, node: Node, schema: dict[str, Any]) -> int:
        try:
            if isinstance(schema.get("$ref"), str):
                return self.of(self.document.follow(node, schema["$ref"]))
            if isinstance(schema.get("$dynamicRef"), str):
                return self.of(self.document.follow_dynamic(node, schema["$dynamicRef"]))
        except BrokenReferenceError:
            return ENDLESS
        return 0

    def _children(self, node: Node, schema: dict[str, Any]) -> int:
        kinds = schema.get("type")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if isinstance(kinds, list) and not {"object", "array"} & set(kinds):
            return 0
        if isinstance(kinds, list) and len(kinds) > 1:
            return 0 if {"null", "string", "number", "integer", "boolean"} & set(kinds) else 1
        height = 0
        required, properties = schema.get("required"), schema.get("properties", {})
        for name in required if isinstance(required, list) else ():
            if name in properties:
                height = max(height, 1 + self.of(node.child(properties[name], "properties", name)))
        if schema.get("minItems", 0) and isinstance(schema.get("items"), dict):
            height = max(height, 1 + self.of(node.child(schema["items"], "items")))
        return height
