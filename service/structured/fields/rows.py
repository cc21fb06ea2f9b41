"""The rows of the fields table, and what each keeps that the table has no column for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal, Self, TypeAlias, overload

__all__ = [
    "ANNOTATIONS",
    "FIELD_TYPES",
    "FORMATS",
    "JSON_TYPES",
    "ChoiceType",
    "Field",
    "FieldError",
    "FieldType",
    "Rest",
    "SchemaFields",
    "choice_type_of",
]

FieldType: TypeAlias = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "time",
    "email",
    "url",
    "uuid",
    "choice",
    "object",
    "any",
    "locked",
]

ChoiceType: TypeAlias = Literal["text", "integer", "number", "boolean", "any"]

FIELD_TYPES: Final[Mapping[FieldType, str]] = MappingProxyType(
    {
        "text": "Text",
        "integer": "Whole number",
        "number": "Number",
        "boolean": "Yes/no",
        "date": "Date",
        "datetime": "Date and time",
        "time": "Time",
        "email": "E-mail",
        "url": "Web address",
        "uuid": "UUID",
        "choice": "Choice",
        "object": "Object",
        "any": "Anything",
        "locked": "Locked",
    }
)
"""The types of a row, each with its label; in the order in which a person chooses."""

JSON_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "string",
        "integer": "integer",
        "number": "number",
        "boolean": "boolean",
        "date": "string",
        "datetime": "string",
        "time": "string",
        "email": "string",
        "url": "string",
        "uuid": "string",
        "object": "object",
    }
)
"""What `type` says in JSON Schema; the types not named here say nothing or what their values are."""

FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "date": "date",
        "date-time": "datetime",
        "time": "time",
        "email": "email",
        "uri": "url",
        "uuid": "uuid",
    }
)
"""The formats that are types of their own."""

ANNOTATIONS: Final = frozenset(
    ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment")
)
"""Keywords that explain a value and forbid nothing."""

_ABOUT_VALUES = frozenset(("default", "examples"))


@dataclass(frozen=True, slots=True)
class Rest:
    """What a row keeps of its schema and the table does not show; to be handed back as it came.

    Attributes:
        keywords: Further keywords of the value; in a list, of each item.
        of_list: Further keywords of the list.
        of_null: Further keywords beside an `anyOf` of the value and null; `None` where null stands in `type`.
        fragment: The JSON of a locked row, as text.
        choice_type: What `type` says of a choice; `None` means what the values are, "any" that there is no `type`.
        also_required: Names that an object requires without having a field for them.
    """

    keywords: Mapping[str, Any] = field(default_factory=dict)
    of_list: Mapping[str, Any] = field(default_factory=dict)
    of_null: Mapping[str, Any] | None = None
    fragment: str | None = None
    choice_type: ChoiceType | None = None
    also_required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the fields table. Anything can be put in; `check_fields` says what is wrong with it.

    Attributes:
        name: The field's name.
        type: One of `FIELD_TYPES`. A locked row holds JSON that the table cannot show.
        is_list: Whether the field holds a list of such values.
        required: Whether the field must be there.
        nullable: Whether it may be null; of a list, whether there may be null instead of the list.
        choices: The allowed values of a choice: texts, numbers, true and false.
        description: What the field means, for the model and for people.
        depth: 0 for a field of the whole, 1 for a field of the object row above, and so on.
        is_open: Whether an object may have fields beyond those listed.
        rest: What has no column.
    """

    name: str
    type: FieldType = "text"
    is_list: bool = False
    required: bool = True
    nullable: bool = False
    choices: tuple[Any, ...] = ()
    description: str = ""
    depth: int = 0
    is_open: bool = False
    rest: Rest = field(default_factory=Rest)

    def with_type(self, type: FieldType) -> Self:
        """Return the row with another type, without what belonged to the former one: limits, choices, default, JSON.

        Names, description, title and the like stay, and so does everything when the type is the same.
        """
        if type == self.type:
            return self
        keywords = {
            name: self.rest.keywords[name] for name in self.rest.keywords if name in ANNOTATIONS - _ABOUT_VALUES
        }
        rest = Rest(keywords, self.rest.of_list if self.is_list else {}, self.rest.of_null)
        return replace(self, type=type, choices=(), is_open=False, rest=rest)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a row.

    Attributes:
        row: The row's index from 0; -1 for the whole.
        message: What is wrong and what to do, as a sentence.
    """

    row: int
    message: str


_WHOLE = Field("", "object", is_open=False)


@dataclass(frozen=True, slots=True)
class SchemaFields(Sequence[Field]):
    """The rows of a schema, and what the schema says of itself; a sequence of the rows.

    Attributes:
        rows: The fields from top to bottom, those of an object below it.
        root: The whole as a row without a name: nearly always an object; the rows are its fields.
    """

    rows: tuple[Field, ...] = ()
    root: Field = _WHOLE

    @overload
    def __getitem__(self, index: int) -> Field: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Field, ...]: ...
    def __getitem__(self, index: int | slice) -> Field | tuple[Field, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.rows)

    def with_rows(self, rows: Iterable[Field]) -> Self:
        """Return the same whole with other rows."""
        return replace(self, rows=tuple(rows))


def choice_type_of(choices: Iterable[Any]) -> ChoiceType:
    """Return what the values of a choice are; "any" for a mixture."""
    types = {_value_type(choice) for choice in choices}
    if types == {"integer", "number"}:
        return "number"
    return types.pop() if len(types) == 1 else "any"


def _value_type(value: Any) -> ChoiceType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "text" if isinstance(value, str) else "any"
