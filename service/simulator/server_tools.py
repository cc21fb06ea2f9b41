"""Tools that OpenRouter runs itself while a model answers: fetching web pages, and looking at the clock.

Nothing is fetched here. As with the real ones the client sees no call, but what the answer says and the usage counts.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime

from service.simulator.answers import Answer
from service.simulator.ask import Ask
from service.simulator.writer import quoted

MOST_PAGES = 5
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]*[^\s<>\"'()\[\].,;:!?]")


def used(answer: Answer, ask: Ask) -> Answer:
    """Let an answer use what the request offers of them: the pages that the last message names, and the clock.

    An answer in JSON has no place to say so; its usage does.
    """
    if answer.calls:
        return answer
    pages = _pages(ask) if _offers(ask, "web_fetch") else []
    said = [f"- {quoted(page, 200)} would be read here. The simulator fetches nothing." for page in pages]
    has_clock = _offers(ask, "datetime")
    if has_clock:
        said.append(f"- Date and time: {datetime.fromtimestamp(ask.head.created, UTC):%Y-%m-%d %H:%M} UTC.")
    answer = replace(answer, fetches=len(pages), clock_looks=int(has_clock))
    if not said or not answer.text or ask.format != "text":
        return answer
    note = "Simulated tools of OpenRouter:\n\n" + "\n".join(said)
    return replace(answer, text=f"{answer.text}\n\n{note}", pieces=None)


def _offers(ask: Ask, name: str) -> bool:
    return any(tool.get("type") == f"openrouter:{name}" for tool in ask.tools)


def _pages(ask: Ask) -> list[str]:
    return list(dict.fromkeys(_ADDRESS.findall(ask.last_text)))[:MOST_PAGES]
