"""Whether an answer as long as it may be fits behind its prompt; found out after sending, it would cost the wait."""

from __future__ import annotations

from service.catalogue import ModelInfo
from service.errors import ContextLengthError, ErrorContext
from service.tokens import estimate_request_tokens
from service.types import ChatRequest

__all__ = ["check_room"]


def check_room(request: ChatRequest, info: ModelInfo | None) -> None:
    """Refuse a limit of the answer that the model's context has no room for, where the catalogue knows the context.

    Raises:
        ContextLengthError: With the numbers; written as OpenRouter writes it, for it is the same mistake.
    """
    parameters = request.parameters
    name = "max_completion_tokens" if parameters.max_completion_tokens is not None else "max_tokens"
    limit = getattr(parameters, name)
    if limit is None or info is None or not info.context_length:
        return
    context, prompt = info.context_length, estimate_request_tokens(request)
    if prompt + limit <= context:
        return
    left = context - prompt
    hint = f"Set {name} to at most {left:,}." if left > 0 else "Shorten the conversation, or choose another model."
    raise ContextLengthError(
        f"{request.model}'s maximum context length is {context} tokens; this asks for about {prompt + limit} "
        f"({prompt} of text input, {limit} for the answer). Nothing was sent.",
        hint=hint,
        context=ErrorContext(model=request.model, payload={"model": request.model, name: limit}),
    )
