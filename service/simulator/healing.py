"""OpenRouter's response healing: it mends the syntax of JSON that is not streamed, and neither shape nor length."""

import json
import re
from dataclasses import replace

from service.simulator.answers import Answer
from service.simulator.ask import Ask, mappings

PLUGIN = "response-healing"
_FENCED = re.compile(r"\s*```\w*\n(.*)\n```\s*", re.DOTALL)
_TEXT_OR_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


def healed(answer: Answer, ask: Ask) -> Answer:
    """Return an answer without a fence and trailing commas, where the request asks for that and it becomes JSON."""
    is_wanted = PLUGIN in [plugin.get("id") for plugin in mappings(ask.body.get("plugins"))]
    if not is_wanted or ask.stream or ask.asked_format not in ("json_object", "json_schema") or answer.finish != "stop":
        return answer
    fenced = _FENCED.fullmatch(answer.text)
    text = _TEXT_OR_LAST_COMMA.sub(lambda found: found[1] or "", fenced[1] if fenced else answer.text)
    try:
        json.loads(text)
    except ValueError:
        return answer
    return replace(answer, text=text, pieces=None)
