"""Answers in JSON: right, nearly right, fenced, cut off, or not JSON at all."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from service.simulator import field_list, samples, tokens, writer
from service.simulator.answers import Answer
from service.simulator.ask import Ask
from service.simulator.chance import seeded
from service.simulator.refusals import USER_ID, refusal
from service.simulator.steps import Response

NEEDS_FORMAT = (
    "This simulated model answers in JSON and needs a response format: set it to JSON schema (or JSON object) in the "
    "run settings and send the prompt again."
)
TRIES = 200

Result = Answer | Response


def conforming(ask: Ask) -> Result:
    """Answer with a value that conforms to the request's schema."""
    return _with_value(ask, lambda value: json_answer(dump(value)))


def wrong_shape(ask: Ask) -> Result:
    """Answer with JSON that breaks the schema in a few places, and rightly when asked again."""
    return conforming(ask) if ask.asks_again else _with_value(ask, lambda value: _broken(ask, value))


def broken(ask: Ask) -> Result:
    """Answer with conforming values, written with a comma too many at the end of each list and object, in a fence."""
    return conforming(ask) if ask.asks_again else _with_value(ask, lambda value: json_answer(_miswritten(value)))


def fenced(ask: Ask) -> Result:
    """Answer with conforming JSON inside a markdown fence."""
    return _with_value(
        ask, lambda value: json_answer(f"```json\n{json.dumps(value, ensure_ascii=False, indent=2)}\n```")
    )


def not_json(ask: Ask) -> Result:
    """Answer in prose whatever the format, and in JSON when asked again."""
    if ask.asks_again:
        return conforming(ask)
    return Answer(f"Sure! Here is what you asked for, in words: {writer.quoted(ask.last_text)}. {writer.SIMULATED}")


def schema_ignored(ask: Ask) -> Result:
    """Answer with JSON of the model's own making, as if there were no schema."""
    value = {"answer": f"You asked: {ask.last_text[:200]}", "note": "The schema was ignored.", "simulated": True}
    return json_answer(dump(value))


def cut_off(ask: Ask) -> Result:
    """Stop in the middle, as at a token limit: inside the JSON when there is a format, else inside a sentence."""
    full = writer.answer(ask) if ask.format == "text" else _with_value(ask, lambda value: json_answer(dump(value)))
    if isinstance(full, Response):
        return full
    text = full if isinstance(full, str) else full.text
    pieces = tokens.split(text)
    kept = "".join(pieces[: max(1, len(pieces) // 2)])
    kept = kept if kept != text else text[: len(text) // 2]
    return Answer(kept, finish="length", native="max_tokens")


def object_value(ask: Ask) -> dict[str, Any]:
    """Make a small plausible object for `json_object`, built from the prompt."""
    topics = writer.keywords(ask.last_text)
    rng = seeded(ask.seed)
    return {
        "title": topics[0] if topics else "Untitled",
        "summary": f"A simulated answer to: {' '.join(ask.last_text.split())[:160]}",
        "keywords": topics[:5],
        "confidence": round(rng.uniform(0.55, 0.95), 2),
        "simulated": True,
    }


def json_answer(text: str) -> Answer:
    """Stream JSON text in small fragments, as models do."""
    return Answer(text, pieces=list(_small(text)))


def dump(value: Any) -> str:
    """Write a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False)


def value_for(schema: Mapping[str, Any] | bool, seed: int) -> Any | Response:
    """Make a value that conforms to a schema, or the 400 that says why there is none."""
    # Loaded on first use: its tables of words are not needed to start.
    from service.simulator.json_values import NoValueFound, generate

    try:
        return generate(schema, seed=seed, max_tries=TRIES)
    except NoValueFound as problem:
        text = f"The simulator found no value for this schema in {TRIES} tries: {problem}"
        return refusal(400, text, {"provider_name": None}, user_id=USER_ID)


def _with_value(ask: Ask, build: Callable[[Any], Result]) -> Result:
    if ask.format == "text":
        return Answer(NEEDS_FORMAT)
    if ask.format == "json_object":
        return build(object_value(ask))
    if not isinstance(ask.schema, dict | bool):
        return refusal(400, "Provider returned error", _invalid_schema("schema must be an object"), user_id=USER_ID)
    value = _written_beforehand(ask) or _fields_described(ask) or value_for(ask.schema, ask.seed)
    return value if isinstance(value, Response) else build(value)


def _written_beforehand(ask: Ask) -> dict[str, Any] | None:
    """Return the value for one of the app's examples, as long as its schema is what it was."""
    value = samples.sample_value(ask)
    return value if value is not None and _fits(ask, value) else None


def _fields_described(ask: Ask) -> dict[str, Any] | None:
    """Make the fields of a described answer, where a request in the app's own form asks for them."""
    if ask.schema_name != field_list.NAME:
        return None
    value = field_list.described(ask)
    return value if _fits(ask, value) else None


def _fits(ask: Ask, value: Any) -> bool:
    try:
        return bool(jsonschema_rs.validator_for(ask.schema, retriever=_no_references).is_valid(value))
    except ValueError:
        return False


def _invalid_schema(text: str) -> dict[str, Any]:
    raw = {
        "error": {
            "message": f"Invalid schema for response_format: {text}.",
            "type": "invalid_request_error",
            "param": "response_format",
            "code": "invalid_json_schema",
        }
    }
    return {"raw": json.dumps(raw), "provider_name": "Simulator"}


def _miswritten(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "```json\n" + re.sub(r"(\n *[}\]])", r",\1", text) + "\n```"


def _broken(ask: Ask, value: Any) -> Result:
    """Break a value until its schema refuses it."""
    if ask.schema is None:
        return json_answer(dump([value]))
    try:
        validator = jsonschema_rs.validator_for(ask.schema, retriever=_no_references)
    except ValueError as problem:
        return refusal(400, "Provider returned error", _invalid_schema(str(problem)), user_id=USER_ID)
    for candidate in _breakages(value):
        if not validator.is_valid(candidate):
            return json_answer(dump(candidate))
    text = "Every JSON value fits this schema, so sim/wrong-shape cannot break it. Add a type or a required property."
    return refusal(400, text, {"provider_name": None}, user_id=USER_ID)


def _no_references(uri: str) -> Any:
    raise ValueError(f"the simulator does not fetch {uri}")


def _breakages(value: Any) -> Iterator[Any]:
    """Yield wrong versions of a value, the subtle ones first."""
    if isinstance(value, dict) and value:
        yield {name: _retyped(item) if place % 2 == 0 else item for place, (name, item) in enumerate(value.items())}
        yield {name: _retyped(item) for name, item in value.items()}
        yield dict(list(value.items())[1:])
        yield {**value, "unexpected": "this property is not in the schema"}
    if isinstance(value, list):
        yield [_retyped(item) for item in value]
        yield [*value, None]
    yield from ({"unexpected": value}, {}, [value], "twelve", 12.5, None, True, [])


def _retyped(value: Any) -> Any:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return "twelve"
        case str():
            return len(value)
        case None:
            return "null"
        case list():
            return "one, two, three"
        case _:
            return "an object should stand here"


def _small(text: str) -> Iterator[str]:
    size = (3, 5, 2, 7, 4)
    place = number = 0
    while place < len(text):
        step = size[number % len(size)]
        yield text[place : place + step]
        place, number = place + step, number + 1
