"""What keeps a message from being sent."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages.parts.markdown import safe_markdown

__all__ = ["NO_SCHEMA", "show_problems"]

NO_SCHEMA = "The JSON schema is still empty: add a field, start from a template, or choose another response format."


def show_problems(problems: Iterable[str]) -> None:
    """Draw what Run settings say is wrong; what has only not been begun yet is no error."""
    for problem in problems:
        if problem == NO_SCHEMA:
            st.info(problem, icon=":material/data_object:")
        else:
            st.error(safe_markdown(f"Not sent until Run settings are corrected. {problem}"), icon=":material/error:")
