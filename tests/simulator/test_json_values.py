"""Values for schemas: valid for every keyword, plausible by name, the same for a seed, or a clear no."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.simulator.json_values import NoValueFound, generate

SEEDS = range(5)


def refuse(uri: str) -> Any:
    raise ValueError(uri)


def is_valid(schema: Any, value: Any) -> bool:
    return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=refuse).is_valid(value)


def refusal(schema: Any, **options: Any) -> str:
    with pytest.raises(NoValueFound) as caught:
        generate(schema, seed=0, **options)
    return str(caught.value)


def listing(item: Any, **keywords: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **keywords}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}


# --- every keyword ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A schema and what, checked by hand, its values are like."""

    says: str
    schema: Any
    holds: Callable[[Any], bool]


def is_tree(value: Any) -> bool:
    return isinstance(value["label"], str) and all(is_tree(child) for child in value.get("children", []))


DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"

CASES = [
    Case("true allows anything", True, lambda v: True),
    Case("the empty schema allows anything", {}, lambda v: True),
    Case("type null", {"type": "null"}, lambda v: v is None),
    Case("type boolean", {"type": "boolean"}, lambda v: isinstance(v, bool)),
    Case("type integer is no boolean", WHOLE, lambda v: type(v) is int),
    Case("a list of types", {"type": ["integer", "boolean"]}, lambda v: isinstance(v, int)),
    Case("const of any shape", {"const": {"a": [1, None]}}, lambda v: v == {"a": [1, None]}),
    Case("enum", {"enum": ["a", 2, None]}, lambda v: v in ("a", 2, None)),
    Case("enum cut down by type", {"enum": ["a", 2, None], "type": "integer"}, lambda v: v == 2),
    Case("enum cut down by a pattern", {"enum": ["ab", "xy"], "pattern": "^x"}, lambda v: v == "xy"),
    Case("enum cut down by not", {"enum": [1, 2], "not": {"const": 1}}, lambda v: v == 2),
    Case("minimum and maximum", {"type": "number", "minimum": 3, "maximum": 3.5}, lambda v: 3 <= v <= 3.5),
    Case(
        "exclusive limits, close together",
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
        lambda v: 0 < v < 1e-9,
    ),
    Case(
        "exclusive limits of integers",
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3},
        lambda v: v == 2,
    ),
    Case("a huge lower limit", {"type": "integer", "minimum": 10**30}, lambda v: v >= 10**30),
    Case(
        "a multiple of a fraction",
        {"type": "number", "multipleOf": 0.05, "minimum": 7},
        lambda v: round(v * 20, 6) % 1 == 0,
    ),
    Case("an integer multiple of a fraction", {"type": "integer", "multipleOf": 1.5}, lambda v: v % 3 == 0),
    Case(
        "two multiples at once",
        {"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]},
        lambda v: v % 12 == 0,
    ),
    Case("minLength", {"type": "string", "minLength": 300}, lambda v: len(v) >= 300),
    Case("maxLength", {"type": "string", "maxLength": 3}, lambda v: len(v) <= 3),
    Case("one length only", {"type": "string", "minLength": 17, "maxLength": 17}, lambda v: len(v) == 17),
    Case("items", listing(WHOLE, minItems=1), lambda v: v and all(type(i) is int for i in v)),
    Case("minItems and maxItems", listing(TEXT, minItems=7, maxItems=8), lambda v: 7 <= len(v) <= 8),
    Case(
        "uniqueItems from few values",
        listing({"enum": list("abcd")}, uniqueItems=True, minItems=4),
        lambda v: len(set(v)) == 4,
    ),
    Case("uniqueItems of texts", listing(TEXT, uniqueItems=True, minItems=40), lambda v: len(set(v)) == 40),
    Case(
        "uniqueItems tells 1 from true",
        listing({"enum": [1, True]}, uniqueItems=True, minItems=2),
        lambda v: {type(i) for i in v} == {int, bool},
    ),
    Case(
        "prefixItems",
        {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False, "minItems": 2},
        lambda v: isinstance(v[0], str) and type(v[1]) is int and len(v) == 2,
    ),
    Case("contains", {"type": "array", "contains": {"const": 7}}, lambda v: 7 in v),
    Case(
        "minContains and maxContains",
        listing({"enum": [7, 8]}, contains={"const": 7}, minContains=2, maxContains=2, minItems=4),
        lambda v: v.count(7) == 2 and len(v) >= 4,
    ),
    Case(
        "maxContains of none",
        listing({"enum": [7, 8]}, contains={"const": 7}, minContains=0, maxContains=0),
        lambda v: 7 not in v,
    ),
    Case(
        "unevaluatedItems",
        {"type": "array", "allOf": [{"prefixItems": [TEXT]}], "unevaluatedItems": WHOLE, "minItems": 3},
        lambda v: isinstance(v[0], str) and all(type(i) is int for i in v[1:]),
    ),
    Case(
        "required beside properties",
        {"type": "object", "required": ["a", "b"], "properties": {"a": WHOLE}},
        lambda v: "b" in v,
    ),
    Case("additionalProperties false", record(a=WHOLE), lambda v: set(v) == {"a"}),
    Case("an open map", {"type": "object", "additionalProperties": WHOLE, "minProperties": 3}, lambda v: len(v) >= 3),
    Case(
        "maxProperties",
        {"type": "object", "properties": dict.fromkeys("abcdef", TEXT), "maxProperties": 2},
        lambda v: len(v) <= 2,
    ),
    Case(
        "patternProperties",
        {"type": "object", "patternProperties": {"^x-\\d+$": WHOLE}, "additionalProperties": False, "minProperties": 2},
        lambda v: len(v) >= 2 and all(re.fullmatch(r"x-\d+", name) for name in v),
    ),
    Case(
        "propertyNames",
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{4}$"}, "minProperties": 2},
        lambda v: len(v) >= 2 and all(re.fullmatch(r"[a-z]{4}", name) for name in v),
    ),
    Case(
        "dependentRequired",
        {"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"], "b": ["c"]}},
        lambda v: {"a", "b", "c"} <= set(v),
    ),
    Case(
        "dependentSchemas",
        {
            "type": "object",
            "required": ["a"],
            "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": WHOLE}}},
        },
        lambda v: type(v["b"]) is int,
    ),
    Case(
        "unevaluatedProperties sees through allOf and $ref",
        {
            "$defs": {"base": {"properties": {"a": WHOLE}, "required": ["a"]}},
            "type": "object",
            "allOf": [{"$ref": "#/$defs/base"}],
            "properties": {"b": TEXT},
            "unevaluatedProperties": False,
        },
        lambda v: type(v["a"]) is int and set(v) <= {"a", "b"},
    ),
    Case("allOf", {"allOf": [{"type": "integer"}, {"minimum": 5}, {"maximum": 6}]}, lambda v: v in (5, 6)),
    Case(
        "anyOf with one way that works",
        {"anyOf": [False, {"type": "string", "maxLength": -0}, False]},
        lambda v: v == "",
    ),
    Case(
        "anyOf where only a deep look tells which way works",
        {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": "dog"}},
            "anyOf": [
                {"properties": {"kind": {"const": "cat"}}},
                {"properties": {"kind": {"const": "dog"}, "barks": {"type": "boolean"}}, "required": ["barks"]},
            ],
        },
        lambda v: v["kind"] == "dog" and isinstance(v["barks"], bool),
    ),
    Case(
        "oneOf is exactly one",
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": TEXT, "b": TEXT}},
        lambda v: ("a" in v) != ("b" in v),
    ),
    Case(
        "oneOf of overlapping ranges",
        {"type": "integer", "oneOf": [{"minimum": 5}, {"maximum": 9}]},
        lambda v: v < 5 or v > 9,
    ),
    Case(
        "not a type",
        {"not": {"type": ["string", "object", "array", "null", "boolean"]}},
        lambda v: type(v) in (int, float),
    ),
    Case("not a multiple", {"type": "integer", "not": {"multipleOf": 2}, "minimum": 0}, lambda v: v % 2 == 1),
    Case("not a pattern", {"type": "string", "not": {"pattern": "[aeiou]"}}, lambda v: not set(v) & set("aeiou")),
    Case(
        "not a property",
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "not": {"required": ["a"]}},
        lambda v: "a" not in v,
    ),
    Case("not both", {"type": "integer", "not": {"allOf": [{"minimum": 0}, {"maximum": 9}]}}, lambda v: v < 0 or v > 9),
    Case("not not", {"not": {"not": {"const": 3}}}, lambda v: v == 3),
    Case("not unique", listing(WHOLE, **{"not": {"uniqueItems": True}}), lambda v: len(v) != len(set(v))),
    Case(
        "if, then and else",
        {
            "type": "object",
            "required": ["country", "code"],
            "properties": {"country": {"enum": ["US", "PT"]}, "code": TEXT},
            "if": {"properties": {"country": {"const": "US"}}},
            "then": {"properties": {"code": {"pattern": "^\\d{5}$"}}},
            "else": {"properties": {"code": {"pattern": "^\\d{4}-\\d{3}$"}}},
        },
        lambda v: re.fullmatch(r"\d{5}" if v["country"] == "US" else r"\d{4}-\d{3}", v["code"]),
    ),
    Case(
        "a chain of conditions on one field",
        {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"enum": ["a", "b", "c"]}},
            "allOf": [{"if": {"properties": {"kind": {"const": k}}}, "then": {"required": ["x" + k]}} for k in "abc"],
        },
        lambda v: "x" + v["kind"] in v,
    ),
    Case("$ref with siblings", {"$defs": {"n": WHOLE}, "$ref": "#/$defs/n", "minimum": 1000}, lambda v: v >= 1000),
    Case("$anchor", {"$defs": {"n": {"$anchor": "here", "const": 1}}, "$ref": "#here"}, lambda v: v == 1),
    Case(
        "$id makes a resource of its own",
        {
            "$id": "https://example.com/root",
            "$defs": {"n": {"$id": "leaf", "$defs": {"m": {"const": 2}}, "$ref": "#/$defs/m"}},
            "$ref": "leaf",
        },
        lambda v: v == 2,
    ),
    Case("a pointer with escapes", {"$defs": {"a/b~c%": {"const": 5}}, "$ref": "#/$defs/a~1b~0c%25"}, lambda v: v == 5),
    Case(
        "$dynamicRef reaches the outermost anchor",
        {
            "$id": "https://example.com/numbers",
            "$ref": "list",
            "$defs": {
                "item": {"$dynamicAnchor": "item", "type": "integer"},
                "list": {
                    "$id": "list",
                    "type": "array",
                    "minItems": 1,
                    "items": {"$dynamicRef": "#item"},
                    "$defs": {"item": {"$dynamicAnchor": "item"}},
                },
            },
        },
        lambda v: v and all(type(i) is int for i in v),
    ),
    Case(
        "recursion comes to an end",
        {
            "type": "object",
            "properties": {"label": TEXT, "children": listing({"$ref": "#"})},
            "required": ["label", "children"],
        },
        is_tree,
    ),
    Case(
        "recursion ends through the plain alternative",
        {
            "$defs": {
                "e": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/e"}, "minItems": 2}, {"const": "end"}]}
            },
            "$ref": "#/$defs/e",
        },
        lambda v: "end" in json.dumps(v),
    ),
    Case(
        "draft 4: exclusiveMinimum is a switch",
        {"$schema": DRAFT_4, "type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 2},
        lambda v: v == 2,
    ),
    Case(
        "draft 4: id",
        {"$schema": DRAFT_4, "definitions": {"n": {"id": "#n", "enum": [4]}}, "$ref": "#n"},
        lambda v: v == 4,
    ),
    Case(
        "draft 7: items as a list, additionalItems, definitions",
        {
            "$schema": DRAFT_7,
            "definitions": {"t": TEXT},
            "type": "array",
            "items": [{"$ref": "#/definitions/t"}],
            "additionalItems": WHOLE,
            "minItems": 3,
        },
        lambda v: isinstance(v[0], str) and all(type(i) is int for i in v[1:]),
    ),
    Case(
        "draft 7: what stands beside $ref does not count",
        {
            "$schema": DRAFT_7,
            "definitions": {"n": {"const": 1}},
            "properties": {"a": {"$ref": "#/definitions/n", "type": "null"}},
            "required": ["a"],
        },
        lambda v: not isinstance(v, dict) or v["a"] == 1,
    ),
    Case(
        "draft 7: dependencies",
        {
            "$schema": DRAFT_7,
            "type": "object",
            "required": ["a"],
            "dependencies": {"a": ["b"], "b": {"required": ["c"]}},
        },
        lambda v: {"a", "b", "c"} <= set(v),
    ),
    Case(
        "draft 7: base64",
        {"$schema": DRAFT_7, "type": "string", "contentEncoding": "base64"},
        lambda v: isinstance(v, str),
    ),
    Case(
        "draft 2019-09: $recursiveRef",
        {
            "$schema": DRAFT_2019,
            "type": "object",
            "required": ["label"],
            "properties": {"label": TEXT, "children": listing({"$recursiveRef": "#"})},
        },
        is_tree,
    ),
    Case("an unknown $schema counts as 2020-12", {"$schema": "https://example.com/own", "const": 1}, lambda v: v == 1),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_every_keyword_is_respected(case):
    for seed in SEEDS:
        value = generate(case.schema, seed=seed)
        assert case.holds(value), value


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("date-time", lambda text: datetime.fromisoformat(text).tzinfo is not None),
        ("date", date.fromisoformat),
        ("time", lambda text: re.fullmatch(r"\d\d:\d\d:\d\dZ", text)),
        ("duration", lambda text: text.startswith("P")),
        ("email", lambda text: re.fullmatch(r"[^@ ]+@[^@ ]+\.\w+", text)),
        ("idn-email", lambda text: "@" in text),
        ("hostname", lambda text: re.fullmatch(r"[a-z0-9.-]+", text)),
        ("ipv4", lambda text: len(text.split(".")) == 4),
        ("ipv6", lambda text: ":" in text),
        ("uri", lambda text: text.startswith("https://")),
        ("uri-reference", lambda text: text.startswith("/")),
        ("iri", lambda text: text.startswith("https://")),
        ("iri-reference", lambda text: text.startswith("/")),
        ("uuid", lambda text: UUID(text).version == 4),
        ("uri-template", lambda text: "{" in text),
        ("json-pointer", lambda text: text.startswith("/")),
        ("relative-json-pointer", lambda text: text[0].isdigit()),
        ("regex", re.compile),
    ],
)
def test_every_format_of_2020_12_is_made(name, check):
    schema = {"type": "string", "format": name}
    for seed in SEEDS:
        value = generate(schema, seed=seed)
        assert is_valid(schema, value)
        assert check(value), value


