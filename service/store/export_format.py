"""The format of an export: what each line may hold and how its parts belong together; see docs/export-format.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from service.store.expected import expected_problem
from service.store.export_fields import Fields, Ident, Index, PromptFields, RunFields, Text, Time
from service.store.receipt import ReceiptStep
from service.store.schema_text import LONGEST_NAME, checked_schema
from service.types import Message, Role

__all__ = [
    "FORMAT",
    "VERSION",
    "WITHOUT_SCHEMAS",
    "ConversationLine",
    "EndLine",
    "ExpectedFields",
    "Line",
    "MessageFields",
    "RepairFields",
    "RunLine",
    "SchemaLine",
]

FORMAT = "openrouter-playground"
VERSION = 2
WITHOUT_SCHEMAS = 1
"""What a file says in which there is no saved schema: older versions read it, too."""


class RepairFields(Fields):
    """How an answer mends the version `of` that id."""

    step: ReceiptStep
    of: Ident | None = None
    changes: list[Text] = Field(default_factory=list)
    violations: Index = 0


class ExpectedFields(Fields):
    """What answers to a message should be."""

    value: Any

    @model_validator(mode="after")
    def _check(self) -> ExpectedFields:
        if (problem := expected_problem(self.value)) is not None:
            raise ValueError(f"cannot be expected. {problem}")
        return self


class MessageFields(Fields):
    """A message of a conversation: what was said, or the run that answers."""

    id: Ident
    parent: Ident | None = None
    created_at: Time
    message: Message | None = None
    run: Ident | None = None
    repair: RepairFields | None = None
    expected: ExpectedFields | None = None

    @model_validator(mode="after")
    def _check(self) -> MessageFields:
        if (self.message is None) == (self.run is None):
            raise ValueError('needs either "message" (what was said) or "run" (the id of the run that answers)')
        return self

    @property
    def role(self) -> Role:
        """Who says it."""
        return self.message.role if self.message is not None else "assistant"


def _check_prompts(prompts: list[PromptFields]) -> list[PromptFields]:
    for place, prompt in enumerate(prompts):
        if prompt.parent is not None and prompt.parent >= place:
            raise ValueError(f"the parent of prompt {place} has to stand before it")
    return prompts


def _check_places(prompts: list[PromptFields], runs: list[RunFields]) -> None:
    for run in runs:
        if run.prompt is not None and run.prompt >= len(prompts):
            raise ValueError(f'run "{run.id}" names prompt {run.prompt}, and there are only {len(prompts)}')


Prompts = Annotated[list[PromptFields], AfterValidator(_check_prompts)]


class RunLine(Fields):
    """A run outside of conversations, with the messages it sent."""

    type: Literal["run"]
    prompts: Prompts = Field(default_factory=list)
    run: RunFields

    @model_validator(mode="after")
    def _check(self) -> RunLine:
        _check_places(self.prompts, [self.run])
        return self


class ConversationLine(Fields):
    """A conversation: its tree of messages, its runs, and the messages they sent."""

    type: Literal["conversation"]
    id: Ident
    title: Text | None = None
    created_at: Time
    updated_at: Time
    settings: Any = None
    draft: Text = ""
    shown: Ident | None = None
    messages: list[MessageFields] = Field(default_factory=list)
    prompts: Prompts = Field(default_factory=list)
    runs: list[RunFields] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> ConversationLine:
        _check_places(self.prompts, self.runs)
        _check_tree({message.id: message for message in self.messages}, self)
        runs = [run.id for run in self.runs]
        if len(set(runs)) < len(runs):
            raise ValueError("two runs have the same id")
        for message in self.messages:
            if message.run is not None and message.run not in runs:
                raise ValueError(f'message "{message.id}" is answered by run "{message.run}", which is not in "runs"')
        return self


def _check_tree(known: Mapping[str, MessageFields], line: ConversationLine) -> None:
    if len(known) < len(line.messages):
        raise ValueError("two messages have the same id")
    if line.shown is not None and line.shown not in known:
        raise ValueError(f'"shown" names message "{line.shown}", which is not in the conversation')
    above: set[str] = set()
    for message in line.messages:
        if message.parent is not None and message.parent not in above:
            raise ValueError(_misplaced(message, known))
        above.add(message.id)


def _misplaced(message: MessageFields, known: Mapping[str, MessageFields]) -> str:
    """Say what is wrong with a message whose parent does not stand before it."""
    if message.parent not in known:
        return f'message "{message.id}" follows message "{message.parent}", which is not in the conversation'
    seen: set[str] = set()
    at: MessageFields | None = message
    while at is not None and at.id not in seen:
        seen.add(at.id)
        at = known.get(at.parent or "")
    if at is not None:
        return f'message "{message.id}" follows itself, through its parents'
    return f'message "{message.id}" has to stand behind message "{message.parent}", which it follows'


class VersionFields(Fields):
    """A version of a saved schema: its text as it was written."""

    created_at: Time
    note: Text = ""
    text: Text

    @model_validator(mode="after")
    def _check(self) -> VersionFields:
        checked_schema(self.text)
        return self


class SchemaLine(Fields):
    """A schema saved by name, with its versions from the first to the newest."""

    type: Literal["schema"]
    id: Ident
    name: Text
    created_at: Time
    versions: Annotated[list[VersionFields], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> SchemaLine:
        if not 1 <= len(" ".join(self.name.split())) <= LONGEST_NAME:
            raise ValueError(f"the name of a saved schema has 1 to {LONGEST_NAME} characters")
        return self


class EndLine(Fields):
    """The last line: how many of each there are, so that a file that was cut off is known."""

    type: Literal["end"]
    conversations: Index
    runs: Index
    schemas: Index = 0


Line = ConversationLine | RunLine | SchemaLine | EndLine
"""Every line but the first."""
