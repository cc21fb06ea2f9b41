"""The history: what it finds, opens, runs again, imports; and times and filters in words."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from starlette.datastructures import QueryParams
from streamlit.testing.v1 import AppTest

from pages.parts.clock import spoken
from pages.parts.exports import run_query
from pages.parts.history_filters import span
from service import ResponseFormat
from service.simulator import Simulator
from service.store import RunFilters
from service.web.bootstrap import backend
from service.web.exports import filters_of
from tests.pages.conftest import newest, say
from tests.support import ask

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


@pytest.fixture
def history(chat: AppTest) -> AppTest:
    """The history after two chats, one with an answer that failed."""
    chat.run()
    say(chat, "the price of apples")
    chat.button(key="chat.new").click().run()
    chat.selectbox(key="chat.model").set_value("sim/out-of-credits").run()
    say(chat, "the weather at sea")
    return chat.switch_page("history.py").run()


def show_runs(history: AppTest) -> AppTest:
    return history.segmented_control(key="history.shows").set_value("runs").run()


def titles(history: AppTest) -> list[str]:
    return [
        line.value.strip("*") for line in history.markdown if line.value.startswith("**") and "Demo" not in line.value
    ]


def labels(history: AppTest) -> list[str]:
    return [fold.label for fold in history.expander if "gray" in fold.label]


def test_all_chats_are_listed_and_found_by_words(history: AppTest) -> None:
    assert not history.exception
    assert titles(history) == ["the weather at sea", "the price of apples"]
    history.text_input(key="history.search").set_value("APPLES").run()
    assert titles(history) == ["the price of apples"]
    history.text_input(key="history.search").set_value("pears").run()
    assert "No chat has these words." in [caption.value for caption in history.caption]


def test_a_deleted_chat_comes_back(history: AppTest) -> None:
    gone = newest().id
    history.button(key=f"history.delete.{gone}").click().run()
    assert titles(history) == ["the price of apples"]
    history.button(key="history.undo").click().run()
    assert titles(history) == ["the weather at sea", "the price of apples"]


def test_runs_are_listed_with_what_became_of_them_and_filtered(history: AppTest) -> None:
    show_runs(history)
    first, second = labels(history)
    assert ":material/credit_card_off:" in first
    assert "the weather at sea" in first
    assert "Completed · sim/echo" in second
    history.multiselect(key="history.states").set_value(["failed"]).run()
    assert len(labels(history)) == 1
    history.selectbox(key="history.model").set_value("sim/echo").run()
    assert "No run fits. Take a filter away." in [caption.value for caption in history.caption]
    history.button(key="history.clear").click().run()
    assert len(labels(history)) == 2
    history.text_input(key="history.search").set_value("pears").run()
    assert "No run has these words." in [caption.value for caption in history.caption]


def test_a_run_of_the_wrong_shape_has_no_tick(chat: AppTest) -> None:
    """It came to its end, but what it is worth is its verdict, in the words and the sign of the chip."""
    form = ResponseFormat.json_schema("person", {"type": "object", "properties": {"age": {"type": "integer"}}})
    for model in ("sim/wrong-shape", "sim/not-json", "sim/echo"):
        run = backend().service.start(ask(model, response_format=form if model != "sim/echo" else None))
        backend().library.record("local", run, kind="chat")
        assert run.join(20)
    assert backend().library.flush(10)
    history = show_runs(chat.run().switch_page("history.py").run())
    told = [(label.partition(" ")[0], label.partition("[")[2].partition(" · ")[0]) for label in labels(history)]
    assert told == [
        (":material/check:", "Completed"),
        (":material/data_object:", "Not JSON"),
        (":material/rule:", "Wrong shape"),
    ]


def test_a_run_is_shown_and_run_again(history: AppTest, server: Simulator) -> None:
    """The same request goes out once more, and is a run of its own."""
    show_runs(history)
    run = backend().library.runs("local", RunFilters(states=("completed",)))[0]
    history.session_state[f"history.run.{run.id}"] = True
    history.run()
    assert "the price of apples" in [text.value for text in history.markdown]
    sent = server.chat_requests[0].body
    history.button(key=f"history.run.{run.id}.again").click().run()
    assert server.wait_for_request(3)
    assert server.chat_requests[-1].body == sent
    assert backend().library.flush(10)
    assert len(backend().library.runs("local")) == 3


def test_an_export_comes_back_in(history: AppTest) -> None:
    """What was exported and deleted is there again; a broken file is said with its line and changes nothing."""
    library = backend().library
    exported = "".join(library.export_json("local"))
    assert library.import_json("somebody", exported).conversations == 2
    broken = exported.replace('"type"', '"typo"', 1).encode()
    history.file_uploader[0].upload("chats.jsonl", broken, "application/jsonl")
    history.button(key="FormSubmitter:import-Import").click().run()
    assert history.error[0].value.startswith("**Line 2: ")
    assert titles(history) == ["the weather at sea", "the price of apples"]


def test_saved_schemas_come_back_with_an_import(history: AppTest) -> None:
    """It is said how many, and under which name where their own was taken."""
    library = backend().library
    library.schemas.save("somebody", "Place", '{"type": "object"}')
    library.schemas.save("somebody", "A *star*", '{"type": "object"}')
    library.schemas.save("local", "Place", '{"type": "array"}')
    exported = "".join(library.export_json("somebody")).encode()
    history.file_uploader[0].upload("chats.jsonl", exported, "application/jsonl")
    history.button(key="FormSubmitter:import-Import").click().run()
    assert history.success[0].value == (
        "0 chats, 0 runs and 2 saved schemas imported. Under another name, since theirs was taken: **Place (2)**."
    )
    assert {found.name for found in library.schemas.recent("local")} == {"Place", "Place (2)", "A *star*"}


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW - timedelta(minutes=25), "Today, 14:05"),
        (NOW - timedelta(hours=15), "Yesterday, 23:30"),
        (NOW - timedelta(days=40), "12 Oct, 14:30"),
        (NOW - timedelta(days=400), "17 Oct 2025, 14:30"),
    ],
)
def test_a_moment_is_told_on_the_readers_clock(at: datetime, words: str) -> None:
    assert spoken(at, NOW, timezone(timedelta(hours=1))) == words


def test_days_are_whole_days_of_the_reader() -> None:
    zone = timezone(timedelta(hours=1))
    since, until = span((date(2026, 11, 20), date(2026, 11, 21)), zone)
    assert since == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert until == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert span((date(2026, 11, 20),), zone) == (since, datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert span((), zone) == (None, None)


def test_filters_go_into_an_address_and_come_back() -> None:
    filters = RunFilters(
        query="a & b",
        model="x/y:free",
        verdicts=("valid", "cut_off"),
        states=("completed",),
        min_cost=Decimal("0.000001"),
        max_cost=Decimal(2),
        since=NOW,
        until=NOW + timedelta(days=1),
    )
    assert filters_of(QueryParams(run_query(filters))) == filters
    assert run_query(RunFilters()) == ""


def test_odd_filters_in_an_address_are_passed_over() -> None:
    assert filters_of(QueryParams("min_cost=NaN&max_cost=much&since=soon")) == RunFilters()
