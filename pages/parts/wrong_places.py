"""What is wrong with an answer in a shape, line by line."""

from __future__ import annotations

from pages.parts.structured_view import rules_of, value_of
from pages.parts.violations import show_violations
from service import ChatResult, ResponseFormat

__all__ = ["has_wrong_places", "show_wrong_places"]


def has_wrong_places(result: ChatResult) -> bool:
    """Whether there is a line for each thing that is wrong with the value."""
    return result.verdict is not None and bool(result.verdict.issues) and bool(result.text.strip())


def show_wrong_places(result: ChatResult, asked: ResponseFormat | None, *, key: str) -> None:
    """Draw what is wrong with the value, one line each."""
    if result.verdict is not None and has_wrong_places(result):
        schema = rules_of(asked) if asked is not None else None
        show_violations(result.verdict.issues, value_of(result), schema, key=key)
