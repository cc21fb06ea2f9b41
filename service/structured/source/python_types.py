"""What Python's and Pydantic's types mean in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

__all__ = ["CONSTRAINED", "LIMITS", "LISTS", "MAPPINGS", "SCALARS", "SETS", "WRAPPERS", "limits_for"]

_TEXT: Final = {"type": "string"}
_INT: Final = {"type": "integer"}
_NUMBER: Final = {"type": "number"}


def _format(name: str) -> dict[str, Any]:
    return {"type": "string", "format": name}


SCALARS: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        "str": _TEXT,
        "AnyStr": _TEXT,
        "LiteralString": _TEXT,
        "StrictStr": _TEXT,
        "SecretStr": _TEXT,
        "Path": _TEXT,
        "PurePath": _TEXT,
        "bytes": _TEXT,
        "int": _INT,
        "StrictInt": _INT,
        "PositiveInt": {**_INT, "exclusiveMinimum": 0},
        "NonNegativeInt": {**_INT, "minimum": 0},
        "NegativeInt": {**_INT, "exclusiveMaximum": 0},
        "NonPositiveInt": {**_INT, "maximum": 0},
        "float": _NUMBER,
        "Decimal": _NUMBER,
        "Number": _NUMBER,
        "StrictFloat": _NUMBER,
        "FiniteFloat": _NUMBER,
        "PositiveFloat": {**_NUMBER, "exclusiveMinimum": 0},
        "NonNegativeFloat": {**_NUMBER, "minimum": 0},
        "NegativeFloat": {**_NUMBER, "exclusiveMaximum": 0},
        "NonPositiveFloat": {**_NUMBER, "maximum": 0},
        "bool": {"type": "boolean"},
        "StrictBool": {"type": "boolean"},
        "None": {"type": "null"},
        "NoneType": {"type": "null"},
        "Any": {},
        "object": {},
        "Json": {},
        "JsonValue": {},
        "Hashable": {},
        "date": _format("date"),
        "PastDate": _format("date"),
        "FutureDate": _format("date"),
        "datetime": _format("date-time"),
        "AwareDatetime": _format("date-time"),
        "NaiveDatetime": _format("date-time"),
        "PastDatetime": _format("date-time"),
        "FutureDatetime": _format("date-time"),
        "time": _format("time"),
        "timedelta": _format("duration"),
        "EmailStr": _format("email"),
        "HttpUrl": _format("uri"),
        "AnyUrl": _format("uri"),
        "AnyHttpUrl": _format("uri"),
        "FileUrl": _format("uri"),
        "WebsocketUrl": _format("uri"),
        "UUID": _format("uuid"),
        "UUID1": _format("uuid"),
        "UUID3": _format("uuid"),
        "UUID4": _format("uuid"),
        "UUID5": _format("uuid"),
        "UUID6": _format("uuid"),
        "UUID7": _format("uuid"),
        "IPv4Address": _format("ipv4"),
        "IPv6Address": _format("ipv6"),
        "Pattern": _format("regex"),
    }
)

CONSTRAINED: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {"constr": _TEXT, "conint": _INT, "confloat": _NUMBER, "condecimal": _NUMBER, "condate": _format("date")}
)
"""Functions that return a type with limits."""

LISTS: Final = frozenset(
    ("list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "Iterator", "deque", "Deque", "conlist")
)
SETS: Final = frozenset(("set", "Set", "frozenset", "FrozenSet", "AbstractSet", "MutableSet", "conset", "confrozenset"))
MAPPINGS: Final = frozenset(("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"))
WRAPPERS: Final = frozenset(("Final", "Required", "NotRequired", "ReadOnly", "Type", "type", "InitVar"))
"""Types of which only the inside matters here."""

LIMITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ge": "minimum",
        "le": "maximum",
        "gt": "exclusiveMinimum",
        "lt": "exclusiveMaximum",
        "multiple_of": "multipleOf",
        "pattern": "pattern",
        "regex": "pattern",
        "min_length": "minLength",
        "max_length": "maxLength",
        "min_items": "minItems",
        "max_items": "maxItems",
    }
)
"""Pydantic's words for limits, in JSON Schema's for texts and numbers."""

_OF_SIZE: Final = {
    "array": {"minLength": "minItems", "maxLength": "maxItems"},
    "object": {"minLength": "minProperties", "maxLength": "maxProperties"},
}


def limits_for(schema: Mapping[str, Any], limits: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits under the names that they have for a schema: a list has items, not characters."""
    kinds = [option.get("type") for option in (schema, *schema.get("anyOf", ())) if isinstance(option, dict)]
    names = [name for kind in kinds for name in (kind if isinstance(kind, list) else [kind])]
    words: dict[str, str] = next((_OF_SIZE[name] for name in names if name in _OF_SIZE), {})
    return {words.get(name, name): value for name, value in limits.items()}
