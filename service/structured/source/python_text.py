"""JSON values as Python source."""

from __future__ import annotations

from typing import Any

__all__ = ["docstring", "python_text", "python_value"]


def python_value(value: Any, *, is_pattern: bool = False) -> str:
    """Write a JSON value in Python, texts in double quotes."""
    if isinstance(value, str):
        if is_pattern and value.isprintable() and '"' not in value and not value.endswith("\\") and "\\" in value:
            return f'r"{value}"'
        return python_text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(python_value, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python_text(key)}: {python_value(item)}" for key, item in value.items()) + "}"
    return repr(value)


def python_text(value: str) -> str:
    """Write a text in double quotes, on one line, with every odd letter escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else _escaped(letter) for letter in escaped) + '"'


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def docstring(text: str) -> str:
    """Write a description as a docstring of one line."""
    return f'""{python_text(" ".join(text.split()))}""'
