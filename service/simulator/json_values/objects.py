"""Objects: which properties to include, and which schemas each of them has to satisfy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.simulator.json_values.checks import accepts, matches
from service.simulator.json_values.collect import Collector
from service.simulator.json_values.constraints import Constraints, ContradictionError
from service.simulator.json_values.drawing import draw
from service.simulator.json_values.height import ENDLESS
from service.simulator.json_values.members import schemas_of, unevaluated_for
from service.simulator.json_values.naming import Hint, theme_of
from service.simulator.json_values.patterns import UnsupportedPatternError, parse
from service.simulator.json_values.phrases import KEYS
from service.simulator.json_values.references import Node
from service.simulator.json_values.strings import draw_text

if TYPE_CHECKING:
    from service.simulator.json_values.making import Place

MAX_PROPERTIES = 2_000


def draw_object(place: Place) -> dict[str, Any]:
    """Return an object for the place; raises `ContradictionError`."""
    if place.found.min_properties > MAX_PROPERTIES:
        why = f"it asks for at least {place.found.min_properties} properties, and at most {MAX_PROPERTIES} are made"
        raise ContradictionError(place.found.pointer, why)
    drawing = _Drawing(place)
    return drawing.run()


class _Drawing:
    """One object while its properties are chosen and filled."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.found = place.found
        self.rng = place.rng
        self.made: dict[str, Any] = {}
        self.cast = place.cast()
        names = [name for members in self.found.members for name in members.properties]
        self.named = max(1, len(names))
        self.theme = theme_of(names)
        self.naming = self._naming()

    def run(self) -> dict[str, Any]:
        for name in self._closed(list(self.found.required)):
            self._fill(name)
        self._fill_optional()
        self._fill_up()
        ordered = [name for members in self.found.members for name in members.properties if name in self.made]
        made = {name: self.made[name] for name in dict.fromkeys([*ordered, *self.made])}
        if not accepts(self.found, made, self.place.draft):
            self.place.collector.branched = True
            raise ContradictionError(self.found.pointer, "the objects that were made are refused")
        return made

    def _naming(self) -> Constraints | None:
        """Return what is asked of property names, or `None` where nothing is."""
        if not self.found.names:
            return None
        maker = self.place.maker
        collector = Collector(maker.document, maker.heights, self.rng, self.place.collector.manner, maker.work)
        text = self.found.names[0].rewritten({"type": "string"})
        try:
            return collector.collect([text, *self.found.names])
        except ContradictionError:
            return Constraints(types=frozenset())

    def _may_be_called(self, name: str) -> bool:
        naming = self.naming
        if naming is None:
            return True
        if "string" not in naming.types or (naming.values is not None and name not in naming.values):
            return False
        too_long = naming.max_length is not None and len(name) > naming.max_length
        return len(name) >= naming.min_length and not too_long and accepts(naming, name, self.place.draft)

    def _closed(self, names: list[str]) -> list[str]:
        """Return the names and all that they need."""
        known = dict.fromkeys(names)
        waiting = list(known)
        while waiting:
            name = waiting.pop()
            for owner, needed in self.found.dependents:
                fresh = [other for other in needed if owner == name and other not in known]
                known.update(dict.fromkeys(fresh))
                waiting.extend(fresh)
        return list(known)

    def _hint(self, name: str) -> Hint:
        hint = self.place.hint
        around = (*hint.around, hint.name) if hint.name else hint.around
        if not around and hint.title:
            around = (hint.title,)
        return Hint(name, around, "", "", self.cast, hint.shared, hint.turn, 0, self.theme)

    def _fill(self, name: str) -> None:
        """Make a property that has to be there."""
        if name in self.made:
            return
        if not self._may_be_called(name):
            raise ContradictionError(self.found.pointer, f"it needs the property {name!r}, whose name is not allowed")
        nodes = [*schemas_of(self.found, name), *unevaluated_for(self.found, name)]
        barred = next((node for node in nodes if node.schema is False), None)
        if barred is not None:
            raise ContradictionError(self.found.pointer, f"it needs the property {name!r}, which is not allowed")
        self.made[name] = self.place.child(nodes, name, self._hint(name))

    def _room(self) -> int:
        most = self.found.max_properties
        return MAX_PROPERTIES if most is None else most - len(self.made)

    def _fill_optional(self) -> None:
        for members in self.found.members:
            for name in members.properties:
                if name not in self.made and self._wants(name):
                    self._try(name)

    def _wants(self, name: str) -> bool:
        if self.place.lean or self._is_endless(name):
            return False
        likely = min(0.5, 6 / self.named) if self.place.depth else 0.93
        if self.place.level > 1:
            likely = (0.5, 0.9, 0.2, 0.0)[self.place.level % 4]
        return self.rng.random() < likely

    def _try(self, name: str) -> bool:
        """Make a property together with what it needs, or leave all of them out."""
        before = dict(self.made)
        names = self._closed([name])
        if len([other for other in names if other not in self.made]) > self._room():
            return False
        try:
            for other in names:
                self._fill(other)
        except ContradictionError:
            self.made = before
            return False
        return name not in before

    def _fill_up(self) -> None:
        """Add properties until there are enough: named ones first, but invented ones where few is better."""
        needed = self.found.min_properties
        ways = [self._add_named, self._add_invented]
        for add in reversed(ways) if self.place.lean else ways:
            add(needed)
        if len(self.made) < needed:
            self.place.collector.branched = self.place.collector.branched or self.place.level < 3
            why = f"it needs {needed} properties, and names for only {len(self.made)} were found"
            raise ContradictionError(self.found.pointer, why)

    def _add_named(self, needed: int) -> None:
        for members in self.found.members:
            for name in members.properties:
                if len(self.made) < needed and name not in self.made:
                    self._try(name)

    def _add_invented(self, needed: int) -> None:
        usual = max(needed, self._usual_extras())
        misses = 0
        while len(self.made) < usual and self._room() > 0:
            self.place.maker.work.spend()
            fresh = self._invented(misses)
            if fresh is None or fresh in self.made or self._is_endless(fresh) or not self._try(fresh):
                misses += 1
            if misses >= (40 if len(self.made) < needed else 4):
                break

    def _is_endless(self, name: str) -> bool:
        """Say whether the values of a property seem to go on for ever."""
        heights = self.place.maker.heights
        return any(heights.of(node) >= ENDLESS for node in schemas_of(self.found, name))

    def _usual_extras(self) -> int:
        """Return how many entries an open map gets when nothing asks for any."""
        if self.place.lean or self.place.level > 2 or any(members.properties for members in self.found.members):
            return 0
        if not self.found.members and not self.found.names and not self.found.loose_members:
            return 2
        described = any(m.patterns or _is_open(m.rest) for m in self.found.members) or self.found.names
        return self.rng.randint(2, 3) if described else 0

    def _invented(self, misses: int) -> str | None:
        sources = [
            pattern for members in self.found.members for pattern, node in members.patterns if node.schema is not False
        ]
        if not sources and any(
            members.rest is not None and members.rest.schema is False for members in self.found.members
        ):
            return None
        if self.naming is not None:
            return self._named_by_rule(self.naming)
        if sources and (misses % 2 == 0):
            return _from_pattern(self.rng.choice(sources), self)
        return self.rng.choice(KEYS) + (f"_{len(self.made) + 1}" if len(self.made) > 6 or misses > 10 else "")

    def _named_by_rule(self, naming: Constraints) -> str | None:
        if naming.values is not None:
            names = [name for name in naming.values if isinstance(name, str) and name not in self.made]
            return self.rng.choice(names) if names else None
        try:
            return draw_text(naming, Hint("key"), self.rng, self.place.draft, self.place.maker.work)
        except ContradictionError:
            return None


def _from_pattern(pattern: str, drawing: _Drawing) -> str | None:
    try:
        text = draw(parse(pattern), drawing.rng, low=1, high=40, word=lambda chars, size: None, wild=False)
    except UnsupportedPatternError:
        return None
    return text if matches(pattern, text) else None


def _is_open(rest: Node | None) -> bool:
    return rest is not None and rest.schema is not False
