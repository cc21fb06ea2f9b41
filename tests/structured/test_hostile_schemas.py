"""What a schema may not do: reach outside, hang, or bring the process down."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import InvalidSchemaError
from service.results import Issue
from service.structured import validate
from service.structured.isolated import check_isolated
from service.structured.work import BOUNDLESS, Size, Work, measure

ROOT = Path(__file__).resolve().parents[2]


class Listener:
    """A server that counts who connects and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            said = connection.recv(1)
            connection.close()
            if said == b"\0":
                return
            self.connections += 1

    def close(self) -> None:
        """Knock for the last time, so that everybody before was counted."""
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"\0")
        self._thread.join()
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    running = Listener()
    yield running
    if running.socket.fileno() != -1:
        running.close()


PLACES: list[tuple[str, Any]] = [
    ("$ref", lambda uri: {"$ref": uri}),
    ("properties.a.items.$ref", lambda uri: {"properties": {"a": {"items": {"$ref": uri}}}}),
    ("$defs.unused.$ref", lambda uri: {"$defs": {"unused": {"$ref": uri}}}),
    ("anyOf[1].$ref", lambda uri: {"anyOf": [{}, {"$ref": f"{uri}#/definitions/a"}]}),
    ("$dynamicRef", lambda uri: {"$dynamicRef": f"{uri}#node"}),
    ("items.$ref", lambda uri: {"$id": uri, "items": {"$ref": "other.json"}}),
]


@pytest.mark.parametrize(("place", "make"), PLACES, ids=[place for place, _ in PLACES])
def test_a_reference_over_the_network_is_refused_and_nothing_is_fetched(
    listener: Listener, place: str, make: Any
) -> None:
    with pytest.raises(InvalidSchemaError, match="refers to something outside itself") as refused:
        validate({"a": [1]}, make(f"http://127.0.0.1:{listener.port}/schema.json"))

    listener.close()
    assert f"at `{place}`" in refused.value.message
    assert listener.connections == 0


def test_a_schema_that_names_a_draft_of_its_own_is_refused_and_nothing_is_fetched(listener: Listener) -> None:
    with pytest.raises(InvalidSchemaError, match="no draft known here"):
        validate(1, {"$schema": f"http://127.0.0.1:{listener.port}/draft"})

    listener.close()
    assert listener.connections == 0


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    """Without this, a count of zero would prove nothing."""
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")

    listener.close()
    assert listener.connections == 1


@pytest.mark.parametrize("form", ["{}", "{}#/type", "file://{}"])
def test_a_reference_to_a_file_is_refused_and_the_file_is_not_read(tmp_path: Path, form: str) -> None:
    """A pipe blocks whoever opens it, so a validator that read the file would never come back."""
    pipe = tmp_path / "schema.json"
    os.mkfifo(pipe)

    with pytest.raises(InvalidSchemaError, match=r"refers to something outside itself at `\$ref`"):
        validate(1, {"$ref": form.format(pipe)})


def test_a_schema_may_refer_to_itself_and_to_the_known_drafts() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#"}}}}
    bundled = {
        "$defs": {"text": {"$id": "https://example.com/text", "type": "string"}},
        "$ref": "https://example.com/text",
    }

    assert validate({"children": [{"children": [5]}]}, tree) == [
        Issue("children[0].children[0]", "should be an object, got 5")
    ]
    assert validate(5, bundled) == [Issue("", "should be text, got 5")]
    assert validate({"type": "string"}, {"$ref": "https://json-schema.org/draft/2020-12/schema"}) == []


