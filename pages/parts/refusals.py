"""Which of the known providers would refuse a schema, for a model whose provider's rules nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.structured import Profile, lint_schema
from service.structured.words import plural

__all__ = ["PROVIDERS", "known_refusals"]

PROVIDERS: dict[Profile, str] = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google", "generic": ""}


def known_refusals(schema: Mapping[str, Any] | bool) -> str:
    """Say which known providers would refuse a schema.

    Raises:
        InvalidSchemaError: The schema cannot be used at all.
    """
    reasons = {name: len(lint_schema(schema, profile)) for profile, name in PROVIDERS.items() if name}
    refusals = [(name, plural(number, "reason")) for name, number in reasons.items() if number]
    unknown = "Which schemas this model's provider refuses is not known."
    if not refusals:
        *names, last = reasons
        return f"{unknown} None of {', '.join(names)} and {last} would refuse this schema, as far as is known."
    (name, number), *others = refusals
    more = "".join(f"; {name} for {number}" for name, number in others)
    return f"{unknown} {name} would refuse this schema, for {number}{more}."
