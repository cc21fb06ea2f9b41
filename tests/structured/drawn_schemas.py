"""Schemas drawn at random: ordinary ones, odd ones, and ones that are no valid JSON Schema at all."""

import json
from typing import Any

from hypothesis import strategies as st

__all__ = ["OBJECTS", "SCHEMAS", "as_text"]


def as_text(schema: Any) -> str:
    """Write a schema so that 1, 1.0 and true are told apart; the order of keywords means nothing."""
    return json.dumps(schema, sort_keys=True)


def joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


def some(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an object with any of these keywords; `_` in front stands for `$`."""
    named = {f"${name[1:]}" if name.startswith("_") else name: drawn for name, drawn in keywords.items()}
    return st.fixed_dictionaries({}, optional=named)


NAMES = st.sampled_from(
    ["a", "b", "c", "type", "properties", "list", "of", " ", "", "odd name", "grüße", 'q"uote', "`tick", "$ref", "x-y"]
)
DESCRIPTIONS = st.sampled_from(["", "short", "with, comma", "{ brace }", '"quoted"', "two\nlines", "date", "ends, "])
ANNOTATIONS = some(
    title=st.sampled_from(["", "A title", "`"]),
    default=st.sampled_from([None, 1, "x", {"a": []}]),
    description=DESCRIPTIONS,
    examples=st.just([1, "two"]),
    _comment=st.just("why"),
)
JSON_TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "object", "array"])
TYPES = JSON_TYPES | st.lists(JSON_TYPES, max_size=2) | st.just(5)
VALUES = st.lists(st.sampled_from(["a", "b c", "true", "1", "", 1, 2, 2.5, True, None, {"a": 1}]), max_size=4)
SCALARS = joined(
    some(
        type=TYPES,
        format=st.sampled_from(["date", "date-time", "email", "uri", "ipv4", 7]),
        minimum=st.integers(-3, 3),
        maximum=st.sampled_from([-1.5, 0, 4, 10**30]),
        minLength=st.integers(-1, 3),
        maxLength=st.integers(0, 3),
        pattern=st.just("^a`[\\\\]$"),
        enum=VALUES,
        const=st.just(1),
    ),
    ANNOTATIONS,
)


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(NAMES, inner, max_size=4)
    objects = joined(
        st.fixed_dictionaries({"type": st.sampled_from(["object", ["object", "null"], ["null", "object"]])}),
        some(
            properties=properties,
            required=st.lists(NAMES, max_size=4),
            additionalProperties=st.booleans() | inner,
            patternProperties=properties,
            oneOf=st.lists(inner, max_size=2),
            _defs=properties,
        ),
        ANNOTATIONS,
    )
    lists = joined(
        st.fixed_dictionaries({"type": st.sampled_from(["array", ["array", "null"], ["null", "array"], ["array"]])}),
        some(items=inner, minItems=st.integers(0, 3), maxItems=st.integers(0, 3), prefixItems=st.lists(inner)),
        ANNOTATIONS,
    )
    combined = joined(
        some(_ref=st.just("#/$defs/a"), oneOf=st.lists(inner, max_size=2), allOf=st.lists(inner, max_size=2)),
        st.fixed_dictionaries({}, optional={"not": inner}),
        ANNOTATIONS,
    )
    beside_null = joined(st.builds(lambda option: {"anyOf": [option, {"type": "null"}]}, inner), ANNOTATIONS)
    return objects | objects | lists | combined | beside_null


SCHEMAS: st.SearchStrategy[Any] = st.booleans() | st.recursive(SCALARS | SCALARS | st.booleans(), around, max_leaves=10)
"""Any schema, valid or not."""

OBJECTS: st.SearchStrategy[Any] = around(SCHEMAS).filter(lambda schema: schema.get("type") == "object")
"""Schemas of objects."""
