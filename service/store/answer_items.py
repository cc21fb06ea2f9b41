"""The lists of objects in a schema's answers: as rows, one for each item."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.store.answers import DEEPEST, MOST_FIELDS, Answer, followed
from service.structured.words import place

__all__ = ["AnswerList", "ItemField", "answer_lists", "item_rows"]

MOST_PARTS = 500
"""So many places of a schema are looked at; definitions that name each other can make any number of them."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class ItemField:
    """A column: the names that lead to a field, and what the schema says of it."""

    path: Path
    title: str
    description: str = ""


@dataclass(frozen=True)
class AnswerList:
    """A list of objects in the answers of a schema.

    Attributes:
        path: The names that lead to it; none where the answer itself is the list.
        title: What it is called.
        parents: The plain fields around it, which each of its items has in common with the others.
        fields: The fields of an item.
    """

    path: Path
    title: str
    parents: tuple[ItemField, ...]
    fields: tuple[ItemField, ...]

    @property
    def key(self) -> str:
        """What it is chosen by: its place, as in `order.items[]`."""
        return f"{place(self.path)}[]"


@dataclass(frozen=True)
class _Part:
    """A place of a schema; `items` are what it says of the items where it is a list of objects."""

    field: ItemField
    items: Mapping[str, Any] | None = None


def answer_lists(schemas: Iterable[Mapping[str, Any]]) -> tuple[AnswerList, ...]:
    """Return the lists of objects in schemas' answers, none inside other lists; those of the first schema first."""
    found: dict[Path, AnswerList] = {}
    for schema in schemas:
        for one in _lists_of(schema):
            known = found.get(one.path)
            found[one.path] = one if known is None else _joined(known, one)
    return tuple(found.values())


def item_rows(answer: Answer, chosen: AnswerList) -> Iterator[tuple[Any, ...]]:
    """Give a row for each item of an answer's list: its number, the fields around it, and its own."""
    items = _at(answer.value, chosen.path)
    if not isinstance(items, list):
        return
    around = tuple(_at(answer.value, field.path) for field in chosen.parents)
    for number, item in enumerate(items, 1):
        yield number, *around, *(_at(item, field.path) for field in chosen.fields)


def _lists_of(schema: Mapping[str, Any]) -> Iterator[AnswerList]:
    parts = list(itertools.islice(_parts(schema, schema, ItemField((), "")), MOST_PARTS))
    around = tuple(part.field for part in parts if part.items is None)[:MOST_FIELDS]
    for part in parts:
        if part.items is not None:
            inner = itertools.islice(_parts(schema, part.items, ItemField((), "")), MOST_FIELDS)
            yield AnswerList(part.field.path, part.field.title, around, tuple(one.field for one in inner))


def _parts(root: Mapping[str, Any], at: Any, field: ItemField, above: tuple[int, ...] = ()) -> Iterator[_Part]:
    """Give the places of a schema at which an answer has no object; what holds itself ends where it begins anew."""
    told = _of_use(root, at)
    items = _items(root, told)
    fields = told.get("properties")
    if items is not None:
        yield _Part(field, items)
    elif isinstance(fields, dict) and fields and id(told) not in above and len(above) < DEEPEST:
        for name, inner in fields.items():
            yield from _parts(root, inner, _inner(field, name, inner), (*above, id(told)))
    elif field.path:
        yield _Part(field)


def _inner(field: ItemField, name: str, told: Any) -> ItemField:
    says = told if isinstance(told, dict) else {}
    title, description = says.get("title"), says.get("description")
    own = title if isinstance(title, str) and title.strip() else name
    return ItemField(
        (*field.path, name),
        f"{field.title} / {own}" if field.title else own,
        description if isinstance(description, str) else "",
    )


def _of_use(root: Mapping[str, Any], at: Any) -> Mapping[str, Any]:
    """Return what a part says, or where there are alternatives the first with fields or items: the others are null."""
    told = followed(root, at)
    options = [told[word] for word in ("anyOf", "oneOf") if isinstance(told.get(word), list)]
    inner = [followed(root, option) for option in itertools.chain(*options)]
    return next((one for one in (told, *inner) if "properties" in one or "items" in one), told)


def _items(root: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    items = _of_use(root, told.get("items"))
    return items if isinstance(items.get("properties"), dict) and items["properties"] else None


def _at(value: Any, path: Path) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _joined(known: AnswerList, other: AnswerList) -> AnswerList:
    return AnswerList(known.path, known.title, _union(known.parents, other.parents), _union(known.fields, other.fields))


def _union(first: tuple[ItemField, ...], second: tuple[ItemField, ...]) -> tuple[ItemField, ...]:
    merged = {field.path: field for field in (*second, *first)}
    in_order = dict.fromkeys(field.path for field in (*first, *second))
    return tuple(merged[path] for path in in_order)[:MOST_FIELDS]
