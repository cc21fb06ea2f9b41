"""What goes wrong with a pasted source, at its place."""

from __future__ import annotations

from service.errors import InvalidSchemaError
from service.structured.words import clean

__all__ = ["SourceError"]


class SourceError(InvalidSchemaError):
    """A pasted Pydantic or TypeScript source cannot be read.

    Attributes:
        line: The line, from 1.
        column: The character in that line, from 1.
    """

    default_hint = "Correct the source at the place named."

    def __init__(self, problem: str, line: int, column: int) -> None:
        self.line = line
        self.column = column
        super().__init__(f"Line {line}, column {column}: {clean(problem)}")
