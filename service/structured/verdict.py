"""What an answer is worth: looked at before any JSON is read, so that what was cut off is never called valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.results import ChatResult, Issue, Verdict
from service.structured.extract import read_json
from service.structured.validate import validate
from service.structured.words import clean, plural, shortened, shown

__all__ = ["judge", "judge_value"]

_INVISIBLE = "\ufeff\u200b"
_MAX_QUOTED = 300

_REFUSING = frozenset({"content_filter", "refusal", "safety", "recitation", "prohibited_content", "blocklist", "spii"})
_CUTTING = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
"""What providers call it themselves (Anthropic, Google, OpenAI, Mistral), where OpenRouter's own word is `stop`."""

Schema = Mapping[str, Any] | bool


def judge(result: ChatResult, schema: Schema | None = None, *, wants_json: bool = False) -> Verdict | None:
    """Return what an answer is worth; `None` for a text with nothing wrong and for a call of tools.

    Args:
        result: The answer. A verdict `stopped` or `provider_error` that it carries already is kept.
        schema: The JSON Schema that the answer has to follow.
        wants_json: Whether JSON was asked for; without a schema it has to be an object.

    Raises:
        InvalidSchemaError: The schema is not valid, so the answer cannot be judged by it.
    """
    return judge_value(result, schema, wants_json=wants_json)[0]


def judge_value(
    result: ChatResult, schema: Schema | None = None, *, wants_json: bool = False, was_strict: bool = False
) -> tuple[Verdict | None, Any]:
    """Return the same as `judge`, and the JSON value where the verdict is `valid` or `fenced`, else `None`.

    With `was_strict` the model was sent the strict form of the schema: a field that is null because it could not be
    left out counts as left out, and is not in the value.
    """
    if (early := _before_reading(result)) is not None:
        return early, None
    is_tool_call = bool(result.tool_calls)
    if is_tool_call and not _is_visible(result.text):
        return None, None
    if schema is None and not wants_json:
        return None, None
    verdict, value = _read(result.text, schema, was_strict=was_strict)
    # What a model says beside a tool call is an aside; the answer is still to come.
    return (None, None) if is_tool_call and verdict.kind == "not_json" else (verdict, value)


def _before_reading(result: ChatResult) -> Verdict | None:
    """Judge by how the answer ended, the first that applies."""
    return _ended_early(result) or _refused(result) or _cut_off(result) or _empty(result)


def _ended_early(result: ChatResult) -> Verdict | None:
    if result.verdict is not None and result.verdict.kind in ("stopped", "provider_error"):
        return result.verdict
    if result.finish_reason == "error":
        return Verdict("provider_error", "The provider failed before the answer was complete.")
    if result.is_partial:
        return Verdict("stopped", "The answer was stopped before its end; what had arrived is kept.")
    return None


def _refused(result: ChatResult) -> Verdict | None:
    if result.refusal is not None and result.refusal.strip():
        words = clean(shortened(" ".join(result.refusal.split()), _MAX_QUOTED))
        return Verdict("refused", f"The model refused: “{words}”")
    if result.finish_reason == "content_filter" or _native(result) in _REFUSING:
        return Verdict("refused", "The answer was withheld by the provider's content filter.")
    return None


def _cut_off(result: ChatResult) -> Verdict | None:
    is_visible = _is_visible(result.text)
    is_cut = result.finish_reason == "length" or _native(result) in _CUTTING
    if not is_cut or (result.tool_calls and not is_visible):
        return None
    usage = result.usage
    tokens = usage.completion_tokens if usage else 0
    reasoning = usage.reasoning_tokens if usage else 0
    if not is_visible and (reasoning or result.reasoning):
        spent = f"all {plural(tokens, 'token')}" if tokens > 1 else "all the tokens"
        return Verdict("cut_off", f"Reasoning used up {spent} before the answer began.")
    limit = f"the limit of {plural(tokens, 'token')}" if tokens else "its token limit"
    share = f", {reasoning:,} of them spent on reasoning" if tokens and reasoning else ""
    what = "stops in the middle" if is_visible else "did not begin"
    return Verdict("cut_off", f"The answer {what}: it reached {limit}{share}.")


def _native(result: ChatResult) -> str:
    """Return the provider's own finish reason, where ours says no more than that it stopped."""
    return (result.native_finish_reason or "").lower() if result.finish_reason in (None, "stop") else ""


def _empty(result: ChatResult) -> Verdict | None:
    if _is_visible(result.text) or result.images or result.audio or result.tool_calls:
        return None
    if result.reasoning.strip():
        return Verdict("empty", "The model reasoned, and then gave no answer.")
    return Verdict("empty", "The model gave an empty answer.")


def _is_visible(text: str) -> bool:
    return any(not letter.isspace() and letter not in _INVISIBLE for letter in text)


def _read(text: str, schema: Schema | None, *, was_strict: bool) -> tuple[Verdict, Any]:
    try:
        read = read_json(text)
    except ValueError as error:
        return Verdict("not_json", f"The answer is not JSON. {error}"), None
    value, issues = _checked(read.value, schema, was_strict=was_strict)
    if issues:
        return Verdict("wrong_shape", _wrong_shape(issues), tuple(issues)), None
    met = _met(schema) + ("" if value is read.value else "; null stands for what could be left out")
    if read.is_fenced:
        return Verdict("fenced", f"The answer is good JSON inside a fence{met}."), value
    return Verdict("valid", f"The answer is good JSON{met}."), value


def _checked(value: Any, schema: Schema | None, *, was_strict: bool) -> tuple[Any, list[Issue]]:
    """Return the value as it counts, and what is wrong with it."""
    if schema is None:
        return value, _object_wanted(value)
    if not was_strict:
        return value, validate(value, schema)
    # What is about schemas is not needed for most answers.
    from service.structured.as_written import asked_by, without_added_nulls

    asked = asked_by(schema)
    if not validate(value, asked):
        return value, []
    counted = without_added_nulls(value, asked)
    return counted, validate(counted, asked)


def _object_wanted(value: Any) -> list[Issue]:
    return [] if isinstance(value, dict) else [Issue("", f"should be an object, got {shown(value)}")]


def _met(schema: Schema | None) -> str:
    return "" if schema is None else " and follows the schema"


def _wrong_shape(issues: list[Issue]) -> str:
    first = str(issues[0]) if issues[0].path else f"the answer {issues[0].message}"
    if len(issues) == 1:
        return f"The answer has the wrong shape: {first}."
    return f"The answer has the wrong shape in {len(issues)} places, first: {first}."
