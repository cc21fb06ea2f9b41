"""What goes out beside the messages, looked at for what should not leave the machine: each place by its name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.attachments import Attachment
from service.secrets import Found, PersonalData, find_secrets
from service.types import ModelParameters, ResponseFormat, Tool

__all__ = ["Holding", "Searcher"]


@dataclass(frozen=True)
class Holding:
    """A place that holds something secret.

    Attributes:
        place: What it is called: "this message", "the system prompt", "the file notes.txt" …
        text: What stands there: as it was typed, else one text after the other.
        found: What was found in it.
    """

    place: str
    text: str
    found: tuple[Found, ...]

    @property
    def words(self) -> frozenset[str]:
        """The secrets themselves."""
        return frozenset(self.text[one.start : one.end] for one in self.found)


@dataclass(frozen=True)
class Searcher:
    """Looks for secrets.

    Args:
        personal: Which personal data count as such.
        own: Keys that count as such whatever they look like.
    """

    personal: Collection[PersonalData] = ()
    own: Sequence[str] = ()

    def in_texts(self, *places: tuple[str, str]) -> tuple[Holding, ...]:
        """Return the places that hold something, of pairs of a place's name and its text."""
        looked = ((place, text, tuple(find_secrets(text, self.personal, self.own))) for place, text in places)
        return tuple(Holding(place, text, found) for place, text, found in looked if found)

    def in_message(self, text: str, attached: Sequence[Attachment] = ()) -> tuple[Holding, ...]:
        """Look into a message and the text files that go with it; pictures, PDFs and recordings are not read."""
        files = ((f"the file {one.name}", one.text) for one in attached if one.kind == "text")
        return self.in_texts(("this message", text), *files)

    def in_settings(
        self,
        system_prompt: str,
        parameters: ModelParameters,
        tools: Sequence[Tool] = (),
        response_format: ResponseFormat | None = None,
    ) -> tuple[Holding, ...]:
        """Look into what goes along with every message."""
        return self.in_texts(("the system prompt", system_prompt), *_of_settings(parameters, tools, response_format))


def _of_settings(
    parameters: ModelParameters, tools: Sequence[Tool], form: ResponseFormat | None
) -> Iterator[tuple[str, str]]:
    yield "the parameters", _texts_in(parameters.set_fields())
    yield "the extra fields of the request", _texts_in(parameters.extra_body)
    for tool in tools:
        called = f"the tool {tool.name}" if tool.name else "a tool of the server"
        yield called, _texts_in([tool.description, tool.parameters, tool.extra])
    if form is not None and form.definition is not None:
        yield f"the schema {form.schema_name or ''}".rstrip(), _texts_in([form.definition, form.written])


def _texts_in(value: object) -> str:
    """Return the names and texts of a JSON value, each on a line of its own."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, Mapping):
            waiting += [*item, *item.values()]
        elif isinstance(item, Sequence):
            waiting += item
    return "\n".join(found)
