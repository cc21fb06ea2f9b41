"""Pydantic classes in and out: pasted source is read and never run, generated source means what the schema means."""

import itertools
import json
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from service import InvalidSchemaError
from service.structured import SourceError, schema_from_pydantic, schema_to_pydantic, templates, validate
from tests.structured.drawn_documents import TYPED, documents, typed_objects
from tests.structured.drawn_schemas import SCHEMAS

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = {"type": "string"}
NUMBERS = itertools.count()


def loaded(source: str, name: str = "Answer") -> TypeAdapter[Any]:
    """Run generated source as the module that a developer would paste it into."""
    module = types.ModuleType(f"generated_{next(NUMBERS)}")
    sys.modules[module.__name__] = module
    exec(compile(source, module.__name__, "exec"), module.__dict__)
    return TypeAdapter(getattr(module, name))


@pytest.fixture(autouse=True)
def _no_modules_stay() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.startswith("generated_")]:
        del sys.modules[name]


def accepts(adapter: TypeAdapter[Any], document: Any) -> bool:
    try:
        adapter.validate_json(json.dumps(document), strict=True)
    except ValidationError:
        return False
    return True


def field(annotation: str, before: str = "") -> Any:
    """The schema of one field with this annotation."""
    schema = schema_from_pydantic(f"{before}\nclass A(BaseModel):\n    x: {annotation}\n")
    return schema["properties"]["x"]


@QUIET
@given(st.data())
def test_generated_classes_take_the_documents_that_the_schema_takes(data: st.DataObject) -> None:
    """And the schema read back from them means the same."""
    schema = data.draw(typed_objects() | TYPED)
    source = schema_to_pydantic(schema)
    back = schema_from_pydantic(source)
    adapter = loaded(source)
    for _ in range(4):
        document = data.draw(documents(schema))
        is_right = validate(document, schema) == []
        assert accepts(adapter, document) is is_right, source
        assert (validate(document, back) == []) is is_right, source
    assert schema_to_pydantic(back) == source


@QUIET
@given(SCHEMAS)
@example({"type": 5, "const": 1})
def test_whatever_the_schema_the_source_runs_and_can_be_read(schema: Any) -> None:
    """Also for schemas that no type can express, and for no valid ones."""
    source = schema_to_pydantic(schema, "Answer")

    loaded(source)
    assert schema_from_pydantic(source) is not None


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_templates_come_back_as_they_were(template: Any) -> None:
    assert schema_from_pydantic(schema_to_pydantic(template.schema)) == template.schema


SHOP = '''
from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated, Literal, Optional

from pydantic import BaseModel, ConfigDict, EmailStr, Field

LONGEST = 40


class Colour(str, Enum):
    RED = "red"
    BLUE = "blue"


class Item(BaseModel):
    """One line
    of an order."""

    sku: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[A-Z]+$")]
    price: float = Field(ge=0, description="Without tax")
    colour: Colour = Colour.RED


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int
    buyer: EmailStr
    placed: dt.date
    shipped: Optional[dt.datetime] = None
    items: list[Item] = Field(min_length=1)
    state: Literal["open", "paid", None]
    notes: dict[str, str] = {}
    first_name: str = Field(alias="firstName")
    """The name to call"""
    parent: Order | None = None
    _secret: str = "x"

    def total(self) -> float:
        return sum(item.price for item in self.items)
'''


