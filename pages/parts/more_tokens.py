"""How many tokens to ask for where an answer was cut off."""

from __future__ import annotations

from pages.parts.known_models import models
from service import ChatResult, ModelParameters
from service.store import RunView

__all__ = ["higher_limit", "more_tokens"]


def higher_limit(parameters: ModelParameters, result: ChatResult, most: int | None) -> int | None:
    """Return twice the tokens that an answer was cut off at, at most `most`; `None` where that is no more."""
    limit = parameters.max_completion_tokens or parameters.max_tokens
    if limit is None and result.usage is not None:
        limit = result.usage.completion_tokens
    if not limit:
        return None
    raised = 2 * limit if most is None else min(2 * limit, most)
    return raised if raised > limit else None


def more_tokens(run: RunView, result: ChatResult) -> int | None:
    """Return the limit to ask for again where an answer was cut off; `None` where more is not to be had."""
    if result.verdict is None or result.verdict.kind != "cut_off":
        return None
    most = next((info.max_completion_tokens for info in models()[0] if info.id == run.model), None)
    return higher_limit(run.parameters, result, most)
