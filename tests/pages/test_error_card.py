"""How an error looks: our sentence, the provider's words, the next step, and what support needs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.actions import ChooseModel, DropParameter, LowerMaxTokens, OpenSettings, Retry
from pages.parts.error_steps import ErrorStep, details, next_steps, seconds_left
from pages.parts.plain import literal
from service import errors
from service.errors import ErrorContext, OpenRouterError
from tests.support import KEY, ask

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def page() -> None:
    """Show the error a test put there, and note what was asked for."""
    import streamlit as st

    from pages.parts.error_card import show_error

    state = st.session_state
    state["action"] = show_error(state["error"], key="e", can_retry=state["can_retry"])


def show(error: OpenRouterError, *, can_retry: bool = True) -> AppTest:
    at = AppTest.from_function(page, default_timeout=30)
    at.session_state["error"], at.session_state["can_retry"] = error, can_retry
    at.run()
    assert not at.exception
    return at


@pytest.fixture
def failed(make_service: Callable[..., Any]) -> Callable[..., OpenRouterError]:
    """Return `failed(model, **fields)`: the error of that request, sent once."""
    service = make_service(max_retries=0)

    def failed(model: str, **fields: Any) -> OpenRouterError:
        run = service.start(ask(model, **fields))
        assert run.join(20)
        assert run.error is not None
        return run.error

    return failed


@pytest.mark.parametrize(
    ("model", "fields", "steps"),
    [
        ("sim/out-of-credits", {}, [OpenSettings()]),
        ("sim/out-of-credits:kind=max-tokens", {}, [LowerMaxTokens(100), OpenSettings()]),
        ("sim/out-of-credits:kind=max-tokens", {"max_tokens": 90}, [OpenSettings()]),
        ("sim/rate-limited", {}, [Retry(), ChooseModel()]),
        ("sim/provider-error", {}, [Retry(), ChooseModel()]),
        ("sim/error-mid-stream", {}, [Retry()]),
        ("sim/moderation", {}, [ChooseModel()]),
        ("sim/context-too-long", {}, [ChooseModel()]),
        ("sim/context-too-long", {"max_tokens": 500}, [ChooseModel()]),
        ("sim/ecko", {}, [ChooseModel()]),
    ],
)
def test_each_error_offers_its_next_step(
    failed: Callable[..., OpenRouterError], model: str, fields: dict[str, Any], steps: list[ErrorStep]
) -> None:
    """As the simulator's errors come over the wire, in OpenRouter's words."""
    assert next_steps(failed(model, **fields)) == steps


def test_a_wrong_key_leads_to_the_settings(make_service: Callable[..., Any]) -> None:
    run = make_service(api_key="sk-or-v1-bad000000").start(ask())
    assert run.join(20)
    assert next_steps(run.error) == [OpenSettings()]


@pytest.mark.parametrize(
    ("words", "payload", "steps"),
    [
        ("Unsupported parameter: 'temperature'.", {"temperature": 1.0, "top_p": 1.0}, [DropParameter("temperature")]),
        ("top_logprobs needs more.", {"logprobs": True, "top_logprobs": 2}, [DropParameter("top_logprobs")]),
        ("temperature is not taken.", {"seed": 1}, []),
        ("messages: too many; the model", {"messages": [], "model": "a/b"}, []),
    ],
)
def test_a_field_that_is_named_can_be_dropped(words: str, payload: dict[str, Any], steps: list[ErrorStep]) -> None:
    """Only one that was sent, and never what a request cannot do without."""
    error = errors.InvalidRequestError("No.", provider_message=words, context=ErrorContext(payload=payload))
    assert next_steps(error) == steps


def test_max_tokens_are_lowered_to_what_the_context_leaves() -> None:
    """Where the prompt alone is not too long, and more was asked for than is left."""
    words = "maximum context length is 1000 tokens. However, you requested about 1300 tokens (800 of text input, …)."
    error = errors.ContextLengthError(
        "Too long.", provider_message=words, context=ErrorContext(payload={"max_tokens": 500})
    )
    assert next_steps(error) == [LowerMaxTokens(200), ChooseModel()]
    assert next_steps(error, can_retry=False) == [ChooseModel()]


@pytest.mark.parametrize(
    ("retry_after", "passed", "left"), [(30.0, 10, 20.0), (30.0, 40, 0.0), (30.0, None, 30.0), (None, 0, 0.0)]
)
def test_a_wait_counts_from_the_failure(retry_after: float | None, passed: int | None, left: float) -> None:
    """Whoever comes back later waits less; a clock that went back makes nobody wait longer."""
    error = errors.RateLimitError("Slow down.", retry_after=retry_after)
    failed_at = None if passed is None else NOW - timedelta(seconds=passed)
    assert seconds_left(error, failed_at, NOW) == left
    assert seconds_left(error, NOW + timedelta(hours=1), NOW) == (retry_after or 0.0)


def test_the_card_holds_sentence_words_hint_and_details(failed: Callable[..., OpenRouterError]) -> None:
    """Our sentence is bold, the provider's stand verbatim as plain text."""
    error = failed("sim/moderation")
    at = show(error)
    assert at.error[0].value == f"**{literal(error.message)}**\n\n{literal(error.hint)}"
    assert at.text[0].value == error.provider_message
    assert at.expander[0].label == "Details"
    assert error.context.correlation_id in at.expander[0].code[0].value


