"""Figures in words, below an answer."""

from decimal import Decimal

import pytest

from pages.parts.quiet_line import quiet_line
from pages.parts.words import file_size, paid
from service import ChatResult, Usage

PAID = Usage(10, 20, 30, cost=Decimal("0.00111"))
FREE = Usage(10, 20, 30, cost=Decimal(0))


@pytest.mark.parametrize(
    ("result", "end"),
    [
        (ChatResult(usage=PAID), "10 in, 20 out tokens · \\$0.00111"),
        (ChatResult(usage=FREE), "10 in, 20 out tokens · \\$0"),
        (ChatResult(usage=Usage(10, 20, 30)), "10 in, 20 out tokens · cost —"),
        (ChatResult(), "total 0.0 s · cost —"),
        (
            ChatResult(usage=FREE, cache="local", original_cost=PAID.cost),
            "10 in, 20 out tokens · cached, free instead of \\$0.00111",
        ),
        (ChatResult(usage=FREE, cache="local"), "cached, free"),
        (ChatResult(usage=FREE, cache="server"), "cached by OpenRouter, free"),
    ],
    ids=["paid", "free", "unknown", "nothing known", "cached", "cached, cost unknown", "cached by the server"],
)
def test_the_end_of_the_line_says_what_it_cost(result: ChatResult, end: str) -> None:
    """Unknown is a dash, and nothing was paid for what was cached."""
    assert quiet_line(result).endswith(end)


def test_in_demo_mode_no_cost_is_real() -> None:
    """One that is unknown is not simulated either."""
    assert quiet_line(ChatResult(usage=PAID, provider="Simulator Swift")).endswith("\\$0.00111 (simulated)")
    assert quiet_line(ChatResult(provider="Simulator")).endswith("cost —")


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (1_023, "1023 bytes"), (1_644, "1.6 KB"), (38_900, "38 KB"), (2_200_000, "2.1 MB")],
)
def test_sizes_of_files_are_read_at_a_glance(size: int, said: str) -> None:
    assert file_size(size) == said


def test_what_was_paid_is_said_to_be_simulated_where_it_is() -> None:
    """A cost that nobody knows is neither."""
    assert paid(PAID.cost, is_simulated=False) == "\\$0.00111"
    assert paid(PAID.cost, is_simulated=True) == "\\$0.00111 (simulated)"
    assert paid(None, is_simulated=True) == "—"