@pytest.mark.parametrize(
    "rest",
    [
        {"format": "email", "maxLength": 6},
        {"format": "uri", "minLength": 80, "maxLength": 80},
        {"format": "date", "pattern": "^1999-"},
        {"format": "uri", "pattern": "^https://"},
        {"format": "email", "pattern": "@mail\\.example\\.com$"},
        {"format": "json-pointer", "pattern": "\\d{3}"},
        {"format": "hostname", "minLength": 100},
    ],
    ids=str,
)
def test_a_format_goes_together_with_lengths_and_patterns(rest):
    schema = {"type": "string", **rest}
    assert all(is_valid(schema, generate(schema, seed=seed)) for seed in SEEDS)


PATTERNS = [
    "^[A-Z]{3}-\\d{4}$",
    "^(\\+\\d{1,3} )?\\d{3}-\\d{4}$",
    "^#(?:[0-9a-f]{3}){1,2}$",
    "^v?(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[a-z.]+)?$",
    "^\\S+@\\S+\\.\\S+$",
    "^(?=.*[A-Z])(?=.*\\d)(?=.*[a-z]).{8,}$",
    "^(?!foo)[a-z]{3}$",
    "^\\p{Lu}\\p{Ll}+$",
    "^[^\\s/\\\\]+/[\\w.-]+$",
    "^[\\u0041-\\u0046\\x30-\\x39]{6}$",
    "b{2,3}",
    "^a|b$",
    "^(['\"]).*\\1$",
    "^(?<year>\\d{4})-(?P<month>0[1-9])$",
    "^\\{[a-z]+\\}\\.\\$\\(\\)\\[\\]\\*$",
    "^.*?end$",
    "^[[\\]-]+$",
    "^\\t?\\cJ?x$",
    "^$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_matches_its_pattern(pattern):
    schema = {"type": "string", "pattern": pattern}
    assert all(is_valid(schema, generate(schema, seed=seed)) for seed in SEEDS)


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [("^(ab|c)+$", 30, 31), ("^[a-z]+-[0-9]+$", 3, 4), ("x", 12, 12), ("^\\w+( \\w+)*$", 60, 70), ("^\\d", 5, 5)],
)
def test_a_pattern_is_met_within_the_lengths(pattern, low, high):
    schema = {"type": "string", "pattern": pattern, "minLength": low, "maxLength": high}
    for seed in SEEDS:
        value = generate(schema, seed=seed)
        assert low <= len(value) <= high
        assert re.search(pattern, value)


