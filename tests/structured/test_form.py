"""An answer as a form: drawn from its schema, filled while it arrives, with what is wrong at its place."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import InvalidSchemaError
from service.results import Issue
from service.structured import validate
from service.structured.form import Form, LiveForm
from service.structured.form.shape import ANYTHING, Shape
from service.structured.form.tree import MAX_NODES
from service.structured.form.words import label, value_html
from tests.structured.schema_strategies import documents, wild_schemas

LINE = {
    "type": "object",
    "properties": {"what": {"type": "string"}, "price": {"type": "number"}},
    "required": ["what", "price"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "seller": {"type": "string", "description": "Who <sends> it"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "address": {"type": "object", "properties": {"city": {"type": "string", "title": "Town"}}},
        "state": {"anyOf": [{"enum": ["open", "paid"]}, {"type": "null"}]},
    },
    "required": ["seller", "lines"],
    "$defs": {"line": LINE},
}
VALUE = {"seller": "A & B", "lines": [{"what": "lamp", "price": 2}], "address": {"city": "Leeds"}, "state": "open"}


class Reader(HTMLParser):
    """Reads the fields of a form: where each is, how it stands, and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, tuple[str, str]] = {}
        self.text: dict[str, str] = {}
        self._open: list[str | None] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        known = dict(attributes)
        self._open.append(known.get("data-k"))
        if "data-k" in known:
            self.fields[known["data-k"]] = (known.get("data-kind", ""), known.get("data-state", ""))
            self.text[known["data-k"]] = ""

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for key in filter(None, self._open):
            self.text[key] += data


def read(html: str) -> list[tuple[str, str, str]]:
    """Return kind, state and text of each field."""
    reader = Reader()
    reader.feed(html)
    return [(*reader.fields[key], reader.text[key]) for key in reader.fields]


def filled(value: Any, schema: Any = SCHEMA) -> str:
    form = Form(schema)
    form.fill(value, validate(value, schema) if schema is not None else (), is_checked=schema is not None)
    return form.html()


def live(text: str, schema: Any = SCHEMA, size: int = 7) -> LiveForm:
    form = LiveForm(schema)
    for at in range(0, len(text), size):
        form.feed(text[at : at + size])
    return form


class Browser:
    """What a browser has of a form that is sent in fragments."""

    def __init__(self, form: LiveForm) -> None:
        self.form, self.version = form, -1
        self.parts: dict[int, tuple[int, str]] = {}
        self.received = 0

    def update(self) -> None:
        if self.version < self.form.cleared:
            self.parts.clear()
        for part in self.form.since(self.version):
            assert part.parent == 0 or part.parent in self.parts
            if part.key in self.parts and kind_of(self.parts[part.key][1]) != kind_of(part.html):
                self.empty(part.key)
            self.parts[part.key] = (part.parent, part.html)
            self.received += len(part.html)
        self.version = self.form.version

    def empty(self, key: int) -> None:
        """Let go of what is inside a field that becomes one of another kind."""
        for inner in [inner for inner, (parent, _) in self.parts.items() if parent == key]:
            self.empty(inner)
            del self.parts[inner]

    def fields(self) -> list[tuple[str, str, str]]:
        return [read(html)[0] for _, html in self.parts.values()]


def kind_of(html: str) -> str:
    return html.partition('data-kind="')[2].partition('"')[0]


def browser_of(form: LiveForm) -> Browser:
    browser = Browser(form)
    browser.update()
    return browser


def test_all_fields_are_there_before_the_first_word() -> None:
    """In the schema's order, named by title or in words, with what the schema says about them."""
    html = "".join(part.html for part in LiveForm(SCHEMA).since(-1))
    assert [kind for kind, _, _ in read(html)] == ["field", "table", "group", "field", "field"]
    assert {state for _, state, _ in read(html)} == {"waiting"}
    names = [text.replace("○", "") for _, _, text in read(html)]
    assert names == ["Seller", "LinesNumberWhatPriceCheck", "Address", "Town", "State"]
    assert 'data-tip="Who &lt;sends&gt; it"' in html


