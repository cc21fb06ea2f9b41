"""Run settings without a browser: what they send, what they keep, and what they refuse."""

import json
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.fold import said_in
from pages.parts.json_text import marked_line, read_object, read_schema
from pages.parts.model_picker import option_texts
from pages.parts.parameters import BUDGET, PARAMETERS
from pages.parts.problems import NO_SCHEMA
from pages.parts.reasoning_rules import reasoning_faults
from service import ModelInfo
from service.pricing import Pricing
from service.simulator import Simulator
from service.structured import templates
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import last_run, new_session, said_in_fold

EXAMPLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "topics": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "email", "topics"],
    "additionalProperties": False,
}

TAKES_ALL = "meta-llama/llama-3.3-70b-instruct"
TAKES_FEW = "openai/o3-deep-research"
JSON_MODE_ONLY = "microsoft/phi-4"
NO_JSON_MODE = "sim/moderation"
BARE = {"model", "messages", "stream", "stream_options", "usage"}


@pytest.fixture
def fresh(settings: pytest.MonkeyPatch) -> AppTest:
    """The chat page before its first run."""
    settings.setenv("OPENROUTER_MODEL", TAKES_ALL)
    return new_session()


@pytest.fixture
def chat(fresh: AppTest) -> AppTest:
    """The chat page."""
    return fresh.run()


def begin_with_model(fresh: AppTest, model: str) -> AppTest:
    """Open the page with a model id entered that no list has; AppTest itself can only choose from the list."""
    fresh.session_state["chat.model"] = model
    return fresh.run()


def sent(chat: AppTest, server: Simulator) -> dict[str, Any]:
    """Send a message; return what arrived beside messages, model and the flags of a stream."""
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not chat.exception
    assert last_run().join(20)
    chat.run()
    body = server.chat_requests[-1].body
    assert body["messages"][-1] == {"role": "user", "content": "hello"}
    return {name: value for name, value in body.items() if name not in BARE}


def switch_on(chat: AppTest, name: str) -> AppTest:
    return chat.checkbox(key=f"chat.{name}.on").check().run()


def choose_format(chat: AppTest, kind: str) -> AppTest:
    return chat.segmented_control(key="chat.response_format").set_value(kind).run()


def type_schema(chat: AppTest, text: str) -> AppTest:
    choose_format(chat, "json_schema")
    chat.segmented_control(key="chat.response_format.view").set_value("json").run()
    return chat.text_area(key="chat.response_format.schema_json").set_value(text).run()


def captions(chat: AppTest) -> list[str]:
    return [caption.value for caption in chat.caption]


def badges(chat: AppTest) -> str:
    return " ".join(element.value for element in chat.markdown if "badge" in element.value)


def errors(chat: AppTest) -> list[str]:
    return [error.value for error in chat.error]


def test_nothing_that_was_left_alone_is_sent(chat: AppTest, server: Simulator) -> None:
    """The first message goes out with nothing but messages, model and the flags of a stream."""
    assert sent(chat, server) == {}
    assert captions(chat).count("Not set") == len(PARAMETERS) - 3
    assert captions(chat).count("Default 0.7") == 1
    assert captions(chat).count("Not taken by this model") == 2


@pytest.mark.parametrize(
    ("name", "kind", "value", "arrives"),
    [
        ("temperature", "slider", 0.35, 0.35),
        ("temperature", "slider", 0.0, 0.0),
        ("top_p", "slider", 0.9, 0.9),
        ("max_tokens", "number_input", 77, 77),
        ("frequency_penalty", "slider", -1.5, -1.5),
        ("presence_penalty", "slider", 2.0, 2.0),
        ("top_k", "number_input", 0, 0),
        ("min_p", "slider", 0.1, 0.1),
        ("repetition_penalty", "slider", 1.2, 1.2),
        ("seed", "number_input", -7, -7),
        ("stop", "text_area", "END\n\n Stop here", ["END", " Stop here"]),
    ],
)
def test_a_parameter_that_is_set_arrives(
    chat: AppTest, server: Simulator, name: str, kind: str, value: object, arrives: object
) -> None:
    """It arrives as it was set, zeros included, and alone."""
    switch_on(chat, name)
    getattr(chat, kind)(key=f"chat.{name}").set_value(value).run()
    assert sent(chat, server) == {name: arrives}


