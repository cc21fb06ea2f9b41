"""What a schema is known by: two texts that say the same, whatever their blanks and the order of names, are one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from service.store.columns import dump_json

__all__ = ["asked_schema", "format_hash", "schema_hash"]


def schema_hash(schema: Any) -> str:
    """Return what a schema is known by: 32 hexadecimal digits."""
    return _hash_of(dump_json(schema))


def format_hash(encoded: Mapping[str, Any] | None) -> str | None:
    """Return what the schema of a response format is known by, `None` where it has none; see `asked_schema`."""
    schema = asked_schema(encoded)
    return None if schema is None else schema_hash(schema)


def asked_schema(encoded: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the schema that was asked for: as it was written where that is told, else as it was sent.

    Args:
        encoded: A response format as a run keeps it, or as OpenRouter writes it.
    """
    asked = encoded or {}
    definition = asked.get("definition") or asked.get("json_schema")
    sent = definition.get("schema") if isinstance(definition, Mapping) else None
    return next((schema for schema in (asked.get("written"), sent) if isinstance(schema, Mapping)), None)


@lru_cache(maxsize=64)
def _hash_of(text: str) -> str:
    in_order = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    return blake2b(in_order.encode(), digest_size=16).hexdigest()
