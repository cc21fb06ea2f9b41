"""What a newcomer may begin with: prompts that show at once what the page can do."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.response_format_choice import put_response_format
from service import ResponseFormat

__all__ = ["EXAMPLES", "Example"]


@dataclass(frozen=True)
class Example:
    """A card: an icon of Material Symbols, a title, the prompt that is sent, and the answer's form."""

    icon: str
    title: str
    prompt: str
    response_format: ResponseFormat | None = None

    def prepare(self) -> None:
        """Set the response format that the example is about; to be called from a callback."""
        put_response_format("chat", self.response_format)


_CONTACT = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "company": {"type": ["string", "null"]},
        "email": {"type": ["string", "null"], "format": "email"},
        "phone": {"type": ["string", "null"]},
        "interested_in": {"type": "array", "items": {"type": "string"}},
        "wants_a_call": {"type": "boolean"},
    },
    "required": ["name", "company", "email", "phone", "interested_in", "wants_a_call"],
    "additionalProperties": False,
}
_REVIEW = {
    "type": "object",
    "properties": {
        "sentiment": {"type": "string", "enum": ["positive", "mixed", "negative"]},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "praise": {"type": "array", "items": {"type": "string"}},
        "complaints": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["sentiment", "stars", "praise", "complaints"],
    "additionalProperties": False,
}

EXAMPLES = (
    Example("rocket_launch", "Plan a launch", "Plan the launch of a new coffee machine, with a table of tasks"),
    Example("mail", "Answer a complaint", "Answer a customer, kindly, whose parcel arrived two weeks late"),
    Example("lightbulb", "Explain it simply", "Explain to a ten-year-old how a rainbow comes about"),
    Example("code", "Write a small program", "Write a Python function that counts the words of a text"),
    Example(
        "contact_mail",
        "Fill in a form",
        "Take the contact from this e-mail: Hi, Dana Reyes of Northwind here. Please ring me on 555 0142 about your "
        "standing desks and lamps.",
        ResponseFormat.json_schema("contact", _CONTACT),
    ),
    Example(
        "reviews",
        "Sort a review",
        "Sort this review: The kettle boils fast and looks lovely, but the lid sticks and it came with a dent.",
        ResponseFormat.json_schema("review", _REVIEW),
    ),
)
