"""How a finished answer looks: the value as a form, the verdict, the line below, and what one may do with it."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.actions import RaiseMaxTokens, Regenerate
from pages.parts.answer_extras import picture_of, source_of
from pages.parts.more_tokens import higher_limit
from pages.parts.plain import literal
from pages.parts.quiet_line import quiet_line
from pages.parts.raw_view import raw_request, raw_response
from pages.parts.verdict_chip import chip_of, outcome_chip, sentence_of
from pages.parts.violations import SHOWN
from service import (
    AuthenticationError,
    ChatResult,
    ContextLengthError,
    Issue,
    ModelParameters,
    NetworkError,
    ProviderError,
    ResponseFormat,
    Run,
    StreamInterruptedError,
    Tool,
    Usage,
    Verdict,
)
from service.outcomes import OUTCOMES
from service.simulator import Reply, Simulator
from service.structured import strictify
from service.web.bootstrap import close_backend
from tests.support import KEY, ask, streamed

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
FORM = ResponseFormat.json_schema("person", SCHEMA)
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


def page() -> None:
    """Show the run a test put there, and note what was asked for."""
    import streamlit as st

    from pages.parts.result_view import show_result

    st.session_state["action"] = show_result(st.session_state["run"], key="answer")


@pytest.fixture
def show(sim: Simulator, service: Any, empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """Return `show(model, **fields)`: a page with the ended run of that request."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    close_backend()

    def show(model: str, **fields: Any) -> AppTest:
        at = AppTest.from_function(page, default_timeout=30)
        at.session_state["run"] = service.start(ask(model, **fields))
        assert at.session_state["run"].join(20)
        at.run()
        assert not at.exception
        return at

    yield show
    close_backend()


def badges(at: AppTest) -> list[str]:
    return [element.value for element in at.markdown if "-badge[" in element.value]


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


@pytest.mark.parametrize(
    ("model", "chip"),
    [
        ("sim/json", "Valid"),
        ("sim/fenced-json", "JSON in a fence"),
        ("sim/not-json", "Not JSON"),
        ("sim/cut-off", "Cut off"),
        ("sim/refusal", "Refused"),
        ("sim/empty", "Empty"),
    ],
)
def test_each_verdict_is_a_chip_with_a_word_and_an_icon(show: Callable, model: str, chip: str) -> None:
    """The word says it; the icon stands before it and the colour is only a help."""
    (badge,) = badges(show(model, response_format=FORM))
    assert badge.endswith(f": {chip}]")
    assert ":material/" in badge


def form_of(at: AppTest) -> str:
    return at.tabs[0].get("html")[0].value


def test_a_valid_answer_is_a_form_with_json_and_raw_beside_it(show: Callable) -> None:
    """Names of fields read as words, and the value is in all three tabs."""
    at = show("sim/json", response_format=FORM)
    value = json.loads(at.session_state["run"].result.text)
    assert [tab.label for tab in at.tabs] == ["Form", "JSON", "Raw"]
    assert f">{value['name']}<" in form_of(at)
    assert ">Name<" in form_of(at)
    assert json.loads(at.tabs[1].code[0].value) == value
    assert at.tabs[2].code[0].value == at.session_state["run"].result.text
    assert [button.label for button in at.get("download_button")] == ["JSON"]


def test_a_simulated_value_is_said_to_be_one(show: Callable) -> None:
    """A text says so itself; a value in a form looks as if it had been read in the message."""
    said = ":material/science: Simulated: no model has read the message."
    assert said in [caption.value for caption in show("sim/json", response_format=FORM).caption]
    assert said not in [caption.value for caption in show("sim/echo").caption]


def test_a_wrong_shape_says_what_is_wrong_at_its_place(show: Callable) -> None:
    """Every issue stands in the form, and the chip counts them and opens the first."""
    at = show("sim/wrong-shape", response_format=FORM)
    issues = at.session_state["run"].result.verdict.issues
    assert badges(at) == []
    (chip,) = [button for button in at.button if "-badge[" in button.label]
    assert chip.label.endswith(f"Wrong shape ({len(issues)})]")
    assert not any(caption.value.startswith("In the answer") for caption in at.caption)
    chip.click().run()
    assert any(caption.value.startswith("In the answer") for caption in at.caption)
    assert form_of(at).count("orp-issue") == len({issue.path for issue in issues})


