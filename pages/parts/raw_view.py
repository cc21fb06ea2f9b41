"""A request and its answer as JSON, for those who read it: keys masked, what is long and unreadable shortened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from service import ChatResult
from service.redact import redact
from service.store import RunView
from service.structured.words import clean

__all__ = ["as_json", "raw_request", "raw_response", "show_raw"]

_BASE64 = re.compile(r"(?P<head>data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,|\b)(?P<data>[A-Za-z0-9+/]{400,}={0,2})")
_KEPT = 24


def show_raw(run: RunView, result: ChatResult, *, key: str) -> None:
    """Draw the fold; what is in it is made and sent only once it is open."""
    label = "Raw request / Raw response"
    fold = st.expander(label, type="compact", icon=":material/code:", key=f"{key}.raw", on_change="rerun")
    if not fold.open:
        return
    with fold:
        request, response = st.tabs(["Raw request", "Raw response"])
        if headers := run.request.parameters.extra_headers:
            request.caption("Extra headers")
            request.code(as_json(redact(headers)), language="json", wrap_lines=True)
        request.code(raw_request(run.payload), language="json", wrap_lines=True)
        response.code(raw_response(result), language="json", wrap_lines=True)


def raw_request(payload: Mapping[str, Any]) -> str:
    """Return the body that was sent, as JSON."""
    return as_json(_shortened(redact(payload)))


def raw_response(result: ChatResult) -> str:
    """Return a result as JSON; amounts are texts, so that no digit is lost."""
    fields = asdict(result)
    # The same value as in the text, which is as it was sent.
    del fields["parsed"]
    return as_json(_shortened(redact(fields)))


def as_json(value: Any) -> str:
    """Write a value as indented JSON that is fit to be shown."""
    return clean(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return _BASE64.sub(_cut, value)
    if isinstance(value, Mapping):
        return {name: _shortened(item) for name, item in value.items()}
    return [_shortened(item) for item in value] if isinstance(value, list) else value


def _cut(found: re.Match[str]) -> str:
    return f"{found['head']}{found['data'][:_KEPT]}… ({len(found['data']):,} characters of base64)"
