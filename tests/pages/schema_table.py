"""What the table of fields sends from a browser, sent without one."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

__all__ = ["as_new", "edit", "shown"]

NEW = {
    "name": "",
    "type": "text",
    "is_list": False,
    "required": True,
    "nullable": False,
    "choices": "",
    "description": "",
    "depth": 0,
    "is_open": False,
}


def as_new(ident: str, **columns: Any) -> dict[str, Any]:
    """Return a row that somebody has added."""
    return {**NEW, "id": ident, **columns}


def shown(page: AppTest) -> dict[str, Any]:
    """Return what the browser was told."""
    told: dict[str, Any] = json.loads(_table(page).proto.json)
    return told


def edit(page: AppTest, *rows: dict[str, Any], stamp: str = "b:1", **others: Any) -> AppTest:
    """Send rows as the browser does after a change, and run the page."""
    told = shown(page)
    sent = {"stamp": stamp, "origin": told["origin"], "is_open": told["is_open"], "rows": list(rows), **others}
    states = page._tree.get_widget_states()
    state = states.widgets.add()
    state.id = _table(page).proto.id
    state.json_value = json.dumps({"edit": sent})
    return page._run(states)


def _table(page: AppTest) -> Any:
    return next(found for found in page.get("bidi_component") if found.proto.component_name == "fields_table")
