"""The keys of the inputs for a response format, and what they are set to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from pages.parts.state import input_value, put_input, start_with
from service import ResponseFormat

__all__ = ["KINDS", "FormatKeys", "Kind", "begin_with", "format_keys", "pretty", "put_response_format", "text_of"]

Kind = Literal["text", "json_object", "json_schema"]
KINDS: dict[Kind, str] = {"text": "Text", "json_object": "JSON object", "json_schema": "JSON schema"}


@dataclass(frozen=True)
class FormatKeys:
    """The keys of the inputs on one page."""

    kind: str
    name: str
    strict: str
    schema: str

    @property
    def view(self) -> str:
        """How the schema is edited."""
        return f"{self.kind}.view"

    @property
    def notation(self) -> str:
        """The schema in one line."""
        return f"{self.kind}.notation"

    @property
    def notation_of(self) -> str:
        """The JSON that the line says."""
        return f"{self.kind}.notation_of"

    @property
    def saved(self) -> str:
        """Which version of a saved schema the JSON began as."""
        return f"{self.kind}.saved"

    @property
    def table(self) -> str:
        """The schema as a table of fields, with what is half-typed there."""
        return f"{self.kind}.table"

    @property
    def in_prompt(self) -> str:
        """Whether the schema goes into the prompt."""
        return f"{self.kind}.in_prompt"

    @property
    def strict_form(self) -> str:
        """Whether the strict form is sent where a provider would refuse the schema."""
        return f"{self.kind}.strict_form"

    @property
    def only_supporting(self) -> str:
        """Whether only providers that support the schema are to answer."""
        return f"{self.kind}.only_supporting"

    @property
    def before(self) -> str:
        """What Undo goes back to."""
        return f"{self.kind}.before"

    @property
    def after(self) -> str:
        """What Redo goes forth to."""
        return f"{self.kind}.after"

    @property
    def typed_name(self) -> str:
        """The name that somebody typed."""
        return f"{self.kind}.typed_name"

    @property
    def begun(self) -> str:
        """What the schema was begun from, in words, and its JSON then."""
        return f"{self.kind}.begun"

    @property
    def typed_from(self) -> str:
        """The JSON that the editor of JSON showed last."""
        return f"{self.kind}.typed_from"

    @property
    def page(self) -> str:
        """The page that the inputs stand on."""
        return self.kind.removesuffix(".response_format")


def format_keys(page: str) -> FormatKeys:
    """Return the keys of a page's inputs."""
    page = f"{page}.response_format"
    return FormatKeys(page, f"{page}.name", f"{page}.strict", f"{page}.schema_json")


def put_response_format(page: str, chosen: ResponseFormat | None) -> None:
    """Set the choice of a page's panel, `None` for text; a schema that was entered stays when the choice needs none.

    To be called from a callback.
    """
    keys = format_keys(page)
    put_input(keys.kind, chosen.type if chosen is not None else "text")
    if chosen is not None and chosen.asked_schema is not None:
        put_input(keys.name, chosen.schema_name or "answer")
        put_input(keys.strict, (chosen.definition or {}).get("strict", True) is True)
        put_input(keys.schema, pretty(chosen.asked_schema))
        put_input(keys.table, None)  # what was half-typed there belongs to the schema before


def begin_with(keys: FormatKeys, configured: ResponseFormat | None) -> None:
    """Say what the inputs show at first."""
    chosen = configured if configured is not None and configured.type in KINDS else ResponseFormat.text()
    start_with(keys.kind, chosen.type)
    start_with(keys.name, chosen.schema_name or "answer")
    start_with(keys.strict, (chosen.definition or {}).get("strict", True) is True)
    start_with(keys.schema, pretty(chosen.asked_schema) if chosen.asked_schema is not None else "")
    start_with(keys.in_prompt, chosen.delivery == "prompt")
    start_with(keys.strict_form, True)
    start_with(keys.only_supporting, True)


def text_of(keys: FormatKeys) -> str:
    """Return the JSON in the editor."""
    return str(input_value(keys.schema) or "")


def pretty(schema: Any) -> str:
    """Write a schema as a person would."""
    return json.dumps(schema, indent=2, ensure_ascii=False)
