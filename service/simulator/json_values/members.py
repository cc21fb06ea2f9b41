"""Which schemas apply to a property, by its name."""

from __future__ import annotations

from service.simulator.json_values.checks import matches
from service.simulator.json_values.constraints import Constraints, Members
from service.simulator.json_values.references import Node


def schemas_from(members: Members, name: str) -> list[Node] | None:
    """Return what one schema's keywords apply to a name, or `None` where they do not reach it."""
    nodes = [members.properties[name]] if name in members.properties else []
    nodes.extend(node for pattern, node in members.patterns if matches(pattern, name))
    if nodes:
        return nodes
    return [members.rest] if members.rest is not None else None


def schemas_of(found: Constraints, name: str) -> list[Node]:
    """Return all that applies to a name, the rules for unevaluated properties left aside."""
    return [node for members in found.members for node in schemas_from(members, name) or ()]


def unevaluated_for(found: Constraints, name: str) -> list[Node]:
    """Return the rules for unevaluated properties that reach a name."""
    nodes = []
    for rule in found.loose_members:
        seen = any(rule.mark in m.tags and schemas_from(m, name) is not None for m in found.members)
        nested = any(rule.mark in other.tags and other.mark != rule.mark for other in found.loose_members)
        if not seen and not nested:
            nodes.append(rule.node)
    return nodes