def test_reasoning_effort_arrives_where_the_model_reasons(chat: AppTest, server: Simulator) -> None:
    chat.selectbox(key="chat.model").set_value("sim/reasoner").run()
    switch_on(chat, "reasoning_effort")
    chat.selectbox(key="chat.reasoning_effort").set_value("low").run()
    assert sent(chat, server) == {"reasoning_effort": "low"}


def test_every_parameter_of_the_panel_has_a_start_that_can_be_sent(fresh: AppTest, server: Simulator) -> None:
    """With a model that nothing is known of, each that is switched on is sent; empty stop sequences are not."""
    chat = begin_with_model(fresh, "vendor/not-listed")
    assert "Not in the model list, so nothing is known about it; it is sent as entered." in captions(chat)
    together = [parameter for parameter in PARAMETERS if parameter.name != BUDGET]
    for parameter in together:
        switch_on(chat, parameter.name)
    assert errors(chat) == []
    assert sent(chat, server) == {p.name: p.start for p in together if p.name != "stop"}


def test_a_reasoning_budget_is_sent_instead_of_an_effort(fresh: AppTest, server: Simulator) -> None:
    """One of the two; which is said at the budget, and nothing is sent meanwhile."""
    chat = begin_with_model(fresh, "sim/reasoner")
    switch_on(chat, BUDGET)
    chat.number_input(key=f"chat.{BUDGET}").set_value(64).run()
    switch_on(chat, "reasoning_effort")
    said = "A model takes an effort or a budget, not both. Unset one of them."
    assert said in errors(chat)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests
    chat.checkbox(key="chat.reasoning_effort.on").uncheck().run()
    assert errors(chat) == []
    assert sent(chat, server) == {"reasoning": {"max_tokens": 64}}


@pytest.mark.parametrize(
    ("values", "configured", "names"),
    [
        ({BUDGET: 1024, "max_tokens": 1024}, {}, {BUDGET}),
        ({BUDGET: 1024, "max_tokens": 1025}, {}, set()),
        ({BUDGET: 1024}, {"max_tokens": 500}, {BUDGET}),
        ({BUDGET: 400}, {"max_completion_tokens": 500}, set()),
        ({BUDGET: 1024, "reasoning_effort": "low"}, {}, {BUDGET}),
        ({"reasoning_effort": "none"}, {}, set()),
        ({}, {"max_tokens": 5}, set()),
    ],
)
def test_a_budget_leaves_room_for_an_answer(
    values: dict[str, Any], configured: dict[str, Any], names: set[str]
) -> None:
    """It is below max tokens, those of the server's settings included."""
    assert set(reasoning_faults(values, None, configured)) == names


def test_reasoning_that_cannot_be_switched_off_says_so(fresh: AppTest, server: Simulator) -> None:
    """At the row while nothing is set, and as an error where None is chosen."""
    chat = begin_with_model(fresh, "openai/o3-deep-research")
    mandatory = next(m.id for m in backend().service.list_models() if (m.reasoning or {}).get("mandatory"))
    chat.selectbox(key="chat.model").set_value(mandatory).run()
    assert any(caption.startswith("Always on") for caption in captions(chat))
    switch_on(chat, "reasoning_effort")
    chat.selectbox(key="chat.reasoning_effort").set_value("none").run()
    assert "This model always thinks, and refuses None. Choose an effort, or unset it." in errors(chat)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests


def test_an_empty_number_is_not_sent(chat: AppTest, server: Simulator) -> None:
    switch_on(chat, "max_tokens")
    chat.number_input(key="chat.max_tokens").set_value(None).run()
    assert "Empty, so it is not sent." in captions(chat)
    assert sent(chat, server) == {}


def test_switching_off_keeps_the_value_and_reset_forgets_it(chat: AppTest, server: Simulator) -> None:
    """Neither is sent; switched on again, the first shows what was set and the second where it began."""
    switch_on(chat, "top_p")
    chat.slider(key="chat.top_p").set_value(0.25).run()
    chat.checkbox(key="chat.top_p.on").uncheck().run()
    assert sent(chat, server) == {}
    switch_on(chat, "top_p")
    assert chat.slider(key="chat.top_p").value == 0.25
    chat.button(key="chat.top_p.reset").click().run()
    assert chat.checkbox(key="chat.top_p.on").value is False
    assert sent(chat, server) == {}
    assert switch_on(chat, "top_p").slider(key="chat.top_p").value == 1.0


