"""Everything that can go wrong, one class for each.

    OpenRouterError
    ├── ConfigurationError         a setting is missing or wrong; nothing was sent
    ├── InvalidRequestError        the request is malformed, here or in the provider's eyes (400, 413, 422)
    │   ├── InvalidSchemaError     the JSON Schema itself is not valid
    │   ├── ImportFileError        a file that was to be imported is broken; nothing was changed
    │   └── ContextLengthError     prompt and answer do not fit the model's context (400)
    ├── UnsupportedFeatureError    no endpoint of the model can do what was asked (404)
    ├── AuthenticationError        the key is missing, unknown or revoked (401)
    ├── InsufficientCreditsError   the account or key cannot pay for the request (402)
    ├── PermissionDeniedError      the key may not do this, or its limit is spent (403)
    ├── ModerationError            the provider's moderation refused the input (403, 400)
    ├── ModelNotFoundError         no such model, or no endpoint left that may serve it (400, 404)
    ├── RateLimitError             OpenRouter or the provider asks to slow down (429)
    ├── LocalLimitError            our own limiter would have to wait too long; nothing was sent
    ├── CircuitOpenError           our own breaker is open after repeated failures; nothing was sent
    ├── RequestTimeoutError        no data in time (408, 504, 524, or our own timeouts)
    ├── NetworkError               the server could not be reached, or the connection broke before any output
    ├── ProviderError              the provider failed (5xx, or an error inside a 200)
    ├── EmptyResponseError         a 200 that holds no choice at all
    ├── StreamInterruptedError     the stream ended in the middle of the answer
    ├── SchemaValidationError      the answer does not satisfy the schema
    └── StorageError               the history could not be read or written

Every error carries the next step in `hint`, and what had arrived in `partial`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from service.redact import redact_text

if TYPE_CHECKING:
    from service.results import ChatResult, Issue


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """Where an error happened.

    `request_id` is OpenRouter's generation id, `correlation_id` ours (sent as X-Correlation-Id), `attempt` counts
    from 1, `elapsed` is in seconds since the run began, `payload` is a redacted, shortened copy of what was sent.
    """

    request_id: str | None = None
    correlation_id: str | None = None
    model: str | None = None
    attempt: int = 0
    elapsed: float = 0.0
    payload: Mapping[str, Any] = field(default_factory=dict)


_OPENROUTERS_OWN = ("; OpenRouter shows yours under Settings → Keys", " at OpenRouter")
"""What hints say beside the next step; of no use where the key is from somewhere else."""


class OpenRouterError(Exception):
    """Say what went wrong, in our words and in the provider's, and what to do next.

    Attributes:
        message: Our sentence.
        code: The wire's code as text ("429", "server_error"); `None` when there was none.
        provider_message: The innermost words of the provider, verbatim with keys masked; `""` when there were none.
        status_code: The HTTP status; `None` when no response arrived.
        provider: The provider's name, where OpenRouter told it.
        retryable: Whether the same request may succeed later.
        retry_after: Seconds to wait before that, where the server said so.
        hint: The next step, in one sentence.
        partial: What had arrived of the answer, usage and cost included.
        context: Request id, correlation id, model, attempt, elapsed seconds, redacted payload.
    """

    default_hint: ClassVar[str] = ""
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        provider_message: str = "",
        status_code: int | None = None,
        provider: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        hint: str | None = None,
        partial: ChatResult | None = None,
        context: ErrorContext | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.provider_message = provider_message
        self.status_code = status_code
        self.provider = provider
        self.retryable = self.default_retryable if retryable is None else retryable
        self.retry_after = retry_after
        self.hint = self.default_hint if hint is None else hint
        self.partial = partial
        self.context = context or ErrorContext()

    def mask(self, *secrets: str) -> Self:
        """Mask these secrets, and all that looks like a key, in every text of the error; some servers repeat them."""
        for name in ("message", "code", "provider_message", "provider", "hint"):
            if text := getattr(self, name):
                setattr(self, name, redact_text(text, *secrets))
        self.args = (self.message,)
        return self

    def of_other_server(self) -> Self:
        """Leave out of the hint where to find something at OpenRouter; for errors of any other server."""
        for words in _OPENROUTERS_OWN:
            self.hint = self.hint.replace(words, "")
        return self

    def __str__(self) -> str:
        if self.provider_message and self.provider_message not in self.message:
            return f"{self.message} {self.provider_message}"
        return self.message

    def __repr__(self) -> str:
        shown = {"code": self.code, "status_code": self.status_code, "provider": self.provider}
        details = "".join(f", {name}={value!r}" for name, value in shown.items() if value is not None)
        return f"{type(self).__name__}({str(self)!r}{details})"


class ConfigurationError(OpenRouterError, ValueError):
    """A setting is missing or wrong; nothing was sent."""

    default_hint = "Correct the setting and start again; docs/configuration.md lists them all."


class InvalidRequestError(OpenRouterError, ValueError):
    """The request is malformed, either by our own checks (nothing was sent) or by the provider's."""

    default_hint = "Change the request as the message says; sending it again unchanged will fail again."


