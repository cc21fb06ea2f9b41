"""The providers of a model without a browser: shown, taken into account before sending, chosen by name."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.estimate import estimate_line
from pages.parts.model_providers import listed_names
from pages.parts.provider_inputs import slugs_in
from pages.parts.providers_view import endpoint_lines
from service import CostEstimate, EndpointInfo, ModelNotFoundError, ProviderError
from service.simulator import Reply, Simulator
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import new_session, say
from tests.pages.test_advanced import name_providers
from tests.pages.test_schema_editor import FORMAT, write_json
from tests.pages.test_tools import WEATHER, opened
from tests.support import refusing

MANY = "deepseek/deepseek-chat"
UNFORCED = "moonshotai/kimi-k2"
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}}


@pytest.fixture(autouse=True)
def _settings(settings: pytest.MonkeyPatch) -> None:
    """Every page here is served by the simulator."""
    settings.setenv("OPENROUTER_MODEL", MANY)


def told(model: str = MANY) -> None:
    """Let the service know a model's providers before the page looks."""
    backend().service.list_endpoints(model)


def page(**state: Any) -> AppTest:
    """Return the chat page before its first run, with inputs that say something already."""
    chat = new_session()
    for name, value in state.items():
        chat.session_state[f"chat.{name}"] = value
    return chat


def captions(chat: AppTest) -> list[str]:
    return [caption.value for caption in chat.caption]


def said(chat: AppTest, beginning: str) -> str:
    """Return the one caption that begins so, icon aside."""
    found = [text for text in captions(chat) if text.partition(": ")[2].startswith(beginning) or beginning in text]
    assert len(found) == 1, captions(chat)
    return found[0]


def asked_for(server: Simulator) -> int:
    return len([request for request in server.requests if request.path.endswith("/endpoints")])


def with_schema(chat: AppTest) -> AppTest:
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    return write_json(chat, SCHEMA)


def test_a_page_that_shows_nothing_of_providers_asks_for_none(server: Simulator) -> None:
    chat = new_session()
    chat.session_state["chat.advanced"] = False
    chat.run()
    say(chat, "hello")
    assert asked_for(server) == 0


def test_the_fold_shows_each_with_its_price_health_and_abilities(server: Simulator) -> None:
    """Those that may be asked first, each time the cheapest before the others; the key makes speeds known."""
    told()
    chat = page(providers=True).run()
    assert "5 providers serve this model." in said(chat, "providers serve this model")
    names = [text.value for text in chat.markdown if text.value.startswith("**Simulator")]
    assert names == [f"**Simulator{more}**" for more in (" Thrift", " Plain", "", " (EU)", " Swift")]
    lines = captions(chat)
    at = lines.index("\\$0.32 in / \\$0.89 out per million tokens")
    assert lines[at : at + 5] == [
        "\\$0.32 in / \\$0.89 out per million tokens",
        "65,536 tokens of context · 8-bit precision (fp8)",
        "Worked for 99.1 % of requests lately · first word after 1.3 s · 32 tokens per second",
        ":material/check: Takes JSON and tools, but cannot be made to call one",
        ":material/block: Ignores schemas",
    ]
    name_providers(chat, "only", "simulator-swift").run()
    marks = [text.value for text in chat.markdown if text.value.startswith("**Simulator")]
    assert (marks[0], marks[1]) == (
        "**Simulator Swift**",
        "**Simulator Thrift** :gray-badge[:material/block: Not asked]",
    )


def test_a_provider_in_trouble_is_marked_and_comes_last() -> None:
    told("z-ai/glm-5.3")
    chat = page(providers=True, model="z-ai/glm-5.3").run()
    names = [text.value for text in chat.markdown if text.value.startswith("**Simulator")]
    assert names == ["**Simulator**", "**Simulator Shaky** :orange-badge[:material/warning: In trouble now]"]


def test_the_page_does_not_wait_for_the_server(server: Simulator) -> None:
    """It is drawn while the server has not answered, and drawn with the answer once that is there."""
    backend().service.list_models()
    server.script_for("/endpoints", Reply(chunks=[b" ", b'{"data": {"endpoints": [{"tag": "late"}]}}'], gap=0.5))
    chat = page(providers=True).run()
    assert ":material/hourglass: Asking who serves this model …" in captions(chat)
    told()
    chat.run()
    assert "One provider serves this model." in captions(chat)
    assert asked_for(server) == 1


def test_in_demo_a_single_provider_is_said_to_be_simulated(monkeypatch: pytest.MonkeyPatch, server: Simulator) -> None:
    monkeypatch.setattr("pages.parts.providers_view.is_demo", lambda: True)
    server.script_for("/endpoints", Reply(chunks=[b'{"data": {"endpoints": [{"tag": "one"}]}}']))
    told()
    assert "One provider serves this model. It is simulated." in captions(page(providers=True).run())