def test_two_patterns_are_met_at_once():
    schema = {"type": "string", "allOf": [{"pattern": "^[A-Z]"}, {"pattern": "\\d$"}]}
    assert all(re.search("^[A-Z].*[0-9]$", generate(schema, seed=seed)) for seed in SEEDS)


# --- plausibility ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=SEEDS, ids="seed {}".format)
def seed(request):
    return request.param


def test_a_contact_is_one_person(seed):
    schema = record(
        name=TEXT, first_name=TEXT, last_name=TEXT, email=TEXT, phoneNumber=TEXT, city=TEXT, country=TEXT, website=TEXT
    )
    contact = generate(schema, seed=seed)
    assert contact["name"] == f"{contact['first_name']} {contact['last_name']}"
    assert contact["email"] == f"{contact['first_name']}.{contact['last_name']}@example.com".lower()
    assert re.fullmatch(r"\+\d{1,3} 555 01\d\d", contact["phoneNumber"])
    assert contact["website"].startswith("https://")


def test_an_invoice_has_dates_money_and_products(seed):
    line = record(description=TEXT, quantity=WHOLE, unit_price=NUMBER)
    invoice = generate(
        record(
            invoice_number=TEXT,
            issue_date=TEXT,
            due_date=TEXT,
            vendor=record(name=TEXT),
            line_items=listing(line),
            total=NUMBER,
            currency=TEXT,
        ),
        seed=seed,
    )
    assert re.fullmatch(r"INV-\d{4}", invoice["invoice_number"])
    assert date.fromisoformat(invoice["issue_date"]) < date.fromisoformat(invoice["due_date"])
    assert re.fullmatch(r"[A-Z]{3}", invoice["currency"])
    assert 2 <= len(invoice["line_items"]) <= 4
    assert len({item["description"] for item in invoice["line_items"]}) == len(invoice["line_items"])
    assert all(1 <= item["quantity"] <= 5 for item in invoice["line_items"])
    assert all(round(item["unit_price"], 2) == item["unit_price"] for item in invoice["line_items"])


