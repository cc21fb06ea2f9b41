"""What goes into a request: messages, content parts, tools, parameters, response format.

All values are frozen pydantic models; a wrong value raises `pydantic.ValidationError` where it is made, before
anything is sent. Field names are OpenRouter's own. Nothing handed in is changed: containers are copied.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from service.headers import checked_headers, merged_headers

__all__ = [
    "ChatRequest",
    "ContentPart",
    "Delivery",
    "FunctionCall",
    "Message",
    "ModelParameters",
    "ResponseFormat",
    "Role",
    "Tool",
    "ToolCallRequest",
]

MAX_SCHEMA_CHARS = 50_000
"""The largest JSON Schema accepted, in characters of its compact JSON."""

Role = Literal["system", "developer", "user", "assistant", "tool"]
PartType = Literal["text", "image_url", "input_audio", "file", "video_url", "input_video"]
AudioFormat = Literal["wav", "mp3", "aiff", "aac", "ogg", "flac", "m4a", "pcm16", "pcm24"]
ImageDetail = Literal["auto", "low", "high", "original"]
Delivery = Literal["native", "prompt"]
ReasoningEffort = Literal["max", "xhigh", "high", "medium", "low", "minimal", "none"]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def _own_json(value: Any) -> Any:
    """Return a deep copy of a JSON value, so that the caller's may change; tuples become lists."""
    try:
        return _copied_json(value)
    except RecursionError:
        raise ValueError("must not be nested so deeply") from None


def _copied_json(value: Any) -> Any:
    if isinstance(value, str):
        return _whole_characters(value)
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: _copied_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied_json(item) for item in value]
    what = str(value) if isinstance(value, float) else f"a {type(value).__name__}"
    raise ValueError(f"must be plain JSON (texts, finite numbers, lists, objects with text keys), got {what}")


