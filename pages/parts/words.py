"""Figures in words."""

from __future__ import annotations

from decimal import Decimal

from service import ModelInfo, Pricing
from service.store import SchemaUse
from service.structured.words import plural

__all__ = [
    "UNKNOWN",
    "cost",
    "estimate",
    "file_size",
    "is_simulated",
    "paid",
    "plain_cost",
    "plainly_paid",
    "price",
    "price_of",
    "short_price",
    "times_asked",
]

UNKNOWN = "—"


def price(info: ModelInfo) -> str:
    """Say what a model costs: "$0.15 / $0.60 per million tokens (in / out)"."""
    return price_of(info.pricing, is_free=info.is_free)


def price_of(pricing: Pricing, *, is_free: bool = False) -> str:
    """Say a price, likewise."""
    prompt, completion = pricing.prompt_per_million, pricing.completion_per_million
    if pricing.is_variable:
        return "price depends on the model it picks"
    if prompt is None or completion is None:
        return f"price {UNKNOWN}"
    if is_free or (prompt == 0 and completion == 0):
        return "free"
    return f"\\${_plain(prompt)} in / \\${_plain(completion)} out per million tokens"


def short_price(info: ModelInfo) -> str:
    """Say a price per million tokens in plain text, as in a list: "$0.40 / $1.60"; nothing where it is unknown."""
    prompt, completion = info.pricing.prompt_per_million, info.pricing.completion_per_million
    if info.pricing.is_variable or prompt is None or completion is None:
        return ""
    if info.is_free or (prompt == 0 and completion == 0):
        return "free"
    return f"${_plain(prompt)} / ${_plain(completion)}"


def file_size(size: int) -> str:
    """Say how large a file is: "71 bytes", "1.6 KB", "38 KB", "2.1 MB"."""
    kilobytes = size / 2**10
    if kilobytes < 1:
        return f"{size} bytes"
    if kilobytes >= 1_000:
        return f"{kilobytes / 2**10:,.1f} MB"
    return f"{kilobytes:,.1f} KB" if kilobytes < 10 else f"{kilobytes:,.0f} KB"


def is_simulated(provider: str | None) -> bool:
    """Whether the simulator answered, whoever is asked now: its providers are named after it."""
    return (provider or "").partition(" ")[0] == "Simulator"


def cost(amount: Decimal | None) -> str:
    """Say an amount in USD; unknown is a dash and never zero."""
    return UNKNOWN if amount is None else f"\\{plain_cost(amount)}"


def paid(amount: Decimal | None, *, is_simulated: bool) -> str:
    """Say what was paid, and that it was not where the answer is simulated."""
    return f"{cost(amount)}{_unpaid(amount, is_simulated)}"


def plainly_paid(amount: Decimal | None, *, is_simulated: bool) -> str:
    """Say the same in plain text, not as Markdown."""
    return UNKNOWN if amount is None else f"{plain_cost(amount)}{_unpaid(amount, is_simulated)}"


def plain_cost(amount: Decimal) -> str:
    """Say an amount in USD in plain text, not as Markdown."""
    return f"${_plain(amount)}" if amount else "$0"


def estimate(amount: Decimal | None) -> str:
    """Say what something will cost about: "≈ $0.0004"; a price that nobody knows is said to be so."""
    if amount is None:
        return "price unknown"
    return f"≈ {cost(amount)}" if amount else "free"


def times_asked(use: SchemaUse) -> str:
    """Say how often a schema was asked for, and how many answers came of it."""
    if not use.runs:
        return "not asked yet"
    asked = "asked once" if use.runs == 1 else f"asked {use.runs:,} times"
    return f"{asked}, {plural(use.answers, 'answer') if use.answers else 'no answer'}"


def _unpaid(amount: Decimal | None, is_simulated: bool) -> str:
    return " (simulated)" if is_simulated and amount is not None else ""


def _plain(amount: Decimal) -> str:
    """Two decimals where they suffice, else three significant digits: 0.60, 12.50, 0.000823."""
    if amount >= Decimal("0.01") and amount == amount.quantize(Decimal("0.01")):
        return f"{amount:.2f}"
    digits = max(2, 2 - amount.adjusted()) if amount else 2
    text = f"{amount:.{digits}f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))
