"""The openai SDK, held at arm's length: connection, authentication and HTTP errors are its business, no more.

Retries are ours (the SDK's are off), the stream is read by us, and nothing from `OPENAI_*` in the environment is
sent: the SDK would add a key, an organisation, a project and custom headers from there to requests for any server.
"""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream, Omit

from service import errors
from service._version import __version__
from service.config import OpenRouterConfig
from service.errors import OpenRouterError
from service.headers import with_known_spelling
from service.redact import redact_text
from service.wire.faults import Fault, error_from_fault, error_from_response, read_fault
from service.wire.reading import decode_json

__all__ = ["Client", "Response", "translate"]

USER_AGENT = f"openrouter-playground/{__version__}"
MAX_LIST_BYTES = 64 * 1024 * 1024
"""No model list is larger; OpenRouter's has about one megabyte."""

MAX_REFUSAL_BYTES = 1024 * 1024
"""What is read of the body of an error: more words than that say no more."""

_IDLE_SECONDS_OPENROUTER = 30.0
_IDLE_SECONDS_ELSEWHERE = 4.0
"""How long an unused connection is kept. vLLM, LiteLLM and the simulator run on uvicorn, which closes it after 5: a
request that is sent at that very moment is lost."""


class _PlainOpenAI(AsyncOpenAI):
    """An `AsyncOpenAI` that sends only the headers it is given."""

    def __init__(self, *, headers: Mapping[str, str | Omit], **arguments: Any) -> None:
        self._own_headers = dict(headers)
        super().__init__(**arguments)

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        return self._own_headers


class Response:
    """A response whose headers have arrived and whose body is still to be read."""

    def __init__(self, raw: httpx2.Response) -> None:
        self._raw = raw
        self.status_code = raw.status_code
        self.generation_id: str | None = raw.headers.get("x-generation-id")
        self.is_from_cache = raw.headers.get("x-openrouter-cache-status", "").strip().upper() == "HIT"
        self.content_type: str = raw.headers.get("content-type", "").partition(";")[0].strip().lower()

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it comes.

        Raises:
            httpx2.HTTPError: The connection broke; `translate` turns it into ours.
        """
        return self._raw.aiter_bytes()

    async def read(self, limit: int) -> bytes:
        """Return the whole body.

        Raises:
            ProviderError: It has more than `limit` bytes.
        """
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                raise errors.ProviderError(
                    f"The server's answer is larger than {limit:,} bytes.",
                    status_code=self.status_code,
                    retryable=False,
                )
        return bytes(body)


class _Beginning(httpx2.AsyncByteStream):
    """The first bytes of a body."""

    def __init__(self, body: httpx2.AsyncByteStream, limit: int) -> None:
        self._body = body
        self._left = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk[: self._left]
            self._left -= len(chunk)
            if self._left <= 0:
                return

    async def aclose(self) -> None:
        await self._body.aclose()


async def _shorten_refusal(response: httpx2.Response) -> None:
    """Let no more of a refusal be read than is worth it: the SDK reads all there is."""
    if response.status_code >= 400 and isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Beginning(response.stream, MAX_REFUSAL_BYTES)


class Client:
    """One key's connection to the server of a configuration; safe to make anywhere, used on one event loop."""

    def __init__(self, config: OpenRouterConfig) -> None:
        self._key = config.api_key.reveal()
        self._base_url = config.base_url
        self._is_openrouter_api = config.is_openrouter_api
        self._no_key: dict[str, str | Omit] = {} if self._key else {"Authorization": Omit()}
        self._sdk = _PlainOpenAI(
            headers=_headers(config),
            # The SDK insists on a key; where there is none, each call leaves the header out again.
            api_key=self._key or "none",
            admin_api_key="",
            webhook_secret="",
            organization="",
            project="",
            base_url=config.base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(
                timeout=httpx2.Timeout(None, connect=config.connect_timeout),
                limits=_limits(config),
                # A proxy from the environment is for the outside, and certificates for https.
                trust_env=not config.is_loopback,
                verify=config.base_url.startswith("https:"),
                follow_redirects=False,
                event_hooks={"response": [_shorten_refusal]},
            ),
            timeout=httpx2.Timeout(None, connect=config.connect_timeout),
        )

    @asynccontextmanager
    async def chat(self, payload: dict[str, Any], headers: Mapping[str, str]) -> AsyncIterator[Response]:
        """Send a chat completion and yield the response once its headers are there; leaving closes the connection.

        Raises:
            OpenRouterError: The server answered 400 or above, or could not be reached.
        """
        try:
            # Not `chat.completions.create`: it walks through every message to rewrite it, half a millisecond each, on
            # the loop that all runs share. The payload is complete as it is.
            response = await self._sdk.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=payload,
                options={"headers": {**with_known_spelling(headers, self._sdk.default_headers), **self._no_key}},
                stream=True,
                stream_cls=AsyncStream[Any],
            )
            raw = cast(httpx2.Response, response)
            try:
                yield Response(raw)
            finally:
                await raw.aclose()
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._ours(error) from error

    async def get(self, path: str, query: Mapping[str, str] | None = None, *, timeout: float = 30.0) -> Any:
        """Return the JSON of a GET.

        Raises:
            OpenRouterError: The server answered 400 or above, not JSON, far too much, or could not be reached.
        """
        try:
            answered = await self._sdk.get(
                path,
                cast_to=httpx2.Response,
                options={"params": dict(query or {}), "timeout": timeout, "headers": self._no_key},
                stream=True,
                stream_cls=AsyncStream[Any],
            )
            raw = cast(httpx2.Response, answered)
            response = Response(raw)
            try:
                body = await response.read(MAX_LIST_BYTES)
            finally:
                await raw.aclose()
        except RuntimeError as error:
            if not self._sdk.is_closed():
                raise
            raise errors.ConfigurationError("The service is closed.", hint="Make a new OpenRouterService.") from error
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            ours = self._ours(error)
            if isinstance(ours, errors.ModelNotFoundError) and path.count("/") == 1 and not query:
                ours = self._no_address(path, ours)
            raise ours from error
        try:
            value = decode_json(body)
        except ValueError as error:
            raise errors.ProviderError(
                f"{self._base_url}{path} did not answer with JSON.", status_code=response.status_code
            ) from error
        if (fault := _fault_alone(value)) is not None:
            refusal = error_from_fault(fault, http_status=response.status_code, now=datetime.now(UTC))
            raise refusal.mask(self._key)
        return value

    async def close(self) -> None:
        """Close every connection."""
        await self._sdk.close()

    def _no_address(self, path: str, error: OpenRouterError) -> OpenRouterError:
        """Return the error of a fixed address, such as /key, that the server does not have."""
        return errors.UnsupportedFeatureError(
            f"{self._base_url}{path} does not exist.",
            code=error.code,
            provider_message=error.provider_message,
            status_code=error.status_code,
            hint="Servers other than OpenRouter do not have every address. If this one should have it, check "
            "OPENROUTER_BASE_URL, which mostly ends in /v1.",
        )

    def _ours(self, error: Exception) -> OpenRouterError:
        ours = translate(error, base_url=self._base_url, key=self._key).mask(self._key)
        if not self._is_openrouter_api:
            ours.of_other_server()
        _silence(error, self._key)
        return ours


