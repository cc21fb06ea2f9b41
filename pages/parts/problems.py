"""What keeps a message from being sent, and what the database cannot do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from pages.parts.markdown import safe_markdown
from pages.parts.plain import literal
from service import StorageError

__all__ = ["NO_SCHEMA", "show_problems", "show_storage_error", "telling"]

P = ParamSpec("P")

NO_SCHEMA = "The JSON schema is still empty: add a field, start from a template, or choose another response format."


def show_problems(problems: Iterable[str]) -> None:
    """Draw what Run settings say is wrong; what has only not been begun yet is no error."""
    for problem in problems:
        if problem == NO_SCHEMA:
            st.info(problem, icon=":material/data_object:")
        else:
            st.error(safe_markdown(f"Not sent until Run settings are corrected. {problem}"), icon=":material/error:")


def show_storage_error(error: StorageError) -> None:
    """Draw what the database cannot do, in the place of what was to be read from it."""
    st.error(f"**{literal(error.message)}** {literal(error.hint)}", icon=":material/database_off:")


def telling(act: Callable[P, None]) -> Callable[P, None]:
    """Return a callback that says what the database cannot do, where the page would end with it."""

    @wraps(act)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except StorageError as error:
            st.toast(literal(error.message), icon=":material/database_off:")

    return told
