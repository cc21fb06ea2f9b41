"""The configuration: every setting, its range, and where it is read from."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from service.errors import ConfigurationError
from service.redact import Secret, redact_text
from service.secrets import PersonalData
from service.types import ModelParameters, ResponseFormat, normalise_model

__all__ = ["DEFAULT_BASE_URL", "DEFAULT_MODEL", "OpenRouterConfig", "Setting", "read_environment", "settings"]

DEFAULT_BASE_URL = "https://openrouter.ai/api/v1"
DEFAULT_MODEL = "openrouter/auto"
PREFIX = "OPENROUTER_"
DATABASE_URL = "DATABASE_URL"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_Key = Annotated[InstanceOf[Secret], PlainSerializer(str, return_type=str)]
_Seconds = Annotated[float, Field(gt=0, le=86_400)]


class OpenRouterConfig(BaseModel):
    """Everything the service can be told, checked when it is made; frozen.

    Raises:
        ConfigurationError: A value is out of range, or the API key is missing where it is needed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    api_key: _Key = Field(
        Secret(""), description="Your OpenRouter key. Not needed for a server on this machine or an allowed host."
    )
    base_url: str = Field(DEFAULT_BASE_URL, description="The API's address; any OpenAI-compatible server will do.")
    model: str = Field(DEFAULT_MODEL, description="The model of requests that name none.")
    system_prompt: str | None = Field(None, description="The system prompt of requests that hold none.")
    response_format: ResponseFormat | None = Field(
        None, description="The response format of requests that name none: text, json_object, or JSON."
    )
    parameters: ModelParameters = Field(
        default_factory=ModelParameters, description="Parameters of requests that leave them unset."
    )

    timeout: _Seconds = Field(60.0, description="Seconds without a data event after which a run fails.")
    connect_timeout: _Seconds = Field(10.0, description="Seconds to wait for the connection.")
    first_event_timeout: _Seconds | None = Field(
        None, description="Seconds to wait for the first data event; unset: as `timeout`."
    )
    total_timeout: _Seconds | None = Field(
        None, description="Seconds a run may take in all, its retries included; unset: no limit."
    )

    max_retries: Annotated[int, Field(ge=0, le=20)] = Field(
        3, description="How often a request is sent again after a transient failure, before any output."
    )
    retry_delay: Annotated[float, Field(ge=0, le=600)] = Field(
        1.0, description="Seconds before the first retry; doubles with each, with jitter."
    )
    max_retry_delay: Annotated[float, Field(ge=0, le=3_600)] = Field(
        120.0, description="The longest wait before a retry; a server that asks for more fails the run at once."
    )

    max_concurrent_requests: Annotated[int, Field(ge=0, le=10_000)] = Field(
        8, description="Requests in flight at once; a stream holds its place until it ends; 0: no limit."
    )
    requests_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        0, description="Requests sent per minute at most; 0: no limit."
    )
    tokens_per_minute: Annotated[int, Field(ge=0, le=1_000_000_000)] = Field(
        0, description="Tokens sent and received per minute at most, estimated before and counted after; 0: no limit."
    )
    max_queue_wait: _Seconds = Field(
        300.0, description="Seconds a request may wait for its turn before it fails with LocalLimitError."
    )
    breaker_threshold: Annotated[int, Field(ge=0, le=10_000)] = Field(
        8, description="Transient failures in a row that open the circuit of a key and model; 0: never."
    )
    breaker_cooldown: _Seconds = Field(30.0, description="Seconds an open circuit refuses before it tries again.")

    app_name: str | None = Field("OpenRouter Playground", description="Sent as X-OpenRouter-Title.")
    site_url: str | None = Field(None, description="Sent as HTTP-Referer, for OpenRouter's app rankings.")
    allow_http_hosts: tuple[str, ...] = Field(
        (), description="Hosts that may be used over plain http and without a key, separated by commas."
    )

    cache_responses: bool = Field(
        False, description="Answer an identical request again from memory, at no cost and marked as cached."
    )
    cache_ttl: Annotated[float, Field(gt=0, le=2_592_000)] = Field(
        3_600.0, description="Seconds such an answer is kept."
    )
    cache_max_mb: Annotated[int, Field(ge=1, le=100_000)] = Field(
        64, description="Megabytes all such answers may take; the least recently used go first."
    )
    server_cache: bool = Field(False, description="Ask OpenRouter to use its own response cache (beta).")
    server_cache_ttl: Annotated[int, Field(ge=1, le=86_400)] | None = Field(
        None, description="Seconds OpenRouter keeps an answer; unset: its default."
    )

    model_cache_ttl: Annotated[float, Field(ge=0, le=86_400)] = Field(
        300.0, description="Seconds the model list is kept before it is fetched again."
    )
    strict_model: bool = Field(False, description="Fail when another model served than the one asked for.")
    max_message_chars: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        1_000_000, description="The longest text a message may have, in characters."
    )
    validate_structured: bool = Field(True, description="Check JSON answers against their schema.")
    max_file_mb: Annotated[int, Field(ge=1, le=1_000)] = Field(
        20, description="The largest file that may be attached to a message, in megabytes."
    )
    max_files_mb: Annotated[int, Field(ge=1, le=1_000)] = Field(
        50, description="What all files of a message may have together, in megabytes."
    )
    allowed_tools: tuple[str, ...] | None = Field(
        None, description="Names of the only function tools that may be sent, separated by commas; unset: any."
    )

    redact: tuple[PersonalData, ...] = Field(
        (), description="Personal data to mask in logs and traces, beside keys: emails, phones, cards."
    )
    trace_content: bool = Field(False, description="Put prompts and answers into traces.")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigurationError(_sentence(error, values)) from None

    @field_validator("api_key", mode="before")
    @classmethod
    def _wrap_key(cls, value: Any) -> Any:
        if value is None:
            return Secret("")
        if not isinstance(value, str):
            raise ValueError("must be a text")
        key = value.reveal() if isinstance(value, Secret) else value
        key = key.strip()
        if not key.isascii() or re.search(r"[\s\x00-\x1f\x7f]", key):
            raise ValueError("must be one word of plain characters, such as sk-or-v1-…")
        return Secret(key)

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        url = urlsplit(value.strip())
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"must be an http(s) URL such as {DEFAULT_BASE_URL}")
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("must be a plain URL, without user, query or fragment")
        return value.strip().rstrip("/")

    @field_validator("model")
    @classmethod
    def _check_model(cls, value: str) -> str:
        return normalise_model(value)

    @field_validator("app_name", "site_url")
    @classmethod
    def _check_header(cls, value: str | None) -> str | None:
        if value is not None and _CONTROL.search(value):
            raise ValueError("must not hold control characters: it is sent as a header")
        return value

    @model_validator(mode="after")
    def _check_connection(self) -> OpenRouterConfig:
        if self.is_trusted_host:
            return self
        if self.base_url.startswith("http://"):
            host = urlsplit(self.base_url).hostname
            raise ValueError(f"base_url must be https, or {PREFIX}ALLOW_HTTP_HOSTS must list {host}")
        if not self.api_key:
            raise ValueError(f"api_key is missing: set {PREFIX}API_KEY (keys: https://openrouter.ai/settings/keys)")
        return self

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, self.shown_base_url if name == "base_url" else value

    @property
    def shown_base_url(self) -> str:
        """`base_url` as it may be shown: gateways take keys in the path."""
        return redact_text(self.base_url, self.api_key.reveal())

    @property
    def host(self) -> str:
        """The host of `base_url`, lower-case."""
        return (urlsplit(self.base_url).hostname or "").lower()

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return _is_loopback(self.host)

    @property
    def is_trusted_host(self) -> bool:
        """Whether plain http and a missing key are accepted: loopback, or a host the operator lists."""
        return self.is_loopback or self.host in {host.strip().lower() for host in self.allow_http_hosts}

    @property
    def is_openrouter(self) -> bool:
        """Whether the server is OpenRouter's own."""
        return self.host == "openrouter.ai" or self.host.endswith(".openrouter.ai")

    @property
    def is_openrouter_api(self) -> bool:
        """Whether the server answers as OpenRouter does: OpenRouter, the simulator, or whoever else has its path."""
        return self.is_openrouter or urlsplit(self.base_url).path.endswith("/api/v1")

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        dotenv_path: str | Path | None = ".env",
        secrets_path: str | Path | None = ".streamlit/secrets.toml",
        **overrides: Any,
    ) -> OpenRouterConfig:
        """Read the configuration from the environment, then `.env`, then `.streamlit/secrets.toml`.

        The first place that has a setting wins; blank means unset. `overrides` are fields that win over all.

        Raises:
            ConfigurationError: A value is wrong; the message names the variable, what it got and what it takes.
        """
        found = read_environment(environ, dotenv_path=dotenv_path, secrets_path=secrets_path)
        values: dict[str, Any] = {}
        parameters: dict[str, Any] = {}
        for setting in settings():
            if setting.variable not in found:
                continue
            value = setting.parse(found[setting.variable])
            (parameters if setting.is_parameter else values)[setting.field] = value
        if parameters:
            try:
                values["parameters"] = ModelParameters(**parameters)
            except ValidationError as error:
                raise ConfigurationError(_sentence(error, parameters)) from None
        return cls(**{**values, **overrides})


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, the field it fills, what it takes, its default, and what it does."""

    variable: str
    field: str
    takes: str
    default: str
    description: str
    is_parameter: bool
    adapter: TypeAdapter[Any]
    takes_list: bool
    takes_json: bool

    def parse(self, text: str) -> Any:
        """Return the value of a text from the environment.

        Raises:
            ConfigurationError: It is not of the setting's type or range.
        """
        value: Any = text
        if self.takes_list and not text.lstrip().startswith("["):
            value = [item.strip() for item in text.split(",") if item.strip()]
        elif (self.takes_json or self.takes_list) and text.lstrip()[:1] in ("{", "["):
            try:
                value = json.loads(text)
            except ValueError as error:
                raise ConfigurationError(f"{self.variable} must be JSON: {error}.") from None
        try:
            return self.adapter.validate_python(value)
        except ValidationError as error:
            reason = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            got = repr(Secret(text)) if self.field == "api_key" else repr(redact_text(text))
            # What is refused there is mostly a password.
            got = "" if self.field == "extra_headers" else f", got {got}"
            raise ConfigurationError(f"{self.variable} takes {self.takes}{got}: {reason}.") from None


@cache
def settings() -> tuple[Setting, ...]:
    """Return every setting that the environment may hold, in the order of the classes."""
    config = [_setting(name, field, False) for name, field in OpenRouterConfig.model_fields.items()]
    model = [_setting(name, field, True) for name, field in ModelParameters.model_fields.items()]
    return tuple(item for item in [*config, *model] if item.variable not in (f"{PREFIX}PARAMETERS",))


def _setting(name: str, field: Any, is_parameter: bool) -> Setting:
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    if name == "api_key":
        kind = str
    schema = _first_schema(TypeAdapter(kind).json_schema())
    default = field.get_default(call_default_factory=True)
    return Setting(
        variable=PREFIX + name.upper(),
        field=name,
        takes=_describe(name, schema, kind),
        default="" if default in (None, "", (), {}) or is_parameter else str(default),
        description=field.description or f"The parameter {name}, as OpenRouter documents it.",
        is_parameter=is_parameter,
        adapter=TypeAdapter(kind),
        takes_list=schema.get("type") == "array",
        takes_json=schema.get("type") in ("object", "array") or "properties" in schema or "$ref" in schema,
    )


def _first_schema(schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    arrays = [option for option in options if option.get("type") == "array"]
    return dict((arrays or options)[0])


def _describe(name: str, schema: dict[str, Any], kind: Any) -> str:
    """Say in words what a setting takes: "a number above 0 up to 86400"."""
    if name == "response_format":
        return "text, json_object, or a JSON object with json_schema"
    if choices := schema.get("enum") or [item for item in get_args(kind) if isinstance(item, str)]:
        return "one of " + ", ".join(map(str, choices))
    kinds = {
        "boolean": "true or false",
        "integer": "a whole number",
        "number": "a number",
        "array": "a list, separated by commas or as JSON",
        "object": "a JSON object",
    }
    words = kinds.get(schema.get("type", ""), "a text")
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high = schema.get("maximum")
    if low is not None:
        words += f" from {low:,}"
    if above is not None:
        words += f" above {above:,}"
    return words if high is None else f"{words} up to {high:,}"


def read_environment(
    environ: Mapping[str, str] | None = None,
    *,
    dotenv_path: str | Path | None = ".env",
    secrets_path: str | Path | None = ".streamlit/secrets.toml",
) -> dict[str, str]:
    """Return the settings found, by variable: environment before `.env` before `secrets.toml`, blanks left out.

    Only variables that begin with `OPENROUTER_` are looked at, and `DATABASE_URL`, as hosts name it.

    Raises:
        ConfigurationError: `.env` or `secrets.toml` cannot be read.
    """
    places = [os.environ if environ is None else environ, _read_dotenv(dotenv_path), _read_secrets(secrets_path)]
    found: dict[str, str] = {}
    for place in reversed(places):
        ours = {name: value for name, value in place.items() if name.startswith(PREFIX) or name == DATABASE_URL}
        found.update({name: value for name, value in ours.items() if value.strip()})
    return found


def _read_dotenv(path: str | Path | None) -> dict[str, str]:
    if path is None or not Path(path).is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value or "" for name, value in dotenv_values(path).items()}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error


def _read_secrets(path: str | Path | None) -> dict[str, str]:
    if path is None or not Path(path).is_file():
        return {}
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in table.items()}


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: ValidationError, values: Mapping[str, Any]) -> str:
    """Say what is wrong with the first wrong field; a key is never repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(step) for step in first["loc"]).removeprefix("parameters.")
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, [setting.field for setting in settings()], n=1)
        return f"There is no setting {redact_text(name)!r}{f'; did you mean {close[0]!r}?' if close else '.'}"
    if not name:
        return f"{reason}."
    given = values.get(str(first["loc"][0]))
    got = (
        f", got {redact_text(repr(given))}"
        if given is not None and name != "api_key" and first["loc"][1:] == ()
        else ""
    )
    return f"{name} ({PREFIX}{name.upper()}): {reason}{got}."
