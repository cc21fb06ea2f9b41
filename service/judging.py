"""What is looked at once an answer is there: who gave it, and whether it has the form that was asked for."""

from __future__ import annotations

from dataclasses import replace

from service.catalogue import Catalogue
from service.errors import ProviderError
from service.modelnames import names_same_model
from service.results import ChatResult
from service.types import ChatRequest, ResponseFormat

__all__ = ["check_served_model", "judged"]


def judged(result: ChatResult, form: ResponseFormat | None, *, is_judged: bool) -> ChatResult:
    """Return a result with its verdict and, where it is JSON, its value; unless `is_judged` no schema is looked at."""
    from service.structured.verdict import judge_value

    wants_json = form is not None and form.wants_json and is_judged
    schema = form.asked_schema if form is not None and wants_json else None
    was_strict = form is not None and form.written is not None
    verdict, value = judge_value(result, schema, wants_json=wants_json, was_strict=was_strict)
    return replace(result, verdict=verdict, parsed=value)


def check_served_model(
    result: ChatResult, request: ChatRequest, catalogue: Catalogue, *, is_strict: bool
) -> ChatResult:
    """Return a result with a warning where another model served than the one asked for.

    Raises:
        ProviderError: Another one served, `is_strict`, and it is none of the request's fallback models.
    """
    asked, served = request.model or "", result.model
    if not served or names_same_model(asked, served, catalogue.find(asked)):
        return result
    sentence = f"Answered by {served}, not by {asked}."
    if is_strict and served not in (request.parameters.models or ()):
        raise ProviderError(sentence, retryable=False, partial=result, hint="Run again, or switch off strict_model.")
    return replace(result, warnings=(*result.warnings, sentence))
