"""Secrets are found wherever something goes out, and the place is named."""

from typing import Any

import pytest

from service import ModelParameters, ResponseFormat, Tool
from service.attachments import attach_file
from service.outgoing import Searcher

SECRET = "ghp_" + "0123456789abcdefghij" * 2
LINES = f"first line\n{SECRET}\nlast line"
SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "description": LINES}}}


def places(**given: Any) -> list[str]:
    """Return where something is found in run settings that hold nothing else."""
    settings = {"system_prompt": "Be brief.", "parameters": ModelParameters(temperature=0.5), **given}
    held = Searcher().in_settings(**settings)
    assert all(one.words == {SECRET} for one in held)
    return [one.place for one in held]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"system_prompt": LINES}, "the system prompt"),
        ({"parameters": ModelParameters(stop=[SECRET])}, "the parameters"),
        ({"parameters": ModelParameters(metadata={"note": SECRET})}, "the parameters"),
        ({"parameters": ModelParameters(extra_body={"a": [{"b": LINES}]})}, "the extra fields of the request"),
        ({"parameters": ModelParameters(extra_body={SECRET: 1})}, "the extra fields of the request"),
        ({"tools": [Tool.function("look", LINES)]}, "the tool look"),
        ({"tools": [Tool.function("look", parameters=SCHEMA)]}, "the tool look"),
        ({"tools": [Tool.server("openrouter:web_fetch", {"key": SECRET})]}, "a tool of the server"),
        ({"response_format": ResponseFormat.json_schema("Invoice", SCHEMA)}, "the schema Invoice"),
        ({"response_format": ResponseFormat.json_schema("Invoice", {}, description=SECRET)}, "the schema Invoice"),
        ({"response_format": ResponseFormat.json_schema("Invoice", {}, written=SCHEMA)}, "the schema Invoice"),
    ],
)
def test_each_place_of_the_settings_is_looked_at(given: dict[str, Any], place: str) -> None:
    """Also at the beginning of a line, where JSON would write a letter before it."""
    assert places(**given) == [place]


def test_settings_that_hold_nothing_secret_are_left_alone() -> None:
    """Numbers and names are none."""
    form = ResponseFormat.json_schema("Invoice", {"type": "object", "minProperties": 1})
    assert (
        places(parameters=ModelParameters(seed=7, extra_body={"a": [1, None, {"b": True}]}), response_format=form) == []
    )


def test_a_text_file_is_read_and_others_are_not() -> None:
    """A picture holds every word by chance."""
    text = attach_file("notes.txt", LINES.encode(), most_mb=1)
    pdf = attach_file("a.pdf", b"%PDF-1.4\n" + SECRET.encode() + b"\n%%EOF\n", most_mb=1)
    held = Searcher().in_message("hello", (pdf, text))
    assert [(one.place, one.text) for one in held] == [("the file notes.txt", LINES)]
    assert [one.place for one in Searcher().in_message(SECRET, (text,))] == ["this message", "the file notes.txt"]


def test_the_apps_own_key_is_found_whatever_it_looks_like() -> None:
    """From eight characters on: local servers take any word for one."""
    (held,) = Searcher((), ("ollama", "local-word-7f3a")).in_message("ollama takes local-word-7f3a for a key")
    assert [(one.kind, one.shown) for one in held.found] == [("the key that this app uses", "…7f3a")]
