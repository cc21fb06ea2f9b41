"""What can be done about an answer that is no JSON, or of the wrong shape: mend it here, or ask for it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from service.results import ChatResult, Usage, Verdict
from service.structured.instruct import repair_instruction
from service.structured.mending import mend
from service.structured.verdict import judge_value
from service.types import ChatRequest, Message

__all__ = ["REPAIRABLE", "Repair", "healing_request", "mended_result", "repair_locally", "repair_request"]

REPAIRABLE: Final = ("not_json", "wrong_shape")
"""The kinds of verdicts that a repair may help; what was cut off, refused or stopped stays what it is."""

HEALING: Final = "response-healing"
"""OpenRouter's plugin that mends the syntax of JSON; answers that are not streamed, and no violation of a schema."""


@dataclass(frozen=True, slots=True)
class Repair:
    """An answer that was mended without asking again: its text, its value, its verdict, and what was changed."""

    text: str
    value: Any
    verdict: Verdict
    changes: tuple[str, ...]


def repair_locally(
    answer: str | ChatResult, schema: Mapping[str, Any] | bool | None = None, *, was_strict: bool = False
) -> Repair | None:
    """Return an answer without its mistakes of writing; `None` where there is nothing that can be mended safely.

    Fences and text around the JSON, commas, quotes, comments and line breaks; each change has a name. Nothing is
    guessed, and nothing that is open is closed: an answer that was cut off is never mended.

    Args:
        answer: The answer, or its text; a result also says how it ended.
        schema: What the verdict is to judge by; without one it has to be an object.
        was_strict: As for `judge_value`.

    Raises:
        InvalidSchemaError: The schema is not valid.
    """
    result = answer if isinstance(answer, ChatResult) else ChatResult(text=answer, finish_reason="stop")
    before, _ = judge_value(result, schema, wants_json=True, was_strict=was_strict)
    if before is None or before.kind not in REPAIRABLE or (mended := mend(result.text)) is None:
        return None
    again = replace(result, text=mended.text, verdict=None)
    verdict, value = judge_value(again, schema, wants_json=True, was_strict=was_strict)
    if verdict is None or verdict.kind == "not_json":
        return None
    return Repair(mended.text, mended.value if value is None else value, verdict, mended.changes)


def mended_result(result: ChatResult, repair: Repair) -> ChatResult:
    """Return the result that a repair here makes of another: nothing was sent, and it cost nothing."""
    return ChatResult(
        model=result.model,
        requested_model=result.requested_model,
        provider=result.provider,
        text=repair.text,
        finish_reason=result.finish_reason,
        usage=Usage(cost=Decimal(0)),
        attempts=0,
        verdict=repair.verdict,
        parsed=repair.value if repair.verdict.is_usable else None,
        warnings=result.warnings,
    )


def repair_request(
    request: ChatRequest, result: ChatResult, verdict: Verdict, *, model: str | None = None
) -> ChatRequest:
    """Return the request that asks for an answer again, with the answer and exactly what was wrong with it.

    Args:
        request: What was asked; it is repeated as it was.
        result: What was answered.
        verdict: What is wrong with it.
        model: Who is asked; the same model unless told.
    """
    more = (Message.assistant(result.text), Message.user(repair_instruction(verdict)))
    return request.model_copy(update={"messages": (*request.messages, *more), "model": model or request.model})


def healing_request(request: ChatRequest) -> ChatRequest:
    """Return a request whose answer OpenRouter mends before it sends it; to be sent without streaming."""
    known = request.parameters.plugins or ()
    plugins = (*(plugin for plugin in known if plugin.get("id") != HEALING), {"id": HEALING})
    parameters = request.parameters.model_copy(update={"plugins": plugins})
    return request.model_copy(update={"parameters": parameters})
