"""The text of the demo: friendly, about the prompt that was sent, different for every prompt, plainly simulated."""

import re
from collections import Counter
from collections.abc import Sequence

from service.simulator.ask import Ask
from service.simulator.chance import Random, seeded
from service.simulator.samples import SAMPLE_NOTE, sample_text

SIMULATED = "This answer is simulated: no model has read your prompt."
CONNECT = "Connect an OpenRouter key to get real answers."
_SHORT_WORDS = 6
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_COMMON_TEXT = (
    "a about after all also an and any are as at be been but by can compare could create describe did do does "
    "draft explain find for from get give had has have help how i if in include into is it its just like list "
    "make me more most my need no not of on one or our out per please should show so some suggest summarise "
    "summarize tell than that the their them then there these they this those to translate up use using want was "
    "we were what when where which who why will with would write you your"
)
_COMMON = frozenset(_COMMON_TEXT.split())
_OPENINGS = (
    "Here is how a full answer to your prompt would look on this page.",
    "Your prompt arrived in one piece, and this is the shape that an answer can take.",
    "Thank you for trying this out. Below is a sample answer built around your own words.",
    "Let us see what your prompt looks like on its way through the playground.",
)
_STEPS = (
    "Say who the answer is for, and how long it may be.",
    "Give one example of a good result; it helps more than three rules.",
    "Ask for the format you need: a list, a table, or JSON with a schema.",
    "Name what must not be in the answer.",
    "Compare two models on the same prompt before you settle on one.",
    "Keep the facts in the prompt and the manner in the system prompt.",
)
_SHORT = (
    "Hello from the simulator! I received “{quote}”. {simulated} {connect}",
    "Good to see “{quote}” arrive. {simulated} {connect}",
    "“{quote}”: got it. {simulated} {connect}",
)


def answer(ask: Ask) -> str:
    """Write the answer to the last user message, seeded by the conversation; to an example, the one that is there."""
    written = sample_text(ask)
    if written is not None:
        return f"{_notes(ask)}{written}\n---\n\n*{SIMULATED} {SAMPLE_NOTE} {CONNECT}*"
    rng = seeded(ask.seed)
    text = ask.last_text.strip()
    if len(text.split()) <= _SHORT_WORDS and "\n" not in text:
        return _notes(ask) + rng.choice(_SHORT).format(quote=quoted(text), simulated=SIMULATED, connect=CONNECT)
    return _notes(ask) + _article(ask, text, rng)


def identity(ask: Ask) -> str:
    """Say that the simulator answers in the place of another model; empty for the simulator's own models."""
    if ask.model.id.startswith("sim/"):
        return ""
    return f"*You chose {ask.model.entry['name']}, but this is the simulator speaking, not that model.*\n\n"


def _notes(ask: Ask) -> str:
    """Mention what the request carried besides the prompt."""
    found = [identity(ask)]
    if ask.system_text:
        count = len(ask.system_text.split())
        found.append(
            f"You set a system prompt of {count} {'word' if count == 1 else 'words'}; a real model follows it.\n\n"
        )
    turns = sum(message.get("role") == "user" for message in ask.messages)
    if turns > 1:
        found.append(f"This is your message number {turns} in this conversation.\n\n")
    return "".join(found)


def _article(ask: Ask, text: str, rng: Random) -> str:
    topics = keywords(text)
    steps = rng.sample(_STEPS, 3)
    words, characters = len(text.split()), len(text)
    sections = [
        f"## {quoted(_title(text), 60)}",
        f"{rng.choice(_OPENINGS)} {SIMULATED}",
        f"> {quoted(text, 280)}",
        "### What stands out",
        "\n".join(_bullets(topics, rng)),
        "### Your prompt in numbers",
        _table(words, characters, ask.prompt_tokens, topics),
        "### What to try next",
        "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
        "The same request from Python, once a key is connected:",
        _code(ask, text),
        f"Reading it takes about ${words} / 200 \\approx {max(0.1, words / 200):.1f}$ minutes at 200 words a minute.",
        f"**{CONNECT}**",
    ]
    return "\n\n".join(sections)


def _title(text: str) -> str:
    """Take the prompt's first clause as the title."""
    clause = re.split(r"[.,;:!?\n]", text.strip(), maxsplit=1)[0]
    return clause[:1].upper() + clause[1:] if clause else "Your prompt"


def _bullets(topics: Sequence[str], rng: Random) -> list[str]:
    shown = topics[:4] or ["(no longer words)"]
    notes = rng.sample(
        (
            "a model would probably start here",
            "worth a sentence of context",
            "say what you mean by it",
            "an example would sharpen this",
            "this decides how long the answer gets",
        ),
        len(shown),
    )
    return [f"- **{quoted(topic, 40)}**: {note}" for topic, note in zip(shown, notes, strict=True)]


def _table(words: int, characters: int, tokens: int, topics: Sequence[str]) -> str:
    rows = [
        ("Words", f"{words:,}"),
        ("Characters", f"{characters:,}"),
        ("Tokens sent (estimate)", f"{tokens:,}"),
        ("Distinct topics", str(len(topics))),
    ]
    return "\n".join(["| Measure | Value |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows)])


def _code(ask: Ask, text: str) -> str:
    prompt = quoted(text, 60).replace("`", "'").replace("\\", "").replace('"', "'")
    return f'```python\nresult = service.generate("{prompt}")\nprint(result.text, result.usage.cost)\n```'


def keywords(text: str) -> list[str]:
    """Return the telling words of a text, the frequent ones first, else in order; at most eight."""
    words = [word for word in _WORD.findall(text) if word.lower() not in _COMMON and len(word) > 2]
    counts = Counter(word.lower() for word in words)
    first = {word.lower(): word for word in reversed(words)}
    order = {word: place for place, word in reversed(list(enumerate(map(str.lower, words))))}
    return [first[word] for word in sorted(counts, key=lambda word: (-counts[word], order[word]))][:8]


def quoted(text: str, limit: int = 120) -> str:
    """Return a text on one line, shortened, with markdown's special characters disarmed."""
    line = " ".join(text.split())
    if len(line) > limit:
        cut = line[: limit - 1]
        line = (cut.rpartition(" ")[0] or cut) + "…"
    return re.sub(r"([\\`*_\[\]<>|$~])", r"\\\1", line)