def _whole_characters(text: str) -> str:
    """Refuse half a surrogate pair: it has no UTF-8 and cannot be sent."""
    if not text.isascii() and _HALF_CHARACTER.search(text):
        raise ValueError("must not hold half a character (a lone surrogate)")
    return text


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_Json = Annotated[dict[str, Any], AfterValidator(_own_json)]
_Text = Annotated[str, AfterValidator(_whole_characters)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ContentPart(_Frozen):
    """One part of a message: text, image, file, audio or video. Make it with the class methods."""

    type: PartType
    payload: _Json

    @classmethod
    def text(cls, text: str, *, cache_control: Mapping[str, Any] | None = None) -> ContentPart:
        """Make a text part; `cache_control` marks a prompt-cache breakpoint (`{"type": "ephemeral"}`)."""
        payload: dict[str, Any] = {"text": text}
        if cache_control is not None:
            payload["cache_control"] = dict(cache_control)
        return cls(type="text", payload=payload)

    @classmethod
    def image(
        cls, source: str | bytes, *, media_type: str = "image/png", detail: ImageDetail | None = None
    ) -> ContentPart:
        """Make an image part from an http(s) URL, a data URL, or the bytes of a png, jpeg, webp or gif."""
        image: dict[str, Any] = {"url": _as_url(source, media_type)}
        if detail is not None:
            image["detail"] = detail
        return cls(type="image_url", payload={"image_url": image})

    @classmethod
    def file(cls, source: str | bytes, *, filename: str, media_type: str = "application/pdf") -> ContentPart:
        """Make a file part from an http(s) URL, a data URL, or the file's bytes."""
        return cls(type="file", payload={"file": {"filename": filename, "file_data": _as_url(source, media_type)}})

    @classmethod
    def audio(cls, source: str | bytes, *, format: AudioFormat) -> ContentPart:
        """Make an audio part from bytes or base64 text; OpenRouter takes no URLs here."""
        data = base64.b64encode(source).decode() if isinstance(source, bytes) else source
        return cls(type="input_audio", payload={"input_audio": {"data": data, "format": format}})

    @classmethod
    def video(cls, source: str | bytes, *, media_type: str = "video/mp4") -> ContentPart:
        """Make a video part from a URL, a data URL, or bytes."""
        return cls(type="video_url", payload={"video_url": {"url": _as_url(source, media_type)}})

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and "payload" not in value:
            return {"type": value.get("type"), "payload": {k: v for k, v in value.items() if k != "type"}}
        return value

    @model_validator(mode="after")
    def _check_payload(self) -> ContentPart:
        content = self.payload.get(self.type)
        wanted, missing = _PART_FIELDS[self.type]
        if wanted is str and not isinstance(content, str):
            raise ValueError(f'a {self.type} part needs "{self.type}": a text')
        if wanted is dict and not (isinstance(content, Mapping) and any(name in content for name in missing)):
            names = " or ".join(f'"{name}"' for name in missing)
            raise ValueError(f'a {self.type} part needs "{self.type}": an object with {names}')
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        return {"type": self.type, **self.payload}


_PART_FIELDS: dict[str, tuple[type, tuple[str, ...]]] = {
    "text": (str, ()),
    "image_url": (dict, ("url",)),
    "input_audio": (dict, ("data",)),
    "file": (dict, ("file_data", "file_id")),
    "video_url": (dict, ("url",)),
    "input_video": (dict, ("url", "data")),
}


def _as_url(source: str | bytes, media_type: str) -> str:
    if isinstance(source, bytes):
        return f"data:{media_type};base64,{base64.b64encode(source).decode()}"
    if not source.startswith(("http://", "https://", "data:")):
        raise ValueError("source must be bytes, an http(s) URL, or a data: URL")
    return source


class FunctionCall(_Frozen):
    """The function of a tool call; `arguments` is JSON text as the model wrote it, perhaps cut off."""

    name: str
    arguments: _Text = "{}"


class ToolCallRequest(_Frozen):
    """A tool call inside an assistant message, as it is sent back to the model."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


def _tool_calls_from(value: Any) -> Any:
    """Accept the tool calls of a result (`ToolCall`) as well as the wire's form."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return [call.to_wire() if hasattr(call, "to_wire") else call for call in value]


class Message(_Frozen):
    """One message of a conversation. Make it with the class methods.

    An assistant message takes back everything a model may want to see again: `tool_calls`, `reasoning`,
    `reasoning_details` (unmodified, in order), `annotations`, `images`, `refusal`, `audio`.
    """

    role: Role
    content: _Text | tuple[ContentPart, ...] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: Annotated[tuple[ToolCallRequest, ...] | None, BeforeValidator(_tool_calls_from)] = None
    reasoning: _Text | None = None
    reasoning_details: tuple[_Json, ...] | None = None
    reasoning_content: _Text | None = None
    refusal: _Text | None = None
    annotations: tuple[_Json, ...] | None = None
    images: tuple[_Json, ...] | None = None
    audio: _Json | None = None
    model: str | None = None
    cache_control: _Json | None = None

    @classmethod
    def system(cls, content: str | Sequence[ContentPart]) -> Message:
        """Make a system message: how the model is to behave."""
        return cls(role="system", content=_content(content))

    @classmethod
    def developer(cls, content: str | Sequence[ContentPart]) -> Message:
        """Make a developer message: what newer OpenAI models take instead of a system message."""
        return cls(role="developer", content=_content(content))

    @classmethod
    def user(cls, content: str | Sequence[ContentPart], *, name: str | None = None) -> Message:
        """Make a user message from a text or from content parts."""
        return cls(role="user", content=_content(content), name=name)

    @classmethod
    def assistant(cls, content: str | Sequence[ContentPart] | None = None, **fields: Any) -> Message:
        """Make an assistant message; `fields` are those of the class (`tool_calls`, `reasoning_details`, …)."""
        return cls(role="assistant", content=_content(content), **fields)

    @classmethod
    def tool(cls, tool_call_id: str, content: str | Sequence[ContentPart]) -> Message:
        """Make the answer to the tool call of that id."""
        return cls(role="tool", tool_call_id=tool_call_id, content=_content(content))

    @model_validator(mode="after")
    def _check_role(self) -> Message:
        if self.role == "tool" and not self.tool_call_id:
            raise ValueError("a tool message needs tool_call_id: the id of the call it answers")
        if self.role != "assistant" and self.tool_calls:
            raise ValueError("only an assistant message has tool_calls")
        if self.content is None and not (self.role == "assistant"):
            raise ValueError(f"a {self.role} message needs content: a text or a list of parts")
        return self

    @property
    def chars(self) -> int:
        """The number of characters of its text."""
        if isinstance(self.content, str):
            return len(self.content)
        return sum(len(part.payload["text"]) for part in self.content or () if part.type == "text")

    @model_serializer(mode="wrap")
    def _to_wire(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = ((name, value) for name, value in serialize(self).items() if value is not None)
        wire = {name: list(value) if isinstance(value, tuple) else value for name, value in fields}
        if self.role == "assistant":
            wire.setdefault("content", None)
        return wire


def _content(content: str | Sequence[ContentPart] | None) -> str | tuple[ContentPart, ...] | None:
    return content if content is None or isinstance(content, str) else tuple(content)


class Tool(_Frozen):
    """A tool the model may call: a function of yours, or one that OpenRouter runs (`openrouter:web_search`, …)."""

    type: str = "function"
    name: str | None = None
    description: str | None = None
    parameters: _Json | None = None
    strict: bool | None = None
    extra: _Json = Field(default_factory=dict)

    @classmethod
    def function(
        cls,
        name: str,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        *,
        strict: bool | None = None,
    ) -> Tool:
        """Make a function tool; `name` is 1–64 of `a-zA-Z0-9_-`, `parameters` a JSON Schema of type object."""
        return cls(name=name, description=description, parameters=_copied(parameters), strict=strict)

    @classmethod
    def server(cls, type: str, parameters: Mapping[str, Any] | None = None) -> Tool:
        """Make a tool that OpenRouter executes itself, such as `openrouter:web_search`."""
        return cls(type=type, parameters=_copied(parameters))

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "function" not in value:
            return value
        function = value["function"]
        if not isinstance(function, Mapping):
            raise ValueError('a function tool needs "function": an object with "name"')
        known = ("name", "description", "parameters", "strict")
        extra = {name: item for name, item in value.items() if name not in ("type", "function")}
        inner = {name: item for name, item in function.items() if name not in known}
        if inner:
            extra["function"] = inner
        fields = {name: function[name] for name in known if name in function}
        return {"type": value.get("type", "function"), **fields, "extra": extra}

    @model_validator(mode="after")
    def _check(self) -> Tool:
        if self.type == "function":
            if not self.name or not _NAME.fullmatch(self.name):
                raise ValueError(f"a function's name must be 1 to 64 of a-z A-Z 0-9 _ -, got {self.name!r}")
            kind = (self.parameters or {}).get("type", "object")
            if kind != "object":
                raise ValueError(f'the parameters of "{self.name}" must be a JSON Schema of type object, got {kind!r}')
            _check_schema_size(self.parameters, f'the parameters of "{self.name}"')
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        extra = dict(self.extra)
        if self.type != "function":
            return {"type": self.type, **({"parameters": self.parameters} if self.parameters else {}), **extra}
        function: dict[str, Any] = {"name": self.name}
        for name in ("description", "parameters", "strict"):
            if (value := getattr(self, name)) is not None:
                function[name] = value
        return {"type": "function", "function": function | extra.pop("function", {}), **extra}


def _copied(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else dict(value)


def _check_schema_size(schema: Any, what: str) -> None:
    try:
        size = len(json.dumps(schema, ensure_ascii=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} must be plain JSON: {error}") from error
    if size > MAX_SCHEMA_CHARS:
        raise ValueError(f"{what} must have at most {MAX_SCHEMA_CHARS:,} characters, got {size:,}")


class ResponseFormat(_Frozen):
    """The form of the answer: text, any JSON object, or JSON that follows a schema. Make it with the class methods.

    Attributes:
        type: What is asked for.
        definition: Name, schema, description and strictness, as they are sent.
        written: The schema as somebody wrote it, where the one in `definition` is its strict form.
        delivery: How the schema reaches the model: `native`, as the request's response format, or `prompt`, in a
            system message, for models without structured outputs. Answers are judged by it either way.
        require_parameters: Whether OpenRouter is to choose only among providers that support everything the request
            holds (`provider.require_parameters`). Sent with a native schema alone, and to no other server; a
            `provider` that decides it wins.
        grammar: The grammar, for the type of that name.
    """

    type: Literal["text", "json_object", "json_schema", "grammar", "python"] = "text"
    definition: _Json | None = None
    written: _Json | None = None
    delivery: Delivery = "native"
    require_parameters: bool = False
    grammar: str | None = None

    @classmethod
    def text(cls) -> ResponseFormat:
        """Ask for plain text."""
        return cls(type="text")

    @classmethod
    def json_object(cls) -> ResponseFormat:
        """Ask for any JSON object; say so in the prompt as well."""
        return cls(type="json_object")

    @classmethod
    def json_schema(
        cls,
        name: str,
        schema: Mapping[str, Any],
        *,
        description: str | None = None,
        strict: bool | None = True,
        written: Mapping[str, Any] | None = None,
        delivery: Delivery = "native",
        require_parameters: bool = False,
    ) -> ResponseFormat:
        """Ask for JSON that follows a schema of ≤50,000 characters; `name` is 1–64 of `a-zA-Z0-9_-`."""
        definition: dict[str, Any] = {"name": name, "schema": dict(schema)}
        if description is not None:
            definition["description"] = description
        if strict is not None:
            definition["strict"] = strict
        return cls(
            type="json_schema",
            definition=definition,
            written=_copied(written),
            delivery=delivery,
            require_parameters=require_parameters,
        )

    @property
    def schema_name(self) -> str | None:
        """The schema's name."""
        return (self.definition or {}).get("name")

    @property
    def schema_body(self) -> dict[str, Any] | None:
        """The JSON Schema itself, as it is sent."""
        return (self.definition or {}).get("schema")

    @property
    def asked_schema(self) -> dict[str, Any] | None:
        """The JSON Schema as it was written, by which answers are judged."""
        return self.written if self.written is not None else self.schema_body

    @property
    def wants_json(self) -> bool:
        """Whether the answer is to be JSON."""
        return self.type in ("json_object", "json_schema")

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"type": value}
        if isinstance(value, Mapping) and "json_schema" in value:
            rest = {name: item for name, item in value.items() if name != "json_schema"}
            return {**rest, "definition": value["json_schema"]}
        return value

    @model_validator(mode="after")
    def _check(self) -> ResponseFormat:
        if self.type == "grammar" and not self.grammar:
            raise ValueError('the format grammar needs "grammar": a text')
        if self.type != "json_schema":
            return self
        name, schema = self.schema_name, self.schema_body
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"the schema's name must be 1 to 64 of a-z A-Z 0-9 _ -, got {name!r}")
        if not isinstance(schema, Mapping):
            raise ValueError('json_schema needs "schema": a JSON Schema object')
        _check_schema_size(schema, "the schema")
        _check_schema_size(self.written, "the schema as written")
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        if self.type == "json_schema" and self.delivery == "prompt":
            return {"type": "text"}
        if self.type == "json_schema":
            return {"type": "json_schema", "json_schema": self.definition}
        return {"type": "grammar", "grammar": self.grammar} if self.type == "grammar" else {"type": self.type}


_Probability = Annotated[float, Field(ge=0, le=1)]
_Penalty = Annotated[float, Field(ge=-2, le=2)]
_Stop = str | Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
_LogitBias = dict[str, Annotated[float, Field(ge=-100, le=100)]]
_Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
_Headers = Annotated[dict[str, str], BeforeValidator(checked_headers)]


class ModelParameters(_Frozen):
    """Every parameter of a request beside messages, tools and format. `None` means unset: it is not sent.

    Ranges are those of OpenRouter's Parameters page; what a model does not take is dropped by OpenRouter silently,
    see `ModelInfo.supported_parameters`. `extra_body` is merged into the payload last, for what is not named here;
    `extra_headers` go along beside the body, and hold no key: see `service.headers`.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: _Probability | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    min_p: _Probability | None = None
    top_a: _Probability | None = None
    frequency_penalty: _Penalty | None = None
    presence_penalty: _Penalty | None = None
    repetition_penalty: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None
    stop: _Stop | None = None
    logit_bias: _LogitBias | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    parallel_tool_calls: bool | None = None
    reasoning: _Json | None = None
    reasoning_effort: ReasoningEffort | None = None
    include_reasoning: bool | None = None
    verbosity: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    prediction: _Json | None = None
    modalities: tuple[Literal["text", "image", "audio"], ...] | None = None
    image_config: _Json | None = None
    audio: _Json | None = None
    provider: _Json | None = None
    models: tuple[str, ...] | None = None
    route: Literal["fallback", "sort"] | None = None
    plugins: tuple[_Json, ...] | None = None
    transforms: tuple[str, ...] | None = None
    web_search_options: _Json | None = None
    x_search_filter: _Json | None = None
    max_tool_calls: Annotated[int, Field(ge=1, le=30)] | None = None
    stop_server_tools_when: tuple[_Json, ...] | None = None
    deferred_tools: _Json | None = None
    service_tier: str | None = None
    session_id: Annotated[str, Field(max_length=256)] | None = None
    user: str | None = None
    metadata: _Metadata | None = None
    trace: _Json | None = None
    cache_control: _Json | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: _Json | None = None
    preset: str | None = None
    debug: _Json | None = None
    extra_body: _Json = Field(default_factory=dict)
    extra_headers: _Headers = Field(default_factory=dict)

    @field_validator("extra_body")
    @classmethod
    def _check_extra(cls, value: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(_REQUEST_FIELDS & value.keys()):
            raise ValueError(f"extra_body must not hold {', '.join(taken)}: set it on the request itself")
        return value

    @model_validator(mode="after")
    def _check_clashes(self) -> ModelParameters:
        reasoning = self.reasoning or {}
        if reasoning.get("effort") is not None and reasoning.get("max_tokens") is not None:
            raise ValueError("reasoning takes effort or max_tokens, not both")
        if self.reasoning_effort and reasoning.get("effort") not in (None, self.reasoning_effort):
            raise ValueError("reasoning_effort and reasoning.effort differ; set one of them")
        if self.top_logprobs is not None and self.logprobs is False:
            raise ValueError("top_logprobs needs logprobs=True")
        return self

    def merged_over(self, defaults: ModelParameters) -> ModelParameters:
        """Return these parameters, field by field filled up from `defaults` where they are unset.

        How much a model thinks is one choice, however it is written: a budget here leaves no effort of `defaults`.
        """
        extra = {**defaults.extra_body, **self.extra_body}
        own = self.set_fields()
        gone = dict.fromkeys(_REASONING) if own.keys() & set(_REASONING) else {}
        headers = merged_headers(defaults.extra_headers, self.extra_headers)
        return defaults.model_copy(update={**gone, **own, "extra_body": extra, "extra_headers": headers})

    def set_fields(self) -> dict[str, Any]:
        """Return what is set, by name, `extra_body` and `extra_headers` left out."""
        names = self.model_fields_set - {"extra_body", "extra_headers"}
        return {name: value for name in names if (value := getattr(self, name)) is not None}


_REASONING = ("reasoning", "reasoning_effort")
_REQUEST_FIELDS = frozenset({"messages", "stream"})


class ChatRequest(_Frozen):
    """A chat request. What is unset comes from the configuration of the service that sends it.

    Parameters may be given as `parameters=ModelParameters(temperature=0.2)` or, shorter, as `temperature=0.2`;
    messages and tools also as plain dicts in OpenRouter's form.
    """

    messages: Annotated[tuple[Message, ...], Field(min_length=1)]
    model: str | None = None
    parameters: ModelParameters = Field(default_factory=ModelParameters)
    response_format: ResponseFormat | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["none", "auto", "required"] | _Json | None = None

    @model_validator(mode="before")
    @classmethod
    def _collect_parameters(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        short = {name: item for name, item in value.items() if name in ModelParameters.model_fields}
        if not short:
            return value
        rest = {name: item for name, item in value.items() if name not in short}
        given = rest.get("parameters") or {}
        if isinstance(given, ModelParameters):
            given = {name: getattr(given, name) for name in given.model_fields_set}
        if twice := sorted(short.keys() & given.keys()):
            raise ValueError(f"{', '.join(twice)} is given twice: in parameters and beside them")
        return {**rest, "parameters": {**given, **short}}

    @field_validator("model")
    @classmethod
    def _check_model(cls, value: str | None) -> str | None:
        return normalise_model(value) if value is not None else None

    @model_validator(mode="after")
    def _check_tools(self) -> ChatRequest:
        names = [tool.name for tool in self.tools if tool.type == "function"]
        if twice := sorted({str(name) for name in names if names.count(name) > 1}):
            raise ValueError(f"two tools have the name {', '.join(twice)}")
        chosen = _chosen_function(self.tool_choice)
        if chosen is not None and chosen not in names:
            raise ValueError(f"tool_choice names {chosen!r}, which is not among the tools")
        if self.tool_choice == "required" and not self.tools:
            raise ValueError("tool_choice is required, but there are no tools")
        return self


def _chosen_function(choice: str | dict[str, Any] | None) -> str | None:
    if not isinstance(choice, dict):
        return None
    if not isinstance(choice.get("type"), str):
        raise ValueError('tool_choice must be none, auto, required or {"type": "function", "function": {"name": …}}')
    if choice["type"] != "function":
        return None
    function = choice.get("function")
    name = function.get("name") if isinstance(function, Mapping) else None
    if not isinstance(name, str):
        raise ValueError('tool_choice of type function needs "function": {"name": …}')
    return name


def normalise_model(model: str) -> str:
    """Return a model id as OpenRouter takes it; `openrouter/vendor/model` loses its prefix.

    LiteLLM and its users write that prefix; `openrouter/auto` and the other routers of OpenRouter keep theirs.

    Raises:
        ValueError: It is empty, or holds white space or control characters.
    """
    model = model.strip()
    if not model or re.search(r"[\s\x00-\x1f\x7f]", model):
        raise ValueError(f"a model id must look like 'vendor/model', got {model!r}")
    prefix, _, rest = model.partition("/")
    return rest if prefix == "openrouter" and "/" in rest else model


REASONING_EFFORTS: tuple[str, ...] = get_args(ReasoningEffort)
"""Reasoning efforts from the strongest to none."""
