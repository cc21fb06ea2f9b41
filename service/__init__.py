"""OpenRouter, or any server that speaks its language, from Python.

    from service import OpenRouterConfig, OpenRouterService

    with OpenRouterService(OpenRouterConfig.from_env()) as service:
        print(service.generate("Hello").text)

No page and no Streamlit is needed for it; see docs/service.md.
"""

from service._version import __version__
from service.account import Health, KeyStatus
from service.catalogue import ModelInfo
from service.config import OpenRouterConfig
from service.conversation import Conversation
from service.endpoints import EndpointInfo, EndpointList
from service.errors import (
    AuthenticationError,
    CircuitOpenError,
    ConfigurationError,
    ContextLengthError,
    EmptyResponseError,
    ErrorContext,
    ImportFileError,
    InsufficientCreditsError,
    InvalidRequestError,
    InvalidSchemaError,
    LocalLimitError,
    ModelNotFoundError,
    ModerationError,
    NetworkError,
    OpenRouterError,
    PermissionDeniedError,
    ProviderError,
    RateLimitError,
    RequestTimeoutError,
    SchemaValidationError,
    StorageError,
    StreamInterruptedError,
    UnsupportedFeatureError,
)
from service.openrouter import OpenRouterService
from service.pricing import CostEstimate, Pricing
from service.results import (
    AnnotationDelta,
    ChatResult,
    Finished,
    ImageDelta,
    Issue,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    Timings,
    ToolCall,
    ToolCallDelta,
    Usage,
    Verdict,
)
from service.runs import Run
from service.streaming import ChatStream
from service.types import ChatRequest, ContentPart, Message, ModelParameters, ResponseFormat, Tool

__all__ = [
    "AnnotationDelta",
    "AuthenticationError",
    "ChatRequest",
    "ChatResult",
    "ChatStream",
    "CircuitOpenError",
    "ConfigurationError",
    "ContentPart",
    "ContextLengthError",
    "Conversation",
    "CostEstimate",
    "EmptyResponseError",
    "EndpointInfo",
    "EndpointList",
    "ErrorContext",
    "Finished",
    "Health",
    "ImageDelta",
    "ImportFileError",
    "InsufficientCreditsError",
    "InvalidRequestError",
    "InvalidSchemaError",
    "Issue",
    "KeyStatus",
    "LocalLimitError",
    "Message",
    "ModelInfo",
    "ModelNotFoundError",
    "ModelParameters",
    "ModerationError",
    "NetworkError",
    "OpenRouterConfig",
    "OpenRouterError",
    "OpenRouterService",
    "PermissionDeniedError",
    "Pricing",
    "ProviderError",
    "RateLimitError",
    "ReasoningDelta",
    "RequestTimeoutError",
    "ResponseFormat",
    "Run",
    "SchemaValidationError",
    "StorageError",
    "StreamEvent",
    "StreamInterruptedError",
    "TextDelta",
    "Timings",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "UnsupportedFeatureError",
    "Usage",
    "Verdict",
    "__version__",
]