def test_what_the_model_does_not_take_is_dimmed_kept_and_not_sent(chat: AppTest, server: Simulator) -> None:
    """With a model that takes it again, the value is back and sent."""
    switch_on(chat, "temperature")
    chat.slider(key="chat.temperature").set_value(0.5).run()
    chat.selectbox(key="chat.model").set_value(TAKES_FEW).run()
    assert chat.checkbox(key="chat.temperature.on").disabled
    assert chat.slider(key="chat.temperature").disabled
    assert chat.slider(key="chat.temperature").value == 0.5
    assert "Not taken by this model, so it is not sent. The value is kept." in captions(chat)
    assert "Not taken by this model" in captions(chat)
    assert not chat.checkbox(key="chat.max_tokens.on").disabled
    assert sent(chat, server) == {}
    chat.selectbox(key="chat.model").set_value(TAKES_ALL).run()
    assert not chat.slider(key="chat.temperature").disabled
    assert sent(chat, server) == {"temperature": 0.5}


def test_switching_the_model_clears_nothing(chat: AppTest, server: Simulator) -> None:
    """Prompt, parameters, format, schema and extra body stay through a model that takes little of it."""
    chat.text_area(key="chat.system_prompt").set_value("Be brief.").run()
    switch_on(chat, "seed")
    chat.text_area(key="chat.extra_body_json").set_value('{"top_a": 0.5}').run()
    type_schema(chat, json.dumps(EXAMPLE_SCHEMA))
    before = sent(chat, server)
    chat.selectbox(key="chat.model").set_value(TAKES_FEW).run()
    chat.selectbox(key="chat.model").set_value(TAKES_ALL).run()
    assert sent(chat, server) == before
    assert sorted(before) == ["provider", "response_format", "seed", "top_a"]
    assert server.chat_requests[-1].body["messages"][0] == {"role": "system", "content": "Be brief."}


def test_more_than_four_stop_sequences_are_refused(chat: AppTest, server: Simulator) -> None:
    switch_on(chat, "stop")
    chat.text_area(key="chat.stop").set_value("a\nb\nc\nd\ne").run()
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert "Stop sequences: At most 4 are taken, got 5. Remove some." in errors(chat)[-1]
    assert server.chat_requests == []


