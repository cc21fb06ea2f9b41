"""Before sending: what the provider of the chosen model would refuse in a schema, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_views import put_schema
from service import InvalidSchemaError
from service.structured import LintIssue, Profile, apply_fixes, lint_schema, profile_for
from service.structured.words import plural

__all__ = ["preflight"]

PROVIDERS: dict[Profile, str] = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google", "generic": ""}
SHOWN = 5


def preflight(keys: FormatKeys, schema: Mapping[str, Any], model: str) -> None:
    """Draw what would be refused, each with its fix; nothing is changed that nobody pressed."""
    profile = profile_for(model)
    issues = lint_schema(schema, profile)
    who = PROVIDERS[profile] or "The provider"
    if not issues:
        if profile != "generic":
            st.caption(f":material/check: Nothing known that {who} would refuse.")
        return
    st.warning(f"{who} would refuse this schema, for {plural(len(issues), 'reason')}.", icon=":material/rule:")
    if any(issue.fix is not None for issue in issues):
        st.button(
            "Fix all",
            icon=":material/build:",
            key=f"{keys.schema}.fix_all",
            on_click=_fix_all,
            args=(keys, schema, profile),
        )
    _show(keys, schema, issues)


def _show(keys: FormatKeys, schema: Mapping[str, Any], issues: Sequence[LintIssue]) -> None:
    for number, issue in enumerate(issues[:SHOWN]):
        place = f"**{literal(issue.path)}**: " if issue.path else ""
        with st.container(gap=None):
            st.caption(f"{place}{literal(issue.message)}")
            if issue.fix is not None:
                st.button(
                    literal(issue.fix.label),
                    key=f"{keys.schema}.fix.{number}",
                    type="tertiary",
                    on_click=_fix,
                    args=(keys, schema, issue),
                )
    if len(issues) > SHOWN:
        st.caption(f"And {len(issues) - SHOWN:,} more.")


def _fix(keys: FormatKeys, schema: Mapping[str, Any], issue: LintIssue) -> None:
    if issue.fix is not None:
        put_schema(keys, issue.fix.apply(schema))


def _fix_all(keys: FormatKeys, schema: Mapping[str, Any], profile: Profile) -> None:
    try:
        put_schema(keys, apply_fixes(schema, profile))
    except InvalidSchemaError as error:
        st.toast(literal(error.message), icon=":material/error:")