ENDLESS: dict[str, Any] = {
    "itself": {"$ref": "#"},
    "itself in a list": {"allOf": [{"$ref": "#"}]},
    "itself twice": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
    "its opposite": {"not": {"$ref": "#"}},
    "its own condition": {"if": {"$ref": "#"}, "then": {"$ref": "#"}},
    "each other": {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
    "its own names": {"propertyNames": {"$ref": "#"}},
    "itself by anchor": {"$dynamicAnchor": "node", "$dynamicRef": "#node"},
    "itself in 2019-09": {"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"},
    "each other by id": {"$id": "urn:a", "$ref": "urn:b", "$defs": {"b": {"$id": "urn:b", "$ref": "urn:a"}}},
}

SURVIVES = """
import json, sys
from service.structured import validate
from service.structured.compiled import Compiled
for name, schema in json.load(sys.stdin).items():
    ready = Compiled(json.dumps(schema).encode())
    for value in (1, {"a": {"a": 1}}, [[[]]]):
        ready.validator.is_valid(value), ready.issues(value)
    print(name)
validate(1, schema)
deep = []
for _ in range(100_000):
    deep = [deep]
print([issue.message for schema in ({}, {"items": {"$ref": "#"}}) for issue in validate(deep, schema)])
"""


def test_endless_references_and_bottomless_values_do_not_overflow_the_stack() -> None:
    """In a process of its own: an overflow would end the test run itself."""
    done = subprocess.run(
        [sys.executable, "-c", SURVIVES],
        cwd=ROOT,
        input=json.dumps(ENDLESS),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [*ENDLESS, str(["is nested more than 1,000 levels deep, too deep to check"] * 2)]


@pytest.mark.parametrize("levels", [250, 900])
def test_a_deep_value_is_checked_to_its_bottom(levels: int) -> None:
    value: Any = "end"
    for _ in range(levels):
        value = [value]

    assert validate(value, {"type": ["array", "string"], "items": {"$ref": "#"}}) == []
    issues = validate(value, {"type": "array", "items": {"$ref": "#"}})
    assert issues == [Issue("[0]" * levels, 'should be a list, got "end"')]


def doubling(levels: int, keyword: str) -> Any:
    """Make a small schema that looks 2^levels times at the same value."""
    twice = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(levels)}
    return {"$defs": {**twice, f"d{levels}": {"type": "string"}}, "$ref": "#/$defs/d0"}


def test_a_check_that_would_take_for_ever_ends_with_an_issue() -> None:
    assert validate("x", doubling(40, "allOf")) == [
        Issue("", "could not be checked: with this schema that would take too long")
    ]


def test_a_value_that_is_wrong_in_too_many_ways_to_tell_is_still_called_wrong() -> None:
    branch = {"type": "object", "properties": {"x": {"$ref": "#"}}, "required": ["x"]}
    schema = {"anyOf": [branch, {**branch, "minProperties": 1}, {"type": "string"}]}
    value: Any = 5
    for _ in range(30):
        value = {"x": value}

    assert validate(value, schema) == [Issue("", "does not follow the schema; to find out where would take too long")]


def test_the_process_of_its_own_says_the_same_as_this_one() -> None:
    schema = b'{"properties":{"a":{"type":"string"}},"required":["b"]}'

    assert check_isolated(schema, {"a": "x", "b": 1}) == []
    assert check_isolated(schema, {"a": 10**5000}) == [
        Issue("a", "should be text, got a number of about 5,001 digits"),
        Issue("b", "is missing"),
    ]
    with pytest.raises(InvalidSchemaError, match="`type` should be one of"):
        check_isolated(b'{"type":"nope"}', 1)


def test_patterns_that_take_for_ever_to_prepare_or_to_match_are_given_up() -> None:
    vast = {"properties": {f"p{n}": {"pattern": f"(a{{1,1000}}){{1,100}}{n}"} for n in range(900)}}
    with pytest.raises(InvalidSchemaError, match=r"`properties\.p0\.pattern` should look like a regular expression"):
        validate({}, vast)

    assert validate("a" * 40 + "b", {"pattern": "^(a+)+$"})[0].message.startswith("should match the pattern ^(a+)+$")
    assert validate(["a" * 60] * 1_000, {"items": {"pattern": r"^(a|aa)+(?!b)$\1"}})[0] == Issue(
        "[0]", "could not be checked: its pattern takes too long on this text"
    )


TREE = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}


@pytest.mark.parametrize(
    ("schema", "depth", "visits"),
    [
        (True, 3, 1),
        ({"type": "string"}, 3, 1),
        ({"allOf": [{}, {}]}, 0, 3),
        ({"properties": {"a": {}, "b": {"anyOf": [{}, {}]}}, "additionalProperties": {}}, 1, 4),
        (TREE, 50, 2),
        (TREE, 5_000, 2),
        ({"anyOf": [TREE["properties"]["left"], {"type": "string"}]}, 0, BOUNDLESS),
        ({"anyOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}]}, 1, 8),
        (doubling(10, "anyOf"), 0, 2 * (2**11 - 1)),
        (doubling(60, "anyOf"), 0, BOUNDLESS),
        ({"$ref": "#"}, 0, BOUNDLESS),
        ({"$ref": "#anchor", "$defs": {"a": {"$anchor": "anchor"}}}, 0, BOUNDLESS),
        ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, 9, 1),
        ({"$id": "https://e.com/s", "$ref": "https://e.com/s#/$defs/a~1b", "$defs": {"a/b": {}}}, 0, 2),
    ],
)
def test_the_work_of_a_check_is_counted_before_it_is_done(schema: Any, depth: int, visits: int) -> None:
    assert Work(schema).visits(depth) == visits


def test_the_size_of_a_value_is_counted() -> None:
    assert measure({"a": [1, 2], "b": {}}, 10) == Size(nodes=5, depth=2)
    assert measure("x", 10) == Size(nodes=1, depth=0)
    assert measure([[[[[]]]]], 2).depth == 3