def test_half_typed_json_is_kept_marked_and_not_sent(chat: AppTest, server: Simulator) -> None:
    """The text stays as typed, its line is shown with a mark, and the message stays in the input."""
    typed = '{\n  "type": "object",\n  "properties": {"a": }\n}'
    type_schema(chat, typed)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert chat.text_area(key="chat.response_format.schema_json").value == typed
    where = "Line 3, column 23: a value belongs here"
    assert [where in error for error in errors(chat)] == [True, True]
    assert errors(chat)[-1].startswith("Not sent until Run settings are corrected. The JSON schema cannot be used.")
    assert chat.code[0].value == '3 | es": {"a": }\n' + " " * 15 + "^"
    assert server.chat_requests == []
    assert chat.chat_input(key="chat.input").value == "hello"
    chat.text_area(key="chat.response_format.schema_json").set_value('{"type": "object"}').run()
    assert errors(chat) == []
    assert sent(chat, server)["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_an_invalid_schema_is_refused_in_the_validators_words(chat: AppTest, server: Simulator) -> None:
    type_schema(chat, '{"type": "objct"}')
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert "`type` should be one of" in errors(chat)[-1]
    assert server.chat_requests == []


def test_a_schema_arrives_as_written(chat: AppTest, server: Simulator) -> None:
    """Name, strictness and the order of the properties included."""
    type_schema(chat, json.dumps(EXAMPLE_SCHEMA))
    chat.text_input(key="chat.response_format.name").set_value("contact").run()
    chat.checkbox(key="chat.response_format.strict").uncheck().run()
    arrived = sent(chat, server)["response_format"]
    assert arrived == {
        "type": "json_schema",
        "json_schema": {"name": "contact", "schema": EXAMPLE_SCHEMA, "strict": False},
    }
    assert list(arrived["json_schema"]["schema"]["properties"]) == ["name", "email", "topics"]


def test_what_answers_are_to_be_is_said_at_the_input(chat: AppTest) -> None:
    """The fold where it was chosen may be closed."""
    shown = ":material/data_object: JSON object"
    chat.run()
    assert shown not in [caption.value for caption in chat.caption]
    choose_format(chat, "json_object")
    assert shown in [caption.value for caption in chat.caption]


def test_an_empty_schema_is_refused_and_templates_are_offered(chat: AppTest, server: Simulator) -> None:
    choose_format(chat, "json_schema")
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert (errors(chat), [told.value for told in chat.info]) == ([], [NO_SCHEMA])
    assert server.chat_requests == []
    invoice = next(template for template in templates() if template.name == "invoice")
    chat.button(key="chat.response_format.schema_json.start").click().run()
    chat.selectbox(key="chat.response_format.template").set_value(invoice.title).run()
    chat.button(key="chat.response_format.use").click().run()
    arrived = sent(chat, server)["response_format"]["json_schema"]
    assert (arrived["name"], arrived["schema"]) == ("invoice", invoice.schema)


def test_a_wrong_schema_name_is_said(chat: AppTest) -> None:
    type_schema(chat, "{}")
    chat.text_input(key="chat.response_format.name").set_value("two words").run()
    assert "the schema's name must be 1 to 64 of a-z A-Z 0-9 _ -, got 'two words'" in errors(chat)[0]


def test_json_object_arrives_and_text_sends_nothing(chat: AppTest, server: Simulator) -> None:
    """A schema that was typed comes back unharmed after both."""
    type_schema(chat, "{")
    choose_format(chat, "json_object")
    assert sent(chat, server) == {"response_format": {"type": "json_object"}}
    choose_format(chat, "text")
    assert sent(chat, server) == {}
    choose_format(chat, "json_schema")
    assert chat.text_area(key="chat.response_format.schema_json").value == "{"


def test_a_format_that_the_model_does_not_list_is_warned_of(chat: AppTest) -> None:
    choose_format(chat, "json_schema")
    assert ":material/data_object: Structured outputs" in badges(chat)
    chat.selectbox(key="chat.model").set_value(JSON_MODE_ONLY).run()
    assert ":material/data_object: JSON mode only" in badges(chat)
    assert ["lists JSON mode only" in warning.value for warning in chat.warning] == [True]
    chat.selectbox(key="chat.model").set_value(NO_JSON_MODE).run()
    assert ":material/block: No JSON mode" in badges(chat)
    assert ["lists no JSON mode" in warning.value for warning in chat.warning] == [True]
    chat.selectbox(key="chat.model").set_value(TAKES_ALL).run()
    assert len(chat.warning) == 0


def test_the_extra_body_arrives(chat: AppTest, server: Simulator) -> None:
    chat.text_area(key="chat.extra_body_json").set_value('{"provider": {"sort": "price"}, "top_a": 0}').run()
    assert sent(chat, server) == {"provider": {"sort": "price"}, "top_a": 0}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"messages": []}', "extra_body must not hold messages: set it on the request itself."),
        ('{"stream": false}', "extra_body must not hold stream: set it on the request itself."),
        ("[1]", "It must be an object, in braces { }, and not a list."),
        ('{"a": 1,}', "Line 1, column 9: remove the comma before the closing bracket."),
        ('{"a": 1e999}', "must be plain JSON"),
    ],
)
def test_an_extra_body_that_cannot_be_sent_is_refused(chat: AppTest, server: Simulator, typed: str, said: str) -> None:
    chat.text_area(key="chat.extra_body_json").set_value(typed).run()
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert said in errors(chat)[-1]
    assert chat.text_area(key="chat.extra_body_json").value == typed
    assert server.chat_requests == []


def test_an_impossible_model_id_is_refused_before_it_is_sent(fresh: AppTest, server: Simulator) -> None:
    chat = begin_with_model(fresh, "vendor/gpt 4")
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert "A model id must look like vendor/model, without spaces, got 'vendor/gpt 4'." in errors(chat)[-1]
    assert server.chat_requests == []