def test_a_review_talks_about_a_product(seed):
    review = generate(
        record(
            rating={"type": "integer", "minimum": 1, "maximum": 5},
            sentiment=TEXT,
            confidence=NUMBER,
            summary=TEXT,
            pros=listing(TEXT),
        ),
        seed=seed,
    )
    assert 3 <= review["rating"] <= 5
    assert review["sentiment"] in ("positive", "neutral", "negative")
    assert 0 < review["confidence"] < 1
    assert review["summary"].endswith(".")
    assert len(review["summary"].split()) > 5
    assert len(set(review["pros"])) == len(review["pros"]) >= 2


def test_a_recipe_has_ingredients_and_steps(seed):
    recipe = generate(
        record(
            title=TEXT,
            servings=WHOLE,
            prep_time=TEXT,
            ingredients=listing(record(name=TEXT, unit=TEXT)),
            steps=listing(TEXT),
        ),
        seed=seed,
    )
    assert recipe["title"] in {
        "Tomato and Basil Spaghetti",
        "Lemon Chicken Soup",
        "Roasted Vegetable Bowl",
        "Mushroom Risotto",
    }
    assert 2 <= recipe["servings"] <= 6
    assert re.fullmatch(r"\d+ minutes", recipe["prep_time"])
    names = [ingredient["name"] for ingredient in recipe["ingredients"]]
    assert len(set(names)) == len(names)
    assert all(step.endswith(".") for step in recipe["steps"])


