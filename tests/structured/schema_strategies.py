"""Schemas and documents by chance, for the properties of what changes schemas."""

from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "not", "required")
REFERENCES = ("#/$defs/A", "#/$defs/B", "#", "#/properties/a", "#/$defs/missing", "https://example.com/x.json")
TEXTS = st.sampled_from(["", "a", "b", "abc", "2024-01-02"])
PLAIN = TEXTS | st.integers(-3, 3) | st.sampled_from([0.5, 2.0]) | st.booleans() | st.none()
TYPES = st.sampled_from(["string", "number", "integer", "boolean", "null", "object", "array"])


def documents() -> st.SearchStrategy[Any]:
    """Small JSON values."""
    inside = lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(NAMES), part, max_size=3)  # noqa: E731
    return st.recursive(PLAIN, inside, max_leaves=6)


def _keywords(schema: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    lists = st.lists(schema, min_size=1, max_size=3)
    fields = st.dictionaries(st.sampled_from(NAMES), schema, max_size=3)
    names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
    count = st.integers(0, 4)
    return {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(PLAIN, min_size=1, max_size=3, unique_by=repr),
        "const": PLAIN,
        "properties": fields,
        "required": names,
        "additionalProperties": schema,
        "patternProperties": st.dictionaries(st.just("^a"), schema, max_size=1),
        "propertyNames": st.just({"maxLength": 2}),
        "dependentRequired": st.dictionaries(st.sampled_from(NAMES), names, max_size=1),
        "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), schema, max_size=1),
        "unevaluatedProperties": st.booleans(),
        "items": schema,
        "prefixItems": lists,
        "uniqueItems": st.booleans(),
        "contains": schema,
        "minContains": count,
        **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"), count),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), st.integers(-2, 2)),
        "multipleOf": st.integers(1, 3),
        "pattern": st.just("^a"),
        "format": st.sampled_from(["date", "uri", "unheard-of"]),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), lists),
        **dict.fromkeys(("not", "if", "then", "else"), schema),
        "$ref": st.sampled_from(REFERENCES),
        "description": st.sampled_from(["What it is", "What it is."]),
        "default": PLAIN,
        "examples": st.lists(st.just({"oneOf": [{"allOf": []}]}), max_size=1),
        "nullable": st.booleans(),
    }


@st.composite
def _combined(draw: st.DrawFn, schema: st.SearchStrategy[Any]) -> dict[str, Any]:
    keywords = _keywords(schema)
    chosen = draw(st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True))
    return {key: draw(keywords[key]) for key in chosen}


@st.composite
def wild_schemas(draw: st.DrawFn) -> Any:
    """Schemas that use every keyword there is, sensible or not; references may go in circles or nowhere."""
    schema = st.recursive(st.booleans() | st.just({}), _combined, max_leaves=8)
    whole = draw(schema)
    if isinstance(whole, dict) and draw(st.booleans()):
        return {**whole, "$defs": {"A": draw(schema), "B": draw(schema)}}
    return whole


def closed_kinds() -> st.SearchStrategy[Any]:
    """Schemas of only what the strict form keeps, with fields that may be left out and none that may be null."""
    count = st.integers(0, 2)
    leaves = st.one_of(
        st.builds(lambda least: {"type": "integer", "minimum": least}, st.integers(-2, 2)),
        st.just({"type": "number", "maximum": 1}),
        st.just({"type": "string"}),
        st.just({"type": "string", "format": "date"}),
        st.just({"enum": ["a", "b", 1]}),
        st.just({"const": "a"}),
        st.just({"$ref": "#/$defs/A"}),
        st.just({"$ref": "#/$defs/A", "description": "an a"}),
    )
    return st.recursive(leaves, lambda part: _containers(part, count), max_leaves=6)


def _containers(part: st.SearchStrategy[Any], count: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(st.sampled_from(NAMES), part, min_size=1, max_size=3)
    objects = st.builds(
        lambda named, required: {
            "type": "object",
            "properties": named,
            "required": [name for name in required if name in named],
        },
        fields,
        st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    )
    return st.one_of(
        objects,
        st.builds(lambda items, most: {"type": "array", "items": items, "maxItems": most}, part, count),
        st.builds(lambda choices: {"anyOf": choices}, st.lists(part, min_size=1, max_size=2)),
        st.builds(lambda parts: {"allOf": parts}, st.lists(objects, min_size=1, max_size=2)),
        st.builds(
            lambda whole, choices: {**whole, "anyOf": choices}, objects, st.lists(objects, min_size=1, max_size=2)
        ),
    )


@st.composite
def kept_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Such a schema with a definition for its references."""
    whole = draw(closed_kinds())
    return {
        **whole,
        "$defs": {"A": draw(st.just({"type": "string"}) | _containers(st.just({"type": "boolean"}), st.just(1)))},
    }


@st.composite
def answers(draw: st.DrawFn, schema: Any, document: Any) -> Any:
    """An answer that follows a schema of the strict form, or mostly does."""
    for key in ("$ref", "anyOf"):
        if key == "$ref" and "$ref" in schema:
            return draw(answers(document["$defs"][schema["$ref"].rpartition("/")[2]], document))
        if key == "anyOf" and "anyOf" in schema:
            return draw(answers(draw(st.sampled_from(schema["anyOf"])), document))
    if "const" in schema or "enum" in schema:
        return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return draw(_of_type(draw(st.sampled_from(types)), schema, document))


def _of_type(kind: str, schema: Any, document: Any) -> st.SearchStrategy[Any]:
    if kind == "object":
        return st.fixed_dictionaries({name: answers(field, document) for name, field in schema["properties"].items()})
    if kind == "array":
        return st.lists(answers(schema["items"], document), max_size=schema.get("maxItems", 2))
    plain: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-3, 3),
        "number": st.sampled_from([0, 0.5, 1]),
        "string": TEXTS,
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return plain[kind]
