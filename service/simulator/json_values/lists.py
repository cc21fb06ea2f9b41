"""Arrays: how many items, which schemas each item has to satisfy, and which must differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.simulator.json_values.checks import accepts
from service.simulator.json_values.constraints import Contained, ContradictionError
from service.simulator.json_values.naming import Hint, singular, words_of
from service.simulator.json_values.references import Node

if TYPE_CHECKING:
    from service.simulator.json_values.making import Place

MAX_ITEMS = 5_000


def draw_list(place: Place) -> list[Any]:
    """Return an array for the place; raises `ContradictionError`."""
    found = place.found
    if found.min_items > MAX_ITEMS:
        why = f"it asks for at least {found.min_items} items, and at most {MAX_ITEMS} are made"
        raise ContradictionError(found.pointer, why)
    length = _length(place)
    wanted = _placed(place, length)
    items = _items(place, length, wanted)
    if not accepts(found, items, place.draft):
        items = _repeated(place, items)
    return items


def _length(place: Place) -> int:
    found, rng = place.found, place.rng
    longest = max((len(elements.prefix) for elements in found.elements), default=0)
    usual = 0 if place.lean else rng.randint(2, 4)
    if place.level > 2:
        usual = rng.choice((0, 1, 2, 3, 5))
    if longest and not place.lean:
        usual = longest if place.level < 2 else rng.randint(0, longest + 1)
    if not found.elements and not found.contained and not found.loose_items and place.level == 0:
        usual = min(usual, 3)
    length = max(usual, found.min_items, sum(contained.least for contained in found.contained))
    most = MAX_ITEMS if found.max_items is None else found.max_items
    return max(found.min_items, min(length, most))


def _placed(place: Place, length: int) -> dict[int, list[Contained]]:
    """Return which `contains` each position is to satisfy; positions are shared only when there are too few."""
    positions: dict[int, list[Contained]] = {}
    order = list(range(length))
    if place.level:
        place.rng.shuffle(order)
    elif place.found.elements:
        order.reverse()
    start = 0
    for contained in place.found.contained:
        if contained.least > length:
            raise ContradictionError(
                place.found.pointer, f"it must contain {contained.least} items and has room for {length}"
            )
        for offset in range(contained.least):
            positions.setdefault(order[(start + offset) % length], []).append(contained)
        start += contained.least
    return positions


def _schemas_at(place: Place, at: int, wanted: dict[int, list[Contained]]) -> list[Node]:
    nodes: list[Node] = []
    here = wanted.get(at, [])
    for elements in place.found.elements:
        if at < len(elements.prefix):
            nodes.append(elements.prefix[at])
        elif elements.rest is not None:
            nodes.append(elements.rest)
    for contained in place.found.contained:
        if contained in here:
            nodes.append(contained.node)
        elif contained.most is not None and (contained.least or contained.most == 0):
            nodes.append(contained.node.rewritten({"not": contained.node.schema}))
    for rule in place.found.loose_items:
        if not _is_evaluated(place, at, rule.mark, here):
            nodes.append(rule.node)
    return nodes


def _is_evaluated(place: Place, at: int, mark: int, here: list[Contained]) -> bool:
    for elements in place.found.elements:
        if mark in elements.tags and (at < len(elements.prefix) or elements.rest is not None):
            return True
    if any(mark in other.tags and other.mark != mark for other in place.found.loose_items):
        return True
    return place.draft == 20 and any(mark in contained.tags for contained in here)


def _items(place: Place, length: int, wanted: dict[int, list[Contained]]) -> list[Any]:
    items: list[Any] = []
    earlier: set[str] = set()
    for at in range(length):
        nodes = _schemas_at(place, at, wanted)
        try:
            items.append(_item(place, nodes, at, length, earlier))
        except ContradictionError:
            if at < place.found.min_items or any(position >= at for position in wanted):
                place.collector.branched |= bool(wanted)
                raise
            break
    return items


def _item(place: Place, nodes: list[Node], at: int, length: int, earlier: set[str]) -> Any:
    hint = _hint_at(place, at)
    if not place.found.unique:
        return place.child(nodes, at, hint)
    return place.distinct(lambda turn: place.child(nodes, at, hint, turn), earlier, max(30, length + 10))


def _hint_at(place: Place, at: int) -> Hint:
    words = words_of(place.hint.name or place.hint.title)
    name = "_".join([*words[:-1], singular(words[-1])]) if words else ""
    return Hint(
        name, place.hint.around, "", place.hint.description, place.cast() + at, place.cast(), at, 0, place.hint.theme
    )


def _repeated(place: Place, items: list[Any]) -> list[Any]:
    """Return the items with one of them twice, for a place that refuses lists whose items all differ."""
    for at in range(len(items) - 1):
        twice = [*items[:-1], items[at]]
        if accepts(place.found, twice, place.draft):
            return twice
    place.collector.branched = True
    raise ContradictionError(place.found.pointer, "the lists that were made are refused")