def test_a_server_that_fails_breaks_nothing(server: Simulator) -> None:
    """The page says so where somebody looks, and everything else is as the model list has it."""
    server.script_for("/endpoints", refusing(500, "Out of order"))
    with pytest.raises(ProviderError):
        told()
    chat = with_schema(page(providers=True).run())
    assert not chat.exception
    assert ":material/cloud_off: Who serves this model could not be found out." in said(chat, "found out")
    assert "This model has structured outputs" in said(chat, "structured outputs")


def test_a_model_without_providers_is_said_to_have_none() -> None:
    """A router has none of its own; of a model that is not there nobody can tell."""
    chat = page(providers=True, model="openrouter/auto").run()
    assert said(chat, "Nothing is told").endswith("it may choose another model for each prompt.")
    with pytest.raises(ModelNotFoundError):
        told("nobody/nothing")
    chat = page(providers=True, model="nobody/nothing").run()
    assert "There is no model 'nobody/nothing'." in said(chat, "could not be found out")


def test_another_server_has_no_such_fold(settings: pytest.MonkeyPatch, server: Simulator) -> None:
    settings.setenv("OPENROUTER_BASE_URL", server.base_url.removesuffix("/api/v1") + "/v1")
    close_backend()
    chat = page(providers=True).run()
    assert "Providers of this model" not in [fold.label for fold in chat.expander]
    assert (chat.exception.len, asked_for(server)) == (0, 0)


def test_a_schema_goes_to_those_that_take_it(server: Simulator) -> None:
    """By name; with the switch off it says who may ignore it, and with others chosen that nobody takes it."""
    told()
    chat = with_schema(new_session().run())
    assert said(chat, "take a schema") == (
        ":material/verified: 3 of 5 providers of this model take a schema: Simulator, Simulator (EU) and Simulator "
        "Swift. No other is asked."
    )
    chat.toggle(key=f"{FORMAT}.only_supporting").set_value(False).run()
    assert said(chat, "take a schema").endswith("Simulator Thrift and Simulator Plain may answer too, and ignore it.")
    name_providers(chat, "only", "simulator-swift").run()
    assert said(chat, "takes a schema") == (
        ":material/verified: Simulator Swift, the only provider of this model that Advanced allows, takes a schema: "
        "the model can be held to it."
    )
    name_providers(chat, "only", "simulator-thrift", "simulator-plain").run()
    assert [warning.value for warning in chat.warning] == [
        "No provider of this model that Advanced allows takes a schema. Put the schema into the prompt instead, or "
        "allow others under Advanced."
    ]
    chat.toggle(key=f"{FORMAT}.in_prompt").set_value(True).run()
    say(chat, "hello")
    body = server.chat_requests[-1].body
    assert (body["response_format"], body["provider"]) == (
        {"type": "text"},
        {"only": ["simulator-thrift", "simulator-plain"]},
    )


def test_where_all_take_a_schema_that_is_all_there_is_to_say() -> None:
    told("anthropic/claude-haiku-4.5")
    chat = with_schema(page(model="anthropic/claude-haiku-4.5").run())
    assert said(chat, "take a schema").endswith(
        "All 2 providers of this model take a schema: the model can be held to it."
    )


def test_tools_say_who_takes_them_and_who_can_be_made_to_call_one() -> None:
    told()
    chat = opened(WEATHER, model=MANY)
    assert said(chat, "take tools").endswith(
        "4 of 5 providers of this model take tools: Simulator Thrift, Simulator, Simulator (EU) and Simulator Swift. "
        "No other is asked while a tool is on."
    )
    chat.selectbox(key="chat.tool_choice").set_value("required").run()
    assert said(chat, "made to call").endswith(
        "3 of 5 providers of this model can be made to call a tool: Simulator, Simulator (EU) and Simulator Swift. "
        "No other is asked."
    )


@pytest.mark.parametrize(
    ("choice", "words"), [("required", "made to call a tool"), ("tool:get_weather", "made to call a certain tool")]
)
def test_where_no_provider_can_be_made_to_call_a_tool_it_is_said_before_sending(choice: str, words: str) -> None:
    told(UNFORCED)
    chat = opened(WEATHER, model=UNFORCED)
    assert not chat.warning
    chat.selectbox(key="chat.tool_choice").set_value(choice).run()
    assert [warning.value for warning in chat.warning] == [
        f"No provider of this model can be {words}, so the request would be refused. Let the model decide."
    ]


def test_where_those_allowed_take_no_tools_it_is_said_before_sending() -> None:
    told()
    chat = opened(WEATHER, model=MANY)
    name_providers(chat, "only", "simulator-plain").run()
    assert [warning.value for warning in chat.warning] == [
        "No provider of this model that Advanced allows takes tools, so the request would be refused."
    ]