def test_a_name_means_what_the_object_around_it_is(seed):
    person, company = (
        "[A-Z][a-z]+ [A-Z][a-z]+",
        {"Northwind Traders", "Bluebird Coffee", "Harbor Analytics", "Juniper & Co."},
    )
    made = [
        generate(record(author=record(name=TEXT), company=record(name=TEXT)), seed=s)
        for s in range(seed * 10, seed * 10 + 10)
    ]
    assert all(re.fullmatch(person, value["author"]["name"]) for value in made)
    assert company & {value["company"]["name"] for value in made}


def test_titles_and_descriptions_speak_where_names_do_not():
    schema = record(
        f1={"type": "string", "title": "Email"},
        f2={"type": "string", "description": "Airport code, e.g. 'LIS'"},
        f3={"type": "string", "description": "When it starts, as YYYY-MM-DD"},
        f4={"type": "number", "description": "Certainty between 0 and 1"},
    )
    values = [generate(schema, seed=seed) for seed in range(10)]
    assert all("@example.com" in value["f1"] for value in values)
    assert "LIS" in {value["f2"] for value in values}
    assert all(date.fromisoformat(value["f3"]) for value in values)
    assert all(0 <= value["f4"] <= 1 for value in values)


def test_examples_and_defaults_are_used_when_they_are_valid():
    schema = record(
        a={"type": "string", "examples": ["first", "second"]},
        b={"type": "string", "default": "usual"},
        c={"type": "integer", "examples": ["not a number"]},
    )
    for seed in SEEDS:
        value = generate(schema, seed=seed)
        assert value["a"] in ("first", "second")
        assert value["b"] == "usual"
        assert type(value["c"]) is int


