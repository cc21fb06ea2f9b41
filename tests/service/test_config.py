"""The configuration: where it is read from, what it refuses, and what it never shows."""

import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from service import ConfigurationError, ModelParameters, OpenRouterConfig, ResponseFormat
from service.config import DEFAULT_BASE_URL, DEFAULT_MODEL, read_environment, settings
from tests.support import KEY, OTHER_KEY

Write = Callable[..., None]
LOCAL = "http://127.0.0.1:8080/v1"


@pytest.fixture
def write(empty_folder: Path) -> Write:
    """Return `write(env=…, secrets=…)`, which writes .env and .streamlit/secrets.toml into the working folder."""

    def write_(*, env: str | bytes = "", secrets: str | bytes = "") -> None:
        (empty_folder / ".streamlit").mkdir(exist_ok=True)
        for path, text in ((".env", env), (".streamlit/secrets.toml", secrets)):
            (empty_folder / path).write_bytes(text.encode() if isinstance(text, str) else text)

    return write_


def from_env(**environ: str) -> OpenRouterConfig:
    """Read these variables, their names without OPENROUTER_; the key is there unless it is among them."""
    named = {f"OPENROUTER_{name}": value for name, value in ({"API_KEY": KEY} | environ).items()}
    return OpenRouterConfig.from_env(named)


def test_nothing_of_this_machine_is_found() -> None:
    """The tests see neither the developer's environment nor the files beside the code."""
    assert read_environment() == {}
    with pytest.raises(ConfigurationError, match="api_key is missing: set OPENROUTER_API_KEY"):
        OpenRouterConfig.from_env()


def test_the_environment_comes_before_dotenv_and_dotenv_before_secrets(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each place says three things, and the first that says one wins."""
    lines = [f"OPENROUTER_{name}={{0}}" for name in ("APP_NAME", "MODEL", "SITE_URL")]
    write(
        env=f"OPENROUTER_API_KEY={KEY}\n" + "\n".join(lines[:2]).format("vendor/dotenv"),
        secrets="\n".join(line.replace("={0}", ' = "vendor/secrets"') for line in lines),
    )
    monkeypatch.setenv("OPENROUTER_APP_NAME", "vendor/environment")
    config = OpenRouterConfig.from_env()
    assert (config.app_name, config.model, config.site_url) == ("vendor/environment", "vendor/dotenv", "vendor/secrets")


def test_blank_means_unset_in_every_place(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank line hides nothing that stands further down, and a default stays a default."""
    write(
        env="OPENROUTER_API_KEY=\nOPENROUTER_MODEL=' '\nOPENROUTER_TIMEOUT=\nOPENROUTER_SITE_URL\n"
        f"OPENROUTER_BASE_URL={LOCAL}",
        secrets=f'OPENROUTER_API_KEY = "{KEY}"\nOPENROUTER_MODEL = ""',
    )
    monkeypatch.setenv("OPENROUTER_BASE_URL", "  ")
    config = OpenRouterConfig.from_env()
    assert (config.api_key, config.model, config.base_url) == (KEY, DEFAULT_MODEL, LOCAL)
    assert (config.timeout, config.site_url) == (60.0, None)


def test_secrets_toml_may_use_its_own_types(write: Write) -> None:
    """Numbers, booleans and lists need no quotes; tables that belong to others are left alone."""
    write(
        secrets=f"""
OPENROUTER_API_KEY = "{KEY}"
OPENROUTER_TIMEOUT = 12.5
OPENROUTER_STRICT_MODEL = true
OPENROUTER_ALLOWED_TOOLS = ["search", "fetch"]
OPENROUTER_RESPONSE_FORMAT = {{ type = "json_object" }}
[auth]
cookie_secret = "x"
"""
    )
    config = OpenRouterConfig.from_env()
    assert (config.timeout, config.strict_model, config.allowed_tools) == (12.5, True, ("search", "fetch"))
    assert config.response_format == ResponseFormat.json_object()


@pytest.mark.parametrize(
    ("place", "text"),
    [("env", b"\xff\xfeO\x00"), ("secrets", b"OPENROUTER_API_KEY = "), ("secrets", b"\xff\xfe\x00")],
    ids=[".env in UTF-16", "half a secrets.toml", "secrets.toml in UTF-16"],
)
def test_a_file_that_cannot_be_read_is_named(write: Write, place: str, text: bytes) -> None:
    """It is not silently left out."""
    write(**{place: text})
    name = {"env": r"^\.env", "secrets": r"^\.streamlit/secrets\.toml"}[place]
    with pytest.raises(ConfigurationError, match=f"{name} cannot be read"):
        OpenRouterConfig.from_env()


def test_overrides_win_over_all() -> None:
    """What code says counts more than what stands around it."""
    config = OpenRouterConfig.from_env({"OPENROUTER_API_KEY": KEY, "OPENROUTER_MODEL": "a/b"}, model="c/d")
    assert (config.model, config.api_key) == ("c/d", KEY)


def test_nothing_of_openais_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key would go to whatever address is configured."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", LOCAL)
    with pytest.raises(ConfigurationError, match="api_key is missing"):
        OpenRouterConfig.from_env()