def test_a_list_tells_its_size_when_all_of_it_is_there() -> None:
    """Not that it is empty while its first item is still to come."""
    schema = {"type": "object", "properties": {"praise": {"type": "array", "items": {"type": "string"}}}}
    for text in ('{"praise": [', '{"praise": ["Fast", '):
        told = "".join(part.html for part in live(text, schema).since(-1))
        assert "an empty list" not in told
        assert "orp-size" not in told
    assert "an empty list" in "".join(part.html for part in live('{"praise": []', schema).since(-1))
    assert "2 items" in "".join(part.html for part in live('{"praise": ["Fast", "Quiet"]', schema).since(-1))


def test_fields_go_from_waiting_over_filling_to_right() -> None:
    """The one that is being written shows what there is of it."""
    form = live('{"seller": "Bright La')
    assert ("field", "filling", "SellerBright La…") in browser_of(form).fields()
    form.feed('mps", "li')
    assert ("field", "ok", "SellerBright Lamps✓") in browser_of(form).fields()
    assert form.progress == (1, 4)


def test_what_is_wrong_is_told_as_soon_as_it_is_complete() -> None:
    """Also inside a list of objects, whose rule is somewhere else in the schema; and only what is certain."""
    form = live('{"seller": 5, "state": "lost", "lines": [{"what": "a", "price": "b"}, {"what')
    assert [str(issue) for issue in form.issues] == [
        "`seller` should be text, got 5",
        '`state` should be "open" or "paid", got "lost"',
        '`lines[0].price` should be a number, got "b"',
    ]
    assert ("field", "wrong") in {field[:2] for field in browser_of(form).fields()}


def test_one_of_several_alternatives_is_not_called_wrong_before_its_end() -> None:
    """What breaks one alternative may fit another."""
    schema = {
        "properties": {
            "pay": {
                "anyOf": [
                    {"type": "object", "properties": {"iban": {"type": "string"}}, "required": ["iban"]},
                    {"type": "object", "properties": {"iban": {"type": "null"}, "card": {"type": "string"}}},
                ]
            }
        }
    }
    assert list(live('{"pay": {"iban": null', schema).issues) == []
    assert list(live('{"pay": {"iban": 5}', schema).issues) != []


