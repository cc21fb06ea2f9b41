"""What OpenRouter really sent, by name."""

import json
from pathlib import Path
from typing import Any

__all__ = ["SAMPLES"]

_FILE = Path(__file__).parent.parent / "data" / "openrouter-samples.jsonl"

SAMPLES: dict[str, dict[str, Any]] = {
    sample["name"]: sample for sample in map(json.loads, _FILE.read_text(encoding="utf-8").strip().split("\n"))
}
