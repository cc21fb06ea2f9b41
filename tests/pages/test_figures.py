"""Figures on the page: what the server and the key say, and what the next message costs."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.connection_figures import health_lines, key_lines
from pages.parts.estimate import estimate_line
from service import CostEstimate, Health, KeyStatus, NetworkError
from service.simulator import Simulator
from service.web.bootstrap import close_backend
from tests.pages.conftest import say
from tests.support import refusing

WELL = Health(True, 0.123, "closed", None, 2, 0)


def draw() -> None:
    from pages.parts.connection import connection

    connection()


@pytest.fixture
def page(sim: Simulator, monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> Iterator[AppTest]:
    """The dialog of an app that has a key."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-figures00001")
    close_backend()
    yield AppTest.from_function(draw, default_timeout=30).run()
    close_backend()


def check(page: AppTest) -> str:
    page.button(key="connection.check").click().run()
    assert not page.exception
    return str(page.markdown[-1].value)


def test_the_server_and_the_key_are_asked_when_somebody_wants_to_know(page: AppTest, sim: Simulator) -> None:
    """Not before."""
    assert sim.requests == []
    said = check(page)
    assert said.startswith("- 127\\.0.0.1 answers, in 0.")
    assert "- The key has no limit of its own" in said
    assert "- Spent: \\$0 in all, \\$0 this month, \\$0 today" in said
    assert "- Free models: 0 of 1,000 requests used today" in said


def test_a_refused_key_is_told_from_a_server_that_is_away(page: AppTest, sim: Simulator) -> None:
    """In the words of the error."""
    sim.script_for("/models", refusing(401))
    sim.script_for("/key", refusing(401))
    said = check(page)
    assert "answers, in 0." in said
    assert ", but refuses the key" in said
    assert "\n- Key: " in said


@pytest.mark.parametrize(
    ("health", "line"),
    [
        (WELL, "S answers, in 0.12 s"),
        (replace(WELL, is_key_refused=True), "S answers, in 0.12 s, but refuses the key"),
        (replace(WELL, is_reachable=False, last_error=NetworkError("No way.")), "S does not answer: No way."),
        (WELL, "Answers being written now, for everybody here: 2"),
        (
            replace(WELL, runs_waiting=1_200),
            "Answers being written now, for everybody here: 2; waiting for their turn: 1,200",
        ),
        (replace(WELL, breaker="open"), "The default model failed again and again, and is left alone for a moment"),
    ],
)
def test_health_is_said_in_words(health: Health, line: str) -> None:
    """For people who do not run it."""
    assert line in health_lines(health, "S")


def test_nobody_waiting_is_not_told() -> None:
    """A zero tells people nothing."""
    assert health_lines(replace(WELL, runs_in_flight=0), "S") == ["S answers, in 0.12 s"]


def test_in_demo_mode_there_is_no_connection_to_check(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key in the field is not the one that would be asked."""
    for name in ("OPENROUTER_BASE_URL", "OPENROUTER_API_KEY"):
        monkeypatch.delenv(name)
    close_backend()
    demo = AppTest.from_function(draw, default_timeout=30).run()
    assert [button.label for button in demo.button] == ["Connect"]


def test_a_key_says_all_it_knows() -> None:
    """What is left, what was spent, what is free, until when."""
    status = KeyStatus(
        "label",
        limit=Decimal(10),
        remaining=Decimal("7.5"),
        limit_reset="monthly",
        usage=Decimal("2.5"),
        usage_daily=Decimal("0.00006"),
        free_requests_used=3,
        free_requests_limit=50,
        is_free_tier=True,
        expires_at="2027-01-01T00:00:00Z",
    )
    assert key_lines(status) == [
        "\\$7.50 left of \\$10.00, renewed monthly",
        "Spent: \\$2.50 in all, \\$0.00006 today",
        "Free models: 3 of 50 requests used today",
        "Free tier: no credits were bought yet",
        "The key expires on 2027-01-01",
    ]
    assert key_lines(KeyStatus("label")) == []


def test_an_estimate_says_what_it_assumes() -> None:
    """And a dash where the price is unknown."""
    known = CostEstimate(Decimal("0.0031"), Decimal("0.001"), Decimal("0.0021"), 1_240, 500)
    assert estimate_line(known, is_demo=False) == ("Next message: ≈ 1,240 tokens + yours · ≈ \\$0.0031 with 500 out")
    assert estimate_line(known, is_demo=True).endswith("≈ \\$0.0031 (simulated) with 500 out")
    assert estimate_line(replace(known, total=None), is_demo=True).endswith("· cost — with 500 out")
    assert estimate_line(known, is_demo=False, has_web_tools=True).endswith("with 500 out + web tools")


def test_the_estimate_follows_the_conversation(chat: AppTest) -> None:
    """Nothing for an empty one; with each message more is sent along, and what web tools add is not known."""

    def line() -> list[str]:
        return [caption.value for caption in chat.caption if caption.value.startswith("Next message")]

    chat.run()
    assert line() == []
    say(chat, "hello")
    (first,) = line()
    say(chat, "a longer message, which is sent along the next time")
    (second,) = line()
    tokens = [int(said.partition("≈ ")[2].partition(" ")[0]) for said in (first, second)]
    assert 0 < tokens[0] < tokens[1]
    chat.session_state["chat.server_tool.web_search"] = True
    chat.selectbox(key="chat.model").set_value("sim/writer").run()
    assert line()[0].endswith(" out + web tools")
