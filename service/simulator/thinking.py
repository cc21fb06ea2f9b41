"""How much a model thinks before it answers, and what it says while doing so."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.simulator import tokens, writer
from service.simulator.ask import Ask
from service.simulator.chance import seeded

SENTENCES = {"minimal": 2, "low": 4, "medium": 8, "high": 14, "xhigh": 20, "max": 28}
_OPENING = "The user wrote “{quote}”, and I am the simulator, so this is a staged train of thought. "
_TEMPLATES = (
    "First, what does “{topic}” mean to them here? ",
    "I should keep “{topic}” in view and not wander off. ",
    "There are two ways to read “{topic}”; the plain one is more likely. ",
    "An example about “{topic}” would help more than a definition. ",
    "Length matters: short enough to read, long enough to be of use. ",
    "Let me check that against what they asked. ",
    "Perhaps a list. No, a short paragraph and then a list. ",
    "I should say plainly that nothing here comes from a model. ",
)


@dataclass(frozen=True, slots=True)
class Thinking:
    """What the request wants: an effort (`None` is no reasoning), a budget in tokens, shown or hidden."""

    effort: str | None
    budget: int | None = None
    hidden: bool = False


def wanted(ask: Ask, *, by_default: bool) -> Thinking:
    """Read `reasoning`, `reasoning_effort` and the older `include_reasoning` of a request."""
    reasoning = ask.body.get("reasoning")
    given = reasoning if isinstance(reasoning, Mapping) else {}
    include = ask.body.get("include_reasoning")
    hidden = given.get("exclude") is True or include is False
    effort = given.get("effort") or ask.body.get("reasoning_effort")
    if effort == "none" or given.get("enabled") is False:
        return Thinking(None)
    asked = bool(effort or given or include or by_default or ask.model.reasoning_is_mandatory)
    if not asked:
        return Thinking(None)
    budget = given.get("max_tokens")
    known = effort if isinstance(effort, str) and effort in SENTENCES else "medium"
    return Thinking(known, budget if isinstance(budget, int) else None, hidden)


def text(ask: Ask, thinking: Thinking) -> str:
    """Write the reasoning, seeded by the conversation; longer with more effort, within the budget."""
    if thinking.effort is None:
        return ""
    rng = seeded(ask.seed ^ 0x5EED)
    topics = writer.keywords(ask.last_text) or ["that"]
    sentences = [_OPENING.format(quote=" ".join(ask.last_text.split())[:80])]
    while len(sentences) < SENTENCES[thinking.effort]:
        sentences.append(rng.choice(_TEMPLATES).format(topic=rng.choice(topics)))
    pieces = tokens.split("".join(sentences).strip())
    return "".join(pieces[: thinking.budget])
