"""What the request says about providers, from the inputs of Advanced, before they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.parts.advanced_settings import fields_of
from pages.parts.advanced_widgets import advanced_key
from pages.parts.json_text import read_object
from pages.parts.state import input_value, service

__all__ = ["provider_preferences"]


def provider_preferences(page: str) -> Mapping[str, Any]:
    """Return what is sent as `provider`: what the extra body says, else Advanced, else the settings of the server."""
    extra = read_object(str(input_value(f"{page}.extra_body_json") or "")).value or {}
    chosen = fields_of(lambda name: input_value(advanced_key(page, name))).get("provider")
    sent = extra.get("provider", chosen or service().config.parameters.provider)
    return sent if isinstance(sent, Mapping) else {}