@pytest.mark.parametrize("typed", ["wrong", "sHape", "wrong-shape"])
def test_a_part_of_a_name_that_one_model_has_is_that_model(fresh: AppTest, server: Simulator, typed: str) -> None:
    """Enter takes what was typed to search for as if it were an id."""
    chat = begin_with_model(fresh, typed)
    assert chat.selectbox(key="chat.model").value == "sim/wrong-shape"
    sent(chat, server)
    assert server.chat_requests[-1].body["model"] == "sim/wrong-shape"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("OpenAI", "Several models have 'OpenAI' in their name: choose one of them."),
        ("gtp 4", "No model has 'gtp 4' in its name: choose one from the list, or enter an id like vendor/model."),
    ],
)
def test_a_part_of_no_name_or_of_several_is_not_sent(fresh: AppTest, server: Simulator, typed: str, said: str) -> None:
    """An id has a slash, and one of those may be new."""
    chat = begin_with_model(fresh, typed)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert said in errors(chat)[-1]
    assert server.chat_requests == []


def test_a_part_of_a_name_offers_those_that_were_meant(fresh: AppTest) -> None:
    """A button turns it into the one that was meant."""
    chat = begin_with_model(fresh, "meta-llama/llama-3.3")
    chat.button(key=f"chat.model.use.{TAKES_ALL}").click().run()
    assert chat.selectbox(key="chat.model").value == TAKES_ALL
    assert ":material/data_object: Structured outputs" in badges(chat)


