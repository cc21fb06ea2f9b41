"""Before sending: what the provider of the chosen model would refuse in a schema, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from pages.parts.refusals import PROVIDERS, known_refusals
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_views import put_schema
from pages.parts.sent_view import show_sent
from service import InvalidSchemaError
from service.structured import LintIssue, Profile, Strict, apply_fixes, explain_strictify, lint_schema, profile_for
from service.structured.words import plural

__all__ = ["passed", "preflight"]

SHOWN = 5


def preflight(keys: FormatKeys, schema: Mapping[str, Any], model: str) -> Strict | None:
    """Draw what would be refused, each with its fix, and return the strict form where that is sent instead.

    Nothing that was written is changed unless somebody presses a fix.
    """
    profile = profile_for(model)
    issues = lint_schema(schema, profile)
    who = PROVIDERS[profile] or "The provider"
    if not issues:
        st.caption(passed(schema, profile))
        return None
    mended, verdict = _strict_form(schema, profile), st.container()
    refusal = f"{who} would refuse this schema, for {plural(len(issues), 'reason')}."
    if mended is None or not _is_wanted(keys):
        verdict.warning(refusal, icon=":material/rule:")
        _show(keys, schema, issues, profile)
        return None
    verdict.info(f"{refusal} Its strict form is sent instead; what you wrote stays.", icon=":material/rule:")
    show_sent(keys, schema, mended)
    with st.expander("What would be refused", type="compact"):
        _show(keys, schema, issues, profile)
    return mended


def passed(schema: Mapping[str, Any], profile: Profile) -> str:
    """Say what is known of a schema against which nothing speaks; of a provider without known rules that is little."""
    if profile == "generic":
        return f":material/info: {known_refusals(schema)}"
    return f":material/check: Nothing known that {PROVIDERS[profile]} would refuse."


def _strict_form(schema: Mapping[str, Any], profile: Profile) -> Strict | None:
    """Return the strict form; `None` where that would be refused as well."""
    try:
        strict = explain_strictify(schema)
        return strict if not lint_schema(strict.schema, profile) else None
    except InvalidSchemaError:
        return None


def _is_wanted(keys: FormatKeys) -> bool:
    return st.toggle(
        "Send its strict form",
        key=keys.strict_form,
        help="In the strict form every field is required, and what could be left out may be null. "
        "Answers are checked against what you wrote; such a null counts as left out.",
        persist_state="session",
    )


def _show(keys: FormatKeys, schema: Mapping[str, Any], issues: Sequence[LintIssue], profile: Profile) -> None:
    if any(issue.fix is not None for issue in issues):
        st.button(
            "Fix all",
            icon=":material/build:",
            key=f"{keys.schema}.fix_all",
            help="Changes the schema itself.",
            on_click=_fix_all,
            args=(keys, schema, profile),
        )
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
