"""An answer in a shape beside what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages.parts.structured_view import is_json, rules_of, value_of
from service import ChatResult, ResponseFormat
from service.store import Expected, OpenConversation, StoredMessage
from service.structured.as_written import without_added_nulls

__all__ = ["Comparison", "comparison_of"]


@dataclass(frozen=True)
class Comparison:
    """An answer, and what answers to its question should be.

    Attributes:
        answer: The answer.
        question: The id of the message it answers.
        said_in: Where it is said.
        result: What was answered.
        asked: The response format that was asked for.
    """

    answer: StoredMessage
    question: str
    said_in: OpenConversation
    result: ChatResult
    asked: ResponseFormat

    @property
    def key(self) -> str:
        """Unique on the page."""
        return f"chat.{self.answer.id}.expected"

    @property
    def expected(self) -> Expected | None:
        """What the answer should be; `None` where nothing is expected."""
        return self.answer.expected

    @property
    def has_value(self) -> bool:
        """Whether the answer is JSON to its end."""
        return is_json(self.result)

    @property
    def value(self) -> Any:
        """The value as it counts: without what only the strict form of the schema has added."""
        value, schema = value_of(self.result), self.schema
        return value if self.asked.written is None or schema is None else without_added_nulls(value, schema)

    @property
    def schema(self) -> Any:
        """What answers are judged by; `None` where any JSON will do."""
        return rules_of(self.asked)

    def expect(self, expected: Expected | None) -> None:
        """Keep what answers should be; `None` forgets it."""
        self.said_in.expect(self.question, expected)


def comparison_of(answer: StoredMessage, said_in: OpenConversation) -> Comparison | None:
    """Return an answer that has ended, to be compared; `None` where it is in no shape or answers nothing."""
    run = answer.run
    question = said_in.tree.nodes[answer.id].parent_id
    if run is None or run.result is None or question is None or not run.result.text.strip():
        return None
    asked = run.response_format
    if asked is None or not asked.wants_json:
        return None
    return Comparison(answer, question, said_in, run.result, asked)