def test_the_servers_own_settings_are_shown_and_can_be_overruled(
    chat: AppTest, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold where nothing is set: the temperature is named, the format is where the choice begins."""
    monkeypatch.setenv("OPENROUTER_TEMPERATURE", "0.2")
    monkeypatch.setenv("OPENROUTER_RESPONSE_FORMAT", "json_object")
    close_backend()
    page = new_session().run()
    assert "Server's setting: 0.2" in captions(page)
    assert sent(page, server) == {"temperature": 0.2, "response_format": {"type": "json_object"}}
    choose_format(page, "text")
    assert sent(page, server) == {"temperature": 0.2, "response_format": {"type": "text"}}


def test_values_survive_a_visit_to_another_page(server: Simulator, chat: AppTest) -> None:
    """Also those of inputs that were folded away at the time."""

    def two_pages() -> None:
        import streamlit as st

        from pages.parts.run_settings import run_settings

        if not st.toggle("Elsewhere", key="elsewhere"):
            run_settings("chat")

    page = AppTest.from_function(two_pages, default_timeout=30)
    page.session_state["chat.parameters"] = True
    page.run()
    page.text_area(key="chat.system_prompt").set_value("Be brief.").run()
    switch_on(page, "top_p")
    page.slider(key="chat.top_p").set_value(0.25).run()
    page.selectbox(key="chat.model").set_value("sim/echo").run()
    type_schema(page, "{")
    choose_format(page, "text")
    page.toggle(key="elsewhere").set_value(True).run()
    assert len(page.slider) == 0
    page.toggle(key="elsewhere").set_value(False).run()
    page.session_state["chat.parameters"] = True
    page.run()
    assert page.text_area(key="chat.system_prompt").value == "Be brief."
    assert page.slider(key="chat.top_p").value == 0.25
    assert page.selectbox(key="chat.model").value == "sim/echo"
    choose_format(page, "json_schema")
    assert page.text_area(key="chat.response_format.schema_json").value == "{"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"a" 1}', "Line 1, column 6: a colon belongs between name and value."),
        ('{"a": 1\n "b": 2}', "Line 2, column 2: a comma or a closing bracket belongs here."),
        ('{"a": "x', "Line 1, column 7: this text has no closing quote."),
        ('{"a": {"b": 1}', "Line 1, column 15: the JSON ends too early; something is not closed yet."),
        ("{\u201ca\u201d: 1}", 'Line 1, column 2: use straight double quotes: "'),
        ("{'a': 1}", 'Line 1, column 2: use straight double quotes: "'),
        ('{"a": True}', "Line 1, column 7: write true and false in small letters."),
        ('{"a": None}', "Line 1, column 7: write null instead of None."),
        ('{\n  // c\n  "a": 1}', "Line 2, column 3: JSON has no comments; remove this one."),
        ("{a: 1}", "Line 1, column 2: a name in double quotes belongs here."),
        ('{"a": 1} {', "Line 1, column 10: nothing may follow the end of the JSON."),
        (
            '{"a": "x\ny"}',
            "Line 1, column 9: a text must not run over the end of the line; write \\n for a line break.",
        ),
        ('{"a": [1,]}', "Line 1, column 10: remove the comma before the closing bracket."),
        ('{"a": 1, "a": 2}', 'The name "a" stands twice in the same object; keep one of them.'),
        ('{"a": NaN}', "NaN is no JSON number."),
        ("true", "It must be an object, in braces { }, and not true."),
        ("[" * 100_000, "It is nested too deeply to be read."),
        ('{"a": ' + "1" * 5_000 + "}", "It holds a number with too many digits."),
    ],
)
def test_what_is_wrong_with_json_is_said_in_words(typed: str, said: str) -> None:
    assert (read_object(typed).value, read_object(typed).problem) == (None, said)


def test_json_that_is_right_is_read_and_blank_is_neither() -> None:
    """A byte order mark, as some editors put it in front, is no fault."""
    assert read_object('\ufeff{"a": [1, null]}').value == {"a": [1, None]}
    assert read_object(" \n") == read_object("")
    assert (read_object("").value, read_object("").problem) == (None, None)


def test_a_schema_that_refers_to_the_outside_is_refused() -> None:
    problem = read_schema('{"$ref": "http://127.0.0.1/x"}').problem
    assert problem is not None
    assert "refers to something outside itself" in problem


def test_the_mark_stands_under_the_column_also_of_a_long_line() -> None:
    """Of a line too long for the panel, the part around the mark is shown."""
    assert marked_line("{\n\t1}", 2, 2) == "2 |  1}\n     ^"
    shown, mark = marked_line("x" * 100 + "!" + "x" * 100, 1, 101).split("\n")
    assert shown[mark.index("^")] == "!"
    assert len(shown) == len("1 | ") + 22


def test_the_list_of_models_is_searched_by_name_and_by_id() -> None:
    """A price is shown where it is known, and never as zero where it is not; a name that is the id is not repeated."""
    priced = Pricing(prompt=Decimal("0.0000004"), completion=Decimal("0.0000016"))
    free = Pricing(prompt=Decimal(0), completion=Decimal(0))
    models = [
        ModelInfo("a/x", "X", pricing=priced),
        ModelInfo("a/y", "Y", pricing=free),
        ModelInfo("a/z", "Z"),
        ModelInfo("llama", "llama"),
    ]
    assert list(option_texts(models).values()) == ["X · $0.40 / $1.60 · a/x", "Y · free · a/y", "Z · a/z", "llama"]


def test_what_a_folded_panel_holds_is_sent_all_the_same(fresh: AppTest, server: Simulator) -> None:
    """The rows are not drawn then; their values and their faults count."""
    del fresh.session_state["chat.parameters"]
    fresh.session_state["chat.temperature.on"] = True
    fresh.session_state["chat.temperature"] = 0.35
    fresh.session_state["chat.max_tokens.on"] = True
    page = fresh.run()
    assert not [box for box in page.checkbox if box.key == "chat.temperature.on"]
    assert sent(page, server) == {"temperature": 0.35, "max_tokens": 1024}
    page.session_state["chat.stop.on"] = True
    page.session_state["chat.stop"] = "a\nb\nc\nd\ne"
    page.run()
    assert any("At most 4 are taken" in error for error in errors(page))


def test_a_fold_says_what_is_in_force(chat: AppTest) -> None:
    """So that a schema that still holds, a system prompt and parameters are seen before the next message."""
    folds = ("chat.format_fold", "chat.prompt_fold", "chat.parameters", "chat.tools_fold")
    assert [said_in_fold(chat, fold) for fold in folds] == ["", "", "", ""]
    chat.segmented_control(key="chat.response_format").set_value("json_object").run()
    assert said_in_fold(chat, "chat.format_fold") == "JSON object"
    chat.segmented_control(key="chat.response_format").set_value("json_schema").run()
    assert said_in_fold(chat, "chat.format_fold") == "JSON schema · none yet"
    chat.text_area(key="chat.system_prompt").set_value("Be brief.")
    chat.session_state["chat.response_format.schema_json"] = json.dumps(EXAMPLE_SCHEMA)
    chat.text_input(key="chat.response_format.name").set_value('"} </style> p').run()
    assert said_in_fold(chat, "chat.format_fold") == 'JSON schema · "} </style> p'
    chat.checkbox(key="chat.temperature.on").check().run()
    assert [said_in_fold(chat, fold) for fold in folds[1:3]] == ["set", "1 set"]


def test_nothing_that_a_fold_says_ends_its_style() -> None:
    style = said_in("chat.format_fold", '"} </style><b>')
    assert style.count("<") == 2
    assert style.count("}") == 1
