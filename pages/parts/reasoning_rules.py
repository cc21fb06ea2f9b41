"""What providers refuse about reasoning, found before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.parts.parameter_texts import is_mandatory
from pages.parts.parameters import BUDGET
from service import ModelInfo

__all__ = ["reasoning_faults"]


def reasoning_faults(
    values: Mapping[str, Any], info: ModelInfo | None, configured: Mapping[str, Any]
) -> dict[str, str]:
    """Say by the name of the parameter what is wrong with how much a model is to think.

    Args:
        values: What is set, by name.
        info: The model, where it is known.
        configured: What the settings of the server send for what is not set.
    """
    effort, budget = values.get("reasoning_effort"), values.get(BUDGET)
    faults = {}
    if effort == "none" and is_mandatory(info):
        faults["reasoning_effort"] = "This model always thinks, and refuses None. Choose an effort, or unset it."
    if budget is None:
        return faults
    limit = _limit(values, configured)
    if effort is not None:
        faults[BUDGET] = "A model takes an effort or a budget, not both. Unset one of them."
    elif limit is not None and budget >= limit:
        faults[BUDGET] = (
            f"The budget has to be below max tokens ({limit:,}), or nothing is left for the answer. "
            "Lower it, or raise max tokens."
        )
    return faults


def _limit(values: Mapping[str, Any], configured: Mapping[str, Any]) -> int | None:
    found = (values.get("max_tokens"), configured.get("max_completion_tokens"), configured.get("max_tokens"))
    return next((int(limit) for limit in found if limit is not None), None)