def test_optional_properties_are_mostly_there_and_null_is_rare():
    schema = {"type": "object", "properties": {f"field_{n}": {"type": ["string", "null"]} for n in range(20)}}
    values = [generate(schema, seed=seed) for seed in range(10)]
    assert sum(map(len, values)) > 150
    assert sum(item is None for value in values for item in value.values()) < 60


def test_texts_are_words_and_not_letters():
    value = generate(listing({"type": "string", "minLength": 20}, minItems=5), seed=1)
    assert all(re.fullmatch(r"[A-Za-z0-9 ,.;'&-]+", text) and " " in text for text in value)


# --- one seed, one value ---------------------------------------------------------------------------------------------

MIXED = record(
    name=TEXT,
    tags=listing(TEXT),
    total=NUMBER,
    kind={"enum": ["a", "b", "c"]},
    code={"type": "string", "pattern": "^\\d{6}$"},
)


def test_the_same_seed_makes_the_same_value():
    assert generate(MIXED, seed=7) == generate(json.loads(json.dumps(MIXED)), seed=7)


def test_another_process_makes_the_same_values():
    program = "import json, sys; from service.simulator.json_values import generate; "
    program += "print(json.dumps([generate(s, seed=3) for s in json.load(sys.stdin)]))"
    schemas = [MIXED, *(case.schema for case in CASES)]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(schemas),
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in (1, 2)
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0]) == [generate(schema, seed=3) for schema in schemas]


def test_other_seeds_make_other_values():
    assert len({json.dumps(generate(MIXED, seed=seed)) for seed in range(20)}) == 20


def test_the_schema_is_not_changed_and_not_shared():
    schema = {"const": {"list": [1]}}
    generate(schema, seed=0)["list"].append(2)
    assert schema == {"const": {"list": [1]}}


