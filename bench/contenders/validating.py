"""Documents against one schema of 60 fields: read the schema once, then list what is wrong with each."""

import random
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.contenders.common import report

WRONG_ONE_IN = 5
Check = Callable[[Any], list[Any]]


def main() -> None:
    """Take who checks and how many documents from the command line, after the base URL, and print the report."""
    who, count = sys.argv[2], int(sys.argv[3])
    documents = make_documents(count)
    prepare = CHECKERS[who]
    # Imports are not counted, nor is what is done once in a process.
    prepare(SCHEMA)(documents[0])
    began, began_cpu = time.perf_counter(), time.process_time()
    check = prepare(SCHEMA)
    found = [len(check(document)) for document in documents]
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    # One may say in one issue what the other says in two: only whether a document is valid has to be the same.
    right = sum(not issues for issues in found)
    report({"CPU for all": [cpu * 1e3], "time for all": [seconds * 1e3]}, documents=len(found), valid=right)


def make_schema() -> dict[str, Any]:
    """Return an order: 60 fields, half of them in a list of objects and in objects inside."""
    text, number = {"type": "string", "minLength": 1, "maxLength": 200}, {"type": "number", "minimum": 0}
    line = {f"line_{at}": text if at % 2 else number for at in range(18)}
    address = {f"address_{at}": text for at in range(12)}
    top: dict[str, Any] = {f"field_{at}": (text, number, {"type": "boolean"})[at % 3] for at in range(24)}
    top |= {"state": {"enum": ["open", "paid", "sent"]}, "ordered_on": {"type": "string", "format": "date"}}
    top |= {
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 10},
        "mail": {"type": ["string", "null"]},
    }
    return _object(top | {"lines": {"type": "array", "items": _object(line)}, "address": _object(address)})


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def make_documents(count: int) -> list[Any]:
    """Return documents with three lines each; every fifth is wrong in one to three places."""
    chance = random.Random(1)
    documents = [_fill(SCHEMA, chance) for _ in range(count)]
    for document in documents[::WRONG_ONE_IN]:
        for at in range(chance.randint(1, 3)):
            document[f"field_{at}"] = ["wrong"]
    return documents


def _fill(schema: Any, chance: random.Random) -> Any:
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if schema["type"] == "object":
        return {name: _fill(inner, chance) for name, inner in schema["properties"].items()}
    if schema["type"] == "array":
        return [_fill(schema["items"], chance) for _ in range(3)]
    if schema["type"] == "boolean":
        return chance.random() < 0.5
    if schema["type"] == "number":
        return round(chance.uniform(0, 1_000), 2)
    return "2024-03-14" if schema.get("format") == "date" else f"text {chance.getrandbits(40):x}"


def _ours(schema: Any) -> Check:
    from service.structured import Validator

    return Validator(schema).issues


def _theirs(schema: Any) -> Check:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return lambda document: list(validator.iter_errors(document))


SCHEMA = make_schema()
CHECKERS: dict[str, Callable[[Any], Check]] = {"service": _ours, "jsonschema": _theirs}

if __name__ == "__main__":
    main()
