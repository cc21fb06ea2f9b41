"""Builds one candidate value, place by place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any
from zlib import crc32

from service.simulator.json_values.checks import accepts
from service.simulator.json_values.collect import Collector, Manner
from service.simulator.json_values.constraints import Constraints, ContradictionError, same
from service.simulator.json_values.height import Heights
from service.simulator.json_values.lists import draw_list
from service.simulator.json_values.naming import USUALLY_TRUE, Hint
from service.simulator.json_values.numbers import draw_number
from service.simulator.json_values.objects import draw_object
from service.simulator.json_values.references import Document, Node
from service.simulator.json_values.strings import draw_text
from service.simulator.json_values.work import Work

Path = tuple[str | int, ...]

MAX_DEPTH = 64
_CALM_DEPTH = 9
_CALM_STEPS = 8_000
_TRIES = 8


class Maker:
    """Makes one candidate; what it chooses at a place depends on the seed, the place and the failures there.

    `calm` is the number of places after which it makes only what has to be.
    """

    def __init__(
        self, document: Document, heights: Heights, seed: int, levels: dict[Path, int], work: Work, *, calm: int
    ) -> None:
        self.document = document
        self.heights = heights
        self.seed = seed
        self.levels = levels
        self.work = work
        self.started = work.left
        self.calm = calm
        self.made: set[Path] = set()
        self.open: dict[int, int] = {}
        self.places = 0

    def make(self, nodes: list[Node], path: Path, hint: Hint, turn: int = 0) -> Any:
        """Return a value for the schemas at a path; `turn` counts earlier values that were not wanted there.

        Raises `ContradictionError` where the schemas leave none, and `OutOfWorkError`.
        """
        if len(path) > MAX_DEPTH:
            self.work.spend()
            raise ContradictionError(nodes[0].pointer if nodes else "", f"it goes on deeper than {MAX_DEPTH} levels")
        self.places += 1
        level = self.levels.get(path, 0)
        tries = _TRIES if len(path) < _CALM_DEPTH else 2
        for attempt in range(tries):
            self.work.spend(3)
            rng = Random(f"{self.seed}|{path}|{level}|{turn}|{attempt}")  # noqa: S311  repeatable on purpose
            manner = Manner(level + attempt, self._is_lean(path, nodes))
            collector = Collector(self.document, self.heights, rng, manner, self.work)
            try:
                return self._from(collector, nodes, path, hint, turn)
            except ContradictionError:
                if not collector.branched or attempt == tries - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _is_lean(self, path: Path, nodes: list[Node]) -> bool:
        is_long = self.places > self.calm or self.started - self.work.left > _CALM_STEPS
        if len(path) > _CALM_DEPTH or is_long:
            return True
        return any(self.open.get(id(node.schema), 0) > 1 for node in nodes)

    def _from(self, collector: Collector, nodes: list[Node], path: Path, hint: Hint, turn: int) -> Any:
        found = collector.collect(nodes)
        opened = {key for key, _, _ in collector.seen}
        depth = max((self.open.get(key, 0) for key in opened), default=0)
        place = Place(self, collector, found, path, hint, turn, depth)
        for key in opened:
            self.open[key] = self.open.get(key, 0) + 1
        try:
            return place.value()
        finally:
            self.made.add(path)
            for key in opened:
                self.open[key] -= 1


class Place:
    """One place of the candidate, with everything that is asked of it."""

    def __init__(
        self, maker: Maker, collector: Collector, found: Constraints, path: Path, hint: Hint, turn: int, depth: int
    ) -> None:
        self.maker = maker
        self.collector = collector
        self.found = found
        self.path = path
        self.turn = turn
        self.depth = depth
        self.rng = collector.rng
        self.level = collector.manner.level
        self.lean = collector.manner.lean or depth > 1
        self.hint = hint.told(found.title, found.description, self.level + turn)
        self.draft = maker.document.root.scope.draft

    def value(self) -> Any:
        """Return a value; raises `ContradictionError`."""
        if self.found.values is not None:
            return self._listed(self.found.values)
        if self.found.samples and self.level == 0:
            fitting = [value for value in self.found.samples if accepts(self.found, value, self.draft)]
            if fitting:
                return self._one_of(fitting)
        return self._of_type(self._type())

    def _listed(self, values: list[Any]) -> Any:
        fitting = [value for value in values if accepts(self.found, value, self.draft)]
        if not fitting:
            raise ContradictionError(self.found.pointer, "every listed value is refused elsewhere")
        if self.level < 2 and len(fitting) > 1:
            fitting = [value for value in fitting if value not in (None, "")] or fitting
        return self._one_of(fitting)

    def _one_of(self, values: list[Any]) -> Any:
        """Return one of the values; neighbours in a list get different ones as long as there are any."""
        in_list = bool(self.path) and isinstance(self.path[-1], int)
        at = self.hint.shared + self.hint.turn if in_list else self.rng.randrange(len(values))
        return copy.deepcopy(values[(at + self.turn) % len(values)])

    def _of_type(self, name: str) -> Any:
        if name == "object":
            return draw_object(self)
        if name == "array":
            return draw_list(self)
        for turn in range(self.turn, self.turn + 40):
            value = self._scalar(name, turn)
            if accepts(self.found, value, self.draft):
                return value
            self.maker.work.spend()
        raise ContradictionError(self.found.pointer, "what it refuses leaves nothing")

    def _scalar(self, name: str, turn: int) -> Any:
        if name == "null":
            return None
        if name == "boolean":
            return self._boolean(turn)
        if name == "string":
            return draw_text(self.found, self.hint, self.rng, self.draft, self.maker.work)
        return draw_number(self.found, self.hint, self.rng, whole="number" not in self.found.types, turn=turn)

    def _boolean(self, turn: int) -> bool:
        first = self.hint.name in USUALLY_TRUE or self.rng.random() < 0.6
        return first if turn % 2 == 0 else not first

    def _type(self) -> str:
        """Return the type to make: what the keywords speak of, in the order the schema names them, seldom null."""
        types = self.found.types
        if self.level > 3 and len(types) > 1:
            return self.rng.choice(sorted(types))
        if self.lean:
            order = ("string", "number", "integer", "boolean", "null", "array", "object")
            return next(name for name in order if name in types)
        usable = [name for name in [*self._spoken_of(), *self.found.stated, "string"] if name in types]
        lively = [name for name in usable if name != "null"]
        if lively and (self.rng.random() < 0.9 or "null" not in types):
            return lively[0] if self.level == 0 else self.rng.choice(lively)
        return "null" if "null" in types else sorted(types)[0]

    def _spoken_of(self) -> list[str]:
        found = self.found
        spoken = {
            "object": found.members or found.required or found.names or found.min_properties or found.loose_members,
            "array": found.elements or found.contained or found.min_items or found.unique or found.loose_items,
            "string": found.patterns or found.formats or found.min_length or found.max_length is not None,
            "number": found.low is not None or found.high is not None or found.steps,
        }
        names = [name for name, about in spoken.items() if about]
        return names + (["integer"] if "number" in names else [])

    def child(self, nodes: list[Node], step: str | int, hint: Hint, turn: int = 0) -> Any:
        """Return a value for the place one step below this one."""
        return self.maker.make(nodes, (*self.path, step), hint, turn)

    def cast(self) -> int:
        """Return a number that stands for the people and things of this place."""
        return crc32(f"{self.maker.seed}|{self.path}|{self.turn}|{self.level}".encode())

    def distinct(self, make: Callable[[int], Any], earlier: set[str], tries: int) -> Any:
        """Return what `make` gives for the first turn that differs from all earlier values.

        Raises `ContradictionError` after `tries` turns.
        """
        for turn in range(tries):
            value = make(turn)
            key = same(value)
            if key not in earlier:
                earlier.add(key)
                return value
        raise ContradictionError(self.found.pointer, "its items must differ, and there are too few different ones")
