"""`anyOf` and `oneOf`: which of the alternatives was meant, and what is wrong with that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.structured.faults import Fault, Path
from service.structured.words import TYPES, either, json_type, one_of, place, plural, spelled

__all__ = ["Branch", "branch_name", "explain_choice", "is_elsewhere"]

MAX_LISTED = 4
"""The most alternatives that one sentence names."""

MAX_SPELLED = 8
"""The most allowed values spelled out beside other wishes."""


@dataclass(frozen=True)
class Branch:
    """One alternative: its name and what is wrong with it."""

    name: str
    faults: tuple[Fault, ...]


def branch_name(rule: Any, index: int) -> str:
    """Name an alternative by its title, or by what it refers to, or by its place from 1."""
    if isinstance(rule, dict):
        if isinstance(title := rule.get("title"), str) and title.strip():
            return title.strip()
        if isinstance(target := rule.get("$ref"), str) and (name := target.rstrip("/").rpartition("/")[2]) != "#":
            return name or f"alternative {index + 1}"
    return f"alternative {index + 1}"


def explain_choice(here: Path, value: Any, branches: Sequence[Branch]) -> list[Fault]:
    """Return the faults of the alternative that was meant, or one fault that names them all.

    An alternative of another JSON type was not meant, nor one whose tag (a property with fixed values) differs.
    Of several that remain, the one with fewest faults is taken when it is the only such.
    """
    meant = [branch for branch in branches if not is_elsewhere(here, value, branch.faults)]
    if not meant:
        return [_merged(here, [_first_at(here, branch.faults) for branch in branches])]
    if len(meant) == 1:
        return list(meant[0].faults)
    if all(len(branch.faults) == 1 and branch.faults[0].path == here and branch.faults[0].should for branch in meant):
        return [_merged(here, [branch.faults[0] for branch in meant])]
    if (tag := _common_tag(here, meant)) is not None:
        return [tag]
    return _closest(here, [branch for branch in meant if not _tags(here, branch)] or meant)


def is_elsewhere(here: Path, value: Any, faults: Sequence[Fault]) -> bool:
    """Whether faults say that a value of quite another kind was expected at `here`."""
    return any(fault.path == here and _is_other_type(fault, value) for fault in faults)


def _is_other_type(fault: Fault, value: Any) -> bool:
    if fault.kind in ("Constant", "Enum"):
        return all(json_type(option) != json_type(value) for option in fault.options)
    return fault.kind in ("Type", "FalseSchema")


def _first_at(here: Path, faults: Sequence[Fault]) -> Fault:
    return next(fault for fault in faults if fault.path == here and (fault.should or fault.kind == "FalseSchema"))


def _merged(here: Path, faults: Sequence[Fault]) -> Fault:
    """Join what several alternatives want of the same value into one sentence."""
    said = [fault for fault in faults if fault.should]
    if not said:
        return faults[0]
    options = tuple(option for fault in said for option in fault.options)
    if all(fault.options for fault in said):
        return Fault(here, "Enum", should=f"be {one_of(options)}", got=said[0].got, options=options)
    types = [fault for fault in said if fault.kind == "Type"]
    gots = {fault.got for fault in types or said}
    got = gots.pop() if len(gots) == 1 else ""
    return Fault(here, "Type" if types else "AnyOf", should=_either_should(said), got=got)


def _either_should(faults: Sequence[Fault]) -> str:
    wishes = [wish for fault in faults for wish in _wishes(fault)]
    for verb in ("be ", "look like "):
        if len(set(wishes)) > 1 and all(wish.startswith(verb) for wish in wishes):
            # "true or false" among others would read as two more alternatives.
            names = [wish.removeprefix(verb) for wish in wishes]
            return verb + either(["true/false" if name == TYPES["boolean"] else name for name in names])
    return either(wishes)


def _wishes(fault: Fault) -> list[str]:
    return [f"be {spelled(option)}" for option in fault.options[:MAX_SPELLED]] if fault.options else [fault.should]


def _tags(here: Path, branch: Branch) -> dict[Path, Fault]:
    """Return the faults that say: this property has the value of another alternative."""
    return {
        fault.path: fault
        for fault in branch.faults
        if fault.options and len(fault.path) == len(here) + 1 and fault.path[:-1] == here
    }


def _common_tag(here: Path, branches: Sequence[Branch]) -> Fault | None:
    """Return one fault for a tag that has the value of no alternative at all."""
    tags = [_tags(here, branch) for branch in branches]
    for path in tags[0]:
        if all(path in others for others in tags):
            return _merged(path, [others[path] for others in tags])
    return None


def _closest(here: Path, branches: Sequence[Branch]) -> list[Fault]:
    ranked = sorted(branches, key=lambda branch: len(branch.faults))
    if len(ranked) == 1 or len(ranked[0].faults) < len(ranked[1].faults):
        return list(ranked[0].faults)
    # What is wrong in every case is told rather than a guess: a missing tag, say.
    if common := [fault for fault in ranked[0].faults if all(fault in branch.faults for branch in ranked)]:
        return common
    return [Fault(here, "AnyOf", text=f"fits none of {plural(len(branches), 'alternative')}: {_listed(branches)}")]


def _listed(branches: Sequence[Branch]) -> str:
    told = [f"{branch.name} ({_brief(branch.faults[0])})" for branch in branches[:MAX_LISTED]]
    more = len(branches) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _brief(fault: Fault) -> str:
    return f"`{place(fault.path)}` {fault.message}" if fault.path else fault.message