def test_texts_become_values() -> None:
    """Lists by commas or as JSON, booleans in the usual words, parameters under their own names."""
    config = from_env(
        ALLOWED_TOOLS=" search , fetch,",
        STRICT_MODEL="yes",
        VALIDATE_STRUCTURED="0",
        MAX_RETRIES="7",
        TEMPERATURE="0.25",
        STOP='["END", "STOP"]',
        MODELS="a/b, c/d",
        PROVIDER='{"order": ["x"]}',
        REASONING_EFFORT="low",
        RESPONSE_FORMAT='{"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}',
        MODEL="openrouter/vendor/model",
        BASE_URL="https://eu.openrouter.ai/api/v1/",
    )
    assert (config.allowed_tools, config.strict_model, config.validate_structured) == (("search", "fetch"), True, False)
    assert (config.max_retries, config.model, config.base_url) == (7, "vendor/model", "https://eu.openrouter.ai/api/v1")
    assert config.parameters == ModelParameters(
        temperature=0.25, stop=("END", "STOP"), models=("a/b", "c/d"), provider={"order": ["x"]}, reasoning_effort="low"
    )
    assert config.response_format is not None
    assert config.response_format.schema_body == {"type": "object"}


def test_every_default_is_what_its_own_text_means() -> None:
    """What docs and .env.example show as the default may be set and changes nothing."""
    config = OpenRouterConfig(api_key=KEY)
    for setting in settings():
        if setting.default:
            assert (setting.variable, setting.parse(setting.default)) == (
                setting.variable,
                getattr(config, setting.field),
            )


def test_every_setting_has_a_variable_of_its_own() -> None:
    """Fields of the configuration and parameters alike; only `parameters` itself is spread out."""
    names = [setting.variable for setting in settings()]
    fields = {*OpenRouterConfig.model_fields, *ModelParameters.model_fields} - {"parameters"}
    assert sorted(names) == sorted(f"OPENROUTER_{name.upper()}" for name in fields)


WRONG = [
    ("TIMEOUT", "soon", "a number above 0 up to 86,400"),
    ("TIMEOUT", "0", "a number above 0 up to 86,400"),
    ("TIMEOUT", "nan", "a number above 0 up to 86,400"),
    ("TIMEOUT", "inf", "a number above 0 up to 86,400"),
    ("FIRST_EVENT_TIMEOUT", "-1", "a number above 0 up to 86,400"),
    ("MAX_RETRIES", "21", "a whole number from 0 up to 20"),
    ("MAX_RETRIES", "1.5", "a whole number from 0 up to 20"),
    ("RETRY_DELAY", "-0.1", "a number from 0 up to 600"),
    ("MAX_CONCURRENT_REQUESTS", "-1", "a whole number from 0 up to 10,000"),
    ("REQUESTS_PER_MINUTE", "-1", "a whole number from 0 up to 1,000,000"),
    ("BREAKER_COOLDOWN", "0", "a number above 0 up to 86,400"),
    ("MODEL_CACHE_TTL", "100000", "a number from 0 up to 86,400"),
    ("MAX_MESSAGE_CHARS", "0", "a whole number from 1 up to 100,000,000"),
    ("STRICT_MODEL", "maybe", "true or false"),
    ("TEMPERATURE", "2.1", "a number from 0 up to 2"),
    ("TOP_P", "1.5", "a number from 0 up to 1"),
    ("FREQUENCY_PENALTY", "-3", "a number from -2 up to 2"),
    ("MAX_TOKENS", "0", "a whole number from 1"),
    ("SEED", "x", "a whole number"),
    ("REASONING_EFFORT", "huge", "one of max, xhigh, high, medium, low, minimal, none"),
    ("VERBOSITY", "loud", "one of low, medium, high, xhigh, max"),
    ("RESPONSE_FORMAT", "xml", "text, json_object, or a JSON object with json_schema"),
    ("PROVIDER", "fast", "a JSON object"),
]


