"""All answers of a schema without a browser: which are shown, what stands in a row, and where they are exported."""

import json
import re
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.answers_table import table_html
from pages.parts.items_table import items_html
from service import ResponseFormat
from service.simulator import Reply, Simulator
from service.store import RunFilters, StoredRun
from service.web.bootstrap import backend
from tests.support import ask, streamed

PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array"}}, "required": ["name"]}
PLACE = {"type": "object", "title": "A place", "properties": {"city": {"type": "string"}}}
EVIL = "<img src=x onerror=alert(1)>"


class Cells(HTMLParser):
    """The text of each cell, row by row, and every tag that is not of the table's own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.others: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag not in ("div", "table", "thead", "tbody", "button", "span"):
            self.others.add(tag)

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


def answer(server: Simulator, text: str, schema: object = PERSON, model: str = "sim/json") -> str:
    """Give this answer to a question by the schema, and return the run's id."""
    server.script(Reply(chunks=streamed(text)))
    form = ResponseFormat.json_schema("answer", schema)
    run = backend().service.start(ask(model, "Who?", response_format=form))
    backend().library.record("local", run, kind="batch")
    assert run.join(20)
    assert backend().library.flush(10)
    return run.id


@pytest.fixture
def history(chat: AppTest, server: Simulator) -> AppTest:
    """The view of answers, with three of one schema and a newer one of another."""
    answer(server, '{"name": "Ada", "tags": ["a", "b"]}')
    answer(server, '{"name": 7}', model="sim/echo")
    answer(server, "I would rather not.")
    answer(server, '{"city": "Oslo"}', PLACE)
    chat.run()
    return show(chat.switch_page("history.py").run())


def show(history: AppTest) -> AppTest:
    return history.segmented_control(key="history.shows").set_value("answers").run()


def captions(history: AppTest) -> list[str]:
    return [caption.value for caption in history.caption]


def rows(filters: RunFilters | None = None) -> list[list[str]]:
    schemas = backend().library.schemas
    key = next(found.key for found in schemas.answered("local") if found.name != "A place")
    table = schemas.answers_of("local", key)
    assert table is not None
    chosen = filters or RunFilters(schema_hashes=table.hashes)
    return Cells(table_html(table, backend().library.runs("local", chosen))).rows


def links(history: AppTest) -> list[str]:
    return re.findall(
        r"/export/answers\.[^\"'\s]+", "\n".join(str(element.proto) for element in history.get("link_button"))
    )


def test_without_a_schema_it_is_said_how_to_get_one(chat: AppTest) -> None:
    chat.run()
    history = show(chat.switch_page("history.py").run())
    assert not history.exception
    assert captions(history)[-1].startswith("Nothing here yet. Ask with a JSON schema")


def test_schemas_are_chosen_by_name_with_how_many_answers(history: AppTest) -> None:
    """It begins with what was used last; a saved one goes by its name."""
    choice = history.selectbox(key="history.schema")
    assert choice.options == [
        "A place · asked once, 1 answer · not saved",
        "name, tags · asked 3 times, 3 answers · not saved",
    ]
    assert choice.value == backend().library.schemas.answered("local")[0].key
    backend().library.schemas.save("local", "Person", json.dumps(PERSON))
    history.run()
    assert history.selectbox(key="history.schema").options == [
        "Person · asked 3 times, 3 answers",
        "A place · asked once, 1 answer · not saved",
    ]


def test_each_answer_is_a_row_wrong_ones_too(history: AppTest) -> None:
    """With its fields, what is wrong, and the text of what is no JSON."""
    head, prose, wrong, good = rows()
    assert head == ["When", "Verdict", "name", "tags", "What is wrong", "Asked", "Model", "Cost"]
    assert good[1:7] == ["✓ Valid", "Ada", "a, b", "", "Who?", "sim/json"]
    assert wrong[1:7] == ["⚠ Wrong shape", "7", "", "name should be text, got 7", "Who?", "sim/echo"]
    assert (prose[1:4], prose[4].endswith("I would rather not.")) == (["⚠ Not JSON", "", ""], True)


def test_nothing_in_a_row_is_taken_for_html(chat: AppTest, server: Simulator) -> None:
    """Neither what a model wrote nor what stands in a schema."""
    schema = {"type": "object", "title": EVIL, "properties": {EVIL: {"title": f'"{EVIL}', "description": f'">{EVIL}'}}}
    answer(server, json.dumps({EVIL: EVIL * 20}), schema)
    answer(server, EVIL, schema)
    schemas = backend().library.schemas
    table = schemas.answers_of("local", schemas.answered("local")[0].key)
    assert table is not None
    parsed = Cells(table_html(table, backend().library.runs("local")))
    assert parsed.others == set()
    assert len(parsed.rows) == 3
    assert parsed.rows[2][2].startswith(EVIL)


ORDER = {
    "type": "object",
    "properties": {
        "shop": {"type": "string"},
        "items": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
        "fees": {"type": "array", "title": "Fees", "items": {"type": "object", "properties": {"sum": {}}}},
    },
}


