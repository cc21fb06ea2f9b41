"""One field of a form as safe HTML: its label, its value, how it stands, and what is wrong with it.

An element names its field (`data-k`), its kind and its state; what may change stands in `data-own`, what it holds in
`data-slot`. States are told by a sign with words as well as by colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from service.results import Issue
from service.structured.form.node import Node
from service.structured.form.words import NOTHING, label, value_html
from service.structured.words import clean, place, plural

__all__ = ["node_html"]

_SIGNS = {
    "waiting": ("○", "not here yet"),
    "filling": ("…", "being written"),
    "cut": ("…", "breaks off here"),
    "ok": ("✓", "fits the schema"),
    "wrong": ("✗", "does not fit the schema"),
}
_MORE = "There is more; the JSON tab has all of it."
_SHOWN_WHILE_GROWING = 300
"""Characters of a text inside a table that is still being written; the end of it is shown."""


def node_html(node: Node, inside: str) -> str:
    """Return a field's element.

    Args:
        node: The field.
        inside: The elements of the fields in it; `""` where they are sent on their own.
    """
    match node.kind:
        case "piece":
            return f'<span data-k="{node.key}">{escape(clean(str(node.value)))}</span>'
        case "note":
            text = _issues(node.issues) or _MORE
            return f'<div class="orp-note" {_data(node)} data-own>{text}</div>'
        case "group" | "list":
            return _holder(node, f'<div class="orp-slot" data-slot>{inside}</div>')
        case "table":
            return _holder(node, _table(node, inside))
        case "row":
            return f"<tr {_data(node)} data-own>{_row(node)}</tr>"
        case "item":
            return f'<div class="orp-item" {_data(node)} data-own>{_value(node)}{_standing(node)}</div>'
    name = f'<div class="orp-label"{_help(node)}>{escape(node.label)}</div>'
    value = f'<span class="orp-text" data-slot>{inside}</span><span data-own>{_value(node)}{_standing(node)}</span>'
    return f'<div class="orp-field" {_data(node)}>{name}<div class="orp-value">{value}</div></div>'


def _data(node: Node) -> str:
    wrong = " data-wrong" if node.state == "wrong" else ""
    return f'data-k="{node.key}" data-kind="{node.kind}" data-state="{node.state}"{wrong}'


def _holder(node: Node, body: str) -> str:
    own = f"<span data-own>{_size(node)}{_standing(node)}</span>"
    head = f'<div class="orp-head"><span class="orp-label"{_help(node)}>{escape(node.label)}</span>{own}</div>'
    name = escape(node.label)
    return f'<div class="orp-{node.kind}" role="group" aria-label="{name}" {_data(node)}>{head}{body}</div>'


def _size(node: Node) -> str:
    if node.state == "absent":
        return f'<span class="orp-none">{NOTHING}</span>'
    # What has come of a list says nothing about how long it gets.
    if not isinstance(node.value, list) or not node.is_complete:
        return ""
    return f'<span class="orp-size">{plural(len(node.value), "item") if node.value else "an empty list"}</span>'


def _help(node: Node) -> str:
    """Return what tells more about a field where the pointer or the keyboard is."""
    title = f' title="{escape(node.place)}"'
    told = node.shape.description
    return f'{title} tabindex="0" data-tip="{escape(clean(told))}"' if told else title


def _value(node: Node) -> str:
    if node.growing is not None and not node.is_complete:
        return f'<span class="orp-text">{escape(node.growing[1][node.cut :])}</span>'
    if node.state == "waiting":
        return '<span class="orp-blank"></span>'
    if node.state == "absent" or (node.state == "wrong" and not node.is_complete):
        return f'<span class="orp-none">{NOTHING}</span>'
    if node.state == "filling":
        return ""
    if node.state == "wrong" and node.value is None and _is_missing(node):
        return f'<span class="orp-none">{NOTHING}</span>'
    if node.cut and isinstance(node.value, str):
        return f'<span class="orp-text">{escape(clean(node.value[node.cut :]))}</span>'
    return value_html(node.value, node.shape, node.depth)


def _is_missing(node: Node) -> bool:
    return any(issue.message == "is missing" for issue in node.issues)


def _standing(node: Node) -> str:
    extra = '<span class="orp-extra">not in the schema</span>' if node.is_extra else ""
    return f"{extra}{_sign(node)}{_issues(node.issues, node.place)}"


def _sign(node: Node) -> str:
    is_plain = node.state == "ok" and (node.is_flawed or node.kind == "item")
    if is_plain or node.state not in _SIGNS:
        return ""
    sign, words = _SIGNS[node.state]
    return f'<span class="orp-sign" role="img" aria-label="{words}" title="{words}">{sign}</span>'


def _issues(issues: Iterable[Issue], at: str = "") -> str:
    return "".join(f'<span class="orp-issue">{escape(_said(issue, at))}</span>' for issue in issues)


def _said(issue: Issue, at: str) -> str:
    """Say an issue at a place; what lies deeper says where."""
    inner = issue.path[len(at) :].lstrip(".") if issue.path.startswith(at) else issue.path
    return clean(f"{inner} {issue.message}" if inner else issue.message)


def _table(node: Node, inside: str) -> str:
    columns = (_column(node, name) for name in node.shape.item.properties)
    head = f'<th scope="col"><span class="orp-unseen">Number</span></th>{"".join(columns)}'
    last = '<th scope="col"><span class="orp-unseen">Check</span></th>'
    body = f"<table><thead><tr>{head}{last}</tr></thead><tbody data-slot>{inside}</tbody></table>"
    return f'<div class="orp-scroll" tabindex="0" role="region" aria-label="{escape(node.label)}">{body}</div>'


def _column(node: Node, name: str) -> str:
    shape = node.shape.item.child(name)
    told = f' title="{escape(clean(shape.description))}"' if shape.description else ""
    return f'<th scope="col"{told}>{escape(shape.title or label(name))}</th>'


def _row(node: Node) -> str:
    number = node.path[-1]
    assert isinstance(number, int)
    columns = list(node.shape.properties)
    cells = "".join(_cell(node, name) for name in columns)
    shown = {cell for name in columns for cell in [place((*node.path, name))]} if node.issues else set()
    rest = [issue for issue in node.issues if not any(_is_in(issue.path, cell) for cell in shown)]
    extras = "".join(_extra(node, name) for name in _names(node.value) if name not in node.shape.properties)
    if not isinstance(node.value, dict) and node.value is not None:
        extras = value_html(node.value, node.shape, node.depth)
    return f"<td>{number + 1}</td>{cells}<td>{extras}{_sign(node)}{_issues(rest, node.place)}</td>"


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _cell(node: Node, name: str) -> str:
    at = place((*node.path, name)) if node.issues else ""
    issues = [issue for issue in node.issues if _is_in(issue.path, at)]
    wrong = " data-wrong" if issues else ""
    shape = node.shape.child(name)
    title = escape(shape.title or label(name))
    return f'<td data-label="{title}"{wrong}>{_in_cell(node, name)}{_issues(issues, at)}</td>'


def _in_cell(node: Node, name: str) -> str:
    if node.growing is not None and node.growing[0] == (*node.path, name):
        text = node.growing[1]
        begin = "…" if len(text) > _SHOWN_WHILE_GROWING else ""
        return f'<span class="orp-text">{begin}{escape(text[-_SHOWN_WHILE_GROWING:])}</span>'
    if isinstance(node.value, dict) and name in node.value:
        return value_html(node.value[name], node.shape.child(name), node.depth)
    return f'<span class="orp-none">{NOTHING}</span>' if node.is_complete else '<span class="orp-blank"></span>'


def _extra(node: Node, name: str) -> str:
    value = value_html(node.value[name], node.shape.child(name), node.depth)
    said = "" if node.shape.knows(name) else '<span class="orp-extra">not in the schema</span>'
    return f"<div>{escape(label(name))}: {value}{said}</div>"


def _is_in(path: str, cell: str) -> bool:
    return path == cell or path.startswith((f"{cell}.", f"{cell}["))
