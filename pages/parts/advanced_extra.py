"""What a request may hold beside all inputs: an extra body and extra headers, both typed as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from pydantic import ValidationError

from pages.parts.json_input import json_input
from pages.parts.json_text import JsonObject, read_object
from pages.parts.parameters import first_fault
from pages.parts.plain import literal
from pages.parts.state import input_value, service
from service import ModelParameters

__all__ = ["Extra", "extra_inputs", "extra_set"]

BODY, HEADERS = "extra_body", "extra_headers"


@dataclass(frozen=True)
class Extra:
    """What both say, and what is wrong with them."""

    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def set_count(self) -> int:
        """How many of the two say something."""
        return bool(self.body) + bool(self.headers) + len(self.problems)


def extra_set(page: str) -> Extra:
    """Return what they say, drawn or not."""
    return _extra(_checked(page, BODY), _checked(page, HEADERS))


def extra_inputs(page: str) -> Extra:
    """Draw both; what cannot be sent is said at its line."""
    st.markdown("**For developers**")
    body = json_input(
        "Extra body",
        key=_key(page, BODY),
        read=read_object,
        check=lambda read: _fault(BODY, read),
        placeholder='{"provider": {"sort": "price"}}',
        help="A JSON object that is merged into the request last, for what has no field here. What it names takes the "
        "place of what is set above.",
        height=120,
    )
    headers = json_input(
        "Extra headers",
        key=_key(page, HEADERS),
        read=read_object,
        check=lambda read: _fault(HEADERS, read),
        placeholder='{"x-session-id": "review-7"}',
        help="Names and texts, as JSON, that go along beside the request: for a gateway in between, or what OpenRouter "
        "takes as a header. They are stored and shown with the request, so keys and passwords are refused.",
        height=90,
    )
    if configured := service().config.parameters.extra_headers:
        names = ", ".join(literal(name) for name in configured)
        st.caption(f"Sent as well, from the settings of the server: {names}. The same name here takes its place.")
    return _extra(body, headers)


def _extra(body: JsonObject, headers: JsonObject) -> Extra:
    found = (("The extra body", body), ("The extra headers", headers))
    problems = tuple(f"{what} cannot be used. {read.problem}" for what, read in found if read.problem is not None)
    return Extra(body.value or {}, headers.value or {}, problems)


def _checked(page: str, name: str) -> JsonObject:
    read = read_object(str(input_value(_key(page, name)) or ""))
    fault = _fault(name, read) if read.value is not None else None
    return read if fault is None else JsonObject(problem=fault)


def _fault(name: str, read: JsonObject) -> str | None:
    try:
        ModelParameters(**{name: read.value or {}})
    except ValidationError as error:
        return f"{first_fault(error)}."
    return None


def _key(page: str, name: str) -> str:
    return f"{page}.{name}_json"
