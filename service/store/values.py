"""What the store hands out: values that cannot be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from service.attachments import read_text_file
from service.errors import OpenRouterError
from service.results import ChatResult
from service.runs import Run, RunState
from service.store import codec
from service.store.expected import Expected
from service.store.receipt import Receipt
from service.types import ChatRequest, ContentPart, Message, ModelParameters, ResponseFormat, Role, Tool

__all__ = [
    "LIVE_STATES",
    "ConversationSummary",
    "RunFilters",
    "RunView",
    "ShownPath",
    "StoredMessage",
    "StoredRun",
    "headline_of",
    "text_of",
]

LIVE_STATES = ("queued", "waiting", "streaming")
TITLE_LENGTH = 48
UNTITLED = "New chat"
INTERRUPTED = "Interrupted: the app ended before the answer did. What had been stored by then is kept."


@dataclass(frozen=True)
class StoredRun:
    """A run as the database knows it, with the attributes of a `Run`; request, result and error are read on demand.

    Attributes:
        columns: Its row, by the names of `tables.RunRow`.
        load_messages: Reads the messages that were sent.
    """

    columns: Mapping[str, Any]
    load_messages: Callable[[], Sequence[Message]]

    def __repr__(self) -> str:
        return f"StoredRun(id={self.id!r}, model={self.model!r}, state={self.state!r})"

    @property
    def id(self) -> str:
        """Unguessable, unique."""
        return str(self.columns["id"])

    @property
    def seq(self) -> int:
        """Its place in the order in which runs were started."""
        return int(self.columns["seq"])

    @property
    def owner(self) -> str:
        """Whose it is."""
        return str(self.columns["owner"])

    @property
    def conversation_id(self) -> str | None:
        """The conversation it was started in, if there is one."""
        found: str | None = self.columns["conversation_id"]
        return found

    @property
    def kind(self) -> str:
        """What it was started for, such as chat."""
        return str(self.columns["kind"])

    @property
    def headline(self) -> str:
        """The beginning of what was asked."""
        return str(self.columns["headline"])

    @property
    def state(self) -> RunState:
        """Where it is, or how it ended; `interrupted` when its process died."""
        state: RunState = self.columns["state"]
        return state

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end; one that has not lives in another process."""
        return self.state not in LIVE_STATES

    @property
    def notice(self) -> str:
        """Nothing: only a live run waits."""
        return ""

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.columns["requested_model"])

    @property
    def created_at(self) -> datetime:
        """When it began (UTC)."""
        at: datetime = self.columns["created_at"]
        return at

    @property
    def elapsed(self) -> float:
        """Seconds from its beginning to its end, or to the last sign of life."""
        total: float | None = self.columns["total_seconds"]
        end: datetime = self.columns["updated_at"]
        return total if total is not None else max(0.0, (end - self.created_at).total_seconds())

    @property
    def attempt(self) -> int:
        """How many times the request was sent."""
        return int(self.columns["attempts"])

    @property
    def cost(self) -> Decimal | None:
        """What it cost in USD; `None` where that is unknown."""
        cost: Decimal | None = self.columns["cost"]
        return cost

    @property
    def text(self) -> str:
        """The text, or as much of it as was stored."""
        return str(self.columns["text"])

    @property
    def reasoning(self) -> str:
        """The reasoning, likewise."""
        return str(self.columns["reasoning"])

    @cached_property
    def request(self) -> ChatRequest:
        """What was asked, completed from the configuration; reads the messages from the database.

        Raises:
            StorageError: They cannot be read.
        """
        return codec.decode_request(self.columns["request"], self.load_messages())

    @cached_property
    def _settings(self) -> ChatRequest:
        return codec.decode_request(self.columns["request"], ())

    @property
    def response_format(self) -> ResponseFormat | None:
        """The response format of the request, without reading its messages."""
        return self._settings.response_format

    @property
    def parameters(self) -> ModelParameters:
        """The parameters of the request, likewise."""
        return self._settings.parameters

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools of the request, likewise."""
        return self._settings.tools

    @cached_property
    def payload(self) -> Mapping[str, Any]:
        """The JSON body it was sent with; not to be changed.

        Raises:
            StorageError: Its messages cannot be read.
        """
        return codec.decode_payload(self.columns["request"], self.request)

    @cached_property
    def result(self) -> ChatResult | None:
        """The whole answer, or what was stored of one; `None` while it goes on elsewhere."""
        if not self.is_ended:
            return None
        encoded = self.columns["result"] or {"attempts": self.attempt, "requested_model": self.model}
        result = codec.decode_result(encoded, text=self.text, reasoning=self.reasoning)
        if self.state != "interrupted":
            return result
        timings = replace(result.timings, total=self.elapsed)
        warnings = (*result.warnings, INTERRUPTED)
        return replace(result, is_partial=True, verdict=None, warnings=warnings, timings=timings)

    @cached_property
    def error(self) -> OpenRouterError | None:
        """Why it failed; `None` where it did not."""
        encoded = self.columns["error"]
        return None if encoded is None else codec.decode_error(encoded, self.result)


RunView = Run | StoredRun
"""What a page draws: both have the same attributes, but for `wait` and `stop`."""


@dataclass(frozen=True)
class StoredMessage:
    """A message of a conversation as it is shown.

    Attributes:
        message: What is said; `None` for an answer, which is in `run`.
        run: The live or stored run that answers; `None` for what the user wrote.
        version_ids: Its versions, itself included, oldest first.
        repair: How it mends another version; `None` where it does not.
        expected: What it is compared with, as an answer; `None` where nothing is expected.
    """

    id: str
    role: Role
    created_at: datetime
    message: Message | None
    run: RunView | None
    version_ids: tuple[str, ...]
    repair: Receipt | None = None
    expected: Expected | None = None

    @property
    def version(self) -> int:
        """Which version it is, from 1."""
        return self.version_ids.index(self.id) + 1

    @property
    def versions(self) -> int:
        """How many versions there are."""
        return len(self.version_ids)

    @property
    def content(self) -> str | tuple[ContentPart, ...]:
        """What it says: a text, or content parts; of an answer what has arrived of its text."""
        if self.run is not None:
            return self.run.text
        return (self.message.content if self.message is not None else None) or ""

    @property
    def text(self) -> str:
        """What it says, as far as that is text."""
        return text_of(self.content)


@dataclass(frozen=True)
class ShownPath:
    """The messages of a path, oldest first; `above` is how many more stand before them."""

    messages: tuple[StoredMessage, ...]
    above: int = 0


@dataclass(frozen=True)
class ConversationSummary:
    """A conversation in a list."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class RunFilters:
    """Which runs are wanted; everything that is given has to hold.

    Attributes:
        query: Words of the prompt or the answer, in any order; the last may be a beginning.
        model: The model that was asked for.
        verdicts: How they came out, by the names of `service.outcomes`; any of these.
        states: States, such as `failed`.
        kinds: What runs were started for.
        min_cost, max_cost: USD; a run of unknown cost is in no range.
        since, until: When it began; `until` is the first moment that is out.
        conversation_id: The conversation it belongs to.
        schema_hashes: What the schema of its response format is known by; any of these.
    """

    query: str = ""
    model: str | None = None
    verdicts: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_cost: Decimal | None = None
    max_cost: Decimal | None = None
    since: datetime | None = None
    until: datetime | None = None
    conversation_id: str | None = None
    schema_hashes: tuple[str, ...] = ()


def text_of(content: str | Sequence[ContentPart] | None) -> str:
    """Return the text of what a message says."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.payload["text"] for part in content if part.type == "text")


def headline_of(content: str | Sequence[ContentPart] | None) -> str:
    """Return the beginning of what a message says, on one line; of files alone, what they are called."""
    words = " ".join(_words_of(content)[:1_000].split()) or UNTITLED
    return words if len(words) <= TITLE_LENGTH else f"{words[: TITLE_LENGTH - 1].rstrip()}…"


def _words_of(content: str | Sequence[ContentPart] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    texts = [part.payload["text"] for part in content if part.type == "text"]
    files = [found[0] for found in map(read_text_file, texts) if found is not None]
    files += [str(part.payload[part.type].get("filename") or "") for part in content if part.type == "file"]
    files += ["Recording" for part in content if part.type == "input_audio"]
    return "\n".join(text for text in texts if read_text_file(text) is None) or ", ".join(filter(None, files))
