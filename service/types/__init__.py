"""What goes into a request: messages, content parts, tools, parameters, response format.

All values are frozen pydantic models; a wrong value raises `pydantic.ValidationError` where it is made, before
anything is sent. Field names are OpenRouter's own. Nothing handed in is changed: containers are copied.
"""

from service.types.base import MAX_SCHEMA_CHARS
from service.types.messages import AudioFormat, ContentPart, FunctionCall, Message, Role, ToolCallRequest
from service.types.parameters import REASONING_EFFORTS, ModelParameters, ReasoningEffort
from service.types.request import ChatRequest, normalise_model
from service.types.response_format import Delivery, ResponseFormat
from service.types.tools import Tool

__all__ = [
    "MAX_SCHEMA_CHARS",
    "REASONING_EFFORTS",
    "AudioFormat",
    "ChatRequest",
    "ContentPart",
    "Delivery",
    "FunctionCall",
    "Message",
    "ModelParameters",
    "ReasoningEffort",
    "ResponseFormat",
    "Role",
    "Tool",
    "ToolCallRequest",
    "normalise_model",
]