def test_a_violation_opens_to_its_lines_in_the_answer_and_in_the_schema(show: Callable) -> None:
    """Closed, it costs nothing; open, the lines are numbered and marked."""
    at = show("sim/wrong-shape", response_format=FORM)
    (issue,) = at.session_state["run"].result.verdict.issues
    assert at.expander[0].label == literal(str(issue).replace("`", ""))
    before = len(at.get("html"))
    at.session_state["answer.violation.0"] = True
    at.run()
    answer, schema = (element.value for element in at.get("html")[before:])
    assert re.findall(r'orp-marked"><span>(\d+)</span>([^<]*)<', answer) == [
        ("2", f"  &quot;{issue.path}&quot;: {at_path(at, issue)},")
    ]
    assert re.findall(r'orp-marked"><span>(\d+)</span>([^<]*)<', schema) == [
        ("5", "      &quot;type&quot;: &quot;string&quot;")
    ]


def test_a_violation_of_the_schema_as_written_opens_to_its_line_there(show: Callable, sim: Simulator) -> None:
    """The strict form that was sent says the length in words only, and has no such rule."""
    written = {"type": "object", "properties": {"name": {"type": "string", "minLength": 5}}}
    sim.script(Reply(chunks=streamed('{"name": "Ann"}')))
    form = ResponseFormat.json_schema("person", strictify(written), written=written)
    at = show("sim/json", response_format=form)
    before = len(at.get("html"))
    at.session_state["answer.violation.0"] = True
    at.run()
    _, schema = (element.value for element in at.get("html")[before:])
    assert re.findall(r'orp-marked"><span>\d+</span>([^<]*)<', schema) == ["      &quot;minLength&quot;: 5"]


def at_path(at: AppTest, issue: Issue) -> str:
    return json.dumps(json.loads(at.session_state["run"].result.text)[issue.path])


def test_a_list_of_objects_is_a_table_and_a_file(show: Callable) -> None:
    """Where there are several lists, one is chosen; the names that the model gave them are no Markdown."""
    row = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
    rows = {"type": "array", "items": row, "minItems": 2, "maxItems": 2}
    schema = {"type": "object", "properties": {"a": rows, "_b_": rows}, "required": ["a", "_b_"]}
    at = show("sim/json", response_format=ResponseFormat.json_schema("two", schema))
    value = json.loads(at.session_state["run"].result.text)
    assert [tab.label for tab in at.tabs] == ["Form", "Table", "JSON", "Raw"]
    assert f">{value['a'][1]['who']}<" in at.tabs[1].get("html")[0].value
    at.selectbox(key="answer.list").set_value("_b_").run()
    assert f">{value['_b_'][1]['who']}<" in at.tabs[1].get("html")[0].value
    labels = [button.label for button in at.get("download_button")]
    assert sorted(labels) == ["CSV", "JSON", r"\_b\_ as CSV"]


def test_many_violations_are_not_all_folds(show: Callable) -> None:
    """The first are listed, and the form has the others."""
    names = [f"field_{at}" for at in range(30)]
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in names}, "required": names}
    at = show("sim/wrong-shape", response_format=ResponseFormat.json_schema("many", schema))
    issues = at.session_state["run"].result.verdict.issues
    folds = [fold for fold in at.expander if "should be" in fold.label]
    assert len(issues) > len(folds) == SHOWN
    assert f"{len(issues) - SHOWN} more are marked in the form." in [element.value for element in at.caption]


def test_a_text_has_no_chip_and_no_tabs(show: Callable) -> None:
    """A text with nothing wrong is its own verdict; the quiet line names model, time, tokens and cost."""
    at = show("sim/echo")
    assert badges(at) == []
    assert list(at.tabs) == []
    assert at.markdown[0].value.startswith("Hello")
    assert at.caption[-1].value.startswith("sim/echo · first token ")
    assert at.caption[-1].value.endswith("(simulated)")


def test_regenerate_is_handed_to_the_page(show: Callable) -> None:
    """The button draws nothing itself: the page acts."""
    at = show("sim/echo")
    at.button(key="answer.regenerate").click().run()
    assert at.session_state["action"] == Regenerate()
    at.run()
    assert at.session_state["action"] is None


def test_a_cut_off_answer_offers_twice_the_tokens(show: Callable) -> None:
    """With the reason."""
    at = show("sim/cut-off", response_format=FORM, max_tokens=40)
    assert at.caption[0].value == sentence_of(at.session_state["run"].result.verdict)
    at.button(key="answer.raise").click().run()
    assert at.session_state["action"] == RaiseMaxTokens(80)


