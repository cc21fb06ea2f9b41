"""Schemas that typed languages can express, and documents that are right or nearly right by them."""

from typing import Any

from hypothesis import strategies as st

__all__ = ["TYPED", "documents", "typed_objects"]

NAMES = st.sampled_from(
    ["a", "name", "class", "schema", "first name", "größe", "1st", "_x", "date", "list", "Item", "items"]
)
DESCRIPTIONS = st.sampled_from([{}, {}, {"description": "What it is"}, {"description": 'A "quoted" */ \\ text'}])
TEXTS = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "minLength": 1, "maxLength": 3},
        {"type": "string", "pattern": "^[a-z]\\d?$"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "email"},
    ]
)
NUMBERS = st.sampled_from(
    [
        {"type": "integer"},
        {"type": "integer", "minimum": 0, "maximum": 5},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "maximum": 2.5},
    ]
)
CHOICES = st.sampled_from(
    [{"type": "string", "enum": ["open", "closed"]}, {"type": "integer", "enum": [2, 3]}, {"enum": ["a", 2]}]
)
LEAVES = TEXTS | NUMBERS | CHOICES | st.just({"type": "boolean"})


def lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    limits = st.sampled_from([{}, {"minItems": 1}, {"maxItems": 2}])
    return st.builds(lambda items, more: {"type": "array", "items": items, **more}, inner, limits)


def nullables(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]})


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(
        st.dictionaries(
            NAMES, st.tuples(inner, DESCRIPTIONS).map(lambda pair: pair[0] | pair[1]), min_size=1, max_size=4
        )
    )
    required = [name for name in properties if draw(st.booleans())]
    closed = draw(st.sampled_from([{}, {"additionalProperties": False}]))
    return {"type": "object", "properties": properties, **({"required": required} if required else {}), **closed}


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    records = inner.map(lambda values: {"type": "object", "additionalProperties": values})
    return objects(inner) | lists(inner) | nullables(inner) | records


TYPED: st.SearchStrategy[Any] = st.recursive(LEAVES, around, max_leaves=6)


def typed_objects() -> st.SearchStrategy[Any]:
    """Draw objects of typed fields."""
    return objects(TYPED)


SAMPLES: list[Any] = [None, True, 0, 1, 2, 7, -1, 0.5, 3.5, "", "a", "a1", "open", "abcd", [], {}, "2024-02-30"]
RIGHT = {
    "date": "2024-02-29",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "email": "ada@lovelace.org",
}


@st.composite
def documents(draw: st.DrawFn, schema: Any) -> Any:
    """Draw a document that follows a schema, now and then with something else in its place."""
    if draw(st.integers(0, 12)) == 0:
        return draw(st.sampled_from(SAMPLES))
    if "anyOf" in schema:
        return draw(documents(draw(st.sampled_from(schema["anyOf"]))))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if schema["type"] == "object":
        return draw(objects_of(schema))
    if schema["type"] == "array":
        return draw(st.lists(documents(schema["items"]), min_size=schema.get("minItems", 0), max_size=2))
    if schema["type"] == "string":
        return RIGHT.get(schema.get("format", "")) or draw(st.sampled_from(["a", "b1", "abc", "Wrong"]))
    samples: dict[str, list[Any]] = {
        "integer": [0, 1, 5, 6],
        "number": [0.5, 2, 3],
        "boolean": [True, False],
        "null": [None],
    }
    return draw(st.sampled_from(samples[schema["type"]]))


@st.composite
def objects_of(draw: st.DrawFn, schema: Any) -> Any:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    kept = [name for name in properties if name in required or draw(st.booleans())]
    found = {name: draw(documents(properties[name])) for name in kept}
    if kept and draw(st.integers(0, 8)) == 0:
        del found[draw(st.sampled_from(kept))]
    more = schema.get("additionalProperties", {})
    if draw(st.integers(0, 4)) == 0:
        found["more"] = draw(documents(more)) if more else 1
    return found
