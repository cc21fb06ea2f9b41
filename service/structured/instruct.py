"""What to tell a model: to answer in JSON that follows a schema, and what was wrong when it did not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.results import Verdict

__all__ = ["is_repair_instruction", "repair_instruction", "schema_instruction", "schema_text"]

_ONLY_JSON = "Write the JSON and nothing else: no introduction, no explanation, no Markdown fence."

_CORRECT = f"Correct this, keep everything else as it was, and give the whole corrected JSON again. {_ONLY_JSON}"
_AGAIN = f"Answer the same request again with the whole JSON. {_ONLY_JSON}"

_WHY = {
    "not_json": "Your answer could not be read as JSON.",
    "cut_off": "Your answer was too long and stopped in the middle. Answer more briefly.",
    "empty": "Your answer was empty.",
}


def schema_instruction(schema: Mapping[str, Any] | bool, *, name: str | None = None) -> str:
    """Return the system text that asks for JSON following a schema, for models without structured outputs.

    Args:
        schema: The JSON Schema.
        name: What the value is, such as "invoice"; models use it to understand the task.
    """
    what = f" named {json.dumps(name, ensure_ascii=False)}" if name else ""
    return (
        f"Answer with one JSON value{what} that is valid against the JSON Schema below. {_ONLY_JSON}\n"
        "Use the property names exactly as written, give every required property, add none that the schema does not "
        "allow, and keep to its types and allowed values. Do not repeat the schema.\n\n"
        f"JSON Schema:\n{schema_text(schema)}"
    )


def schema_text(schema: Mapping[str, Any] | bool) -> str:
    """Return a schema as it is written into the instruction."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"), default=dict)


def repair_instruction(verdict: Verdict) -> str:
    """Return the user text that asks again, with exactly what was wrong."""
    if verdict.kind == "wrong_shape":
        wrong = "\n".join(f"- {issue}" for issue in verdict.issues) or f"- {verdict.sentence}"
        return f"Your JSON does not follow the schema:\n{wrong}\n{_CORRECT}"
    why = _WHY.get(verdict.kind, "")
    told = f"{why} ({verdict.sentence})" if why and verdict.kind == "not_json" else why or verdict.sentence
    return f"{told}\n{_AGAIN}"


def is_repair_instruction(text: str) -> bool:
    """Say whether a user text is one that asks again, and no question of the user's own."""
    return text.endswith((f"\n{_CORRECT}", f"\n{_AGAIN}"))