@pytest.mark.parametrize("finish", ["length", "error", None])
def test_half_an_answer_stays_the_form_that_was_filling(show: Callable, sim: Simulator, finish: str | None) -> None:
    """With what had come, nothing called right, nothing to download, and the text as it came beside it."""
    half = '{"name": "Ada Lovel'
    sim.script(Reply(chunks=streamed(half, finish=finish)))
    at = show("sim/json", response_format=FORM)
    assert [tab.label for tab in at.tabs] == ["Form", "Raw"]
    assert ">Ada Lovel<" in form_of(at)
    assert "breaks off here" in form_of(at)
    assert "✓" not in form_of(at)
    assert at.tabs[1].code[0].value == half
    assert list(at.get("download_button")) == []


def test_half_an_answer_in_words_is_no_form(show: Callable, sim: Simulator) -> None:
    """It is shown as it came."""
    sim.script(Reply(chunks=streamed("I would sa", finish="length")))
    at = show("sim/json", response_format=FORM)
    assert list(at.tabs) == []
    assert at.markdown[0].value == "I would sa"


def test_a_stop_is_a_chip_and_one_sentence(show: Callable) -> None:
    """What had arrived is kept, it says."""
    at = show("sim/echo")
    stopped = Verdict("stopped", "Stopped before the end; what had arrived is kept.")
    at.session_state["run"] = Run.ended(ask(), ChatResult(text="Half", verdict=stopped, is_partial=True))
    at.run()
    assert [caption.value for caption in at.caption].count(stopped.sentence) == 1
    assert [badge.endswith(": Stopped]") for badge in badges(at)] == [True]


def test_a_refusal_stands_in_the_models_words(show: Callable) -> None:
    at = show("sim/refusal")
    assert at.markdown[0].value == at.session_state["run"].result.refusal


def test_a_call_of_a_tool_shows_its_arguments(show: Callable) -> None:
    """As fields for people, and in a fold as JSON."""
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    at = show("sim/tool-caller", tools=[Tool.function("get_weather", "The weather.", parameters)])
    (call,) = at.session_state["run"].result.tool_calls
    assert ":material/build: Calls **get\\_weather**" in [element.value for element in at.markdown]
    assert any(str(call.parsed["city"]) in element.body for element in at.html)
    assert at.expander[0].label == "As JSON"
    assert json.loads(at.expander[0].code[0].value) == call.parsed


def test_reasoning_is_folded_and_counted(show: Callable) -> None:
    at = show("sim/reasoner", reasoning_effort="low")
    result = at.session_state["run"].result
    assert at.expander[0].label == f"Reasoning · {result.usage.reasoning_tokens:,} tokens"
    assert not at.expander[0].proto.expanded
    assert at.expander[0].markdown


def test_a_partial_answer_stays_above_its_error(show: Callable) -> None:
    """What had arrived is kept, the card follows, and nothing offers to regenerate beside Retry."""
    at = show("sim/error-mid-stream")
    partial = at.session_state["run"].error.partial.text
    order = [element.type for element in at.main if element.type in ("markdown", "error")]
    assert partial
    assert at.markdown[0].value == partial.strip()
    assert at.error[0].value.startswith(f"**{literal(at.session_state['run'].error.message)}**")
    assert order[:2] == ["markdown", "error"]
    assert "Retry" in buttons(at)
    assert "Regenerate" not in buttons(at)


def test_the_raw_fold_sends_nothing_until_it_is_opened(show: Callable) -> None:
    """Closed, it costs nothing; open, it holds the body as the server got it, and the result."""
    at = show("sim/echo", temperature=0.5)
    assert list(at.code) == []
    at.session_state["answer.raw"] = True
    at.run()
    run: Run = at.session_state["run"]
    assert json.loads(at.code[0].value) == run.payload
    assert json.loads(at.code[0].value)["temperature"] == 0.5
    assert json.loads(at.code[1].value)["text"] == run.result.text


def test_a_run_keeps_the_body_that_was_sent(service: Any, sim: Simulator) -> None:
    run = service.start(ask("sim/echo", temperature=0.25))
    run.wait(20)
    assert run.payload == sim.chat_requests[-1].body


def test_a_chip_counts_the_places() -> None:
    verdict = Verdict("wrong_shape", "Wrong.", (Issue("a", "is missing"), Issue("b", "is missing")))
    assert chip_of(verdict).label == "Wrong shape (2)"


def test_a_failure_is_blamed_on_nobody_who_did_not_fail() -> None:
    """Each has an icon of its own; the verdict of the service stays what it is."""
    failed = Verdict("provider_error", "The request failed.")
    shown = [
        chip_of(failed, error, attempts).label
        for error, attempts in (
            (ProviderError("busy"), 1),
            (StreamInterruptedError("gone"), 1),
            (NetworkError("no network"), 1),
            (AuthenticationError("who?"), 1),
            (ContextLengthError("too long"), 0),
            (None, 1),
        )
    ]
    assert shown == ["Provider error", "Broke off", "No connection", "Wrong key", "Not sent", "Provider error"]
    chips = [outcome_chip(name) for name in OUTCOMES]
    assert len({chip.icon for chip in chips if chip is not None}) == len(OUTCOMES)


