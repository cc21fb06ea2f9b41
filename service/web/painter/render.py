"""Safe HTML of a piece of Markdown.

Written by a model, it is not trusted: raw HTML is shown as text, images become links (a browser would fetch them from
whoever the model names), links lead out with `noopener` and to http(s) and mail addresses only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ["render_markdown"]

_SCHEMES = ("http", "https", "mailto")
_MATH = re.compile(
    r"\$\$[^$]+?\$\$|\$(?![\s$])[^$\n]+?(?<![\s\\])\$(?!\d)|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]", re.DOTALL
)
_SYMBOLS = {"<->": "↔", "->": "→", "<-": "←", "--": "—", ">=": "≥", "<=": "≤", "~=": "≈"}
_SYMBOL = re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_MAX_HIGHLIGHTED = 20_000


def render_markdown(text: str, *, is_final: bool = True) -> str:
    """Return safe HTML of Markdown; while it is still growing (`is_final` false) code is not coloured yet."""
    return str((_renderer() if is_final else _live_renderer()).render(text))


@cache
def _renderer() -> MarkdownIt:
    return _make(highlight=_highlight)


@cache
def _live_renderer() -> MarkdownIt:
    return _make(highlight=None)


def _make(highlight: Any) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": highlight}).enable(["table", "strikethrough"])
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    parser.inline.ruler.before("escape", "math", _math)
    parser.add_render_rule("math", _render_math)
    parser.add_render_rule("text", _render_text)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("link_open", _render_link_open)
    return parser


def _is_safe_link(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _math(state: StateInline, silent: bool) -> bool:
    """Keep formulas as they are written: their underscores and stars are no emphasis."""
    found = _MATH.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("math", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _render_math(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f'<span class="math">{escape(tokens[index].content)}</span>'


def _render_text(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Set arrows and the like as Streamlit does in the final answer, so that nothing changes at the end."""
    return escape(_SYMBOL.sub(lambda found: _SYMBOLS[found[0]], tokens[index].content), quote=False)


def _render_image(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    words = escape(token.content or "image")
    return f'<a href="{escape(str(token.attrGet("src") or ""))}"{_OUTWARD}>{words}</a>'


_OUTWARD = ' target="_blank" rel="noopener noreferrer nofollow"'


def _render_link_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    href = escape(str(tokens[index].attrGet("href") or ""))
    return f'<a href="{href}"{_OUTWARD}>'


def _highlight(code: str, language: str, attributes: str) -> str:
    if not language or len(code) > _MAX_HIGHLIGHTED:
        return ""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