def _fault_alone(value: Any) -> Fault | None:
    """Return the error that a body of 200 is, if it holds nothing else."""
    holds_more = isinstance(value, Mapping) and not {"data", "models"}.isdisjoint(value)
    return None if holds_more else read_fault(value)


def _silence(error: BaseException | None, key: str) -> None:
    """Take out of the SDK's errors, which stay on as causes and get into logs, what the server's answer may hold."""
    while error is not None:
        if isinstance(error, openai.APIStatusError):
            # Its words are the whole body, account id included; ours has what matters of it.
            error.args = (f"HTTP {error.status_code}",)
        else:
            error.args = tuple(redact_text(item, key) if isinstance(item, str) else item for item in error.args)
        error = error.__cause__


def translate(error: Exception, *, base_url: str = "", key: str = "") -> OpenRouterError:
    """Return our error for one of the SDK's or of httpx2's, most specific first."""
    if isinstance(error, openai.APIStatusError):
        response = error.response
        return error_from_response(response.status_code, response.headers, response.content, now=datetime.now(UTC))
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    words = redact_text(str(cause) or type(cause).__name__, key)
    if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return errors.RequestTimeoutError(f"No connection to {base_url} in time.", provider_message=words)
    if isinstance(cause, httpx2.TimeoutException | openai.APITimeoutError):
        return errors.RequestTimeoutError(f"{base_url} did not answer in time.", provider_message=words)
    if isinstance(cause, httpx2.ConnectError | httpx2.ProxyError):
        return errors.NetworkError(f"{base_url} could not be reached.", provider_message=words)
    if isinstance(cause, httpx2.UnsupportedProtocol | httpx2.InvalidURL | httpx2.LocalProtocolError):
        return errors.ConfigurationError(f"{base_url} cannot be used.", provider_message=words)
    if isinstance(cause, httpx2.DecodingError):
        return errors.ProviderError("The response could not be decoded.", provider_message=words)
    if isinstance(cause, httpx2.HTTPError | httpx2.StreamError | openai.APIConnectionError):
        return errors.NetworkError(f"The connection to {base_url} broke.", provider_message=words)
    return errors.ProviderError("The response could not be read.", provider_message=words)


def _limits(config: OpenRouterConfig) -> httpx2.Limits:
    seconds = _IDLE_SECONDS_OPENROUTER if config.is_openrouter else _IDLE_SECONDS_ELSEWHERE
    return httpx2.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=seconds)


def _headers(config: OpenRouterConfig) -> dict[str, str | Omit]:
    headers: dict[str, str | Omit] = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
    }
    for name, value in (("X-OpenRouter-Title", config.app_name), ("HTTP-Referer", config.site_url)):
        if value and (plain := _ascii(value)):
            headers[name] = plain
    return headers


def _ascii(text: str) -> str:
    """Return a header value: HTTP/1.1 takes ASCII alone, so accents go and other letters are left out."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip()