@pytest.mark.parametrize(("name", "got", "takes"), WRONG)
def test_a_wrong_value_is_refused_with_its_name_what_it_got_and_what_it_takes(name: str, got: str, takes: str) -> None:
    """Whoever reads it knows which line to change, and into what."""
    with pytest.raises(ConfigurationError) as caught:
        from_env(**{name: got})
    assert caught.value.message.startswith(f"OPENROUTER_{name} takes {takes}, got '{got}': ")
    assert "docs/configuration.md" in caught.value.hint


def test_broken_json_is_told_apart_from_a_wrong_value() -> None:
    """The message says where it breaks."""
    with pytest.raises(ConfigurationError, match=r"^OPENROUTER_PROVIDER must be JSON: .*column 10"):
        from_env(PROVIDER='{"order":')


def test_a_wrong_parameter_in_code_is_named_by_its_own_variable() -> None:
    """Parameters have no common one."""
    with pytest.raises(
        ConfigurationError, match=r"^temperature \(OPENROUTER_TEMPERATURE\): .* less than or equal to 2"
    ):
        OpenRouterConfig(api_key=KEY, parameters={"temperature": 3})


def test_settings_that_contradict_each_other_are_refused() -> None:
    """Each is right by itself."""
    with pytest.raises(ConfigurationError, match=r"reasoning_effort and reasoning\.effort differ"):
        from_env(REASONING='{"effort": "high"}', REASONING_EFFORT="low")


