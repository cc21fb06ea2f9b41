"""Merges the schemas of one place into `Constraints`, choosing among alternatives on the way."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from service.simulator.json_values.constraints import (
    ALL_TYPES,
    Constraints,
    Contained,
    ContradictionError,
    Elements,
    Members,
    Tags,
    Unevaluated,
)
from service.simulator.json_values.height import Heights
from service.simulator.json_values.keywords import SIMPLE
from service.simulator.json_values.members import schemas_of
from service.simulator.json_values.negation import ease, negations
from service.simulator.json_values.references import BrokenReferenceError, Document, Node
from service.simulator.json_values.work import Work

_NO_TAGS: Tags = frozenset()
_MAX_SCHEMAS = 3_000
_MAX_OTHERS = 40


@dataclass(frozen=True)
class Manner:
    """How to choose: `level` counts earlier failures here, `lean` asks for the smallest value that will do."""

    level: int = 0
    lean: bool = False


@dataclass(frozen=True)
class Choice:
    """Alternatives of which one is to be merged; each is a list of schemas."""

    alternatives: list[list[Node]]
    tags: Tags
    pointer: str
    ordered: bool = False
    exclusive: tuple[Node, ...] = ()


class Collector:
    """Gathers the requirements of several schemas that hold at once.

    A `glance` chooses nothing: 0 merges what holds in any case, 1 looks at the required properties too.
    """

    def __init__(
        self,
        document: Document,
        heights: Heights,
        rng: Random,
        manner: Manner,
        work: Work,
        *,
        glance: int = -1,
    ) -> None:
        self.document = document
        self.heights = heights
        self.rng = rng
        self.manner = manner
        self.work = work
        self.found = Constraints()
        self.waiting: list[tuple[Node, Tags]] = []
        self.choices: list[Choice] = []
        self.dependent: list[tuple[str, Node, Tags]] = []
        self.seen: set[tuple[int, str, Tags]] = set()
        self.kept: list[Any] = []
        self.branched = False
        self.is_wild = rng.random() > 0.7**manner.level
        self.glance = glance
        self.possible: set[tuple[int, ...]] = set()

    def collect(self, nodes: list[Node]) -> Constraints:
        """Return what all `nodes` ask for together; raises `ContradictionError`."""
        self.found.pointer = nodes[0].pointer if nodes else ""
        self.waiting.extend((node, _NO_TAGS) for node in reversed(nodes))
        self._drain()
        if self.glance >= 0:
            return self.found
        while self.choices or self._awaken():
            self._decide(self.choices.pop(self._easiest()))
        return self.found

    def _easiest(self) -> int:
        sizes = [len(choice.alternatives) for choice in self.choices]
        return sizes.index(min(sizes)) if sizes else -1

    def _drain(self) -> None:
        while self.waiting:
            node, tags = self.waiting.pop()
            self._add(node, tags)
        self.found.check()
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Give up early where a property that has to be there cannot be; deeper places are not looked at."""
        if self.glance == 0 or "object" not in self.found.types:
            return
        for name in self.found.required:
            nodes = schemas_of(self.found, name)
            key = tuple(id(node.schema) for node in nodes)
            is_plain = len(nodes) < 2 and all(node.schema is not False for node in nodes)
            if is_plain or key in self.possible:
                continue
            glance = Collector(self.document, self.heights, self.rng, self.manner, self.work, glance=0)
            try:
                glance.collect(nodes)
            except ContradictionError as error:
                barred = any(node.schema is False for node in nodes)
                why = f"it needs the property {name!r}, " + ("which is not allowed" if barred else f"for which {error}")
                self.found.restrict(ALL_TYPES - {"object"}, why)
                return
            self.possible.add(key)

    def _decide(self, choice: Choice) -> None:
        if len(choice.alternatives) > 1:
            self.branched = True
        failure = ContradictionError(choice.pointer, "none of its alternatives fits")
        for alternative in self._ranked(choice):
            self.work.spend(1 + len(self.choices) // 4)
            alternative = [*alternative, *self._failing(choice.exclusive, alternative)]
            saved = (self.found.copy(), list(self.choices), list(self.dependent), set(self.seen))
            try:
                self.waiting.extend((node, choice.tags) for node in reversed(alternative))
                self._drain()
            except ContradictionError as error:
                failure = error
                self.waiting.clear()
                self.found, self.choices, self.dependent, self.seen = saved
            else:
                return
        raise failure

    def _ranked(self, choice: Choice) -> list[list[Node]]:
        """Return the alternatives in the order in which they are tried."""
        ranked = list(choice.alternatives)
        if not choice.ordered or self.is_wild:
            self.rng.shuffle(ranked)
        if self.manner.lean:
            return sorted(ranked, key=lambda nodes: max((self.heights.of(node) for node in nodes), default=0))
        if self.manner.level < 2 and self.rng.random() < 0.9:
            ranked.sort(key=lambda nodes: any(_is_dull(node.schema) for node in nodes))
        return ranked

    def _awaken(self) -> bool:
        """Turn the schemas that depend on a property into choices, or merge them when the property is required."""
        waiting, self.dependent = self.dependent, []
        for name, node, tags in waiting:
            without = [node.rewritten({"properties": {name: False}})]
            having = [node.rewritten({"required": [name]}), node]
            no_object = [node.rewritten({"type": sorted(ALL_TYPES - {"object"})})]
            if name in self.found.required:
                ways = [[node], no_object]
            else:
                ways = [without, having] if self.manner.lean else [having, without]
            self.choices.append(Choice(ways, tags, node.pointer, ordered=True))
        return bool(waiting)

    def _add(self, node: Node, tags: Tags) -> None:
        node = self.document.settled(node)
        schema = node.schema
        if schema is False:
            raise ContradictionError(node.pointer, "its schema is false")
        if not isinstance(schema, dict):
            return
        key = (id(schema), node.scope.base, tags)
        if key in self.seen:
            return
        self.work.spend()
        if len(self.seen) > _MAX_SCHEMAS:
            raise ContradictionError(node.pointer, "too many schemas meet here")
        self.seen.add(key)
        self.kept.append(schema)
        if not self.found.pointer:
            self.found.pointer = node.pointer
        if "$ref" in schema and node.scope.draft <= 7:
            self._reference(node, tags)
            return
        inner = tags
        if "unevaluatedProperties" in schema or "unevaluatedItems" in schema:
            inner = tags | {id(schema)}
        self._keywords(node, schema, inner, tags)

    def _keywords(self, node: Node, schema: dict[str, Any], inner: Tags, outer: Tags) -> None:
        found = self.found
        for keyword, value in schema.items():
            handler = SIMPLE.get(keyword)
            if handler is not None:
                handler(found, value, schema)
        self._texts(schema)
        self._members(node, schema, inner, outer)
        self._elements(node, schema, inner, outer)
        self._branches(node, schema, inner)
        self._reference(node, inner)

    def _texts(self, schema: dict[str, Any]) -> None:
        found = self.found
        if not found.title and isinstance(schema.get("title"), str):
            found.title = schema["title"]
        if not found.description and isinstance(schema.get("description"), str):
            found.description = schema["description"]
        if isinstance(schema.get("examples"), list):
            found.samples.extend(schema["examples"])
        if "example" in schema:
            found.samples.append(schema["example"])
        if "default" in schema and schema["default"] not in (None, "", [], {}, False, 0):
            found.samples.append(schema["default"])

    def _reference(self, node: Node, tags: Tags) -> None:
        schema = node.schema
        try:
            if isinstance(schema.get("$ref"), str):
                self.waiting.append((self.document.follow(node, schema["$ref"]), tags))
            if isinstance(schema.get("$dynamicRef"), str):
                self.waiting.append((self.document.follow_dynamic(node, schema["$dynamicRef"]), tags))
            if isinstance(schema.get("$recursiveRef"), str):
                self.waiting.append((self.document.follow_recursive(node), tags))
        except BrokenReferenceError as error:
            raise ContradictionError(node.pointer, str(error)) from error

    def _members(self, node: Node, schema: dict[str, Any], inner: Tags, outer: Tags) -> None:
        properties, patterns = schema.get("properties"), schema.get("patternProperties")
        rest = schema.get("additionalProperties")
        if properties or patterns or rest is not None:
            self.found.members.append(
                Members(
                    {name: node.child(item, "properties", name) for name, item in (properties or {}).items()},
                    tuple((p, node.child(item, "patternProperties", p)) for p, item in (patterns or {}).items()),
                    None if rest is None else node.child(rest, "additionalProperties"),
                    inner,
                )
            )
        if "propertyNames" in schema:
            self.found.names.append(node.child(schema["propertyNames"], "propertyNames"))
        if "unevaluatedProperties" in schema:
            rule = node.child(schema["unevaluatedProperties"], "unevaluatedProperties")
            self.found.loose_members.append(Unevaluated(rule, id(schema), outer))

    def _elements(self, node: Node, schema: dict[str, Any], inner: Tags, outer: Tags) -> None:
        items = schema.get("items")
        named = "items" if isinstance(items, list) else "prefixItems"
        prefix = items if isinstance(items, list) else schema.get("prefixItems") or []
        rest_name = "additionalItems" if isinstance(items, list) else "items"
        if prefix or rest_name in schema:
            rest = node.child(schema[rest_name], rest_name) if rest_name in schema else None
            nodes = tuple(node.child(item, named, at) for at, item in enumerate(prefix))
            self.found.elements.append(Elements(nodes, rest, inner))
        if "contains" in schema:
            least, most = int(schema.get("minContains", 1)), schema.get("maxContains")
            most = None if most is None else int(most)
            self.found.contained.append(Contained(node.child(schema["contains"], "contains"), least, most, inner))
            if most is not None and least > most:
                self.found.restrict(ALL_TYPES - {"array"}, f"minContains {least} is above maxContains {most}")
            self.found.min_items = max(self.found.min_items, least)
        if "unevaluatedItems" in schema:
            rule = node.child(schema["unevaluatedItems"], "unevaluatedItems")
            self.found.loose_items.append(Unevaluated(rule, id(schema), outer))

    def _branches(self, node: Node, schema: dict[str, Any], tags: Tags) -> None:
        for at, item in reversed(list(enumerate(schema.get("allOf", ())))):
            self.waiting.append((node.child(item, "allOf", at), tags))
        if "anyOf" in schema:
            nodes = [node.child(item, "anyOf", at) for at, item in enumerate(schema["anyOf"])]
            self._choose([[item] for item in nodes], tags, node)
        if "oneOf" in schema:
            self._one_of([node.child(item, "oneOf", at) for at, item in enumerate(schema["oneOf"])], tags, node)
        if "not" in schema:
            self._refuse(node.child(schema["not"], "not"), tags)
        if "if" in schema:
            self._condition(node, schema, tags)
        self._dependencies(node, schema, tags)

    def _choose(self, alternatives: list[list[Node]], tags: Tags, node: Node, *, ordered: bool = False) -> None:
        self.choices.append(Choice(alternatives, tags, node.pointer, ordered))

    def _one_of(self, nodes: list[Node], tags: Tags, node: Node) -> None:
        """Choose one of the schemas; once that has failed, let a value also fail the others (a sample of very many)."""
        exclusive = tuple(nodes) if self.manner.level else ()
        self.choices.append(Choice([[item] for item in nodes], tags, node.pointer, exclusive=exclusive))

    def _are_apart(self, one: Node, other: Node) -> bool:
        """Say whether it shows at a glance that no value satisfies both schemas."""
        key = (id(one.schema), id(other.schema))
        if key not in self.heights.apart:
            self.heights.kept.extend((one.schema, other.schema))
            collector = Collector(self.document, self.heights, self.rng, self.manner, self.work, glance=1)
            try:
                collector.collect([one, other])
            except ContradictionError:
                self.heights.apart[key] = True
            else:
                self.heights.apart[key] = False
        return self.heights.apart[key]

    def _failing(self, others: tuple[Node, ...], chosen: list[Node]) -> list[Node]:
        left = [other for other in others if other is not chosen[0] and not self._are_apart(chosen[0], other)]
        if len(left) > _MAX_OTHERS:
            left = self.rng.sample(left, _MAX_OTHERS)
        failing = [other.rewritten({"not": other.schema}) for other in left]
        self.kept.extend(other.schema for other in failing)
        return failing

    def _refuse(self, node: Node, tags: Tags) -> None:
        ways = negations(node, self.document)
        if not ways:
            raise ContradictionError(node.pointer, "it refuses every value")
        self.kept.extend(way.schema for way in ways)
        if len(ways) == 1:
            self.waiting.append((ways[0], tags))
        else:
            ways.sort(key=lambda way: ease(way.schema))
            self._choose([[way] for way in ways], tags, node, ordered=self.manner.level > 0)

    def _condition(self, node: Node, schema: dict[str, Any], tags: Tags) -> None:
        test = node.child(schema["if"], "if")
        met, unmet = [test], [node.rewritten({"not": schema["if"]})]
        if isinstance(schema["if"], dict) and self.manner.level < 2:
            met.append(node.rewritten({"required": list(schema["if"].get("properties", ()))}))
        if "then" in schema:
            met.append(node.child(schema["then"], "then"))
        if "else" in schema:
            unmet.append(node.child(schema["else"], "else"))
        if "then" in schema or "else" in schema:
            ways = [met, unmet] if self.rng.random() < 0.6 or "else" not in schema else [unmet, met]
            self._choose(ways, tags, node, ordered=True)

    def _dependencies(self, node: Node, schema: dict[str, Any], tags: Tags) -> None:
        for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
            for name, needed in schema.get(keyword, {}).items():
                if isinstance(needed, list):
                    self.found.dependents.append((name, tuple(needed)))
                elif isinstance(needed, str):
                    self.found.dependents.append((name, (needed,)))
                else:
                    self.dependent.append((name, node.child(needed, keyword, name), tags))


def _is_dull(schema: Any) -> bool:
    """Say whether a schema stands for nothing but null or emptiness."""
    return isinstance(schema, dict) and (
        schema.get("type") == "null"
        or schema.get("maxLength") == 0
        or schema.get("pattern") == "^$"
        or ("const" in schema and schema["const"] in (None, ""))
        or schema.get("enum") == [None]
    )