def test_items_of_answers_may_be_the_rows(chat: AppTest, server: Simulator) -> None:
    """Which list is chosen where there are several; the file has the same rows."""
    answer(server, json.dumps({"shop": EVIL, "items": [{"sku": "A1"}, {"sku": EVIL}]}), ORDER)
    answer(server, "I would rather not.", ORDER)
    chat.run()
    history = show(chat.switch_page("history.py").run())
    key = backend().library.schemas.answered("local")[0].key
    choice = history.selectbox(key=f"history.item_list.{key}")
    assert choice.options == ["One row per answer", 'One row per item of "items"', 'One row per item of "Fees"']
    choice.set_value("items[]").run()
    assert not history.exception
    assert links(history) == [
        f"/export/answers.csv?schema={key}&items=items%5B%5D",
        f"/export/answers.jsonl?schema={key}",
    ]
    (told,) = [caption for caption in captions(history) if "no items" in caption]
    assert told == "1 answer has no items, so it has no row here. “One row per answer” shows every answer."
    choice.set_value("fees[]").run()
    assert "None of these answers has an item." in captions(history)


def test_an_item_is_a_row_that_opens_its_answer(chat: AppTest, server: Simulator) -> None:
    """With what its answer says besides."""
    run_id = answer(server, json.dumps({"shop": EVIL, "items": [{"sku": "A1"}, {"sku": EVIL}]}), ORDER)
    schemas = backend().library.schemas
    table = schemas.answers_of("local", schemas.answered("local")[0].key)
    assert table is not None
    html = items_html(table, table.lists[0], backend().library.runs("local"))
    parsed = Cells(html)
    assert parsed.others == set()
    assert parsed.rows[0] == ["When", "Asked", "Item", "shop", "sku", "Verdict", "Model"]
    assert [row[1:] for row in parsed.rows[1:]] == [
        ["Who?", "1", EVIL, "A1", "✓ Valid", "sim/json"],
        ["Who?", "2", EVIL, EVIL, "✓ Valid", "sim/json"],
    ]
    assert html.count(f'data-run="{run_id}"') == 2


def test_what_was_not_paid_is_said_to_be_so(chat: AppTest) -> None:
    """By who answered, whoever is asked now."""
    run = backend().service.start(ask("sim/json", "Who?", response_format=ResponseFormat.json_schema("a", PERSON)))
    backend().library.record("local", run, kind="batch")
    assert run.join(20)
    assert backend().library.flush(10)
    schemas = backend().library.schemas
    table = schemas.answers_of("local", schemas.answered("local")[0].key)
    assert table is not None
    runs = backend().library.runs("local")
    (here,) = runs
    elsewhere = StoredRun({**here.columns, "provider": "A provider"}, here.load_messages)
    simulated, paid = (Cells(table_html(table, [run])).rows[1][-1] for run in (here, elsewhere))
    assert paid.startswith("$0.0")
    assert simulated == f"{paid} (simulated)"


def test_filters_and_words_hold_for_the_table_and_its_files(history: AppTest) -> None:
    """The links carry the schema and the filters."""
    schemas = backend().library.schemas
    key = schemas.answered("local")[1].key
    history.selectbox(key="history.schema").set_value(key).run()
    history.multiselect(key="history.verdicts").set_value(["valid"]).run()
    assert links(history) == [f"/export/answers.{form}?schema={key}&verdict=valid" for form in ("csv", "jsonl")]
    history.multiselect(key="history.verdicts").set_value(["refused"]).run()
    assert "No answer fits. Take a filter away." in captions(history)
    assert links(history) == []


def test_more_rows_come_when_asked_for(chat: AppTest, server: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.history_view.ROWS", 2)
    for number in range(3):
        answer(server, json.dumps({"name": f"n{number}"}))
    chat.run()
    history = show(chat.switch_page("history.py").run())
    history.button(key="history.more.answers").click().run()
    assert not history.exception
    assert [button for button in history.button if button.key == "history.more.answers"] == []


def test_a_saved_schema_without_answers_can_be_chosen_from_elsewhere(chat: AppTest) -> None:
    saved = backend().library.schemas.save("local", "Person", json.dumps(PERSON))
    chat.run()
    chat.session_state["history.schema"] = saved.schema_id
    history = show(chat.switch_page("history.py").run())
    assert history.selectbox(key="history.schema").options == ["Person · not asked yet"]
    assert "Nobody has asked by it yet." in captions(history)


def test_an_opened_answer_is_shown_whole(history: AppTest) -> None:
    """Over the table, with what was asked."""
    history.session_state["history.answer"] = backend().library.runs("local")[0].id
    history.session_state["shell.dialog"] = "answer"
    history.run()
    assert not history.exception
    assert "Who?" in [text.value for text in history.markdown]
    history.session_state["history.answer"] = "never was"
    history.run()
    assert "This answer is not here any more." in captions(history)
