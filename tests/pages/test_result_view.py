"""How a finished answer looks: the value as a tree, the verdict, the line below, and what one may do with it."""

import base64
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.actions import RaiseMaxTokens, Regenerate
from pages.parts.answer_extras import picture_of, source_of
from pages.parts.plain import literal
from pages.parts.raw_view import raw_request, raw_response
from pages.parts.result_view import higher_limit
from pages.parts.value_tree import MAX_ROWS, Row, rows_of
from pages.parts.verdict_chip import chip_of, sentence_of
from pages.parts.words import quiet_line
from service import ChatResult, Issue, ModelParameters, ResponseFormat, Run, Tool, Usage, Verdict
from service.simulator import Simulator
from service.structured import validate
from service.web.bootstrap import close_backend
from tests.support import KEY, ask

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

    st.session_state["action"] = show_result(st.session_state["run"], is_demo=True, key="answer")


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


def test_a_valid_answer_is_a_form_with_json_and_raw_beside_it(show: Callable) -> None:
    """Names of fields read as words, and the value is in all three tabs."""
    at = show("sim/json", response_format=FORM)
    value = json.loads(at.session_state["run"].result.text)
    assert [tab.label for tab in at.tabs] == ["Form", "JSON", "Raw"]
    assert f">{value['name']}<" in at.tabs[0].get("html")[0].value
    assert ">Name<" in at.tabs[0].get("html")[0].value
    assert json.loads(at.tabs[1].code[0].value) == value
    assert at.tabs[2].code[0].value == at.session_state["run"].result.text


def test_a_wrong_shape_says_what_is_wrong_at_its_place(show: Callable) -> None:
    """Every issue stands in the tree, and the chip counts them."""
    at = show("sim/wrong-shape", response_format=FORM)
    issues = at.session_state["run"].result.verdict.issues
    assert badges(at)[0].endswith(f"Wrong shape ({len(issues)})]")
    tree = at.tabs[0].get("html")[0].value
    assert tree.count("orp-issue") - 1 == len({issue.path for issue in issues})


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
    """The half JSON is shown as it came, with the reason, and never as a form."""
    at = show("sim/cut-off", response_format=FORM, max_tokens=40)
    assert list(at.tabs) == []
    assert at.caption[0].value == sentence_of(at.session_state["run"].result.verdict)
    at.button(key="answer.raise").click().run()
    assert at.session_state["action"] == RaiseMaxTokens(80)


def test_a_refusal_stands_in_the_models_words(show: Callable) -> None:
    at = show("sim/refusal")
    assert at.markdown[0].value == at.session_state["run"].result.refusal


def test_a_call_of_a_tool_opens_to_its_arguments(show: Callable) -> None:
    """A line for each call, with the name; inside, the arguments as JSON."""
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    at = show("sim/tool-caller", tools=[Tool.function("get_weather", "The weather.", parameters)])
    (call,) = at.session_state["run"].result.tool_calls
    assert at.expander[0].label == "Calls **get\\_weather**"
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


VALUE = {"unit_price": 3, "isPaid": True, "note": None, "tags": ["a", ""], "lines": [{"name": "x\ny"}], "none": []}


def test_a_tree_names_numbers_and_indents() -> None:
    """Fields in their order, items numbered from 1, booleans and null in words."""
    assert rows_of(VALUE) == [
        Row("unit_price", "Unit price", "3", 0),
        Row("isPaid", "Is paid", "Yes", 0),
        Row("note", "Note", "—", 0),
        Row("tags", "Tags", "2 items", 0, is_head=True),
        Row("tags[0]", "1.", "a", 1),
        Row("tags[1]", "2.", "(empty text)", 1),
        Row("lines", "Lines", "1 item", 0, is_head=True),
        Row("lines[0]", "1.", "", 1, is_head=True),
        Row("lines[0].name", "Name", "x\ny", 2),
        Row("none", "None", "an empty list", 0),
    ]


def test_what_is_missing_gets_a_row_where_it_should_be() -> None:
    """Inside the item that lacks it, before the next item; at the end for the whole value."""
    schema = {
        "type": "object",
        "required": ["total"],
        "properties": {"items": {"type": "array", "items": {"type": "object", "required": ["price"]}}},
    }
    value = {"items": [{"name": "a"}, {"price": 1}]}
    rows = [(row.path, row.depth, row.text, row.issue) for row in rows_of(value, validate(value, schema))]
    assert rows == [
        ("items", 0, "2 items", ""),
        ("items[0]", 1, "", ""),
        ("items[0].name", 2, "a", ""),
        ("items[0].price", 2, "—", "is missing"),
        ("items[1]", 1, "", ""),
        ("items[1].price", 2, "1", ""),
        ("total", 0, "—", "is missing"),
    ]


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (5, Row("", "Answer", "5", 0, "should be an object, got 5")),
        ([1], Row("", "Answer", "1 item", 0, "should be an object, got 5", is_head=True)),
    ],
)
def test_an_issue_of_the_whole_answer_comes_first(value: Any, row: Row) -> None:
    assert rows_of(value, [Issue("", "should be an object, got 5")])[0] == row


def test_a_huge_or_deep_value_stays_small_and_keeps_its_issues() -> None:
    """The tree ends at its limit and says so; an issue beyond it is still told."""
    rows = rows_of(list(range(10_000)), [Issue("[9999]", "should be text, got 9999")])
    assert len(rows) == MAX_ROWS + 2
    assert "JSON tab" in rows[MAX_ROWS].text
    assert rows[-1].issue == "should be text, got 9999"
    deep: Any = "end"
    for _ in range(500):
        deep = {"in": deep}
    assert rows_of(deep)[-1].text == "an object with 1 field"


def test_halves_of_surrogate_pairs_are_fit_to_be_sent() -> None:
    rows = rows_of({"a\ud800": "b\udfff"})
    assert [(row.label, row.text) for row in rows] == [("a\ufffd", "b\ufffd")]


def test_a_chip_counts_the_places() -> None:
    verdict = Verdict("wrong_shape", "Wrong.", (Issue("a", "is missing"), Issue("b", "is missing")))
    assert chip_of(verdict).label == "Wrong shape (2)"


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
    assert quiet_line(ChatResult(model="a/b"), is_demo=False).endswith(" · cost —")
    paid = ChatResult(model="a/b", provider="P_1", usage=Usage(cost=Decimal("0.0042")))
    assert quiet_line(paid, is_demo=False) == "a/b via P\\_1 · total 0.0 s · 0 in, 0 out tokens · \\$0.0042"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a/b-1.5 (new)", "a/b-1.5 (new)"),
        ("![x](http://y.z)", "\\!\\[x\\](http://y.z)"),
        (":red[x] :material/key:", "\\:red\\[x\\] \\:material/key:"),
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