REFUSED_URLS = [
    ("openrouter.ai/api/v1", "must be an http(s) URL such as https://openrouter.ai/api/v1"),
    ("ftp://openrouter.ai", "must be an http(s) URL"),
    ("https://", "must be an http(s) URL"),
    ("https://user:secret@example.org/v1", "without user, query or fragment"),
    ("https://example.org/v1?key=1", "without user, query or fragment"),
    ("http://example.org/v1", "base_url must be https, or OPENROUTER_ALLOW_HTTP_HOSTS must list example.org"),
    ("http://0.0.0.0:8080/v1", "base_url must be https, or OPENROUTER_ALLOW_HTTP_HOSTS must list 0.0.0.0"),
    ("http://localhost.example.org/v1", "must be https"),
    ("http://127.0.0.1.example.org/v1", "must be https"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED_URLS)
def test_an_address_that_would_carry_the_key_in_the_clear_is_refused(url: str, reason: str) -> None:
    """Https, except on this machine and where the operator said so."""
    with pytest.raises(ConfigurationError) as caught:
        from_env(BASE_URL=url)
    assert reason in caught.value.message


LOCAL_URLS = [LOCAL, "http://localhost:11434/v1", "http://[::1]:1234/v1", "http://127.8.9.10/v1", "http://LOCALHOST/v1"]


@pytest.mark.parametrize("url", LOCAL_URLS)
def test_this_machine_needs_neither_https_nor_a_key(url: str) -> None:
    """Ollama, llama.cpp and the like."""
    config = from_env(BASE_URL=url, API_KEY="")
    assert (config.is_loopback, config.api_key, config.is_openrouter) == (True, "", False)


def test_a_host_that_the_operator_lists_needs_neither(write: Write) -> None:
    """Several, separated by commas, in any case; no other host gains from it."""
    config = from_env(BASE_URL="http://Ollama:11434/v1", ALLOW_HTTP_HOSTS="gpu-box, ollama", API_KEY="")
    assert (config.is_trusted_host, config.is_loopback, config.host) == (True, False, "ollama")
    with pytest.raises(ConfigurationError, match="must list other"):
        from_env(BASE_URL="http://other:11434/v1", ALLOW_HTTP_HOSTS="gpu-box, ollama")


@pytest.mark.parametrize(
    ("url", "is_openrouter"),
    [
        (DEFAULT_BASE_URL, True),
        ("https://eu.openrouter.ai/api/v1", True),
        ("https://OPENROUTER.AI/api/v1", True),
        ("https://evil-openrouter.ai/api/v1", False),
        ("https://openrouter.ai.example.org/api/v1", False),
    ],
)
def test_openrouter_is_known_by_its_host(url: str, is_openrouter: bool) -> None:
    """And a look-alike is not taken for it."""
    assert from_env(BASE_URL=url).is_openrouter is is_openrouter


@pytest.mark.parametrize("name", ["APP_NAME", "SITE_URL"])
@pytest.mark.parametrize("text", ["My\nApp", "My\r\nX-Evil: 1", "My\x00App", "My\x7fApp"])
def test_control_characters_do_not_get_into_headers(name: str, text: str) -> None:
    """A line break there would be a header of somebody else's making."""
    with pytest.raises(ConfigurationError, match="must not hold control characters"):
        from_env(**{name: text})


@pytest.mark.parametrize("key", [f"{KEY}\nX-Evil: 1", f"{KEY} {KEY}", f"{KEY}é", f"{KEY}\x00"])
def test_a_key_that_is_not_one_plain_word_is_refused_and_not_repeated(key: str) -> None:
    """The message says what a key looks like."""
    with pytest.raises(ConfigurationError, match="must be one word of plain characters") as caught:
        OpenRouterConfig(api_key=key)
    assert KEY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_a_key_loses_the_white_space_around_it() -> None:
    """Copying often takes a line break along."""
    assert OpenRouterConfig(api_key=f" {KEY}\n").api_key.reveal() == KEY


def test_a_key_in_the_wrong_place_is_masked_in_the_message() -> None:
    """Pasted as the model, the timeout or the address, it is still a key."""
    for name in ("TIMEOUT", "BASE_URL", "STRICT_MODEL", "REASONING_EFFORT", "PROVIDER", "RESPONSE_FORMAT"):
        with pytest.raises(ConfigurationError) as caught:
            from_env(**{name: OTHER_KEY})
        assert (name, OTHER_KEY in f"{caught.value} {caught.value!r}") == (name, False)


def test_a_configuration_cannot_be_changed() -> None:
    """Runs in flight rely on it."""
    config = OpenRouterConfig(api_key=KEY)
    with pytest.raises(ValidationError):
        config.timeout = 1.0  # type: ignore[misc]
    with pytest.raises(ValidationError):
        config.parameters.temperature = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("values", [{"timeout": "soon"}, {"base_url": 1}, {"api_key": 1}], ids=str)
def test_a_wrong_argument_is_a_configuration_error_too(values: dict[str, Any]) -> None:
    """Named like the variable, so that one message serves both."""
    (name,) = values
    with pytest.raises(ConfigurationError, match=rf"^{name} \(OPENROUTER_{name.upper()}\): "):
        OpenRouterConfig(**({"api_key": KEY} | values))


def test_a_setting_that_does_not_exist_is_said() -> None:
    """With the one that was probably meant."""
    with pytest.raises(ConfigurationError, match=r"^There is no setting 'timeot'; did you mean 'timeout'\?$"):
        OpenRouterConfig(api_key=KEY, timeot=1)


SHOWN: dict[str, Callable[[OpenRouterConfig], object]] = {
    "repr": repr,
    "str": str,
    "format": lambda config: f"{config} {config.api_key} {config.api_key:>80}",
    "model_dump": lambda config: config.model_dump(),
    "model_dump_json": lambda config: config.model_dump_json(),
    "vars": vars,
    "model_copy": lambda config: config.model_copy(update={"timeout": 1.0}),
    "key in a list": lambda config: [config.api_key],
    "logging": lambda config: logging.LogRecord("x", 0, "x", 0, "%s %r", (config.api_key, config), None).getMessage(),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_the_key_is_never_shown(show: Callable[[OpenRouterConfig], object]) -> None:
    """Only its last four characters are."""
    shown = repr(show(OpenRouterConfig(api_key=KEY)))
    assert KEY not in shown
    assert KEY[-12:] not in shown
    assert "…cdef" in shown or "\\u2026cdef" in shown


def test_a_key_survives_what_copies_a_configuration() -> None:
    """The mask is for showing; a copy still works."""
    config = OpenRouterConfig(api_key=KEY)
    assert pickle.loads(pickle.dumps(config)).api_key.reveal() == KEY
    assert OpenRouterConfig(**dict(config)).api_key.reveal() == KEY
    assert config.model_copy(deep=True).api_key.reveal() == KEY
