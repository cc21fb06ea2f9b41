"""The inputs of what a schema may begin with; each returns what comes out."""

from __future__ import annotations

import streamlit as st

from pages.parts.json_text import marked_line
from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_found import Found, decoded, from_code, from_csv, from_examples
from service.structured import templates

__all__ = ["code_source", "csv_source", "examples_source", "template_source"]

HEIGHT = 180
NOTHING = "Nothing: an empty table"


def template_source(keys: FormatKeys) -> Found:
    """Draw the templates."""
    known = {template.title: template for template in templates()}
    titles = [*known, NOTHING]
    title = st.selectbox("Template", titles, key=f"{keys.kind}.template", persist_state="session")
    if title == NOTHING:
        return Found(note="No field yet: add your own.", is_blank=True)
    template = known[title]
    st.caption(literal(template.description))
    with st.expander("A text to try it with"):
        st.code(template.prompt, language=None, wrap_lines=True)
    return Found(template.schema, template.name)


def examples_source(keys: FormatKeys) -> Found:
    """Draw the place for example answers."""
    text = _text(
        keys,
        "examples",
        "Example answers, as JSON",
        '{"name": "Ada", "age": 36}\n{"name": "Bo", "age": null}',
        "One example or several: as a list, one a line, or one after another. A field that only some have is optional.",
    )
    return _marked(text, from_examples(text))


def csv_source(keys: FormatKeys) -> Found:
    """Draw the place for a table: pasted, or a file."""
    file = st.file_uploader("CSV file", type=["csv", "tsv", "txt"], key=f"{keys.kind}.start.file")
    if file is not None:
        return from_csv(decoded(file.getvalue()), file.name)
    text = _text(
        keys,
        "csv",
        "Or paste it here",
        "article;price;delivered\nLamp;79,50;2024-03-14",
        "The first line names the columns. A few rows below tell what they hold.",
    )
    return from_csv(text)


def code_source(keys: FormatKeys) -> Found:
    """Draw the place for pasted code."""
    text = _text(
        keys,
        "code",
        "Pydantic classes or TypeScript interfaces",
        "class Person(BaseModel):\n    name: str\n    age: int | None",
        "The code is read as text; nothing of it is run.",
    )
    return _marked(text, from_code(text))


def _text(keys: FormatKeys, name: str, label: str, placeholder: str, told: str) -> str:
    """Draw a text area, and a button for those who look for one: leaving the text reads it, too."""
    key = f"{keys.kind}.start.{name}_json"
    text = st.text_area(label, key=key, placeholder=placeholder, height=HEIGHT, persist_state="session")
    st.caption(told)
    if not text.strip():
        st.button("Show what comes out", icon=":material/visibility:", key=f"{key}.read")
    return text


def _marked(text: str, found: Found) -> Found:
    """Show the line where a text breaks."""
    if found.line is not None and found.column is not None:
        st.code(marked_line(text, found.line, found.column), language=None)
    return found