def test_a_pasted_module_becomes_the_schema_of_its_outermost_class() -> None:
    assert schema_from_pydantic(SHOP) == {
        "type": "object",
        "properties": {
            "number": {"type": "integer"},
            "buyer": {"type": "string", "format": "email"},
            "placed": {"type": "string", "format": "date"},
            "shipped": {"type": ["string", "null"], "format": "date-time"},
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "description": "One line of an order.",
                    "properties": {
                        "sku": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Z]+$"},
                        "price": {"type": "number", "minimum": 0, "description": "Without tax"},
                        "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                    },
                    "required": ["sku", "price"],
                },
            },
            "state": {"type": ["string", "null"], "enum": ["open", "paid", None]},
            "notes": {"type": "object", "additionalProperties": TEXT, "default": {}},
            "firstName": {"type": "string", "description": "The name to call"},
            "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        },
        "required": ["number", "buyer", "placed", "items", "state", "firstName"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", TEXT),
        ("'str'", TEXT),
        ("int | None", {"type": ["integer", "null"]}),
        ("Optional[float]", {"type": ["number", "null"]}),
        ("typing.Optional[bool]", {"type": ["boolean", "null"]}),
        ("Union[int, str]", {"anyOf": [{"type": "integer"}, TEXT]}),
        ("list", {"type": "array", "items": {}}),
        ("List['int']", {"type": "array", "items": {"type": "integer"}}),
        ("set[int]", {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
        ("Sequence[str]", {"type": "array", "items": TEXT}),
        ("tuple[int, ...]", {"type": "array", "items": {"type": "integer"}}),
        (
            "tuple[int, str]",
            {"type": "array", "prefixItems": [{"type": "integer"}, TEXT], "minItems": 2, "maxItems": 2},
        ),
        ("dict", {"type": "object"}),
        ("dict[str, Any]", {"type": "object"}),
        ("Any", {}),
        ("Decimal", {"type": "number"}),
        ("UUID", {"type": "string", "format": "uuid"}),
        ("HttpUrl", {"type": "string", "format": "uri"}),
        ("timedelta", {"type": "string", "format": "duration"}),
        ("PositiveInt", {"type": "integer", "exclusiveMinimum": 0}),
        ("conint(ge=1, le=5)", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("conlist(int, min_length=1)", {"type": "array", "items": {"type": "integer"}, "minItems": 1}),
        ("Literal['a', 1]", {"enum": ["a", 1]}),
        ("Literal['a'] | Literal['b'] | None", {"type": ["string", "null"], "enum": ["a", "b", None]}),
        ("Annotated[int, Ge(1), Doc('How many')]", {"type": "integer", "minimum": 1, "description": "How many"}),
        (
            "Annotated[list[int], Len(1, 3)]",
            {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
        ),
        ("int = 5", {"type": "integer", "default": 5}),
        (
            "int = Field(5, gt=1, lt=9, title='N')",
            {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 9, "title": "N", "default": 5},
        ),
        ("list[int] = Field(default_factory=list)", {"type": "array", "items": {"type": "integer"}, "default": []}),
        ("str = Field(json_schema_extra={'format': 'ipv4'})", {"type": "string", "format": "ipv4"}),
        ("int = compute()", {"type": "integer"}),
    ],
)
def test_what_annotations_mean(annotation: str, schema: Any) -> None:
    assert field(annotation) == schema


@pytest.mark.parametrize(
    ("annotation", "is_required"),
    [
        ("int", True),
        ("int | None", True),
        ("int = None", False),
        ("int = ...", True),
        ("int = Field(...)", True),
        ("int = Field()", True),
        ("int = Field(None)", False),
        ("int = Field(default_factory=f)", False),
    ],
)
def test_a_field_without_a_default_is_required(annotation: str, is_required: bool) -> None:
    schema = schema_from_pydantic(f"class A(BaseModel):\n    x: {annotation}")

    assert (schema.get("required") == ["x"]) is is_required


def test_enums_aliases_and_constants_are_followed() -> None:
    before = (
        "class Level(StrEnum):\n    LOW = auto()\n    HIGH = auto()\n\n"
        "Money = Annotated[float, Field(ge=LEAST)]\nLEAST = 1"
    )

    assert field("Level", before) == {"type": "string", "enum": ["low", "high"]}
    assert field("Literal[Level.LOW]", before.replace("auto()", "'low'", 1)) == {"type": "string", "enum": ["low"]}
    assert field("list[Money]", before) == {"type": "array", "items": {"type": "number", "minimum": 1}}


def test_typed_dictionaries_and_dataclasses_are_read() -> None:
    assert schema_from_pydantic(
        "class Address(TypedDict, total=False):\n    street: Required[str]\n    city: str\n\n"
        "@dataclass\nclass Person:\n    name: str\n    home: Address\n"
        "    tags: list[str] = field(default_factory=list)\n"
    ) == {
        "type": "object",
        "properties": {
            "name": TEXT,
            "home": {"type": "object", "properties": {"street": TEXT, "city": TEXT}, "required": ["street"]},
            "tags": {"type": "array", "items": TEXT, "default": []},
        },
        "required": ["name", "home"],
    }


def test_a_class_has_the_fields_of_its_parents() -> None:
    schema = schema_from_pydantic(
        "class Base(BaseModel, extra='forbid'):\n    id: int\n\nclass A(Base):\n    x: str\n\n"
        "class Z(BaseModel):\n    a: A\n"
    )["properties"]["a"]

    assert list(schema["properties"]) == ["id", "x"]
    assert schema["additionalProperties"] is False


def test_a_class_that_is_used_twice_stands_in_the_definitions() -> None:
    schema = schema_from_pydantic("class P(BaseModel):\n    x: int\nclass L(BaseModel):\n    a: P\n    b: P | None\n")

    assert schema["properties"] == {
        "a": {"$ref": "#/$defs/P"},
        "b": {"anyOf": [{"$ref": "#/$defs/P"}, {"type": "null"}]},
    }
    assert list(schema["$defs"]) == ["P"]


def test_a_tree_refers_to_itself() -> None:
    schema = schema_from_pydantic("class Node(BaseModel):\n    children: list['Node']\n")

    assert validate({"children": [{"children": []}]}, schema) == []
    assert validate({"children": [{}]}, schema) != []


def test_the_order_of_classes_does_not_matter() -> None:
    schema = schema_from_pydantic("class Whole(BaseModel):\n    part: 'Part'\nclass Part(BaseModel):\n    x: int\n")

    assert schema["properties"]["part"]["properties"] == {"x": {"type": "integer"}}


def test_nothing_of_the_source_is_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    touch = f"open({str(trace)!r}, 'w').close()"
    source = f"{touch}\nimport no_such_module\nclass A(BaseModel):\n    {touch}\n    x: int = Field(default={touch})\n"

    assert schema_from_pydantic(source)["properties"] == {"x": {"type": "integer"}}
    assert not trace.exists()


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("", 1, "there is no class here"),
        ("x = 1", 1, "there is no class here"),
        ("class A(BaseModel:\n    x: int", 1, "this is no Python"),
        ("class A(BaseModel):\n    x: Unknown", 2, "`Unknown` is not known here. Paste its class too"),
        ("class A(BaseModel):\n    x: list[\n        np.ndarray]", 3, "`ndarray` is not known here"),
        ("class A(BaseModel):\n\n    x: 5", 3, "a value is no type"),
        ("class A(BaseModel):\n    x: 'in t'", 2, "no Python"),
        ("class A(BaseModel):\n    x: Literal[1.5]", 2, "a literal type holds"),
        ("class A(BaseModel):\n    x: make()", 2, "`make` is not known here"),
        ("class A(BaseModel):\n    x: A[int]", 2, "stands for many types"),
        ("class E(Enum):\n    pass\nclass A(BaseModel):\n    x: E", 1, "lists no values"),
        (
            "class A(BaseModel):\n    model_config = ConfigDict(alias_generator=to_camel)\n    x: int",
            2,
            "Write each as an alias",
        ),
    ],
)
def test_what_cannot_be_read_is_told_at_its_line(source: str, line: int, said: str) -> None:
    with pytest.raises(SourceError, match=f"Line {line}, column ") as raised:
        schema_from_pydantic(source)

    assert raised.value.line == line
    assert said in raised.value.message


CHAIN = "\n".join(f"class A{i}(BaseModel):\n    x: 'A{i + 1}'" for i in range(3000)) + "\nclass A3000(BaseModel): pass"
HOSTILE = {
    "alternatives": "class A(BaseModel):\n    x: int" + " | int" * 30_000,
    "parentheses": "class A(BaseModel):\n    x: " + "(" * 5_000,
    "brackets": "class A(BaseModel):\n    x: " + "list[" * 190 + "int" + "]" * 190,
    "signs": "x = " + "-" * 100_000 + "1",
    "dots": "x = a" + ".b" * 60_000,
    "chain": CHAIN,
    "parents": "\n".join(f"class A{i}(A{i + 1}):\n    x{i}: int" for i in range(3000)),
    "names": "\n".join(f"A{i} = A{i + 1}" for i in range(3000)) + "\nA3000 = int\nclass B(BaseModel):\n    x: A0",
    "itself": "A = A\nclass B(BaseModel):\n    x: A",
    "fields": "class A(BaseModel):\n" + "\n".join(f"    f{i}: int" for i in range(12_000)),
    "digits": "class A(BaseModel):\n    x: int = " + "9" * 5_000,
    "null": "class A:\n  x: int\x00",
    "long": "#" * 200_001,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_is_refused_soon(name: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidSchemaError):
        schema_from_pydantic(HOSTILE[name])

    assert time.process_time() - began < 5


def test_classes_that_double_with_every_level_stay_small() -> None:
    classes = [f"class A{i}(BaseModel):\n    x: A{i + 1}\n    y: A{i + 1}" for i in range(50)]
    schema = schema_from_pydantic("\n".join([*classes, "class A50(BaseModel):\n    z: int"]))

    assert len(schema["$defs"]) == 50


def test_generated_source_reads_as_a_developer_would_write_it() -> None:
    schema = {
        "title": "Order",
        "description": "What was bought",
        "type": "object",
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "first name": {"type": "string", "description": "To greet with"},
            "placed": {"type": "string", "format": "date"},
            "state": {"type": "string", "enum": ["open", "paid"]},
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"sku": {"type": "string", "maxLength": 9}},
                    "required": ["sku"],
                },
            },
            "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "note": {"type": "string"},
        },
        "required": ["id", "first name", "placed", "state", "items"],
        "additionalProperties": False,
    }

    assert schema_to_pydantic(schema) == (
        "import datetime as dt\n"
        "from typing import Literal\n"
        "\n"
        "from pydantic import BaseModel, ConfigDict, Field\n"
        "\n"
        "\n"
        "class Item(BaseModel):\n"
        "    sku: str = Field(max_length=9)\n"
        "\n"
        "\n"
        "class Order(BaseModel):\n"
        '    """What was bought"""\n'
        "\n"
        '    model_config = ConfigDict(extra="forbid")\n'
        "\n"
        "    id: int = Field(ge=1)\n"
        '    first_name: str = Field(alias="first name", description="To greet with")\n'
        "    placed: dt.date\n"
        '    state: Literal["open", "paid"]\n'
        "    items: list[Item]\n"
        '    parent: "Order | None" = None\n'
        "    note: str = None  # may be left out, but not null\n"
        "\n"
        "\n"
        "Order.model_rebuild()\n"
    )


