"""How a schema gets to the model: what the model can, and in which form and to whom the schema is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from pages.parts.model_providers import ModelProviders
from pages.parts.preflight import preflight
from pages.parts.provider_words import schema_words
from pages.parts.response_format_choice import FormatKeys
from pages.parts.state import input_value, service
from service import ModelInfo
from service.structured import Strict, schema_instruction
from service.types import Delivery

__all__ = ["SchemaDelivery", "capability_warning", "prompt_offer", "schema_delivery"]

Ability = Literal["structured", "json", "none", "unknown"]
"""What a model can: keep to a schema, write JSON, neither; or nobody has told."""

INSTEAD = "Put the schema into the prompt instead, or allow others under Advanced."


@dataclass(frozen=True)
class SchemaDelivery:
    """How a schema is sent; `strict_form` is sent in its place where there is one."""

    delivery: Delivery = "native"
    is_strict: bool = False
    strict_form: Strict | None = None
    require_parameters: bool = False


def ability_of(info: ModelInfo | None, providers: ModelProviders) -> Ability:
    """Return what a model can at the providers that may be asked, else what its entry in the model list tells."""
    held = providers.that(lambda endpoint: endpoint.supports("structured_outputs"))
    if held is None:
        return _listed_ability(info)
    writes = providers.that(lambda endpoint: endpoint.supports("response_format"))
    return "structured" if held else "json" if writes else "none"


def _listed_ability(info: ModelInfo | None) -> Ability:
    if info is None or info.supported_parameters is None:
        return "unknown"
    if info.supports("structured_outputs"):
        return "structured"
    return "json" if info.supports("response_format") else "none"


def capability_warning(kind: str, info: ModelInfo | None) -> str | None:
    """Say what a model will make of a format; `None` when it takes it, or nobody knows."""
    ability = _listed_ability(info)
    if kind == "text" or ability in ("structured", "unknown"):
        return None
    if ability == "none":
        more = "Put the schema into the prompt instead, or choose" if kind == "json_schema" else "Choose"
        return f"This model lists no JSON mode and may ignore the format. {more} one with the badge Structured outputs."
    if kind == "json_schema":
        return (
            "This model lists JSON mode only: its answer may not follow the schema. Put the schema into the prompt "
            "instead, or choose one with the badge Structured outputs."
        )
    return None


def prompt_offer(keys: FormatKeys, info: ModelInfo | None, providers: ModelProviders) -> bool:
    """Say what a model will make of a schema, offer the prompt where that is little, and return the choice."""
    ability = ability_of(info, providers)
    told = schema_words(providers, requires=input_value(keys.only_supporting) is not False)
    if ability == "structured":
        held = "This model has structured outputs: it can be held to the schema."
        st.caption(f":material/verified: {told or held}")
        return False
    if ability == "unknown":
        st.caption(":material/help: Whether this model can be held to a schema is not known. The answer tells.")
        return False
    verdict = st.container()
    if not _in_prompt(keys):
        listed = capability_warning("json_schema", info)
        verdict.warning(listed or f"{told} {INSTEAD}", icon=":material/warning:")
        return False
    verdict.info(
        "This model cannot be held to a schema: it gets it as words. Every answer is checked all the same.",
        icon=":material/sms:",
    )
    return True


def schema_delivery(
    keys: FormatKeys,
    schema: Mapping[str, Any] | None,
    name: str,
    model: str,
    info: ModelInfo | None,
    providers: ModelProviders,
    *,
    in_prompt: bool,
) -> SchemaDelivery:
    """Draw the choices for a schema, which is `None` while there is none, and return them."""
    if in_prompt:
        _show_instruction(schema, name)
        return SchemaDelivery(delivery="prompt")
    is_strict = st.checkbox(
        "Strict",
        key=keys.strict,
        help="The provider holds the model to the schema; most then want every property required.",
        persist_state="session",
    )
    strict_form = preflight(keys, schema, model) if is_strict and schema is not None else None
    may_require = ability_of(info, providers) in ("structured", "unknown") and service().config.is_openrouter_api
    return SchemaDelivery("native", is_strict, strict_form, may_require and _only_supporting(keys))


def _in_prompt(keys: FormatKeys) -> bool:
    return st.toggle(
        "Put the schema into the prompt instead",
        key=keys.in_prompt,
        help="The model is told the schema in a system message, and nothing else holds it to it.",
        persist_state="session",
    )


def _show_instruction(schema: Mapping[str, Any] | None, name: str) -> None:
    if schema is None:
        return
    with st.expander("What the model is told", type="compact"):
        st.code(schema_instruction(schema, name=name.strip() or None), language=None, wrap_lines=True)


def _only_supporting(keys: FormatKeys) -> bool:
    return st.toggle(
        "Only providers that support it",
        key=keys.only_supporting,
        help="OpenRouter passes the request on only to providers that support everything in it, the schema included "
        "(`require_parameters`). Switched off, a provider may answer that ignores the schema.",
        persist_state="session",
    )
