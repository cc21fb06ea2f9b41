"""What the providers of a model make of a schema and of tools, in words; `None` where nothing is known about it."""

from __future__ import annotations

from typing import Any

from pages.parts.model_providers import ModelProviders
from service import EndpointInfo

__all__ = ["schema_words", "tool_choice_words", "tools_words"]

_KINDS = {"required": "be made to call a tool", "function": "be made to call a certain tool", "none": "be kept from it"}


def schema_words(providers: ModelProviders, *, requires: bool) -> str | None:
    """Say which providers take a schema, and whether others may answer all the same.

    Args:
        providers: Those of the chosen model.
        requires: Whether only those are asked that support everything in the request.
    """
    taking = providers.that(lambda endpoint: endpoint.supports("structured_outputs"))
    if taking is None:
        return None
    if not taking:
        return f"{_none(providers)} takes a schema."
    told = _some(providers, taking, ("takes", "take"), "a schema")
    if len(taking) == len(providers.considered):
        return f"{told}: the model can be held to it."
    if requires:
        return f"{told}: {providers.names(taking)}. No other is asked."
    others = [found for found in providers.considered if found not in taking]
    return f"{told}: {providers.names(taking)}. {providers.names(others)} may answer too, and ignore it."


def tools_words(providers: ModelProviders) -> tuple[str, bool] | None:
    """Say which providers take tools where not all do, and whether that lets a request through."""
    taking = providers.that(_takes_tools)
    if taking is None or len(taking) == len(providers.considered):
        return None
    if not taking:
        return f"{_none(providers)} takes tools, so the request would be refused.", False
    told = _some(providers, taking, ("takes", "take"), "tools")
    return f"{told}: {providers.names(taking)}. No other is asked while a tool is on.", True


def tool_choice_words(providers: ModelProviders, choice: Any) -> tuple[str, bool] | None:
    """Say which providers obey a choice of tool where not all do, and whether that lets a request through.

    Args:
        providers: Those of the chosen model.
        choice: What is sent as `tool_choice`; `None` where the model decides, which all take.
    """
    kind = "function" if isinstance(choice, dict) else choice
    if kind not in _KINDS:
        return None
    taking = providers.that(lambda endpoint: _obeys(endpoint, kind))
    if taking is None or len(taking) == len(providers.considered):
        return None
    if not taking:
        return f"{_none(providers)} can {_KINDS[kind]}, so the request would be refused. Let the model decide.", False
    told = _some(providers, taking, ("can", "can"), _KINDS[kind])
    return f"{told}: {providers.names(taking)}. No other is asked.", True


def _takes_tools(endpoint: EndpointInfo) -> bool | None:
    return endpoint.supports("tools")


def _obeys(endpoint: EndpointInfo, kind: str) -> bool | None:
    takes, obeys = endpoint.supports("tools"), endpoint.takes_tool_choice(kind)
    return None if takes is None or obeys is None else takes and obeys


def _none(providers: ModelProviders) -> str:
    return f"No provider of {providers.whose}"


def _some(providers: ModelProviders, taking: tuple[EndpointInfo, ...], verbs: tuple[str, str], what: str) -> str:
    """Return "3 of 5 providers of this model take a schema", or how that is said of all, or of one."""
    count, total = len(taking), len(providers.considered)
    if total == 1:
        return f"{providers.names(taking)}, the only provider of {providers.whose}, {verbs[0]} {what}"
    who = f"All {total}" if count == total else f"{count} of {total}"
    return f"{who} providers of {providers.whose} {verbs[0] if count == 1 else verbs[1]} {what}"
