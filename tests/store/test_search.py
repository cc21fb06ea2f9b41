"""Runs are found by words and by everything else that is known of them, newest first."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from service import OpenRouterService, Run
from service.outcomes import FAILURES, OUTCOMES, PROVIDER_ERROR, outcome_name
from service.simulator import Reply, Simulator
from service.store.folding import PREFIX, fold, search_words, words_of
from service.store.library import Library
from service.store.tables import RunRow
from service.store.values import RunFilters
from tests.support import ask, streamed

Make = Callable[..., Library]
STREAM = {"Content-Type": "text/event-stream"}


def recorded(library: Library, service: OpenRouterService, *texts: str, **fields: Any) -> list[Run]:
    """Return a run for each of these prompts, ended and stored."""
    runs = []
    for text in texts:
        run = service.start(ask(text=text, **fields))
        assert run.join(20)
        library.record("me", run, kind="chat")
        runs.append(run)
    assert library.flush(20)
    return runs


def found(library: Library, query: str = "", **filters: Any) -> list[str]:
    """Return the prompts of the runs that are found."""
    runs = library.runs("me", RunFilters(query=query, **filters))
    return [str(run.request.messages[-1].content) for run in runs]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Crème Brûlée", "creme brulee"),
        ("creme brulee", "CRÈME"),
        ("Straße", "strasse"),
        ("the \ufb01rst of \uff12\uff10\uff12\uff16", "first 2026"),  # a ligature, and digits of full width
        ("Ёлка стоит", "елка"),
        ("ΠΡΌΒΛΗΜΑ", "προβλημα"),
        ("我住在东京都的郊外", "东京"),
        ("我住在东京都的郊外", "东京都"),
        ("我住在东京都的郊外", "郊外"),
        ("我住在东京都的郊外", "外"),
        ("我住在东京都的郊外", "京 郊外"),
        ("カタカナとひらがな", "タカ"),
        ("สวัสดีครับ", "ครับ"),
        ("हिन्दी में", "हिन्दी"),
        ("오늘 서울에서", "서울"),
        ("call max_tokens=12, please", "max_tokens"),
        ("don't panic", "don't"),
        ("e-mail: me@example.com", "me@example.com"),
        ("a" * 60 + "b", "a" * 60 + "c"),  # of a very long word the beginning counts
    ],
)
def test_a_text_is_found_however_it_is_typed(text: str, query: str) -> None:
    """Both go through the same folding."""
    assert holds(text, query)


def holds(text: str, query: str) -> bool:
    """Whether a text has all words of a query, as the databases decide it."""
    words = words_of(text)
    return all(
        any(word.startswith(wanted.removesuffix(PREFIX)) for word in words)
        if wanted.endswith(PREFIX)
        else wanted in words
        for wanted in search_words(query)
    )


@pytest.mark.parametrize(
    ("text", "query"),
    [("tokyo tower", "tok tower"), ("tower", "tower "), ("東京と京都", "東都"), ("cat", "cats"), ("catalogue", "cat ")],
)
def test_only_the_last_word_may_go_on(text: str, query: str) -> None:
    """And not once a blank has ended it."""
    assert holds(text, query) is (text == "tower")


@given(st.text(max_size=30))
def test_every_word_of_a_text_finds_it(text: str) -> None:
    """And folding twice changes nothing more."""
    assert fold(fold(text)) == fold(text)
    assert holds(text, text)
    assert all(not any(blank in word for blank in " \"'\\*") and word for word in words_of(text))


def test_runs_are_found_by_prompt_and_answer_newest_first(library: Library, service: OpenRouterService) -> None:
    """All words have to be there, in any order."""
    recorded(library, service, "Zürich in winter", "winter coats", "Nothing of it")
    assert found(library, "winter") == ["winter coats", "Zürich in winter"]
    assert found(library, "WINTER zuri") == ["Zürich in winter"]
    assert found(library, "zurich coats") == []
    assert found(library, "repeats") == ["Nothing of it", "winter coats", "Zürich in winter"]
    assert found(library, "  ...  ") == found(library)


HOSTILE = ['"', "' OR 1=1 --", "a NEAR b", "NOT", "(", "words:x", "a* b*", "\\", ":*", "& | !", "^a", "{a b}:", "\x00"]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_language_gets_through(library: Library, service: OpenRouterService, query: str) -> None:
    """What means something to a database is a word, or nothing."""
    recorded(library, service, "plain sailing")
    assert found(library, query) == (["plain sailing"] if not search_words(query) else [])
    assert library.recent("me", query=query) == []


def test_a_long_list_goes_on_page_by_page(library: Library, service: OpenRouterService) -> None:
    """With and without words."""
    recorded(library, service, *(f"page {number}" for number in range(5)))
    for filters in (RunFilters(), RunFilters(query="page")):
        first = library.runs("me", filters, limit=2)
        second = library.runs("me", filters, limit=2, before=first[-1].seq)
        third = library.runs("me", filters, limit=2, before=second[-1].seq)
        texts = [[str(run.request.messages[-1].content) for run in page] for page in (first, second, third)]
        assert texts == [["page 4", "page 3"], ["page 2", "page 1"], ["page 0"]]


def test_runs_are_found_by_what_became_of_them(library: Library, service: OpenRouterService, sim: Simulator) -> None:
    """Model, state, verdict, kind, time and cost; together with words or alone."""
    (plain,) = recorded(library, service, "plain")
    recorded(library, service, "failed", model="sim/out-of-credits")
    recorded(library, service, "cut", model="sim/writer", max_tokens=3)
    assert found(library, model="sim/echo") == ["plain"]
    assert found(library, states=("failed",)) == ["failed"]
    assert found(library, verdicts=("cut_off", "valid")) == ["cut"]
    assert found(library, kinds=("batch",)) == []
    assert found(library, "plain", model="sim/echo") == ["plain"]
    assert found(library, "nowhere", model="sim/echo") == []
    assert found(library, until=plain.created_at) == []
    assert found(library, since=plain.created_at, until=plain.created_at + timedelta(microseconds=1)) == ["plain"]
    assert plain.result is not None
    assert plain.result.usage is not None
    cost = plain.result.usage.cost
    assert cost is not None
    assert found(library, min_cost=cost, max_cost=cost) == ["plain"]
    tiny = Decimal("0.000000000001")
    assert "plain" not in found(library, max_cost=cost - tiny) + found(library, min_cost=cost + tiny)


def test_a_run_is_found_by_the_question_it_answers(library: Library, service: OpenRouterService) -> None:
    """Not by those before it, which have runs of their own."""
    conversation = library.create("me")
    for text in ("first question", "second question"):
        said = conversation.say(text)
        messages = conversation.messages_to_send(said.id)
        run = service.start(ask().model_copy(update={"messages": tuple(messages)}))
        assert run.join(20)
        conversation.answer(said.id, run)
    assert library.flush(20)
    assert found(library, "first") == ["first question"]
    assert found(library, "question", conversation_id=conversation.id) == ["second question", "first question"]


def test_a_very_long_answer_is_found_by_its_beginning(
    library: Library, service: OpenRouterService, sim: Simulator
) -> None:
    """Not every word of a megabyte is indexed, and none of it fails."""
    chapters = [
        " ".join(f"wörd{number}" for number in range(at, at + 10_000)) + " " for at in range(0, 120_000, 10_000)
    ]
    sim.script(Reply(200, STREAM, streamed("beginning ", *chapters, "end")))
    recorded(library, service, "long")
    assert found(library, "beginning word7") == ["long"]
    assert library.problem is None


def test_every_failure_is_found_by_its_own_word(library: Library, service: OpenRouterService, sim: Simulator) -> None:
    """Each by the one that is shown for it, and by no other."""
    recorded(library, service, "the first")
    assert library.flush(20)
    kinds = [kind for kinds in FAILURES.values() for kind in kinds] + ["ProviderError", "OfTheFutureError", None]
    with library._database.write() as connection:
        row = dict(connection.execute(RunRow.__table__.select()).mappings().one())
        names = {}
        for seq, (kind, attempts) in enumerate(itertools.product(kinds, (0, 2)), 1):
            ident = f"{kind} {attempts}"
            names[ident] = outcome_name("provider_error", kind, attempts)
            failed = {"verdict": "provider_error", "error_class": kind, "attempts": attempts}
            connection.execute(insert(RunRow.__table__), {**row, **failed, "id": ident, "seq": seq})
    assert set(names.values()) == {*FAILURES, PROVIDER_ERROR}
    for name in OUTCOMES:
        wanted = {ident for ident, its in names.items() if its == name}
        assert {run.id for run in library.runs("me", RunFilters(verdicts=(name,)))} == wanted
    both = library.runs("me", RunFilters(verdicts=("wrong_key", "timed_out")))
    assert {run.columns["error_class"] for run in both} == {"AuthenticationError", "RequestTimeoutError"}