def test_providers_are_chosen_by_name_and_sent_by_slug(server: Simulator) -> None:
    """A typed name of one of them counts as its slug, and several with commas as several."""
    told()
    chat = new_session().run()
    options = chat.multiselect(key="chat.advanced.only.chosen").options
    assert "Simulator Thrift · simulator-thrift/fp8" in options
    assert "simulator, whichever variant · simulator" in options
    name_providers(chat, "order", "Simulator Swift · simulator-swift", "simulator thrift").run()
    name_providers(chat, "ignore", "azure, openai").run()
    say(chat, "hello")
    assert server.chat_requests[-1].body["provider"] == {
        "order": ["simulator-swift", "simulator-thrift/fp8"],
        "ignore": ["azure", "openai"],
    }


def test_a_provider_that_does_not_serve_the_model_is_kept_and_marked(server: Simulator) -> None:
    told()
    chat = new_session().run()
    name_providers(chat, "order", "azure", "simulator/us", "simulator-swift").run()
    assert said(chat, "azure") == ":material/block: azure does not serve this model. It is passed over."
    assert "simulator serves this model only as `simulator` and `simulator/eu`, not as simulator/us." in said(
        chat, "/us"
    )
    assert not chat.warning
    told("perplexity/sonar")
    chat.selectbox(key="chat.model").set_value("perplexity/sonar").run()
    assert "does not serve this model" in said(chat, "simulator-swift")
    assert chat.multiselect(key="chat.advanced.order.chosen").value == ["azure", "simulator/us", "simulator-swift"]
    name_providers(chat, "only", "azure").run()
    assert [warning.value for warning in chat.warning] == [
        "What is set under Advanced leaves no provider of this model, so the request would be refused."
    ]
    assert backend().library.flush(10)
    again = new_session().run()
    assert again.multiselect(key="chat.advanced.order.chosen").value == ["azure", "simulator/us", "simulator-swift"]


def test_the_extra_body_and_the_settings_of_the_server_count_too(settings: pytest.MonkeyPatch) -> None:
    """As they do for what is sent."""
    settings.setenv("OPENROUTER_PROVIDER", '{"only": ["simulator-swift"]}')
    close_backend()
    told()
    chat = with_schema(new_session().run())
    assert said(chat, "takes a schema").startswith(":material/verified: Simulator Swift, the only provider")
    chat.text_area(key="chat.extra_body_json").set_value('{"provider": {"only": ["simulator/eu"]}}').run()
    assert said(chat, "takes a schema").startswith(":material/verified: Simulator (EU), the only provider")


def test_the_estimate_has_the_price_of_the_provider_that_is_asked_first(server: Simulator) -> None:
    """And says whose it is, as soon as that is known."""
    server.script_for("/endpoints", refusing(500))
    with pytest.raises(ProviderError):
        told()
    chat = new_session().run()
    name_providers(chat, "order", "simulator-swift").run()
    say(chat, "hello")
    assert said(chat, "Next message").endswith("with 500 out")
    told()
    chat.run()
    assert said(chat, "Next message").endswith("with 500 out, at Simulator Swift")


def test_an_estimate_names_its_provider_literally() -> None:
    whose = replace(CostEstimate(None, None, None, 1, 500), provider="A*B")
    assert estimate_line(whose, is_demo=False).endswith("with 500 out, at A\\*B")


def test_what_is_not_told_of_a_provider_is_left_out() -> None:
    """Its price is unknown and not zero."""
    assert endpoint_lines(EndpointInfo("a", "A"), frozenset({"seed"})) == ["Price —"]
    never = EndpointInfo("a", "A", uptime=99.999, supported_parameters=frozenset(), quantization="odd")
    assert endpoint_lines(never, frozenset({"seed", "max_completion_tokens", "logit_bias"})) == [
        "Price —",
        "Precision odd",
        "Worked for 99.99 % of requests lately",
        ":material/block: Takes neither JSON nor tools",
        ":material/block: Ignores Max tokens, Seed",
    ]


def test_names_are_few_and_literal() -> None:
    assert [listed_names(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
    assert listed_names(["A_1", "B", "B", "C", "D", "E"]) == "A\\_1, B, C and 2 more"


def test_whatever_is_typed_becomes_slugs() -> None:
    tags = {"Google AI Studio": "google-ai-studio", "Deep": "deep/fp8"}
    assert slugs_in(["google ai studio", "Deep", "Deep · deep/fp8", " x, y ,,", "Some One"], tags) == [
        "google-ai-studio",
        "deep/fp8",
        "x",
        "y",
        "some-one",
    ]
