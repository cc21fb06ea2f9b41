"""What is found wrong with a request before it is sent; found out after, it would cost the wait."""

from __future__ import annotations

from service.catalogue import Catalogue, ModelInfo
from service.config import OpenRouterConfig
from service.errors import ContextLengthError, ErrorContext, InvalidRequestError, ModelNotFoundError
from service.redact import redact_text
from service.tokens import estimate_request_tokens
from service.types import ChatRequest

__all__ = ["check_request", "check_room"]


def check_request(request: ChatRequest, config: OpenRouterConfig, catalogue: Catalogue) -> None:
    """Check message lengths, tools, extra headers, schema and the form of the model id.

    Raises:
        InvalidRequestError: A message is too long, a tool is not allowed, an extra header holds the key, or the schema
            is none.
        ModelNotFoundError: OpenRouter has no models of such a name; the hint names the closest.
    """
    _check_messages(request, config)
    _check_tools(request, config)
    _check_headers(request, config)
    form = request.response_format
    if form is not None and form.schema_body is not None and config.validate_structured:
        from service.structured import validate

        # Found out after the answer, a wrong schema would cost the answer.
        validate(None, form.asked_schema or {})
    model = request.model or ""
    if config.is_openrouter and "/" not in model and not model.startswith("@"):
        raise ModelNotFoundError(
            f"A model id must look like 'vendor/model', got {model!r}.",
            hint=catalogue.suggestion(model) or "Choose a model from the list.",
        )


def _check_messages(request: ChatRequest, config: OpenRouterConfig) -> None:
    limit = config.max_message_chars
    for position, message in enumerate(request.messages):
        if message.chars > limit:
            which = f"Message {position + 1} ({message.role})"
            raise InvalidRequestError(
                f"{which} has {message.chars:,} characters; the limit is {limit:,}.",
                hint="Shorten the message, or raise OPENROUTER_MAX_MESSAGE_CHARS.",
            )


def _check_tools(request: ChatRequest, config: OpenRouterConfig) -> None:
    allowed = config.allowed_tools
    for tool in request.tools if allowed is not None else ():
        if tool.type == "function" and tool.name not in (allowed or ()):
            raise InvalidRequestError(
                f"The tool {tool.name!r} is not allowed here.",
                hint=f"OPENROUTER_ALLOWED_TOOLS allows: {', '.join(allowed or ()) or 'none'}.",
            )


def _check_headers(request: ChatRequest, config: OpenRouterConfig) -> None:
    """Refuse the service's own key, which may have no form by which keys are known."""
    for name, value in request.parameters.extra_headers.items():
        if redact_text(value, config.api_key.reveal()) != value:
            raise InvalidRequestError(
                f"The value of the header {name} holds the key of this service.",
                hint="Extra headers are stored and shown with the request. Take it out: the key is sent by itself.",
            )


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
