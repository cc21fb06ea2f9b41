"""What can be chosen under Advanced: what is sent, and what it is called on the page."""

from __future__ import annotations

__all__ = ["ASPECT_RATIOS", "AUTO_TIERS", "CHOICES", "OUTPUTS", "PLUGINS", "POLICIES", "PRECISIONS", "SORTS", "TIERS"]

SORTS = {
    "": "OpenRouter decides",
    "price": "Cheapest first",
    "throughput": "Most tokens per second",
    "latency": "Quickest first word",
    "exacto": "Most reliable with tools",
}
POLICIES = {"": "As the account says", "deny": "No providers that keep data", "allow": "Any provider"}
TIERS = {"": "Usual", "flex": "Flex: cheaper and slower", "priority": "Priority: dearer and quicker"}
PLUGINS = {
    "response-healing": "Mend JSON answers",
    "context-compression": "Shorten prompts that are too long",
    "moderation": "Check prompts for harmful content",
}
PRECISIONS = {
    "fp32": "32 bits · fp32",
    "bf16": "16 bits, the usual original · bf16",
    "fp16": "16 bits · fp16",
    "fp8": "8 bits · fp8",
    "mxfp8": "8 bits · mxfp8",
    "int8": "8 bits · int8",
    "fp6": "6 bits · fp6",
    "fp4": "4 bits · fp4",
    "mxfp4": "4 bits · mxfp4",
    "nvfp4": "4 bits · nvfp4",
    "int4": "4 bits · int4",
    "unknown": "Not told by the provider",
}
AUTO_TIERS = {
    "": "OpenRouter decides",
    "low": "The cheapest fifth",
    "medium": "Cheap",
    "high": "In the middle",
    "xhigh": "Dear",
    "max": "The dearest fifth",
}
OUTPUTS = {"": "Left to the model", "text+image": "Words and pictures", "image": "Pictures alone"}
ASPECT_RATIOS = {
    "": "Left to the model",
    "1:1": "Square · 1:1",
    "16:9": "Wide screen · 16:9",
    "9:16": "Phone, upright · 9:16",
    "3:2": "Photo · 3:2",
    "2:3": "Photo, upright · 2:3",
    "4:3": "Screen · 4:3",
    "3:4": "Screen, upright · 3:4",
    "5:4": "Nearly square · 5:4",
    "4:5": "Nearly square, upright · 4:5",
    "21:9": "Cinema · 21:9",
}
CHOICES = {
    "sort": SORTS,
    "data_collection": POLICIES,
    "service_tier": TIERS,
    "auto.cost_tier": AUTO_TIERS,
    "output": OUTPUTS,
    "aspect_ratio": ASPECT_RATIOS,
}
"""The inputs of which one of several is chosen."""
