"""A model's Markdown, as `st.markdown` is to take it."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache

from markdown_it import MarkdownIt

from pages.parts.plain import COLON, plain_colon

__all__ = ["safe_markdown"]

_LINE_END = re.compile(r"\r\n?")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TICKS = re.compile(r"(?<!\\)(?P<slashes>\\*)(?P<ticks>`+)")
_GAP = re.compile(r"\n[ \t]*(?=\n)")
_IMAGE = re.compile(r"(?<!\\)((?:\\\\)*)!\[([^\[\]]*)\](?=[(\[])")
_IMAGE_MARK = re.compile(r"(?<!\\)((?:\\\\)*)!(?=\[)")
_TAG = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])(?!(?:https?|mailto):)")
_INLINE_MATH = re.compile(r"\\\(((?:(?!\\\().)+?)\\\)", re.DOTALL)
_DISPLAY_MATH = re.compile(r"\\\[((?:(?!\\\[).)+?)\\\]", re.DOTALL)
_ADDRESS = r"(?<![^\s\[\]()<>])[^\s\[\]()<>]*(?:://|www\.|mailto:)\S*"
_MATH = r"\$\$[^$]+\$\$|\$(?![\s$])[^$\n]+(?<![\s\\])\$|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]"
_COLON = re.compile(rf"{_MATH}|{_ADDRESS}|(?<!\\)(?P<slashes>\\*){COLON}", re.DOTALL)
_LONGEST_KEPT = 50_000


def safe_markdown(text: str) -> str:
    """Return Markdown that shows what the model wrote and fetches nothing.

    Images become links: a browser would ask for them at whoever the model names. HTML tags stay text, and so does
    all that Streamlit alone knows: `:smile:`, `:red[…]`, `:material/home:` and the like. Formulas in `\\(…\\)` and
    `\\[…\\]` become `$…$` and `$$…$$`. Code is left alone.
    """
    return _safe(text) if len(text) > _LONGEST_KEPT else _kept(text)


def _safe(text: str) -> str:
    out = []
    for is_code, part in _parts(_LINE_END.sub("\n", text)):
        out.append(part if is_code else _outside_blocks(part))
    return "".join(out)


_kept = lru_cache(maxsize=200)(_safe)
"""A page draws the same answers with every run of it."""


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Give the text in pieces, each with whether it is a block of code."""
    lines, done = _LINE.findall(text), 0
    for token in _blocks().parse(text):
        if token.type in ("fence", "code_block") and token.map is not None and token.map[1] > done:
            begin, end = max(done, token.map[0]), token.map[1]
            yield False, "".join(lines[done:begin])
            yield True, "".join(lines[begin:end])
            done = end
    yield False, "".join(lines[done:])


@cache
def _blocks() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _outside_blocks(text: str) -> str:
    out, done = [], 0
    for begin, end in _spans(text):
        out += [_outside_code(text[done:begin]), text[begin:end]]
        done = end
    return "".join([*out, _outside_code(text[done:])])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Give where code between backticks begins and ends: as many close it as open it, in the same paragraph.

    Each run of them is looked at once: who writes the text may write thousands that close nothing.
    """
    runs, gaps = list(_TICKS.finditer(text)), [gap.start() for gap in _GAP.finditer(text)]
    later: defaultdict[int, list[re.Match[str]]] = defaultdict(list)
    for run in reversed(runs):
        later[len(run["ticks"])].append(run)
    done = 0
    for run in runs:
        # A backslash takes the first one away from those that open, and none from those that close.
        begin = run.start("ticks") + len(run["slashes"]) % 2
        closing = later[run.end() - begin]
        while closing and closing[-1].start() <= run.start():
            closing.pop()
        if run.start() >= done and closing and bisect(gaps, begin) == bisect(gaps, closing[-1].start()):
            done = closing[-1].end()
            yield begin, done


def _outside_code(text: str) -> str:
    text = _IMAGE.sub(lambda image: f"{image[1]}[{image[2] or 'image'}]", text)
    text = _IMAGE_MARK.sub(r"\1\\!", text)
    text = _TAG.sub(r"\\<", text)
    text = _COLON.sub(_plain_colon, text)
    text = _INLINE_MATH.sub(lambda formula: f"${formula[1].strip()}$", text)
    return _DISPLAY_MATH.sub(lambda formula: f"$${formula[1]}$$", text)


def _plain_colon(found: re.Match[str]) -> str:
    """Leave the colons of formulas and addresses as they are."""
    slashes = found["slashes"]
    return found[0] if slashes is None else slashes[: len(slashes) // 2 * 2] + plain_colon(found)
