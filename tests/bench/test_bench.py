"""The benchmark's arithmetic, what it refuses, and that it runs. How fast anything is, is no part of the tests."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from bench.contenders.service_soak import Kind
from bench.harness import take
from bench.plan import Bench, BrokenError, Contender, Measure, Report, check
from bench.table import Row, render
from service import OpenRouterService
from tests.support import ask

ROOT = Path(__file__).resolve().parents[2]

BENCH = Bench(
    title="Made up",
    ours=Contender("ours", "none"),
    others=(Contender("theirs", "none"),),
    measures=(Measure("time", "ms", {"theirs": 1.5}, floor=1.0),),
    expected={"answers": 2},
)


def row(*figures: float, baseline: tuple[float, ...] = (), goal: float | None = None) -> Row:
    """Return our row, with a baseline if there are figures of one."""
    return Row("ours", "time", "ms", figures, "theirs" if baseline else "", baseline, goal)


def reported(contender: str, time: float = 2.0, **output: object) -> Report:
    """Return a report in which all is well, unless told otherwise."""
    return Report(contender, {"time": [time]}, {"answers": 2, "fingerprint": "a"} | output)


def test_a_ratio_is_the_median_of_neighbours() -> None:
    """Each figure is divided by the one taken beside it: the slow third round slowed both and does not show."""
    ours = row(2.0, 3.0, 90.0, baseline=(1.0, 2.0, 60.0))
    assert (ours.median, ours.ratios, ours.ratio) == (3.0, [2.0, 1.5, 1.5], 1.5)


@pytest.mark.parametrize(
    ("ours", "is_met"),
    [
        (row(3.0, 3.0, baseline=(2.0, 2.0), goal=1.5), True),
        (row(3.1, 3.1, baseline=(2.0, 2.0), goal=1.5), False),
        (row(1.0, 249.0, goal=250.0), True),
        (row(1.0, 1.0, 251.0, goal=250.0), False),
        (row(3.0, baseline=(2.0,)), None),
    ],
    ids=["ratio at its limit", "ratio above", "every figure below", "one figure above", "no goal"],
)
def test_a_goal_limits_the_ratio_or_every_figure(ours: Row, is_met: bool | None) -> None:
    """With a baseline the median ratio counts, without one the worst figure."""
    assert ours.is_met is is_met


def test_beside_nothing_there_is_a_ratio_all_the_same() -> None:
    """A lag may be none at all: whoever saw nothing before the end was never behind."""
    assert row(2.0, 3.0, baseline=(0.0, 2.0)).ratios == [math.inf, 1.5]
    assert "inf" in render([row(2.0, baseline=(0.0,), goal=1.5)])


def test_figures_without_their_neighbours_are_refused() -> None:
    """A ratio of figures from different rounds would mean nothing."""
    with pytest.raises(ValueError, match="shorter"):
        _ = row(1.0, 2.0, baseline=(1.0,)).ratio


def test_the_table_says_what_was_measured_and_whether_it_is_good_enough() -> None:
    """Median, spread, ratio with its spread, goal, and a word."""
    table = render([row(12.34, 0.5, 1234.0), row(3.0, 4.5, baseline=(1.5, 3.0), goal=1.5), row(7.0, goal=250.0)])
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert cells[2:] == [
        ["ours", "time", "12.3 ms", "0.50 – 1,234", "", "", "", "", ""],
        ["ours", "time", "3.75 ms", "3.00 – 4.50", "1.75", "1.50 – 2.00", "theirs", "≤ 1.50", "NO"],
        ["ours", "time", "7.00 ms", "7.00 – 7.00", "", "", "", "all ≤ 250 ms", "yes"],
    ]
    assert len({len(line) for line in table.splitlines()}) == 1


def test_reports_that_agree_pass() -> None:
    """Both brought home what is due, and the same."""
    check(BENCH, [reported("theirs"), reported("ours")])


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (reported("ours", answers=1), "ours should bring home {'answers': 2}, but has {'answers': 1}"),
        (reported("ours", fingerprint="b"), "ours and theirs differ"),
        (reported("ours", time=0.9), r"ours has time \[0.9\], at least 1 ms is due"),
        (Report("ours", {}, {"answers": 2, "fingerprint": "a"}), "ours has time None"),
    ],
    ids=["an answer lost", "another text", "faster than possible", "no figure"],
)
def test_figures_of_a_contender_that_lost_something_are_refused(ours: Report, words: str) -> None:
    """Being fast is easy for one that leaves something out."""
    with pytest.raises(BrokenError, match=words):
        check(BENCH, [reported("theirs"), ours])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the benchmark as `make bench` does."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_quick_run_prints_a_row_for_every_contender() -> None:
    """A real server and real processes; whether a goal is met does not matter."""
    done = run("call", "--quick", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    rows = [
        [cell.strip() for cell in line.split("|")[1:3]] for line in done.stdout.splitlines() if " per call " in line
    ]
    assert rows == [
        ["openai SDK", "CPU per call"],
        ["service", "CPU per call"],
        ["openai SDK", "time per call"],
        ["service", "time per call"],
    ]


def test_a_quick_soak_loses_nothing_and_leaves_nothing_behind() -> None:
    """Runs of every kind at once: each ends as it should, and no task, thread, socket or file is left."""
    done = run("soak", "--quick", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    assert "peak memory gained" in done.stdout


def test_a_run_that_ends_otherwise_than_its_kind_is_noticed(service: OpenRouterService) -> None:
    """State, error, attempts, text and verdict count."""
    ended = service.start(ask())
    assert ended.join(20)
    assert Kind("sim/echo").is_end_of(ended)
    for other in (
        {"state": "failed"},
        {"error": "ProviderError"},
        {"attempts": 2},
        {"text": False},
        {"verdict": "valid"},
    ):
        assert not Kind("sim/echo", **other).is_end_of(ended)


def test_a_contender_that_fails_is_no_figure() -> None:
    """What it said in its last words is passed on."""
    with pytest.raises(BrokenError, match=r"nobody failed:\n.*No module named bench\.contenders\.missing"):
        take(Contender("nobody", "missing"), "http://127.0.0.1:9")


def test_an_unknown_measurement_is_refused_with_the_known_ones() -> None:
    """Nothing is measured then."""
    done = run("streams")
    assert (done.returncode, done.stdout) == (2, "")
    names = "stream, call, batch, import, stop, store, soak, validation, live-form, page, chats, start, watch"
    assert f"no measurement 'streams'; there are {names}" in done.stderr
