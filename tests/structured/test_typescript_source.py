"""TypeScript types in and out."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError
from service.structured import SourceError, schema_from_typescript, schema_to_typescript, templates, validate
from tests.structured.drawn_documents import TYPED, documents, typed_objects
from tests.structured.drawn_schemas import SCHEMAS

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def field(written: str, before: str = "") -> Any:
    """The schema of one field of this type."""
    return schema_from_typescript(f"{before}\ninterface A {{ x: {written} }}")["properties"]["x"]


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


@QUIET
@given(st.data())
def test_types_read_back_mean_what_the_schema_means(data: st.DataObject) -> None:
    schema = data.draw(typed_objects() | TYPED)
    source = schema_to_typescript(schema)
    back = schema_from_typescript(source)
    for _ in range(4):
        document = data.draw(documents(schema))
        assert (validate(document, back) == []) is (validate(document, schema) == []), source
    assert schema_to_typescript(back) == source


@QUIET
@given(SCHEMAS)
def test_whatever_the_schema_the_types_can_be_read(schema: Any) -> None:
    assert schema_from_typescript(schema_to_typescript(schema)) is not None


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_templates_come_back_as_they_were(template: Any) -> None:
    assert schema_from_typescript(schema_to_typescript(template.schema)) == template.schema


SHOP = """
import { Money } from "./money";

export enum Colour { Red = "red", Blue = "blue" }

interface Base {
  /** @asType integer */
  id: number;
}

/**
 * One line of an order.
 * @see the handbook
 */
type Item = {
  sku: string, // As printed
  price?: number | null
  colour: Colour
};

export default interface Order extends Base {
  readonly items: Item[];
  /** Where it goes
   *  @minLength 1 */
  address: string;
  // Two lines
  // of words
  state: 'open' | "paid" | null;
  notes: Record<string, string>;
  parent?: Order;
  when: Date;
  [other: string]: unknown;
}

