"""Asks jsonschema-rs: the validator for a whole schema, and quick answers about single values."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from service.simulator.json_values.constraints import Constraints

_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=50_000)


def _refuse(uri: str) -> Any:
    raise ValueError(f"nothing is fetched, and {uri} lies outside the schema")


def validator_of(schema: Any) -> jsonschema_rs.Validator:
    """Return the validator for the draft that the schema names, 2020-12 where it names none or an unknown one.

    Formats are asserted and nothing is fetched. Raises `jsonschema_rs.ValidationError` or `ValueError` where the
    schema itself is not valid.
    """
    try:
        return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=_refuse, pattern_options=_PATTERNS)
    except jsonschema_rs.ValidationError as error:
        if "Unknown meta-schema" not in error.message:
            raise
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, retriever=_refuse, pattern_options=_PATTERNS
    )


@lru_cache(maxsize=1024)
def _small(schema: str) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=_refuse, pattern_options=_PATTERNS)
    except (jsonschema_rs.ValidationError, ValueError):
        return None


def accepts(found: Constraints, value: Any, draft: int) -> bool:
    """Say whether a value satisfies the patterns, the formats and the single refused keywords of a place."""
    rules: list[Any] = [{"pattern": pattern} for pattern in found.patterns] if isinstance(value, str) else []
    if isinstance(value, str):
        rules.extend({"format": name} for name in found.formats)
        rules.extend(found.contents)
    rules.extend({"not": rule} for rule in found.forbidden)
    if not rules:
        return True
    validator = _small(json.dumps({"$schema": _NAMES[draft], "allOf": rules}))
    return validator is None or validator.is_valid(value)


def matches(pattern: str, name: str) -> bool:
    """Say whether a property name matches a pattern."""
    validator = _small(json.dumps({"pattern": pattern}))
    return validator is not None and validator.is_valid(name)


_NAMES = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    19: "https://json-schema.org/draft/2019-09/schema",
    20: "https://json-schema.org/draft/2020-12/schema",
}
