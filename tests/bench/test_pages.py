"""The measurements of whole pages: what they compare, what they refuse, and that the sessions run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import harness, page, start, watch
from bench.plan import QUICK, Bench, BrokenError, Contender, Measure, Report, Sizes
from bench.servers import BARE, OURS, TUTORIAL, cpu_seconds, fetch_sent, fetch_text
from bench.text import compact

ROOT = Path(__file__).resolve().parents[2]

MARKDOWN = """Some **bold** words

1. numbered
2. twice

```python
x = {"a": 1}
```

| a | b |
|---|---|
| 1. | 2 |"""


def test_a_rendered_text_has_the_letters_and_digits_of_its_source() -> None:
    """But neither the numbers of a list nor the language of code, which a page draws in other ways."""
    shown = 'Some bold words numbered twice x = {"a": 1} a b 1. 2'
    assert compact(MARKDOWN) == compact(shown, is_rendered=False)


def test_a_page_that_shows_the_source_shows_all_of_it() -> None:
    """The bare page renders nothing."""
    assert compact(MARKDOWN, is_rendered=False) == "Someboldwords1numbered2twicepythonxa1ab12"


def taken(bench: Bench, rounds: int) -> tuple[list[str], list[harness.Row]]:
    """Let contenders have turns that take no time; return whose turns they were, and the rows."""
    turns: list[str] = []

    def take(contender: Contender) -> Report:
        turns.append(contender.name)
        return Report(contender.name, {"lag": [90.0 if contender.name == "ours" else 45.0]}, {})

    return turns, harness.run(bench, rounds, take, say=lambda words: None)


def made_up(**more: object) -> Bench:
    measure = Measure("lag", "ms", {"theirs": 3.0, "": 80.0})
    return Bench("Made up", Contender("ours"), (Contender("theirs"),), (measure,), **more)


def test_a_limit_of_our_own_has_a_row_beside_the_ratio() -> None:
    """Twice as much as theirs may be good, and still too much."""
    _, rows = taken(made_up(), rounds=1)
    assert [(row.contender, row.baseline, row.is_met) for row in rows] == [
        ("theirs", "", None),
        ("ours", "theirs", True),
        ("ours", "", False),
    ]


def test_who_begins_changes_after_a_warm_up() -> None:
    """The first turns of all are not counted."""
    turns, rows = taken(made_up(), rounds=2)
    assert turns == ["theirs", "ours", "theirs", "ours", "ours", "theirs"]
    assert [len(row.figures) for row in rows] == [2, 2, 2]


def test_what_takes_long_has_fewer_rounds_and_what_is_warm_no_warm_up() -> None:
    """Otherwise a run would take an hour."""
    turns, _ = taken(made_up(most_rounds=1, needs_warm_up=False), rounds=5)
    assert turns == ["theirs", "ours"]


def goals(bench: Bench) -> dict[str, dict[str, float]]:
    return {measure.name: dict(measure.goals) for measure in bench.measures if measure.goals}


def test_the_goals_of_answers_are_those_of_the_page() -> None:
    """At once the bare page is the measure, at a pace the tutorial's chat."""
    at_once, *paced = page.benches(Sizes())
    assert goals(at_once) == {"Enter to last text": {BARE: 2.0}}
    for bench in paced:
        assert goals(bench) == {
            "lag of the last text": {"": 100.0},
            "bytes received": {TUTORIAL: 0.05},
            "server CPU": {TUTORIAL: 0.5},
            "browser main thread": {TUTORIAL: 0.4},
        }


def test_an_answer_cannot_be_complete_before_it_was_sent() -> None:
    """2,000 tokens 5 ms apart take ten seconds; a shorter time would mean that something was left out."""
    floors = [
        measure.floor for bench in page.benches(Sizes()) for measure in bench.measures if "last text" in measure.name
    ]
    assert floors == pytest.approx([0, 0, 9.995, 0, 79.99, 0])


def test_the_goals_of_the_start_and_of_a_hundred_sessions() -> None:
    """1.3 times the tutorial's start; a second behind at most, and 5 % above the ideal ten seconds at the end."""
    assert list(goals(start.benches(Sizes())[0]).values()) == [{TUTORIAL: 1.3}, {TUTORIAL: 1.3}]
    fifty, hundred = watch.benches(Sizes())
    limits = {"largest lag after the first text": {"": 1.0}, "first token sent to last text": {"": 10.5}}
    assert goals(fifty) == goals(hundred) == limits
    assert fifty.title.startswith("50 sessions")
    assert hundred.title.startswith("100 sessions at once, each watching 50 tokens a second for 10 s")


def test_the_simulator_tells_when_it_sent_the_first_and_the_last_token() -> None:
    """By question, in the time of this machine's clock, and once."""
    with harness.serve("bench.timed_simulator") as base_url:
        before = time.time()
        text = fetch_text(base_url, "sim/bench:form=markdown,n=40,ttft=0,itl=5")
        assert text.startswith("This stream is simulated.")
        assert fetch_sent(base_url) == {}  # a whole answer is no stream
        harness.take(Contender("sdk", "sdk_stream", ("sim/bench:n=40,ttft=0,itl=5", 40, 1)), base_url)
        ((first, *_, last),) = [[at for at, _ in sent] for sent in fetch_sent(base_url).values()]
        assert before < first < last < time.time()
        assert fetch_sent(base_url) == {}


def test_the_cpu_time_of_another_process_is_read() -> None:
    """This one counts as another; it has been busy."""
    before, used = cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() < used + 0.05:
        sum(range(1000))
    assert 0.05 <= cpu_seconds(os.getpid()) - before < 0.5


def test_a_process_that_has_gone_has_no_cpu_time() -> None:
    """It is said, not counted as nothing."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(BrokenError, match="CPU time of another process cannot be read"):
        cpu_seconds(process.pid)


@pytest.mark.parametrize("name", ["page", "chats", "start"])
def test_without_chromium_one_sentence_says_so(name: str) -> None:
    """Nothing else is started then."""
    environ = {**os.environ, "CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Broken: CHROMIUM=/nowhere/chromium does not run as a browser: name one that does, or unset it."
    )


def test_sessions_watch_their_answers_in_both_chats() -> None:
    """Real servers and real sessions, without a browser; a word lost in one of them would be an error."""
    (bench,) = watch.benches(QUICK)
    with watch.stage() as take:
        reports = [take(contender) for contender in bench.contenders]
    assert [report.contender for report in reports] == [TUTORIAL, OURS]
    assert [report.output for report in reports] == [{"whole_answers": QUICK.sessions[0]}] * 2
