"""A model's Markdown, as `st.markdown` is to take it."""

from __future__ import annotations

import re

__all__ = ["safe_markdown"]

_FENCE = r"^[ \t]*(?P<marks>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t]*(?P=marks)[`~]*[ \t]*$"
_OPEN_FENCE = r"^[ \t]*(?:`{3,}|~{3,}).*\Z"
_SPAN = r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
_CODE = re.compile(f"{_FENCE}|{_OPEN_FENCE}|{_SPAN}", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"(?<!\\)!\[([^\]]*)\](?=[(\[])")
_DIRECTIVE = re.compile(r"(?<![\\:\w]):(?=[a-z][a-z-]*\[)")
_TAG = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])(?!(?:https?|mailto):)")
_INLINE_MATH = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
_DISPLAY_MATH = re.compile(r"\\\[(.+?)\\\]", re.DOTALL)


def safe_markdown(text: str) -> str:
    """Return Markdown that shows what the model wrote and fetches nothing.

    Images become links: a browser would ask for them at whoever the model names. HTML tags stay text, and so does
    what is Streamlit's own (`:red[…]`). Formulas in `\\(…\\)` and `\\[…\\]` become `$…$` and `$$…$$`. Code is left
    alone.
    """
    out, end = [], 0
    for code in _CODE.finditer(text):
        out += [_outside_code(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*out, _outside_code(text[end:])])


def _outside_code(text: str) -> str:
    text = _IMAGE.sub(lambda image: f"[{image[1] or 'image'}]", text)
    text = _TAG.sub(r"\\<", text)
    text = _DIRECTIVE.sub(r"\\:", text)
    text = _INLINE_MATH.sub(lambda formula: f"${formula[1].strip()}$", text)
    return _DISPLAY_MATH.sub(lambda formula: f"$${formula[1]}$$", text)