# --- a clear no ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        (False, "The schema allows no value: its schema is false."),
        (
            record(a={"type": "integer", "minimum": 3, "maximum": 2}),
            "`/properties/a` allows no value: its type is integer and "
            "its lower limit 3 is not below its upper limit 2.",
        ),
        (
            record(a={"allOf": [TEXT, WHOLE]}),
            "`/properties/a` allows no value: its type is string and its type is integer.",
        ),
        (
            record(a={"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}),
            "`/properties/a` allows no value: no whole number lies between its limits 1 and 2.",
        ),
        (
            {"type": "string", "minLength": 5, "maxLength": 4},
            "The schema allows no value: its type is string and minLength 5 is above maxLength 4.",
        ),
        (
            {"type": "object", "required": ["a"], "additionalProperties": False},
            "The schema allows no value: its type is object and it needs the property 'a', which is not allowed.",
        ),
        (
            listing(TEXT, minItems=10**6),
            "The schema allows no value: it asks for at least 1000000 items, and at most 5000 are made.",
        ),
        (
            {"type": "string", "minLength": 10**7},
            "The schema allows no value: it asks for at least 10000000 characters, and at most 100000 are made.",
        ),
        (
            listing({"type": "boolean"}, uniqueItems=True, minItems=3),
            "The schema allows no value: its items must differ, and there are too few different ones.",
        ),
        (
            {"type": "string", "format": "date", "pattern": "^x"},
            "The schema allows no value: no text was found for its pattern '^x', format 'date'.",
        ),
        (
            {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
            "`/properties/a` allows no value: it goes on deeper than 64 levels.",
        ),
        (
            {"enum": ["a"], "type": "integer"},
            "The schema allows no value: none of the listed values has an allowed type.",
        ),
    ],
)
def test_what_stands_in_the_way_is_said(schema, sentence):
    assert refusal(schema) == sentence


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"type": "text"}, "The schema is not valid at `/type`: "),
        ({"properties": {"a": {"minLength": -1}}}, "The schema is not valid at `/properties/a/minLength`: "),
        ({"pattern": "("}, 'The schema is not valid at `/pattern`: "(" is not a "regex".'),
        ({"$ref": "#/$defs/a"}, "The schema refers to `/$defs/a`, which it does not have."),
        (
            {"$ref": "https://example.com/x.json"},
            "The schema refers to 'https://example.com/x.json', which lies outside it",
        ),
        ({"$ref": "file:///etc/passwd"}, "The schema refers to 'file:///etc/passwd', which lies outside it"),
        ([TEXT], "A schema is an object or a boolean, not list."),
        ({"properties": {1: TEXT}}, "The schema cannot be read: "),
    ],
    ids=str,
)
def test_a_schema_that_is_not_valid_is_refused_in_words(schema, sentence):
    assert refusal(schema).startswith(sentence)


def test_the_number_of_tries_is_the_callers():
    schema = {"not": {"$ref": "#"}}
    assert refusal(schema, max_tries=3).startswith(
        "None of 3 tries satisfied the schema: the last one failed at its top level: "
    )


def nested(depth: int, wrap: Callable[[Any], Any], inner: Any) -> Any:
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def doubling(last: Any) -> dict[str, Any]:
    """A schema of thirty definitions whose values double in size with each."""
    steps = {f"d{n}": record(a={"$ref": f"#/$defs/d{n + 1}"}, b={"$ref": f"#/$defs/d{n + 1}"}) for n in range(30)}
    return {"$ref": "#/$defs/d0", "$defs": {**steps, "d30": last}}


@pytest.mark.parametrize(
    "schema",
    [
        doubling(TEXT),
        nested(5_000, lambda inner: {"not": inner}, {}),
        {"$ref": "#/$defs/a", "$defs": {"a": record(**{f"p{n}": {"$ref": "#/$defs/a"} for n in range(12)})}},
        {"type": "string", "pattern": "^(?=(a+)+b)\\1{5}(x+x+)+y$", "minLength": 30},
        nested(10, lambda inner: {"anyOf": [inner, inner]}, record(z=False)),
        {"type": "object", "minProperties": 10**9},
    ],
    ids=[
        "doubling",
        "deep",
        "wide and endless",
        "a pattern that backtracks",
        "a thousand dead ends",
        "a billion properties",
    ],
)
def test_a_hostile_schema_comes_to_an_end(schema):
    assert refusal(schema)


