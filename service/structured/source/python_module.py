"""What a pasted Python module defines: classes, names for types, constants."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from service.structured.source.errors import SourceError

__all__ = ["Module", "called", "fail", "literal"]

_ENUMS = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))
_NOT_TYPES = frozenset(("TypeVar", "ParamSpec", "TypeVarTuple"))
_MOST_PARENTS = 32


def fail(node: ast.AST, problem: str) -> NoReturn:
    """Raise `SourceError` at a node."""
    raise SourceError(problem, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)


def called(node: ast.expr | None) -> str:
    """Return the last part of a dotted name, of a call's or of a subscript's; `""` for anything else."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class Module:
    """The definitions at the top level of a module.

    Args:
        tree: The parsed source.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.classes: dict[str, ast.ClassDef] = {}
        self.aliases: dict[str, ast.expr] = {}
        self.constants: dict[str, ast.expr] = {}
        self.open_types: set[str] = set()
        self._imported: dict[str, str] = {}
        for node in tree.body:
            self._define(node)

    def original(self, name: str) -> str:
        """Return what an imported name is called where it comes from."""
        return self._imported.get(name, name)

    def parents(self, name: str) -> list[str]:
        """Return the classes that a class inherits fields from, the most distant first, itself last."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            current = waiting.pop(0)
            if current in found or current not in self.classes:
                continue
            found.append(current)
            if len(found) > _MOST_PARENTS:
                fail(self.classes[name], f"`{name}` inherits from more than {_MOST_PARENTS} classes. Use fewer.")
            waiting += [called(base) for base in self.classes[current].bases]
        return found[::-1]

    def bases(self, name: str) -> set[str]:
        """Return the names of all that a class inherits from, those outside included."""
        return {self.original(called(base)) for parent in self.parents(name) for base in self.classes[parent].bases}

    def is_enum(self, name: str) -> bool:
        """Say whether a class lists values instead of fields."""
        return bool(self.bases(name) & _ENUMS)

    def _define(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef):
            self.classes[node.name] = node
        elif isinstance(node, ast.ImportFrom | ast.Import):
            self._imported |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._assign(node.targets[0].id, node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            self._assign(node.target.id, node.value)

    def _assign(self, name: str, value: ast.expr) -> None:
        if isinstance(value, ast.Call):
            self._assign_call(name, value)
        elif _is_type(value):
            self.aliases[name] = value
        else:
            self.constants[name] = value

    def _assign_call(self, name: str, value: ast.Call) -> None:
        """Define what a call makes: a type variable, a type with a name, a typed dictionary or an enum is not read."""
        function = called(value)
        if function in _NOT_TYPES:
            self.open_types.add(name)
        elif function in ("NewType", "TypeAliasType") and len(value.args) > 1:
            self.aliases[name] = value.args[1]
        elif function.startswith("con"):
            self.aliases[name] = value


def _is_type(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.BitOr)
    return isinstance(value, ast.Subscript | ast.Name | ast.Attribute)


def literal(node: ast.expr) -> Any:
    """Return the value of a literal.

    Raises:
        ValueError: It is none.
    """
    try:
        return ast.literal_eval(node)
    except (TypeError, SyntaxError) as error:
        raise ValueError("no literal") from error
