"""The fields of a schema as a table that is edited in the browser, where no key waits for the server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import streamlit as st

from pages.parts.json_text import JsonObject, read_schema
from pages.parts.markdown import safe_markdown
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_draft import WHOLE, TableDraft
from pages.parts.schema_views import sync_table, take_table
from pages.parts.state import input_value
from service.structured import FIELD_TYPES

__all__ = ["schema_table"]

_HERE = Path(__file__)
_HTML = """
<div class="orp-fields">
  <div class="orp-head" aria-hidden="true"><span>Name</span><span>Type</span><span></span><span></span><span></span>
    <span>Description</span></div>
  <ol role="list" aria-label="Fields"></ol>
  <div class="orp-foot">
    <button type="button" class="orp-add">+ Add a field</button>
    <label class="orp-check orp-open"><input type="checkbox">Other fields allowed</label>
  </div>
  <p class="orp-hint"><kbd>Enter</kbd> adds a field; behind an object, one within it. On a blank row it goes back out.
    <kbd>Alt</kbd> <kbd>Shift</kbd> with an arrow moves a field.</p>
</div>"""

_fields_table = st.components.v2.component(
    "fields_table",
    html=_HTML,
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def schema_table(keys: FormatKeys, *, place: str) -> JsonObject:
    """Draw the table and return what the schema says, or what is wrong; `place` tells two tables of a page apart."""
    draft = sync_table(keys)
    if isinstance(draft, str):
        st.error(safe_markdown(f"The JSON has to be corrected first. {draft}"), icon=":material/error:")
        return JsonObject(problem=draft)
    if draft.root.type != "object":
        st.info("This schema is no object, so it has no fields to list. Change it in one line or as JSON.")
        return read_schema(draft.of)
    if draft.root.is_list:
        st.caption("The answer is a list; these are the fields of each item.")
    _draw(keys, draft, f"{keys.table}.{place}")
    if (said := draft.errors.get(WHOLE)) is not None:
        st.error(safe_markdown(said), icon=":material/error:")
    if draft.problem is not None:
        return JsonObject(problem=draft.problem)
    return read_schema(draft.of)


def _draw(keys: FormatKeys, draft: TableDraft, key: str) -> None:
    data = {
        "stamp": draft.stamp,
        "origin": draft.origin,
        "rows": draft.payload(),
        "errors": {str(row): said for row, said in draft.errors.items()},
        "types": list(FIELD_TYPES.items()),
        "is_open": draft.root.is_open,
    }
    _fields_table(key=key, data=data, on_edit_change=lambda: _take(keys, key))


def _take(keys: FormatKeys, key: str) -> None:
    state = cast(Mapping[str, Any], input_value(key) or {})
    edit = state.get("edit")
    if isinstance(edit, Mapping):
        take_table(keys, edit)