const unrelated = { type: "x", interface: 1 };
"""


def test_pasted_types_become_the_schema_of_the_outermost_one() -> None:
    assert schema_from_typescript(SHOP) == {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "sku": {"type": "string", "description": "As printed"},
                        "price": {"type": ["number", "null"]},
                        "colour": {"type": "string", "enum": ["red", "blue"]},
                    },
                    "required": ["sku", "colour"],
                    "additionalProperties": False,
                    "description": "One line of an order.",
                },
            },
            "address": {"type": "string", "description": "Where it goes", "minLength": 1},
            "state": {"type": ["string", "null"], "enum": ["open", "paid", None], "description": "Two lines of words"},
            "notes": {"type": "object", "additionalProperties": TEXT},
            "parent": {"$ref": "#"},
            "when": {"type": "string", "format": "date-time"},
        },
        "required": ["id", "items", "address", "state", "notes", "when"],
    }


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("string", TEXT),
        ("boolean", {"type": "boolean"}),
        ("any", {}),
        ("unknown", {}),
        ("object", {"type": "object"}),
        ("null", {"type": "null"}),
        ("never", {"not": {}}),
        ("bigint", {"type": "integer"}),
        ("string[]", {"type": "array", "items": TEXT}),
        ("string[][]", {"type": "array", "items": {"type": "array", "items": TEXT}}),
        ("readonly string[]", {"type": "array", "items": TEXT}),
        ("Array<string | null>", {"type": "array", "items": {"type": ["string", "null"]}}),
        ("(string | number)[]", {"type": "array", "items": {"anyOf": [TEXT, NUMBER]}}),
        ("[string, n: number]", {"type": "array", "prefixItems": [TEXT, NUMBER], "minItems": 2, "maxItems": 2}),
        ("[]", {"type": "array", "maxItems": 0}),
        ("| 'a' | 'b'", {"type": "string", "enum": ["a", "b"]}),
        ("1 | -2 | 0x10", {"type": "integer", "enum": [1, -2, 16]}),
        ("true", {"type": "boolean", "enum": [True]}),
        ("'it\\'s \\u0041'", {"type": "string", "enum": ["it's A"]}),
        ("`plain`", {"type": "string", "enum": ["plain"]}),
        ("`id-${string}`", TEXT),
        ("Record<string, number>", {"type": "object", "additionalProperties": NUMBER}),
        ("Record<'a' | 'b', number>", closed(a=NUMBER, b=NUMBER)),
        ("{ a: string; 'b c': number }", closed(**{"a": TEXT, "b c": NUMBER})),
        ("{ a: string } & { b: number }", closed(a=TEXT, b=NUMBER)),
        ("string & { __brand: 'Id' }", TEXT),
        ("{ [key: string]: number }", {"type": "object", "properties": {}, "additionalProperties": NUMBER}),
        ("Partial<{ a: string }>", {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}),
        ("Required<{ a?: string }>", closed(a=TEXT)),
        ("Pick<{ a: string, b: string }, 'a'>", closed(a=TEXT)),
        ("Omit<{ a: string, b: string }, 'a'>", closed(b=TEXT)),
        ("Exclude<'a' | 'b', 'a'>", {"type": "string", "enum": ["b"]}),
        ("Promise<string>", TEXT),
    ],
)
def test_what_types_mean(written: str, schema: Any) -> None:
    assert field(written) == schema


@pytest.mark.parametrize(
    ("member", "is_required"), [("x: string", True), ("x?: string", False), ("x: string | undefined", False)]
)
def test_a_field_is_required_unless_it_may_be_undefined(member: str, is_required: bool) -> None:
    schema = schema_from_typescript(f"type A = {{ {member} }}")

    assert schema["properties"] == {"x": TEXT}
    assert (schema.get("required") == ["x"]) is is_required


def test_values_of_enums_are_found_by_name() -> None:
    before = "enum Size { S, M = 5, L, X = 'x' }"

    assert field("Size.L", before) == {"type": "integer", "enum": [6]}
    assert field("Size", before) == {"enum": [0, 5, 6, "x"]}


def test_tags_are_keywords_and_unknown_ones_are_passed_over() -> None:
    schema = schema_from_typescript(
        """type A = {
          /** How many
           * @minimum 0
           * @maximum 5
           * @default 3
           * @asType integer
           * @since yesterday
           * and so on */
          a: number | null;
          /** @pattern ^\\d+$ */
          b: string;
          /** @items {"type": "integer", "minimum": 1} */
          c: number[];
          /** @deprecated */
          d: string;
        }"""
    )

    assert schema["properties"] == {
        "a": {"type": ["integer", "null"], "description": "How many", "minimum": 0, "maximum": 5, "default": 3},
        "b": {"type": "string", "pattern": "^\\d+$"},
        "c": {"type": "array", "items": {"type": "integer", "minimum": 1}},
        "d": {"type": "string", "deprecated": True},
    }


@pytest.mark.parametrize(
    ("source", "line", "column", "said"),
    [
        ("", 1, 1, "there is no type here"),
        ("const x = 1", 1, 1, "there is no type here"),
        ("interface A {\n  x: string", 2, 12, "a brace is never closed"),
        ("interface A {\n  f(x: number): void\n}", 2, 3, "`f` is a function"),
        ("interface A { f: () => void }", 1, 18, "this is a function"),
        ("interface A { f: (x: number) => void }", 1, 18, "this is a function"),
        ("type A = {\n  x: Other\n}", 2, 6, "`Other` is not known here. Paste its type too"),
        ("interface A<T> { x: T }", 1, 12, "stands for many types"),
        ("type A = keyof B", 1, 10, "`keyof` is not understood"),
        ("type A = B['x']; type B = {}", 1, 11, "cannot be taken by its name"),
        ("type A = B extends C ? D : E; type B = 1", 1, 12, "this kind of type is not understood"),
        ("type A = { [K in 'a']: string }", 1, 13, "only `[key: string]"),
        ("interface A { x: string y: string }", 1, 25, "End a field with a semicolon"),
        ("type A = 'x", 1, 10, "unfinished"),
        ("/* x", 1, 1, "unfinished"),
        ("type A = 1; type A = 2", 1, 18, "declared twice"),
        ("type A = A & { x: string }", 1, 10, "made of itself"),
        ("type A = string & number", 1, 10, "only objects can be joined"),
        ("type A = 1e999", 1, 10, "too large"),
        ("type A = ", 1, 10, "the end stands where a type is expected"),
        ("enum A { x = f() }", 1, 14, "must be a text or a number"),
        ("enum A { }", 1, 11, "an enum lists values"),
        ("interface A extends B {} type B = 'x'", 1, 21, "is no object"),
        ("enum E { a } type A = E.b", 1, 25, "`E.b` is not known here"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(source: str, line: int, column: int, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        schema_from_typescript(source)

    assert (raised.value.line, raised.value.column) == (line, column), raised.value.message
    assert said in raised.value.message


HOSTILE = {
    "comments": "/*" * 100_000,
    "stars": "/*" + "*" * 199_000,
    "braces": "interface A { a: " + "{ a: " * 5_000,
    "parentheses": "type A = " + "(" * 5_000,
    "brackets": "type A = string" + "[]" * 90_000,
    "chain": ";".join(f"type A{i} = A{i + 1}" for i in range(6_000)) + ";type A6000 = string",
    "parents": "\n".join(f"interface A{i} extends A{i + 1} {{ x: 1 }}" for i in range(3_000)) + " interface A3000 {}",
    "itself": "type A = A",
    "each other": "type A = B | string; type B = A | number",
    "values": "type A = " + "|".join(f"'a{i}'" for i in range(18_000)),
    "fields": "interface A {" + "".join(f"x{i}: string;" for i in range(13_000)) + "}",
    "enum": "enum E {" + ",".join(f"a{i}" for i in range(20_000)) + "} interface B {" + "b: E; " * 900 + "}",
    "quotes": "'" * 199_999,
    "digits": "type A = " + "9" * 5_000,
    "long": " " * 200_001,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_is_refused_soon(name: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidSchemaError):
        schema_from_typescript(HOSTILE[name])

    assert time.process_time() - began < 5


def test_generated_types_read_as_a_developer_would_write_them() -> None:
    schema = {
        "title": "Order",
        "type": "object",
        "properties": {
            "id": {"type": "integer", "minimum": 1, "description": "From 1"},
            "first name": TEXT,
            "state": {"enum": ["open", "paid", None]},
            "items": {"type": "array", "items": {"type": "object", "properties": {"sku": TEXT}, "required": ["sku"]}},
            "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "sizes": {"type": "array", "items": {"type": ["string", "number"]}},
        },
        "required": ["id", "first name", "state", "items"],
        "additionalProperties": False,
    }

    assert schema_to_typescript(schema) == (
        "export interface Item {\n"
        "  sku: string;\n"
        "  [key: string]: unknown;\n"
        "}\n"
        "\n"
        "export interface Order {\n"
        "  /**\n"
        "   * From 1\n"
        "   * @asType integer\n"
        "   * @minimum 1\n"
        "   */\n"
        "  id: number;\n"
        '  "first name": string;\n'
        '  state: "open" | "paid" | null;\n'
        "  items: Item[];\n"
        "  parent?: Order | null;\n"
        "  sizes?: (string | number)[];\n"
        "}\n"
    )


@pytest.mark.parametrize("text", ["*/ alert()", "/* x", "// y", "two\nlines"])
def test_a_description_cannot_break_out_of_its_comment(text: str) -> None:
    schema = closed(a={"type": "string", "description": text}, b=TEXT)
    back = schema_from_typescript(schema_to_typescript(schema))

    assert list(back["properties"]) == ["a", "b"]
    assert schema_to_typescript(schema).count("*/") == 1