def test_what_broke_off_says_so(show: Callable) -> None:
    """Below what had arrived."""
    (badge,) = badges(show("sim/disconnect"))
    assert badge.endswith(": Broke off]")


def test_a_sentence_is_plain_text() -> None:
    """The marks around a path are left out, and what the model wrote is no Markdown."""
    verdict = Verdict("wrong_shape", "The answer: `a.b` should be text, got ![x](y).")
    assert sentence_of(verdict) == "The answer: a.b should be text, got \\!\\[x\\](y)."


@pytest.mark.parametrize(
    ("fields", "tokens", "most", "raised"),
    [
        ({"max_tokens": 100}, 100, None, 200),
        ({"max_tokens": 100}, 100, 150, 150),
        ({"max_tokens": 100}, 100, 100, None),
        ({"max_completion_tokens": 30}, 30, 16_384, 60),
        ({}, 40, None, 80),
        ({}, 0, None, None),
    ],
)
def test_more_tokens_are_twice_as_many_up_to_the_models_limit(
    fields: dict[str, int], tokens: int, most: int | None, raised: int | None
) -> None:
    parameters = ModelParameters(**fields)
    assert higher_limit(parameters, ChatResult(usage=Usage(completion_tokens=tokens)), most) == raised


def test_an_unknown_cost_is_a_dash() -> None:
    """Also without any usage at all; a known one is written out."""
    assert quiet_line(ChatResult(model="a/b")).endswith(" · cost —")
    paid = ChatResult(model="a/b", provider="P_1", usage=Usage(cost=Decimal("0.0042")))
    assert quiet_line(paid) == "a/b via P\\_1 · total 0.0 s · 0 in, 0 out tokens · \\$0.0042"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a/b-1.5 (new)", "a/b-1.5 (new)"),
        ("![x](http://y.z)", "\\!\\[x\\](http://y.z)"),
        (":red[x] :material/key:", "&#58;red\\[x\\] &#58;material/key:"),
        ("<b> $x$ `c` *d*", "\\<b\\> \\$x\\$ \\`c\\` \\*d\\*"),
        ("1. one\n2. two", "1\\. one 2. two"),
        ("- item", "\\- item"),
    ],
)
def test_text_of_others_is_no_markdown(text: str, written: str) -> None:
    assert literal(text) == written


def test_raw_views_mask_keys_and_shorten_what_nobody_reads() -> None:
    """Long prompts stay whole; a picture is named by its kind and size; an amount keeps its digits."""
    long = "word " * 500
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5_000}}
    sent = raw_request({"messages": [{"content": [{"text": f"{long}{KEY}"}, picture]}], "user_id": "user_1"})
    content = json.loads(sent)["messages"][0]["content"]
    assert content[0]["text"] == f"{long}…{KEY[-4:]}"
    assert content[1]["image_url"]["url"] == f"data:image/png;base64,{'A' * 24}… (5,000 characters of base64)"
    assert "user_1" not in sent
    received = json.loads(raw_response(ChatResult(text="x", usage=Usage(cost=Decimal("0.00000100")))))
    assert received["usage"]["cost"] == "0.00000100"


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        (f"data:image/png;base64,{PIXEL}", True),
        ("https://example.com/x.png", False),
        ("data:image/svg+xml;base64,PHN2Zz4=", False),
        ("data:image/png;base64,!!!", False),
        ("data:image/png;base64,aGVsbG8=", False),
        ("/etc/passwd", False),
    ],
)
def test_only_pictures_that_came_along_are_shown(url: str, is_shown: bool) -> None:
    """What would have to be fetched, or only says it is a picture, is not."""
    assert (picture_of({"type": "image_url", "image_url": {"url": url}}) is not None) is is_shown


@pytest.mark.parametrize(
    ("citation", "source"),
    [
        ({"url": "https://a.b/c", "title": "C"}, ("C", "https://a.b/c")),
        ({"url": "https://a.b/c> (x"}, ("a.b", "https://a.b/c%3E%20%28x")),
        ({"url": "javascript:alert(1)", "title": "C"}, None),
        ({"title": "C"}, None),
    ],
)
def test_a_source_is_a_web_page(citation: dict[str, str], source: tuple[str, str] | None) -> None:
    assert source_of({"type": "url_citation", "url_citation": citation}) == source