def test_a_reference_that_only_the_whole_schema_has_is_left_to_the_end() -> None:
    """Out of its document, `#` would mean something else."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "inner": {"$ref": "#"}},
        "required": ["name"],
    }
    form = live('{"name": "a", "inner": {}', schema)
    assert list(form.issues) == []
    form.feed("}")
    assert [issue.path for issue in form.issues] == ["inner.name"]


DRAFT_7 = "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        # Standing alone, the reference would lead to another place.
        (
            {"properties": {"a": {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}}}}},
            {"a": {"b": {}}},
        ),
        # What one schema refuses, its own fields are not part of.
        (
            {
                "allOf": [{"properties": {"x": {}}, "additionalProperties": False}],
                "properties": {"y": {}},
                "minProperties": 0,
            },
            {"x": 1},
        ),
        # Up to draft 7, nothing beside a reference counts.
        (
            {
                "$schema": DRAFT_7,
                "properties": {"a": {"$ref": "#/definitions/any", "properties": {"b": {"type": "string"}}}},
                "definitions": {"any": {}},
            },
            {"a": {"b": 1}},
        ),
    ],
)
def test_what_is_right_is_not_called_wrong(schema: Any, value: Any) -> None:
    assert validate(value, schema) == []
    assert list(live(json.dumps(value), schema).issues) == []


@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_the_live_form_ends_as_the_final_one(size: int) -> None:
    """However the answer comes; each field says the same and stands the same."""
    wrong = {**VALUE, "lines": [{"what": "x", "price": "b"}, {"what": "y", "price": 1}], "more": [1, {"a": "b"}]}
    for value in (VALUE, wrong):
        form = live(json.dumps(value), size=size)
        assert sorted(browser_of(form).fields()) == sorted(fields_of(value))


def fields_of(value: Any) -> list[tuple[str, str, str]]:
    """Return the fields of the finished form, each drawn without what is inside it."""
    form = Form(SCHEMA)
    form.fill(value, validate(value, SCHEMA))
    return [read(part.html)[0] for part in form.since(-1)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, st.sets(st.integers(0, 300), max_size=12), st.booleans())
def test_fragments_sent_whenever_build_the_same_form(value: Any, updates: set[int], is_inside: bool) -> None:
    """A browser that gets many frames and one that gets only the last have the same fields."""
    text = json.dumps({"lines": value, "seller": value, "address": value} if is_inside else value)
    form = LiveForm(SCHEMA)
    often = browser_of(form)
    for at, character in enumerate(text):
        form.feed(character)
        if at in updates:
            often.update()
    often.update()
    assert often.parts == browser_of(form).parts


def test_a_long_answer_is_not_sent_again_with_every_frame() -> None:
    """Ten times the text is ten times the bytes, also where it is one text."""
    received = []
    for size in (4_000, 40_000):
        form = LiveForm(SCHEMA)
        browser = Browser(form)
        text = json.dumps({"seller": "word " * (size // 5)})
        for at in range(0, len(text), 100):
            form.feed(text[at : at + 100])
            browser.update()
        received.append(browser.received)
    assert received[1] < 12 * received[0]


def test_a_long_text_is_whole_in_the_end() -> None:
    """Its pieces and its rest are the text."""
    words = " ".join(f"word{at}" for at in range(600))
    form = live(json.dumps({"seller": words}), size=50)
    browser = browser_of(form)
    pieces = [re.sub("<[^>]+>", "", html) for _, html in browser.parts.values() if "data-kind" not in html]
    last = next(html for _, html in browser.parts.values() if ">Seller<" in html)
    shown = "".join(pieces) + re.sub("<[^>]+>", "", last).removeprefix("Seller").removesuffix("✓")
    assert len(pieces) > 3
    assert shown == words


def test_the_finished_form_says_what_is_missing_and_what_is_more() -> None:
    """A required field that did not come is red; one that may be left out is a dash; one too many is marked."""
    html = filled({"lines": [], "address": {"city": "x"}, "extra": 1})
    fields = {text.split("—")[0]: state for _, state, text in read(html)}
    assert fields["Seller"] == "wrong"
    assert fields["State"] == "absent"
    assert "not in the schema" in html
    assert "is missing" in html


def test_issues_stand_where_they_are() -> None:
    """In the cell of a row; what has no place of its own is told with what holds it, or at the end."""
    value = {"seller": "x", "lines": [{"what": "a"}, {"what": "b", "price": 1, "odd": 2}]}
    rows = [text for kind, _, text in read(filled(value)) if kind == "row"]
    assert rows[0] == "1a—is missing✗"
    assert "is not allowed here" in rows[1]
    form = Form(None)
    form.fill({"a": 1}, [Issue("", "should be a list"), Issue("b.c", "is missing")])
    assert [text for kind, _, text in read(form.html()) if kind == "note"] == ["should be a list", "b.c is missing"]


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (5, ["field"]),
        (None, ["field"]),
        ([1, 2], ["list", "item", "item"]),
        ([{"a": 1}], ["list", "group", "field"]),
        ({"a": [[1]]}, ["list", "list", "item"]),
        ({}, []),
    ],
)
def test_without_a_schema_the_value_says_what_it_is(value: Any, kinds: list[str]) -> None:
    fields = read(filled(value, None))
    assert [kind for kind, _, _ in fields] == kinds
    assert "✓" not in filled(value, None)


def test_an_answer_of_another_shape_than_expected_is_shown_as_it_is() -> None:
    """A list where an object should be, a text where a table should be."""
    assert read(filled([1]))[0][0] == "list"
    html = filled({"seller": {"a": 1}, "lines": "none"})
    assert [kind for kind, _, _ in read(html)][:3] == ["group", "field", "field"]


def test_a_huge_or_deep_answer_stays_small() -> None:
    """It says that there is more."""
    html = filled({"a": list(range(5_000))}, None)
    assert len(read(html)) <= MAX_NODES + 2
    assert "There is more; the JSON tab has all of it." in html
    deep: Any = "end"
    for _ in range(500):
        deep = {"in": deep}
    assert "an object with 1 field" in filled(deep, None)


def test_what_a_model_writes_is_text() -> None:
    """In values, in names of fields, and in a schema's titles and descriptions."""
    evil = '<img src=x onerror=alert(1)>"'
    schema = {"type": "object", "properties": {"a": {"title": evil, "description": evil, "enum": [evil]}}}
    for html in (filled({evil: evil, "a": evil}, schema), filled({"lines": [{evil: evil}], evil: [evil]})):
        assert "<img" not in html
    form = live(json.dumps({"a": evil, evil: {evil: evil}})[:-3], schema)
    assert "<img" not in "".join(part.html for part in form.since(-1))


