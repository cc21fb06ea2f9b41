"""The tools of a page's run settings: what each says, what is wrong with it, and what of them is sent."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import ValidationError

from pages.parts.json_text import read_schema
from pages.parts.parameters import first_fault
from pages.parts.plain import literal
from service import Tool

__all__ = ["TEMPLATES", "ToolSetting", "fault_of", "faults_of", "kept_tools", "label_of", "read_tools", "tool_of"]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_WORD = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?")


@dataclass(frozen=True)
class ToolSetting:
    """A function that a model may call, as it is entered.

    Attributes:
        id: What it is known by on the page, whatever it is called.
        schema: Its parameters, the text of a JSON Schema; blank for none.
        canned: The result that answers a call by itself; blank where somebody is asked.
        is_on: Whether it goes along with messages.
    """

    id: str
    name: str = ""
    description: str = ""
    schema: str = ""
    canned: str = ""
    is_on: bool = True


def read_tools(value: Any) -> tuple[ToolSetting, ...]:
    """Return the tools of what was kept.

    Raises:
        ValueError: It was not kept by us.
    """
    if not isinstance(value, list):
        raise ValueError(value)
    return tuple(_read(entry) for entry in value)


def kept_tools(tools: Sequence[ToolSetting]) -> list[dict[str, Any]]:
    """Return tools as a JSON value."""
    return [asdict(tool) for tool in tools]


def _read(entry: Any) -> ToolSetting:
    if not isinstance(entry, Mapping):
        raise ValueError(entry)
    known = {field.name: entry[field.name] for field in fields(ToolSetting) if field.name in entry}
    for name, value in known.items():
        if not isinstance(value, bool if name == "is_on" else str):
            raise ValueError(value)
    if not known.get("id"):
        raise ValueError(entry)
    return ToolSetting(**known)


def faults_of(tools: Sequence[ToolSetting], allowed: Collection[str] | None) -> dict[str, str]:
    """Say what is wrong with tools, by their ids; `allowed` are the names that the settings of the server allow."""
    names = Counter(tool.name for tool in tools if tool.is_on)
    faults = {}
    for tool in tools:
        if (fault := fault_of(tool, allowed)) is not None:
            faults[tool.id] = fault
        elif tool.is_on and names[tool.name] > 1:
            faults[tool.id] = f"Two tools are called {tool.name}. Give one of them another name."
    return faults


def fault_of(tool: ToolSetting, allowed: Collection[str] | None = None) -> str | None:
    """Say what is wrong with a tool by itself."""
    if not tool.name:
        return "Give the tool a name."
    if not _NAME.fullmatch(tool.name):
        return "A name has 1 to 64 letters, digits, _ and -, and no blanks."
    if allowed is not None and tool.name not in allowed:
        return f"The server's settings allow only these tools: {', '.join(allowed) or 'none'}."
    read = read_schema(tool.schema)
    if read.problem is not None:
        return f"The parameters cannot be used. {read.problem}"
    try:
        tool_of(tool)
    except ValidationError as error:
        return f"The parameters cannot be used: {first_fault(error)}."
    return None


def tool_of(tool: ToolSetting) -> Tool:
    """Return a tool as it is sent."""
    schema = read_schema(tool.schema).value
    return Tool.function(tool.name, tool.description.strip() or None, schema or {"type": "object", "properties": {}})


def label_of(name: str) -> str:
    """Return a name as it stands in a label, which screen readers read as it is written, escapes and all."""
    return name if _WORD.fullmatch(name) else literal(name)


def _template(name: str, description: str, properties: Mapping[str, Any], canned: Any = None) -> ToolSetting:
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    text = json.dumps(schema, indent=2)
    return ToolSetting(name, name, description, text, "" if canned is None else json.dumps(canned, ensure_ascii=False))


TEMPLATES = {
    "Weather, answers by itself": _template(
        "get_weather",
        "Tell the weather of a city as it is now",
        {
            "city": {"type": "string", "description": "such as Lisbon"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        {"temperature": 21, "unit": "celsius", "sky": "sunny"},
    ),
    "Order status, answers by itself": _template(
        "get_order",
        "Look up an order of a customer",
        {"order_number": {"type": "string"}},
        {"status": "shipped", "carrier": "parcel post", "arrives": "tomorrow"},
    ),
    "Ask a colleague, you answer": _template(
        "ask_colleague",
        "Ask a colleague who knows the product",
        {"question": {"type": "string"}, "urgent": {"type": "boolean"}},
    ),
    "Empty tool": ToolSetting(""),
}
"""What a tool may begin as, by what the menu calls it."""
