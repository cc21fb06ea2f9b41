"""A conversation as Markdown, for handing over: what was said stands in quotes and fences that it cannot leave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from markdown_it import MarkdownIt

from service.errors import OpenRouterError
from service.outcomes import OUTCOMES, outcome_name
from service.redact import redact_text
from service.results import ChatResult
from service.runs import Run
from service.store import codec
from service.store.conversation import OpenConversation
from service.store.values import RunView, StoredMessage
from service.types import ContentPart, Message

__all__ = ["conversation_markdown", "fenced", "prose"]

_ROLES = {"user": "User", "system": "System", "developer": "Developer", "tool": "Tool result", "assistant": "Assistant"}
_PARTS = {"image_url": "image", "input_audio": "audio", "file": "file", "video_url": "video", "input_video": "video"}
_MARKS = re.compile(r"[\\`*_\[\]<>#|~&$]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def conversation_markdown(conversation: OpenConversation, keys: Sequence[str] = ()) -> str:
    """Return the shown path: a heading for each message, its text, and under an answer how it came about.

    Args:
        conversation: As it is open: what has just been said is in memory as it was sent.
        keys: What must not be written, beside what looks like a key.

    Raises:
        StorageError: The messages cannot be read.
    """
    messages = conversation.path().messages
    blocks = [f"# {_inline(conversation.title)}", f"Begun {_time(conversation.created_at)}."]
    blocks += _system_prompt(messages)
    for message in messages:
        blocks += _said(message) if message.run is None else _answered(message.run)
    told = codec.mask("\n\n".join(blocks), [*keys, *map(_escaped, keys)])
    return _UNWRITABLE.sub("\ufffd", told) + "\n"


def prose(text: str) -> str:
    """Return a text as a quote, which ends whatever it holds; in a fence where it has HTML or remote images."""
    if not text.strip():
        return "> *(nothing)*"
    if _has_html_or_images(text):
        return fenced(text, "markdown")
    return "\n".join(f"> {line}" if line else ">" for line in _LINE_END.split(text))


def fenced(text: str, language: str = "") -> str:
    """Return a text in a fence that is longer than any in it."""
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"


def _system_prompt(messages: tuple[StoredMessage, ...]) -> Iterator[str]:
    """Give the system prompt of the last answer."""
    runs = [message.run for message in messages if message.run is not None]
    for sent in runs[-1].request.messages if runs else ():
        if sent.role in ("system", "developer"):
            yield "## System prompt"
            yield from _content(sent.content)


def _said(message: StoredMessage) -> Iterator[str]:
    yield f"## {_ROLES[message.role]}"
    if message.message is not None:
        yield from _content(message.message.content)
        yield from _calls_of(message.message)


def _answered(run: RunView) -> Iterator[str]:
    result = run.result or ChatResult(text=run.text, reasoning=run.reasoning)
    yield f"## Assistant: {_inline(result.model or run.model)}"
    if result.reasoning:
        yield "### Reasoning"
        yield prose(result.reasoning)
        yield "### Answer"
    yield from _answer(run, result)
    for call in result.tool_calls:
        yield f"Calls {_inline(call.name)}:"
        yield fenced(call.arguments, "json")
    if result.refusal:
        yield "Refused:"
        yield prose(result.refusal)
    if result.images:
        yield f"*({len(result.images)} generated images, not in this file)*"
    if run.error is not None:
        yield _error(run.error)
    yield f"*{' · '.join(_about(run, result))}*"


def _answer(run: RunView, result: ChatResult) -> Iterator[str]:
    asked = run.request.response_format if isinstance(run, Run) else run.response_format
    if result.parsed is not None:
        yield fenced(json.dumps(result.parsed, ensure_ascii=False, indent=2), "json")
    elif asked is not None and asked.type in ("json_object", "json_schema") and result.text:
        yield fenced(result.text, "json")
    elif result.text or not (result.tool_calls or result.images or result.refusal or run.error):
        yield prose(result.text)


def _about(run: RunView, result: ChatResult) -> Iterator[str]:
    if result.verdict is not None:
        error = None if run.error is None else type(run.error).__name__
        yield OUTCOMES[outcome_name(result.verdict.kind, error, result.attempts)]
        yield from (_inline(str(issue)) for issue in result.verdict.issues[:3])
    elif run.state != "completed":
        yield run.state.capitalize()
    if result.provider:
        yield _inline(result.provider)
    yield f"{run.elapsed:.1f} s"
    if (usage := result.usage) is not None:
        yield f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
        yield _cost(usage.cost)
    yield _time(run.created_at)


def _calls_of(message: Message) -> Iterator[str]:
    for call in message.tool_calls or ():
        yield f"Calls {_inline(call.function.name)}:"
        yield fenced(call.function.arguments, "json")


def _content(content: str | tuple[ContentPart, ...] | None) -> Iterator[str]:
    if content is None or isinstance(content, str):
        yield prose(content or "")
        return
    for part in content:
        yield prose(part.payload["text"]) if part.type == "text" else f"*({_attached(part)})*"


def _attached(part: ContentPart) -> str:
    payload: Any = part.payload.get(part.type)
    name = payload.get("filename") if isinstance(payload, dict) else None
    kind = _PARTS[part.type]
    return f"{kind} {_inline(name)}" if isinstance(name, str) else kind


def _error(error: OpenRouterError) -> str:
    return f"**Error:** {_inline(str(error))}"


def _cost(cost: Decimal | None) -> str:
    return "cost unknown" if cost is None else f"${cost:f}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _inline(text: str) -> str:
    """Return a text on one line, as it is written."""
    return _escaped(redact_text(" ".join(text.split())))


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda found: f"\\{found[0]}", text)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True})


def _has_html_or_images(text: str) -> bool:
    if "<" not in text and "![" not in text:
        return False
    tokens = [inner for token in _parser().parse(text) for inner in (token, *(token.children or ()))]
    # What "![name]" shows may be said in another message.
    may_be_image = any(token.type == "text" and "![" in token.content for token in tokens)
    return may_be_image or bool({token.type for token in tokens} & {"html_block", "html_inline", "image"})
