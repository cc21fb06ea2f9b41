"""What is measured of long conversations and of how far a watched answer is behind: the parts that can be wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench import chats, harness
from bench.contenders.watching import Painted
from bench.conversations import export_of, last_words
from bench.lag import in_letters, largest_lag
from bench.plan import BrokenError, Contender, Sizes
from bench.servers import fetch_sent, fetch_text, resident_bytes
from bench.text import compact
from service.store import Library

SENT = [(0.0, 2), (0.1, 4), (0.2, 6), (0.3, 8)]


@pytest.mark.parametrize(
    ("seen", "lag"),
    [
        ([(0.01, 2), (0.11, 4), (0.22, 6), (0.31, 8)], 0.02),
        ([(0.01, 2), (0.31, 8)], 0.21),
        ([(0.01, 2), (0.11, 4), (0.12, 4), (0.9, 8)], 0.7),
        ([(5.0, 8)], 0.0),
        ([(0.0, 0), (5.0, 8)], 5.0),
        ([(0.01, 5), (0.25, 4), (0.35, 8)], 0.15),
    ],
    ids=["in step", "one jump", "a pause", "all at first sight", "nothing at first", "a mark that went away"],
)
def test_the_lag_is_that_of_what_waited_longest(seen: list[tuple[float, int]], lag: float) -> None:
    """From the moment something was sent until it was seen."""
    assert largest_lag(SENT, seen) == pytest.approx(lag)


def test_what_was_sent_counts_as_a_page_shows_it() -> None:
    """The number of a list and the language of code are sent, and not shown."""
    text = "1. one\n\n```python\ntwo\n```"
    sent = [(0.0, 6), (0.1, 17), (0.2, len(text))]
    assert in_letters(sent, text) == [(0.0, 3), (0.1, 3), (0.2, 6)]


def test_a_painted_answer_is_the_blocks_that_were_sent_last() -> None:
    """A frame brings blocks from a place on, and the last one anew."""
    painted = Painted()
    assert painted.take({"from": 0, "blocks": [], "tail": "<p>One &amp;</p>"})
    assert painted.take({"from": 0, "blocks": ["<p>One &amp; two</p>"], "tail": "<p>Thr</p>"})
    assert not painted.take({"from": 1, "blocks": [], "tail": "<p>Thr</p>"})
    assert painted.take({"from": 1, "blocks": [], "tail": "<p>Three</p>"})
    assert (painted.text, sum(painted.letters)) == ("One & twoThree", 11)


def test_the_simulator_tells_how_much_it_had_sent() -> None:
    """A pair for each write, the last with the length of the whole answer."""
    model = "sim/bench:form=markdown,n=40,ttft=0,itl=1"
    with harness.serve("bench.timed_simulator") as base_url:
        text = fetch_text(base_url, model)
        harness.take(Contender("sdk", "sdk_stream", (model, 40, 1)), base_url)
        (sent,) = fetch_sent(base_url).values()
    assert len(sent) == 40
    assert sorted(sent) == sent
    assert sent[-1][1] == len(text)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(f"sqlite:///{tmp_path / 'chats.sqlite3'}", is_threaded=False)) as library:
        yield library


def test_a_made_up_conversation_is_as_long_as_it_should_be(library: Library) -> None:
    """All of it goes to the model, and is stored once: a further question adds nothing but itself."""
    library.import_json("me", export_of("made-up", 40, "Some words.", "sim/bench"))
    (found,) = library.recent("me", query="made-up")
    conversation = library.get("me", found.id)
    assert conversation is not None
    shown = conversation.path().messages
    assert [message.role for message in shown] == ["user", "assistant"] * 20
    assert [message.text for message in shown if message.text.startswith(last_words(40))] == ["Answer 20. Some words."]
    assert shown[-1].run is not None
    asked = [message.text for message in shown[:-1]]
    assert [message.content for message in shown[-1].run.request.messages] == asked


def test_every_turn_has_a_conversation_of_its_own(library: Library) -> None:
    """What was asked in the last one would make the next one longer."""
    for name in ("a-first", "a-second"):
        assert library.import_json("me", export_of(name, 10, "Words.", "sim/bench")).messages == 10


def test_the_goals_of_long_conversations_are_ratios_to_the_shortest() -> None:
    """The longest is measured beside the others."""
    (bench,) = chats.benches(Sizes())
    assert [contender.name for contender in bench.contenders] == ["10 messages", "200 messages", "2,000 messages"]
    goals = {measure.name: measure.goals for measure in bench.measures if measure.goals}
    limit = {"10 messages": 1.5}
    assert goals == {"Enter to the new message": limit, "bytes received": limit}


def test_a_quick_run_opens_conversations_in_a_browser() -> None:
    """Our app, its database and Chromium; a word lost in an answer would be an error."""
    command = [sys.executable, "-m", "bench", "chats", "--quick", "--rounds", "1"]
    done = subprocess.run(command, cwd=harness.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if " Enter to the new message " in line]
    assert rows == ["10 messages", "60 messages"]


def test_the_memory_of_another_process_is_read() -> None:
    """This one counts as another; it has become larger."""
    before = resident_bytes(os.getpid())
    more = b"x" * 50_000_000
    assert resident_bytes(os.getpid()) - before > len(more) * 0.9


def test_a_process_that_has_gone_has_no_memory() -> None:
    """It is said, not counted as nothing."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(BrokenError, match="memory of another process cannot be read"):
        resident_bytes(process.pid)


def test_a_database_of_the_user_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured would be written into it."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:///mine.sqlite3")
    assert "DATABASE_URL" not in harness.environment()


def test_letters_are_those_that_are_compared() -> None:
    """The lag and the check at the end count alike."""
    text = "A *word* and 2."
    assert in_letters([(0.0, len(text))], text) == [(0.0, len(compact(text)))]