def test_definitions_become_classes_and_circles_are_closed() -> None:
    schema = {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/tree node"}},
        "$defs": {"tree node": {"anyOf": [TEXT, {"type": "array", "items": {"$ref": "#/$defs/tree node"}}]}},
    }
    adapter = loaded(schema_to_pydantic(schema))

    assert accepts(adapter, {"tree": ["a", ["b", []]]})
    assert not accepts(adapter, {"tree": ["a", [1]]})


def test_other_fields_of_a_type_are_checked() -> None:
    schema = {"type": "object", "properties": {"a": TEXT}, "additionalProperties": {"type": "integer"}}
    source = schema_to_pydantic(schema)

    assert schema_from_pydantic(source) == schema
    assert accepts(loaded(source), {"a": "x", "b": 1})
    assert not accepts(loaded(source), {"a": "x", "b": "y"})


@pytest.mark.parametrize("pattern", ["^(?=.*x)a", r"(a)\1", r"^\d+$", 'say "hi"', "back\\\\slash"])
def test_patterns_are_kept_whatever_engine_they_need(pattern: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}, "required": ["a"]}
    source = schema_to_pydantic(schema)
    adapter = loaded(source)

    assert schema_from_pydantic(source) == schema
    for text in ("ax", "a", "aa", "12", 'say "hi"', "back\\slash"):
        assert accepts(adapter, {"a": text}) is (validate({"a": text}, schema) == [])


@pytest.mark.parametrize(
    "text", ['"""', '\\"""', 'ends with "', "ends with \\", "new\nline \u2028 \x00 \U0001f600", "{x}"]
)
def test_a_description_cannot_break_out_of_its_quotes(text: str) -> None:
    schema = {"type": "object", "description": text, "properties": {"a": {"type": "string", "description": text}}}
    source = schema_to_pydantic(schema)

    loaded(source)
    assert schema_from_pydantic(source)["properties"]["a"]["description"].split() == text.split()


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidSchemaError, match="at most 50,000"):
        schema_to_pydantic({"description": "x" * 50_001})


def test_definitions_that_lead_on_and_on_are_refused() -> None:
    chain = {f"a{i}": {"type": "array", "items": {"$ref": f"#/$defs/a{i + 1}"}} for i in range(800)}
    with pytest.raises(InvalidSchemaError, match="refer to each other too deeply"):
        schema_to_pydantic({"$ref": "#/$defs/a0", "$defs": {**chain, "a800": TEXT}})