class InvalidSchemaError(InvalidRequestError):
    """The JSON Schema itself is not valid, or is too large."""

    default_hint = "Correct the schema at the place named."


class ImportFileError(InvalidRequestError):
    """A file that was to be imported is broken or too large; nothing was changed.

    Attributes:
        line: The line that is wrong, from 1; `None` where it is the file as a whole.
        column: Where on the line, from 1; `None` where that is not known.
    """

    default_hint = "Correct the file at the place named, or export it again."

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.line = line
        self.column = column


class ContextLengthError(InvalidRequestError):
    """Prompt and answer together do not fit the model's context."""

    default_hint = "Shorten the conversation, lower Max tokens, or choose a model with a larger context."


class UnsupportedFeatureError(OpenRouterError):
    """No endpoint of the model can do what was asked."""

    default_hint = "Drop the feature, or choose a model that lists it among its supported parameters."


class AuthenticationError(OpenRouterError):
    """The key is missing, unknown or revoked."""

    default_hint = "Check the API key; OpenRouter shows yours under Settings → Keys."


class InsufficientCreditsError(OpenRouterError):
    """The account or the key cannot pay for the request."""

    default_hint = "Add credits or raise the key's limit at OpenRouter, lower Max tokens, or choose a cheaper model."


class PermissionDeniedError(OpenRouterError):
    """The key may not do this, or its limit is spent."""

    default_hint = "Check the key's limit and permissions at OpenRouter."


class ModerationError(OpenRouterError):
    """The provider's moderation refused the input."""

    default_hint = "Rephrase the prompt, or choose a model without input moderation."


class ModelNotFoundError(OpenRouterError):
    """There is no such model, or no endpoint is left that may serve it."""

    default_hint = "Choose a model from the list."


class RateLimitError(OpenRouterError):
    """OpenRouter or the provider asks to slow down."""

    default_hint = "Wait a moment and try again, or choose another model or provider."
    default_retryable = True


class LocalLimitError(OpenRouterError):
    """Our own rate or concurrency limit would have to wait too long; nothing was sent."""

    default_hint = "Try again when fewer runs are in flight, or raise the limits in the settings."
    default_retryable = True


class CircuitOpenError(OpenRouterError):
    """The circuit breaker is open after repeated failures; nothing was sent."""

    default_hint = "The model failed several times in a row: wait, or choose another model."
    default_retryable = True


class RequestTimeoutError(OpenRouterError):
    """No data arrived in time."""

    default_hint = "Try again, choose a faster model, or raise the timeout."
    default_retryable = True


class NetworkError(OpenRouterError):
    """The server could not be reached, or the connection broke before any output."""

    default_hint = "Check the connection and the base URL, then try again."
    default_retryable = True


class ProviderError(OpenRouterError):
    """The provider failed: a 5xx status, or an error inside a 200."""

    default_hint = "Try again, or choose another provider or model."
    default_retryable = True


class EmptyResponseError(OpenRouterError):
    """The server answered 200 with no choice at all."""

    default_hint = "Try again, or choose another provider or model."
    default_retryable = True


class StreamInterruptedError(OpenRouterError):
    """The stream ended in the middle of the answer; what had arrived is in `partial`."""

    default_hint = "Keep what arrived, or run again."
    default_retryable = True


class SchemaValidationError(OpenRouterError):
    """The answer does not satisfy the schema.

    Attributes:
        issues: What is wrong, each with the path it is at.
        attempts: Every answer that was tried, in order.
    """

    default_hint = "Run again, simplify the schema, or choose a model with structured outputs."
    default_retryable = True

    def __init__(
        self,
        message: str,
        *,
        issues: Sequence[Issue] = (),
        attempts: Sequence[ChatResult] = (),
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.issues = tuple(issues)
        self.attempts = tuple(attempts)


class StorageError(OpenRouterError):
    """The history could not be read or written."""

    default_hint = "Check the data folder or the database; nothing on the page is lost."