def test_recursion_through_wide_optional_properties_stays_small():
    schema = {
        "$ref": "#/$defs/a",
        "$defs": {"a": {"type": "object", "properties": {f"p{n}": {"$ref": "#/$defs/a"} for n in range(30)}}},
    }
    assert len(json.dumps(generate(schema, seed=0))) < 20_000


# --- any schema ------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "name", "email"])
SCALARS = st.sampled_from([None, True, 0, 1, 2.5, "a", "foo"])
LEAVES = st.one_of(
    st.booleans(),
    st.sampled_from([{"$ref": "#/$defs/x"}, {"$ref": "#/$defs/y"}, {"$ref": "#"}]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])}
    ),
    st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"pattern": st.sampled_from(["^a", "\\d{2}$", "^[a-z]{2,4}$", "(x|y)+", "^$"])}),
    st.fixed_dictionaries(
        {},
        optional={
            "minimum": st.integers(-5, 5),
            "maximum": st.integers(-5, 9),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
        },
    ),
    st.fixed_dictionaries({}, optional={"minLength": st.integers(0, 6), "maxLength": st.integers(0, 6)}),
    st.fixed_dictionaries({"format": st.sampled_from(["date", "email", "uuid", "ipv4"])}),
)


def branching(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    members = st.fixed_dictionaries(
        {"properties": st.dictionaries(NAMES, inner, max_size=3)},
        optional={
            "type": st.just("object"),
            "required": st.lists(NAMES, unique=True, max_size=3),
            "additionalProperties": inner,
            "unevaluatedProperties": st.just(False),
            "minProperties": st.integers(0, 3),
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, unique=True, max_size=2), max_size=1),
        },
    )
    elements = st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={
            "items": inner,
            "prefixItems": some,
            "contains": inner,
            "minItems": st.integers(0, 4),
            "maxItems": st.integers(0, 4),
            "uniqueItems": st.booleans(),
        },
    )
    logic = st.fixed_dictionaries(
        {},
        optional={"allOf": some, "anyOf": some, "oneOf": some, "not": inner, "if": inner, "then": inner, "else": inner},
    )
    return st.one_of(members, elements, logic)


SCHEMAS = st.builds(
    lambda schema, x, y: {**(schema if isinstance(schema, dict) else {"allOf": [schema]}), "$defs": {"x": x, "y": y}},
    st.recursive(LEAVES, branching, max_leaves=12),
    LEAVES,
    st.recursive(LEAVES, branching, max_leaves=4),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None)
@given(schema=SCHEMAS, seed=st.integers(0, 1_000))
def test_any_schema_yields_a_valid_value_or_a_plain_no(schema, seed):
    try:
        value = generate(schema, seed=seed)
    except NoValueFound:
        return
    assert is_valid(schema, value)
    assert json.loads(json.dumps(value)) == value
    assert generate(schema, seed=seed) == value


def satisfied_schema(draw: st.DrawFn, value: Any) -> Any:
    """Draw a schema that `value` satisfies, made from the value itself."""
    if isinstance(value, dict):
        inner = {name: satisfied_schema(draw, item) for name, item in value.items()}
        return {
            "type": "object",
            "properties": inner,
            "required": list(inner),
            "maxProperties": len(inner) + draw(st.integers(0, 2)),
        }
    if isinstance(value, list):
        prefix = [satisfied_schema(draw, item) for item in value]
        rest = {"minItems": len(value), "items": draw(st.booleans())}
        return {"type": "array", **rest, **({"prefixItems": prefix} if prefix else {})}
    own = {"const": value}
    other = draw(st.sampled_from([{"type": "array"}, {"type": "object", "required": ["zz"]}, False]))
    return draw(
        st.sampled_from(
            [
                own,
                {"enum": [value, "other"]},
                {"anyOf": [other, own]},
                {"oneOf": [own, other]},
                {"not": {"not": own}},
                {"allOf": [own, True]},
            ]
        )
    )


@st.composite
def possible_schemas(draw: st.DrawFn) -> Any:
    values = st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
    )
    return satisfied_schema(draw, draw(values))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)
@given(schema=possible_schemas(), seed=st.integers(0, 1_000))
def test_a_schema_made_from_a_value_always_yields_one(schema, seed):
    assert is_valid(schema, generate(schema, seed=seed))