@pytest.mark.parametrize(
    ("value", "rule", "shown"),
    [
        (True, {}, "Yes"),
        (None, {}, "—"),
        ("", {}, "(empty text)"),
        ("2024-03-14", {"format": "date"}, "14 March 2024"),
        ("2024-03-14", {}, "2024-03-14"),
        ("soon", {"format": "date"}, "soon"),
        ("2024-03-14T09:05:00Z", {"format": "date-time"}, "14 March 2024, 09:05 UTC"),
        ("2024-03-14T09:05:07+02:00", {"format": "date-time"}, "14 March 2024, 09:05:07 +0200"),
        ("b\udfff", {}, "b\ufffd"),
        ([1, "x"], {}, "1x"),
        ({"unit_price": 3}, {}, "Unit price3"),
        (1.50, {}, "1.5"),
    ],
)
def test_values_in_words(value: Any, rule: dict[str, Any], shown: str) -> None:
    """The raw text of a date stays in reach."""
    html = value_html(value, Shape.of(rule))
    assert re.sub("<[^>]+>", "", html) == shown
    if "<time" in html:
        assert f'title="{value}"' in html


@pytest.mark.parametrize(
    ("value", "rule", "href"),
    [
        ("https://example.com/a?b=1&c", {}, "https://example.com/a?b=1&amp;c"),
        ("a.b@example.com", {"format": "email"}, "mailto:a.b@example.com"),
        ("a.b@example.com", {}, None),
        ("javascript:alert(1)", {"format": "uri"}, None),
        ("see https://example.com", {}, None),
        ("https://", {}, None),
        ('https://e.com/"onclick="x', {}, None),
    ],
)
def test_only_safe_addresses_are_links(value: str, rule: dict[str, Any], href: str | None) -> None:
    """Web pages and mailboxes; they open elsewhere and are told nothing of this page."""
    found = re.search(
        'href="([^"]*)" target="_blank" rel="noopener noreferrer nofollow"', value_html(value, Shape.of(rule))
    )
    assert (found[1] if found else None) == href


@pytest.mark.parametrize(
    ("name", "words"),
    [("unit_price", "Unit price"), ("isPaid", "Is paid"), ("VAT_id", "VAT id"), ("a-b", "a-b"), (2, "3."), ("", "")],
)
def test_names_in_words(name: str | int, words: str) -> None:
    assert label(name) == words


def test_a_form_that_stops_filling_says_where_and_calls_nothing_right() -> None:
    """What did not come is not there; a wrong field stays wrong."""
    form = LiveForm({**SCHEMA, "properties": {"total": {"type": "integer"}, **SCHEMA["properties"]}})
    form.feed('{"total": "x", "seller": "A", "lines": [{"what": "lamp", "price": 2}, {"what": "cha')
    html = form.stopped()
    states = set(re.findall(r'data-state="(\w+)"', html))
    assert states == {"wrong", "given", "cut", "absent"}
    assert "cha<" in html
    assert "orp-blank" not in html


@pytest.mark.parametrize("schema", [True, None, {"$ref": "#/nowhere"}, {"$ref": "#"}, {"properties": 5}])
def test_a_schema_that_says_nothing_draws_nothing_ahead(schema: Any) -> None:
    assert LiveForm(schema).since(-1) == []
    assert Shape.of(schema).child("x").rule in (True, None) or ANYTHING


@settings(deadline=None, max_examples=150)
@given(wild_schemas(), documents(), st.integers(1, 20))
def test_a_wild_schema_never_breaks_a_form(schema: Any, value: Any, size: int) -> None:
    """Whatever it refers to; and what is called wrong early is wrong in the end."""
    form = live(json.dumps(value), schema, size)
    try:
        issues = validate(value, schema)
    except InvalidSchemaError:
        issues = [Issue("", "cannot be checked")]
    assert issues or not form.issues
    assert form.is_json
    drawn = Form(schema)
    drawn.fill(value, issues)
    assert drawn.html().count("<div") == drawn.html().count("</div>")
