"""Extra headers: they arrive beside the body, keys are not among them, and they make a request another one."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from service import ConfigurationError, InvalidRequestError, ModelParameters, OpenRouterConfig, OpenRouterService
from service.headers import may_name_secret, with_known_spelling
from service.simulator import Simulator
from tests.support import KEY, ask, failing

MakeService = Callable[..., OpenRouterService]
SECRET = "hunter2-hunter2"


def arrived(sim: Simulator) -> dict[str, str]:
    return sim.chat_requests[-1].headers


def with_headers(**headers: str) -> Any:
    return ask(extra_headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_they_go_along_with_every_attempt_and_not_in_the_body(service: OpenRouterService, sim: Simulator) -> None:
    """A retry is the same request."""
    sim.script(*failing(1))
    service.chat(with_headers(X_Team="blue", x_session_id="s-1"))
    sent = [(request.headers.get("x-team"), request.headers.get("x-session-id")) for request in sim.chat_requests]
    assert sent == [("blue", "s-1")] * 2
    assert arrived(sim)["authorization"] == f"Bearer {KEY}"
    assert sorted(sim.chat_requests[-1].body) == ["messages", "model", "stream"]


def test_those_of_the_settings_are_filled_up_name_by_name(make_service: MakeService, sim: Simulator) -> None:
    """Capitals make no other header; other requests than chats do without."""
    configured = ModelParameters(extra_headers={"X-Team": "blue", "X-Stage": "test"})
    service = make_service(parameters=configured)
    service.chat(with_headers(x_team="red"))
    assert (arrived(sim)["x-team"], arrived(sim)["x-stage"]) == ("red", "test")
    service.health()
    assert "x-stage" not in sim.requests[-1].headers


@pytest.mark.parametrize("name", ["http-referer", "X-OpenRouter-Title", "x-title"])
def test_who_asks_may_be_told_otherwise(make_service: MakeService, sim: Simulator, name: str) -> None:
    """It takes the place of what the settings say, and does not stand beside it."""
    service = make_service(app_name="Playground", site_url="https://example.com")
    service.chat(ask(extra_headers={name: "https://other.example"}))
    shown = [arrived(sim).get("http-referer"), arrived(sim).get("x-openrouter-title")]
    told = {"http-referer": 0}.get(name, 1)
    assert shown[told] == "https://other.example"
    assert shown[1 - told] == ["https://example.com", "Playground"][1 - told]
    assert "x-title" not in arrived(sim)


def test_a_header_is_spelled_as_the_one_it_replaces() -> None:
    """Two that differ in capitals would both be sent."""
    known = {"HTTP-Referer": "https://example.com", "X-OpenRouter-Title": "Playground"}
    spelled = with_known_spelling({"http-referer": "a", "X-Title": "b", "x-team": "c"}, known)
    assert spelled == {"HTTP-Referer": "a", "X-OpenRouter-Title": "b", "x-team": "c"}


def test_openrouters_cache_may_be_asked_for_and_is_renewed(make_service: MakeService, sim: Simulator) -> None:
    """Whoever wants a new answer gets one, whatever asked for the cache."""
    service = make_service(server_cache=True)
    service.chat(with_headers(x_openrouter_cache="false"), fresh=True)
    assert arrived(sim)["x-openrouter-cache"] == "false"
    assert "x-openrouter-cache-clear" not in arrived(sim)
    other = make_service()
    asked = with_headers(x_openrouter_cache="true", X_OpenRouter_Cache_TTL="60")
    assert [other.chat(asked).cache for _ in range(2)] == [None, "server"]
    assert other.chat(asked, fresh=True).cache is None
    assert (arrived(sim)["x-openrouter-cache-clear"], arrived(sim)["x-openrouter-cache-ttl"]) == ("true", "60")


def test_other_headers_make_it_another_request_for_the_response_cache(make_service: MakeService) -> None:
    """They may change the answer."""
    service = make_service(cache_responses=True)
    asked = [with_headers(X_Team="blue"), with_headers(x_team="blue"), with_headers(X_Team="red"), ask()]
    assert [service.chat(request).cache for request in asked] == [None, "local", None, None]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Authorization", "a key belongs in OPENROUTER_API_KEY or under Connection"),
        ("proxy-authorization", "a key belongs in"),
        ("X-Api-Key", "a key belongs in"),
        ("Helicone-Auth", "a key belongs in"),
        ("CF-Access-Client-Secret", "a key belongs in"),
        ("X-Access-Token", "a key belongs in"),
        ("XApiKey", "a key belongs in"),
        ("Cookie", "a key belongs in"),
        ("Host", "the connection sets this header itself"),
        ("content-length", "the connection sets this header itself"),
        ("Content-Type", "the connection sets this header itself"),
        ("Transfer-Encoding", "the connection sets this header itself"),
        ("Connection", "the connection sets this header itself"),
        ("Accept-Encoding", "the connection sets this header itself"),
        ("User-Agent", "this app sets this header itself"),
        ("X-Correlation-Id", "this app sets this header itself"),
        ("X Team", "'X Team': a header's name has letters"),
        ("X-Team:", "no blanks"),
        ("", "no blanks"),
    ],
)
def test_what_must_not_be_an_extra_header_is_refused_with_what_to_do(name: str, said: str) -> None:
    """The sentence does not repeat the value: it is mostly a password."""
    with pytest.raises(ValidationError) as error:
        ModelParameters(extra_headers={name: SECRET})
    assert said in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\r\nX-Other: b", "one line of plain letters"),
        ("naïve", "one line of plain letters"),
        (" a", "one line of plain letters"),
        ("", "one line of plain letters"),
        ("x" * 2_001, "may have 2,000 characters, got 2,001"),
        (60, "X-Team: the value must be a text; put it in double quotes"),
        (None, "X-Team: the value must be a text; put it in double quotes"),
        (KEY, "looks like an OpenRouter key"),
        ("Bearer abcdefgh12345", "looks like a key or a password"),
        ("https://me:pass@example.com", "looks like a key or a password"),
        ("ghp_" + "a1" * 20, "looks like a GitHub token"),
    ],
)
def test_a_value_that_cannot_or_must_not_be_sent_is_refused(value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        ModelParameters(extra_headers={"X-Team": value})
    assert said in str(error.value)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-Team": "a", "x-team": "b"}, "stands there twice"),
        ({f"X-{number}": "a" for number in range(33)}, "may be 32 at most, got 33"),
        (["X-Team"], "an object of names and texts"),
    ],
)
def test_headers_that_do_not_go_together_are_refused(headers: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelParameters(extra_headers=headers)


def test_the_service_s_own_key_is_not_sent_whatever_it_looks_like(make_service: MakeService, sim: Simulator) -> None:
    """A local server takes any word for a key."""
    service = make_service(api_key=SECRET)
    with pytest.raises(InvalidRequestError, match="holds the key of this service") as error:
        service.chat(with_headers(X_Team=f"team {SECRET}"))
    assert SECRET not in str(error.value)
    assert not sim.chat_requests


def test_they_are_a_setting_too() -> None:
    """What is wrong with it is said without repeating what stands there."""
    environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_EXTRA_HEADERS": '{"X-Team": "blue"}'}

    def configured(text: str) -> OpenRouterConfig:
        variables = environ | {"OPENROUTER_EXTRA_HEADERS": text}
        return OpenRouterConfig.from_env(variables, dotenv_path=None, secrets_path=None)

    assert configured('{"X-Team": "blue"}').parameters.extra_headers == {"X-Team": "blue"}
    for wrong in (f'{{"X-Api-Key": "{SECRET}"}}', f"X-Team: {SECRET}", f'{{"X-Team": {SECRET}}}'):
        with pytest.raises(ConfigurationError, match="OPENROUTER_EXTRA_HEADERS") as error:
            configured(wrong)
        assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [
        ('{"X-Team": "blue", "x-session', False),
        ('{"Idempotency-Key": "a', False),
        ('{"X-Title": "see https://example.com"', False),
        ('{"X-Api-Key": "hun', True),
        ("Authorization: Basic aHVudGVy", True),
        ('{"X-Team": "Bearer abcdefgh123"', True),
        (f'{{"X-Team": "{KEY}', True),
    ],
)
def test_half_typed_headers_are_known_to_hold_a_key(text: str, is_secret: bool) -> None:
    """So that what is typed is kept, and a key is not."""
    assert may_name_secret(text) is is_secret