def test_words_that_look_like_markdown_stay_text() -> None:
    """A picture or a link in a provider's words is neither loaded nor offered."""
    words = "See ![x](https://evil.example/a.png) and :red[this]."
    at = show(errors.ProviderError("The provider failed ![x](https://evil.example).", provider_message=words))
    assert at.text[0].value == words
    assert "\\!\\[x\\]" in at.error[0].value
    assert not any("evil.example/a.png" in element.value for element in (*at.markdown, *at.caption, *at.error))


@pytest.mark.parametrize(
    ("error", "key", "action"),
    [
        (errors.ProviderError("Failed."), "e.Retry", Retry()),
        (errors.ModerationError("Flagged."), "e.ChooseModel", ChooseModel()),
        (errors.AuthenticationError("Unknown key."), "e.OpenSettings", OpenSettings()),
    ],
)
def test_a_button_hands_its_step_to_the_page(error: OpenRouterError, key: str, action: ErrorStep) -> None:
    at = show(error)
    assert at.session_state["action"] is None
    at.button(key=key).click().run()
    assert at.session_state["action"] == action


def test_a_wait_is_counted_by_the_browser() -> None:
    """With a Retry-After, Retry is the component that counts down; the plain button is not there."""
    at = show(errors.RateLimitError("Slow down.", retry_after=30.0))
    assert [button.label for button in at.button] == ["Choose another model"]
    assert len(at.get("bidi_component")) == 1


def test_an_old_turn_offers_no_retry() -> None:
    at = show(errors.ProviderError("Failed."), can_retry=False)
    assert [button.label for button in at.button] == ["Choose another model"]


def test_details_are_for_support_and_hold_no_secret() -> None:
    """Every line has a value; a key is masked and the payload, with whatever it holds, stays out."""
    context = ErrorContext("gen-1", "c0ffee", "a/b", 3, 2.5, {"user_id": "user_1", "prompt": "private"})
    error = errors.ProviderError(f"Failed with {KEY}.", code="502", status_code=502, provider="P", context=context)
    assert details(error).splitlines() == [
        "Error: ProviderError",
        f"Message: Failed with …{KEY[-4:]}.",
        "Code: 502",
        "HTTP status: 502",
        "Provider: P",
        "Model: a/b",
        "Request id: gen-1",
        "Correlation id: c0ffee",
        "Attempts: 3",
        "Seconds: 2.5",
    ]
