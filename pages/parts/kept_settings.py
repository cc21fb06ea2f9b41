"""Run settings that outlive a reload: kept with the conversation, and for the next one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pages.parts.advanced_settings import FIELDS
from pages.parts.kept_values import (
    one_of,
    read_choice,
    read_flag,
    read_headers,
    read_kept_tools,
    read_parameter,
    read_text,
)
from pages.parts.parameters import PARAMETERS
from pages.parts.response_format_choice import KINDS, format_keys
from pages.parts.server_tools import SERVER_TOOLS
from pages.parts.state import (
    first_settings,
    input_value,
    is_demo,
    library,
    note_settings_of,
    owner,
    put_input,
    service,
    settings_of,
)
from pages.parts.tool_rules import PARALLEL
from service.attachments import PDF_ENGINES
from service.store import OpenConversation

__all__ = ["keep_settings", "restore_settings"]

HEADERS = "extra_headers_json"


def restore_settings(page: str, shown: OpenConversation | None) -> Mapping[str, Any]:
    """Set the inputs of a page as they were: those of the conversation that was opened, else those used last.

    To be called before the inputs are drawn.

    Returns:
        What was set, by name; nothing where the inputs stay as they are.
    """
    here = shown.id if shown is not None else ""
    before = settings_of(page)
    if before == here:
        return {}
    note_settings_of(page, here)
    kept = shown.settings if shown is not None else None
    if kept is None and before is None:
        kept = library().preferences.get(owner(), _name(page))
    if not isinstance(kept, dict):
        return {}
    if kept.get("server") != _server():
        kept = {**kept, "model": None}
    _put(page, kept)
    return kept


def keep_settings(page: str, shown: OpenConversation | None, restored: Mapping[str, Any]) -> None:
    """Keep what the inputs of a page say now.

    With a conversation all of it, so that it can be gone on with as it was. For the next one only what somebody has
    chosen, so that the settings of the server hold for the rest.
    """
    values = {name: value for name in _keys(page) if (value := input_value(f"{page}.{name}")) is not None}
    if HEADERS in values:
        values[HEADERS] = read_headers(values[HEADERS])
    if shown is not None:
        shown.keep_settings({**values, "server": _server()})
    untouched = first_settings(page, {name: value for name, value in values.items() if name not in restored})
    chosen = {name: value for name, value in values.items() if name not in untouched or untouched[name] != value}
    library().preferences.keep(owner(), _name(page), {**chosen, "server": _server()})


def _server() -> str:
    """Return where requests go: a model of one server is unknown to another."""
    return "demo" if is_demo() else service().config.shown_base_url


def _name(page: str) -> str:
    return f"settings of {page}"


def _keys(page: str) -> dict[str, Callable[[Any], Any]]:
    """Return the names of a page's inputs, each with what makes of a kept value one that the input takes.

    What is kept may come from an imported file: a reader raises ValueError where nothing can be made of it.
    """
    form = format_keys(page)
    flags = (form.strict, form.in_prompt, form.strict_form, form.only_supporting)
    names = [name.removeprefix(f"{page}.") for name in (form.kind, form.name, form.schema, form.saved, *flags)]
    readers: dict[str, Callable[[Any], Any]] = {
        "model": read_text,
        "system_prompt": read_text,
        "extra_body_json": read_text,
        HEADERS: read_headers,
    }
    readers |= dict(
        zip(names, (one_of(KINDS), read_text, read_text, read_text, *(read_flag for _ in flags)), strict=True)
    )
    readers["pdf_engine"] = one_of(("", *PDF_ENGINES))
    readers |= {"tools": read_kept_tools, "tool_choice": read_text, "parallel_tools": one_of(PARALLEL)}
    readers |= {f"server_tool.{tool.name}": read_flag for tool in SERVER_TOOLS}
    readers |= {f"advanced.{name}": read_choice(name) for name in FIELDS}
    for parameter in PARAMETERS:
        readers |= {f"{parameter.name}.on": read_flag, parameter.name: partial(read_parameter, parameter)}
    return readers


def _put(page: str, kept: dict[str, Any]) -> None:
    """Set the inputs; what is not kept is set back, for another conversation may have left its own there."""
    blank = _blank(kept)
    for name, read in _keys(page).items():
        key = f"{page}.{name}"
        if name in blank:
            put_input(key, blank[name])
        if name in kept:
            with contextlib.suppress(ValueError):
                put_input(key, read(kept[name]))


def _blank(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the inputs say in which nothing was entered; those that are always drawn always say something."""
    blank: dict[str, Any] = {"extra_body_json": "", HEADERS: "", "pdf_engine": "", "response_format.saved": ""}
    blank |= {"tools": [], "tool_choice": "auto", "parallel_tools": "default"}
    blank |= {f"server_tool.{tool.name}": False for tool in SERVER_TOOLS}
    blank |= {f"advanced.{name}": {str: "", bool: False, list: []}.get(kind) for name, kind in FIELDS.items()}
    for parameter in PARAMETERS:
        is_emptied = parameter.kind == "number" and kept.get(f"{parameter.name}.on") is True
        blank |= {f"{parameter.name}.on": False, parameter.name: None if is_emptied else parameter.start}
    return blank
