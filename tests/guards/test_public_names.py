"""The public names: sorted, importable, documented, and as other people's code relies on them."""

import inspect
import re
from pathlib import Path

import pytest

import service
from service import errors

ROOT = Path(__file__).resolve().parents[2]

PROMISED = [
    "OpenRouterConfig",
    "OpenRouterService",
    "ChatRequest",
    "ChatResult",
    "Message",
    "ContentPart",
    "Tool",
    "ToolCall",
    "ModelParameters",
    "ResponseFormat",
    "Conversation",
    "Run",
    "Usage",
    "Verdict",
    "TextDelta",
    "ReasoningDelta",
    "ToolCallDelta",
    "AnnotationDelta",
    "ImageDelta",
    "Finished",
    "ModelInfo",
    "OpenRouterError",
    "ConfigurationError",
    "InvalidRequestError",
    "AuthenticationError",
    "InsufficientCreditsError",
    "PermissionDeniedError",
    "ModerationError",
    "ModelNotFoundError",
    "ContextLengthError",
    "UnsupportedFeatureError",
    "RateLimitError",
    "LocalLimitError",
    "RequestTimeoutError",
    "NetworkError",
    "ProviderError",
    "EmptyResponseError",
    "StreamInterruptedError",
    "CircuitOpenError",
    "InvalidSchemaError",
    "SchemaValidationError",
    "StorageError",
    "__version__",
]

METHODS = [
    "generate",
    "chat",
    "stream",
    "start",
    "complete_structured",
    "list_models",
    "get_model",
    "key_status",
    "health",
    "estimate_tokens",
    "estimate_cost",
    "with_key",
    "close",
    "_build_payload",
    "_send",
    "_validate_response",
]


def error_classes() -> set[str]:
    return {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.OpenRouterError)
    }


def test_all_is_sorted_and_names_each_once() -> None:
    """Case aside, underscores last, as everywhere."""
    assert service.__all__ == sorted(set(service.__all__))


def test_all_holds_what_was_promised() -> None:
    """And every error class."""
    assert sorted({*PROMISED, *error_classes()} - set(service.__all__)) == []


def test_all_is_complete() -> None:
    """Nothing public is importable from `service` by accident alone."""
    public = {
        name
        for name, value in vars(service).items()
        if not name.startswith("_") and not inspect.ismodule(value) and getattr(value, "__module__", "") != "builtins"
    }
    assert sorted(public - set(service.__all__)) == []


def test_every_class_says_what_it_is() -> None:
    """By its docstring."""
    classes = [value for value in (getattr(service, name) for name in service.__all__) if inspect.isclass(value)]
    assert [value.__name__ for value in classes if not value.__doc__] == []


def test_every_name_is_documented() -> None:
    """On the page about the service."""
    text = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    assert [name for name in service.__all__ if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == []


@pytest.mark.parametrize("name", METHODS)
def test_the_service_has_its_methods(name: str) -> None:
    """Also those behind `generate` that others override."""
    assert inspect.isfunction(getattr(service.OpenRouterService, name))
    text = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    assert re.search(rf"(?<!\w){name}(?!\w)", text), f"docs/service.md does not mention {name}"


def test_generate_runs_through_the_methods_that_others_override() -> None:
    """`_build_payload`, `_send`, `_validate_response`, in this order."""
    from service.simulator import Simulator

    called: list[str] = []

    class Watched(service.OpenRouterService):
        def _build_payload(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            called.append("_build_payload")
            return super()._build_payload(*args, **kwargs)

        def _send(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            called.append("_send")
            return super()._send(*args, **kwargs)

        def _validate_response(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            called.append("_validate_response")
            return super()._validate_response(*args, **kwargs)

    with Simulator(speed=0, requires_key=False) as simulator:
        config = service.OpenRouterConfig(base_url=simulator.base_url, model="sim/echo")
        with Watched(config) as watched:
            watched.generate("Hello")
    assert called == ["_build_payload", "_send", "_validate_response"]
