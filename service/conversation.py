"""A conversation that grows: what was said, ready to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.results import ChatResult
from service.types import ChatRequest, ContentPart, Message

__all__ = ["Conversation"]


class Conversation:
    """Messages in order, the system prompt first.

    `merge_neighbours` joins neighbouring texts of the same role into one message, for models that insist on turns.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        system_prompt: str | None = None,
        messages: Sequence[Message] = (),
        merge_neighbours: bool = False,
    ) -> None:
        self.model = model
        self.system_prompt = system_prompt
        self._messages = list(messages)
        self._merge = merge_neighbours

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything said so far, the system prompt first."""
        system = (Message.system(self.system_prompt),) if self.system_prompt else ()
        return (*system, *(_merged(self._messages) if self._merge else self._messages))

    def add(self, message: Message) -> Message:
        """Add a message as it is."""
        self._messages.append(message)
        return message

    def add_user(self, text: str, *, images: Sequence[str | bytes] = (), parts: Sequence[ContentPart] = ()) -> Message:
        """Add what the user says; `images` are URLs, data URLs or bytes, `parts` anything else to go with it."""
        extra = [*(ContentPart.image(image) for image in images), *parts]
        return self.add(Message.user([ContentPart.text(text), *extra] if extra else text))

    def add_assistant(self, answer: str | ChatResult, **fields: Any) -> Message:
        """Add what the model said: a text, or a result, whose tool calls and reasoning go back unmodified."""
        if isinstance(answer, ChatResult):
            return self.add(message_from(answer))
        return self.add(Message.assistant(answer, **fields))

    def add_tool_result(self, call_id: str, content: str) -> Message:
        """Add the result of the tool call of that id."""
        return self.add(Message.tool(call_id, content))

    def to_request(self, **fields: Any) -> ChatRequest:
        """Return a request with all of it; `fields` are those of `ChatRequest`."""
        return ChatRequest(messages=self.messages, **{"model": self.model, **fields})


def message_from(result: ChatResult) -> Message:
    """Return a result as the assistant message of the next request."""
    return Message.assistant(
        result.text or (None if result.tool_calls else ""),
        tool_calls=result.tool_calls or None,
        reasoning=result.reasoning if result.reasoning and not result.reasoning_details else None,
        reasoning_details=result.reasoning_details or None,
        refusal=result.refusal,
        annotations=tuple(note for note in result.annotations if note.get("type") == "file") or None,
        images=result.images or None,
    )


def _merged(messages: Sequence[Message]) -> list[Message]:
    out: list[Message] = []
    for message in messages:
        if out and _can_merge(out[-1], message):
            out[-1] = out[-1].model_copy(update={"content": f"{out[-1].content}\n\n{message.content}"})
        else:
            out.append(message)
    return out


def _can_merge(first: Message, second: Message) -> bool:
    return (
        first.role == second.role
        and first.role != "tool"
        and isinstance(first.content, str)
        and isinstance(second.content, str)
        and _plain(first)
        and _plain(second)
    )


def _plain(message: Message) -> bool:
    return not (message.name or message.tool_calls or message.reasoning_details or message.images)
