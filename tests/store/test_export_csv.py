"""Runs as a spreadsheet: exact, and no cell is a formula."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import ChatRequest, ChatResult, Issue, OpenRouterService, Verdict
from service.spreadsheet import LONGEST_CELL, safe_cell
from service.store.export_csv import COLUMNS
from service.store.library import Library
from service.store.values import RunFilters
from service.structured import repair_instruction, repair_request
from tests.store.exports import ended, fill
from tests.support import ask, echoed

Make = Callable[..., Library]
ANYTHING = st.text(st.characters() | st.sampled_from("=+-@\t\r\n ;,\"'|\u3000\uff1d\ufeff\x00"), max_size=20)

SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212", "\ufe66"]
BEFORE = ["", " ", "\t", "\r", "\n", "\u3000", "\u00a0", "\ufeff", "\u200b", "\x01"]
FORMULAS = [f"{before}{sign}1" for before in BEFORE for sign in SIGNS] + ["\t", "\rx", "\nx"]


def rows_of(library: Library, filters: RunFilters | None = None) -> list[dict[str, str]]:
    text = "".join(library.export_csv("me", filters, bom=False))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_run_is_a_row(library: Library, service: OpenRouterService) -> None:
    """Newest first, with what was asked, what came of it, and what it cost."""
    fill(library, service)
    rows = rows_of(library)
    assert [row["prompt"] for row in rows] == ["row", "Fail", "one", "two", "one"]
    assert [row["state"] for row in rows] == ["completed", "failed", "completed", "completed", "completed"]
    row, failed = rows[0], rows[1]
    assert tuple(row) == COLUMNS
    assert (row["model"], row["provider"], row["answer"]) == ("sim/echo", "Simulator", echoed("row"))
    stored = library.runs("me")[0]
    assert row["time_utc"] == stored.created_at.strftime("%Y-%m-%d %H:%M:%S")
    assert row["cost_usd"] == f"{stored.cost:f}"
    assert (row["prompt_tokens"], row["completion_tokens"]) == ("5", "15")
    assert float(row["total_seconds"]) == pytest.approx(stored.elapsed, abs=0.001)
    assert (failed["cost_usd"], failed["answer"], failed["verdict"]) == ("", "", "not_accepted")
    assert failed["error"].startswith("The request was refused as malformed.")


def test_filters_choose_the_rows(library: Library, service: OpenRouterService) -> None:
    """The same as in the list; other owners' runs are nobody else's."""
    fill(library, service)
    library.record("you", ended(service, "theirs"), kind="batch")
    assert [row["prompt"] for row in rows_of(library, RunFilters(states=("failed",)))] == ["Fail"]
    assert len(rows_of(library)) == 5


def test_more_runs_than_are_read_at_once_are_all_there(
    library: Library, service: OpenRouterService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once."""
    fill(library, service)
    monkeypatch.setattr("service.store.export_csv.AT_ONCE", 2)
    monkeypatch.setattr("service.store.export_rows.RUNS_AT_ONCE", 1)
    assert len(rows_of(library)) == 5
    library.record("me", ended(service, "another"), kind="batch")
    assert sum('"kind":"batch"' in line for line in library.export_json("me")) == 2


def test_excel_is_told_that_it_is_utf8(library: Library) -> None:
    """By a byte order mark, unless told otherwise; lines end as RFC 4180 has it."""
    told, plain = "".join(library.export_csv("me")), "".join(library.export_csv("me", bom=False))
    assert told == "\ufeff" + plain
    assert plain.endswith('"error"\r\n')


def test_what_is_asked_is_the_last_question(library: Library, service: OpenRouterService) -> None:
    """Not what was said before it."""
    conversation = library.create("me")
    for text in ("first", "second"):
        said = conversation.say(text)
        run = service.start(ChatRequest(messages=tuple(conversation.messages_to_send(said.id)), model="sim/echo"))
        assert run.join(20)
        conversation.answer(said.id, run)
    assert [row["prompt"] for row in rows_of(library)] == ["second", "first"]


def test_an_answer_that_was_asked_for_again_has_its_question(library: Library, service: OpenRouterService) -> None:
    """On the page and in the file, twice asked again too, and where it was imported; a text like it stays itself."""
    verdict = Verdict("wrong_shape", "Wrong.", (Issue("a", "is missing"),))
    first = ask("sim/echo", "The question")
    again = repair_request(first, ChatResult(text="{}"), verdict)
    for request in (first, again, repair_request(again, ChatResult(text="[]"), Verdict("empty", "Empty."))):
        run = service.start(request)
        assert run.join(20)
        library.record("me", run, kind="batch")
    library.record("me", ended(service, repair_instruction(verdict)), kind="batch")
    assert library.flush(10)
    text = "".join(library.export_json("me"))
    like_it, *others = [row["prompt"] for row in rows_of(library)]
    assert (like_it, others) == (repair_instruction(verdict), ["The question"] * 3)
    library.import_json("other", text)
    for owner in ("me", "other"):
        like_it, *others = [run.headline for run in library.runs(owner)]
        assert like_it.startswith("Your JSON does not follow")
        assert others == ["The question"] * 3


def test_a_formula_in_a_prompt_is_a_text(library: Library, service: OpenRouterService) -> None:
    """Also through the whole way."""
    library.record("me", ended(service, '=HYPERLINK("https://evil.example","x")'), kind="batch")
    (row,) = rows_of(library)
    assert row["prompt"] == '\'=HYPERLINK("https://evil.example","x")'
    assert row["answer"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_may_take_for_a_formula_gets_an_apostrophe(text: str) -> None:
    """Whatever stands before the sign, and however wide it is."""
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'=1", "a\n=1", "(-1)", "e@mail", " plain"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_a_long_text_is_cut_where_a_spreadsheet_would_break_it() -> None:
    """What is beyond would stand in the next row, as a formula perhaps."""
    cut = safe_cell("x" * LONGEST_CELL + "=1" + "y" * 998)
    assert cut == "x" * LONGEST_CELL + "… (1,000 more characters)"
    assert safe_cell("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    wide = safe_cell("\U0001f600" * 20_000)
    assert wide == "\U0001f600" * 16_000 + "… (4,000 more characters)"


@given(text=ANYTHING)
def test_no_cell_begins_with_a_sign(text: str) -> None:
    """And nothing else of the text is changed but what no file can hold."""
    cell = safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.encode().decode() == cell
    kept = "".join("\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else char for char in text)
    assert cell in (kept, f"'{kept}")
