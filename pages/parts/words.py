"""Figures in words."""

from __future__ import annotations

from decimal import Decimal

from service import ChatResult, ModelInfo

__all__ = ["cost", "price", "quiet_line"]

UNKNOWN = "—"


def price(info: ModelInfo) -> str:
    """Say what a model costs: "$0.15 / $0.60 per million tokens (in / out)"."""
    prompt, completion = info.pricing.prompt_per_million, info.pricing.completion_per_million
    if info.pricing.is_variable:
        return "price depends on the model it picks"
    if prompt is None or completion is None:
        return f"price {UNKNOWN}"
    if info.is_free or (prompt == 0 and completion == 0):
        return "free"
    return f"\\${_plain(prompt)} in / \\${_plain(completion)} out per million tokens"


def cost(amount: Decimal | None) -> str:
    """Say an amount in USD; unknown is a dash and never zero."""
    if amount is None:
        return UNKNOWN
    return f"\\${_plain(amount)}" if amount else "\\$0"


def quiet_line(result: ChatResult, *, is_demo: bool) -> str:
    """Say in one line where an answer came from, how long it took and what it cost."""
    who = result.model or result.requested_model
    if result.provider and not is_demo:
        who += f" via {result.provider}"
    timings = result.timings
    parts = [who]
    if timings.first_token is not None:
        parts.append(f"first token {timings.first_token:.1f} s")
    parts.append(f"total {timings.total:.1f} s")
    if result.usage is not None:
        parts.append(f"{result.usage.prompt_tokens:,} in, {result.usage.completion_tokens:,} out tokens")
        parts.append(cost(result.usage.cost) + (" (simulated)" if is_demo else ""))
    if result.verdict is not None and result.verdict.kind != "valid":
        parts.insert(0, f"**{result.verdict.sentence}**")
    return " · ".join(parts)


def _plain(amount: Decimal) -> str:
    """Two decimals where they suffice, else three significant digits: 0.60, 12.50, 0.000823."""
    if amount >= Decimal("0.01") and amount == amount.quantize(Decimal("0.01")):
        return f"{amount:.2f}"
    digits = max(2, 2 - amount.adjusted()) if amount else 2
    text = f"{amount:.{digits}f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))
