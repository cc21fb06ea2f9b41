"""Where a schema may begin: what comes out is shown first, takes the place of what is there, and can be taken back."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from service import Run
from service.simulator import Reply, Simulator
from service.web.bootstrap import backend
from tests.pages.conftest import say
from tests.support import streamed

FORMAT = "chat.response_format"


@pytest.fixture
def start(chat: AppTest) -> AppTest:
    """The chat page with the dialog open."""
    chat.run()
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    return chat.button(key=f"{FORMAT}.schema_json.start").click().run()


def source(page: AppTest, name: str) -> AppTest:
    return page.pills(key=f"{FORMAT}.source").set_value(name).run()


def paste(page: AppTest, name: str, text: str) -> AppTest:
    return page.text_area(key=f"{FORMAT}.start.{name}_json").set_value(text).run()


def preview(page: AppTest) -> str:
    """Return what comes out, the last code in the dialog."""
    assert "**What comes out**" in [found.value for found in page.markdown]
    return str(page.code[-1].value)


def use(page: AppTest) -> AppTest:
    return page.button(key=f"{FORMAT}.use").click().run()


def has_offer(page: AppTest) -> bool:
    return f"{FORMAT}.use" in [button.key for button in page.button]


def schema_text(page: AppTest) -> str:
    return str(page.session_state[f"{FORMAT}.schema_json"])


def captions(page: AppTest) -> str:
    return "\n".join(found.value for found in page.caption)


def test_a_template_is_looked_at_and_taken(start: AppTest) -> None:
    """With its name; the dialog closes, and Undo brings back what was there."""
    start.selectbox(key=f"{FORMAT}.template").set_value("Quiz").run()
    assert preview(start).startswith("title: The title of the quiz")
    assert schema_text(start) == ""
    use(start)
    assert "questions" in json.loads(schema_text(start))["properties"]
    assert start.session_state[f"{FORMAT}.name"] == "quiz"
    assert not has_offer(start)
    start.button(key=f"{FORMAT}.schema_json.undo").click().run()
    assert schema_text(start) == ""


def test_a_schema_has_its_own_name_and_says_where_it_comes_from(start: AppTest) -> None:
    """Not that of the schema before; Undo brings that back, and what was typed as a name stays."""
    use(start)
    first = start.session_state[f"{FORMAT}.name"]
    opener = f"{FORMAT}.schema_json.start"
    paste(
        source(start.button(key=opener).click().run(), "code"), "code", "interface BillOfSale { a: string, b: string }"
    )
    use(start)
    assert start.session_state[f"{FORMAT}.name"] == "bill_of_sale"
    assert "2 fields from your code." in captions(start)
    start.button(key=f"{FORMAT}.schema_json.undo").click().run()
    assert start.session_state[f"{FORMAT}.name"] == first
    assert "from your code" not in captions(start)
    start.text_input(key=f"{FORMAT}.name").set_value("mine").run()
    paste(source(start.button(key=opener).click().run(), "csv"), "csv", "a,b,c\n1,2,3")
    use(start)
    assert start.session_state[f"{FORMAT}.name"] == "mine"
    assert "3 fields from your CSV table." in captions(start)


def test_nothing_is_a_beginning_too(start: AppTest) -> None:
    """Whoever wants to start afresh need not delete row by row."""
    use(start)
    assert schema_text(start) != ""
    start.button(key=f"{FORMAT}.schema_json.start").click().run()
    start.selectbox(key=f"{FORMAT}.template").set_value("Nothing: an empty table").run()
    use(start)
    assert schema_text(start) == ""


def test_examples(start: AppTest) -> None:
    """What only some have is optional; a broken one is named by its line, and offers nothing."""
    paste(source(start, "examples"), "examples", '{"a": 1}\n{"a": tru}')
    assert "Line 2, column 7" in start.error[0].value
    assert "2 | " in start.code[-1].value
    assert not has_offer(start)
    paste(start, "examples", '{"a": 1}\n{"a": 2, "b": "x"}')
    assert preview(start) == "a int, b?"
    use(start)
    assert json.loads(schema_text(start))["required"] == ["a"]


def test_a_pasted_table(start: AppTest) -> None:
    paste(source(start, "csv"), "csv", "article;price\nLamp;79,50")
    assert preview(start) == "rows list { article, price number }"


def test_an_uploaded_table(start: AppTest) -> None:
    source(start, "csv")
    start.file_uploader(key=f"{FORMAT}.start.file").upload("t.csv", "größe;n\nxl;1".encode("cp1252"), "text/csv").run()
    assert preview(start) == "rows list { größe, n int }"


def test_pasted_code(start: AppTest) -> None:
    paste(source(start, "code"), "code", "interface A {\n  x: Foo\n}")
    assert "Line 2" in start.error[0].value
    paste(start, "code", "interface A {\n  x: number\n}")
    assert preview(start) == "x number"


def test_an_earlier_answer(start: AppTest) -> None:
    """Answers that hold no JSON are not offered."""
    source(start, "answer")
    assert "No answer holds JSON yet." in captions(start)
    start.selectbox(key="chat.model").set_value("sim/echo").run()
    start.segmented_control(key=FORMAT).set_value("text").run()
    say(start, "Hello")
    start.selectbox(key="chat.model").set_value("sim/json").run()
    start.segmented_control(key=FORMAT).set_value("json_object").run()
    say(start, "Lamps")
    assert backend().library.flush(10)
    start.segmented_control(key=FORMAT).set_value("json_schema").run()
    assert len(start.selectbox(key=f"{FORMAT}.answer").options) == 1
    assert "keywords list" in preview(start)


def describe(page: AppTest, text: str, model: str = "sim/json") -> Run | None:
    page.selectbox(key="chat.model").set_value(model).run()
    source(page, "words")
    page.text_area(key=f"{FORMAT}.start.words").set_value(text).run()
    page.button(key=f"{FORMAT}.describe").click().run()
    run = page.session_state.get(f"{FORMAT}.described")
    return run if isinstance(run, Run) else None


def test_a_description_that_holds_a_key_is_asked_about(start: AppTest, server: Simulator) -> None:
    """The second press means it."""
    text = "The sender, authorised by ghp_" + "0123456789abcdefghij" * 2
    assert describe(start, text) is None
    assert start.error[-1].value.startswith("The description holds what looks like a GitHub token (…ghij).")
    assert server.chat_requests == []
    run = describe(start, text)
    assert run is not None
    assert run.join(20)


def test_a_description(start: AppTest, server: Simulator) -> None:
    """The chosen model lists the fields; the linter has looked at them, and the run stands in the history."""
    run = describe(start, "The sender, the date of the order and whether it is urgent")
    assert run is not None
    assert run.join(20)
    start.run()
    assert preview(start).splitlines()[0] == "sender: From your words: The sender"
    assert "Simulated: no model has read your description." in captions(start)
    assert "not known. None of OpenAI, Anthropic and Google would refuse this schema" in captions(start)
    assert server.chat_requests[-1].body["model"] == "sim/json"
    use(start)
    assert list(json.loads(schema_text(start))["properties"]) == ["sender", "date_order", "urgent"]
    assert backend().library.flush(10)
    assert backend().library.runs("local")[0].kind == "schema"


def test_the_fields_a_model_listed_are_no_earlier_answer(start: AppTest) -> None:
    """They are JSON, but nobody asked for that."""
    run = describe(start, "The sender")
    assert run is not None
    assert run.join(20)
    assert backend().library.flush(10)
    source(start, "answer")
    assert "No answer holds JSON yet." in captions(start)


def test_a_model_without_structured_outputs_is_told_the_form(start: AppTest, server: Simulator) -> None:
    run = describe(start, "The sender", "sim/echo")
    assert run is not None
    assert run.join(20)
    body = server.chat_requests[-1].body
    assert body["response_format"] == {"type": "text"} or "response_format" not in body
    assert "may_be_null" in body["messages"][0]["content"]


def test_a_description_that_is_stopped(start: AppTest, server: Simulator) -> None:
    server.script(Reply(chunks=streamed('{"name": "a', finish=None), end="hang"))
    run = describe(start, "The sender")
    assert run is not None
    assert start.button(key=f"{FORMAT}.describe").disabled
    start.button(key=f"{FORMAT}.stop").click().run()
    assert run.join(20)
    start.run()
    assert "Stopped before the end" in start.error[0].value
    assert start.text_area(key=f"{FORMAT}.start.words").value == "The sender"
    assert not has_offer(start)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("sim/not-json", "The model gave no list of fields."),
        ("sim/wrong-shape", "The model gave no list of fields."),
        ("sim/out-of-credits", "The credits do not cover this request."),
        ("sim/echo", "The model gave no list of fields."),
    ],
)
def test_a_description_that_came_to_nothing(start: AppTest, model: str, said: str) -> None:
    """The reason is told, and another model may be asked."""
    run = describe(start, "The sender", model)
    assert run is not None
    assert run.join(20)
    start.run()
    assert said in start.error[0].value
    assert not has_offer(start)
    assert not start.button(key=f"{FORMAT}.describe").disabled


def test_a_blank_description_asks_nobody(start: AppTest, server: Simulator) -> None:
    assert describe(start, "  ") is None
    assert "Describe first" in start.error[0].value
    assert server.chat_requests == []


def test_a_schema_that_would_be_refused_says_so(start: AppTest) -> None:
    start.selectbox(key="chat.model").set_value("openai/o3-deep-research").run()
    paste(source(start, "examples"), "examples", '{"a": 1}\n{"b": 2}')
    assert "Checked: OpenAI would refuse it for " in captions(start)


def test_the_schema_as_code(start: AppTest) -> None:
    """In three languages, each with what is lost."""
    use(start)
    start.button(key=f"{FORMAT}.copy").click().run()
    assert [tab.label for tab in start.tabs] == ["JSON Schema", "Pydantic", "TypeScript"]
    source_of = {tab.label: tab.code[0].value for tab in start.tabs}
    assert json.loads(source_of["JSON Schema"])["properties"]
    assert "class Contact(BaseModel):" in source_of["Pydantic"]
    assert "export interface Contact {" in source_of["TypeScript"]
    assert "TypeScript does not check it" in start.tabs[2].caption[0].value
