"""Which providers may be asked: chosen from those of the model by name, or typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages.parts.advanced_settings import names_in
from pages.parts.markdown import safe_markdown
from pages.parts.model_providers import ModelProviders
from pages.parts.plain import literal
from pages.parts.state import input_value, put_input
from service import EndpointInfo
from service.endpoints import is_named

__all__ = ["provider_inputs", "slugs_in"]

_BETWEEN = " · "
_INPUTS = (
    ("order", "Try in this order", "openai, azure", "It is passed over."),
    ("only", "Only these", "openai", "It does not count."),
    ("ignore", "Never these", "deepinfra", "It would not be asked anyway."),
)


def provider_inputs(page: str, providers: ModelProviders, faults: Mapping[str, str]) -> None:
    """Draw the three lists; a name that does not serve the model is kept, and marked."""
    labels = _labels(providers)
    for name, title, example, so in _INPUTS:
        key = f"{page}.advanced.{name}"
        chosen = names_in(str(input_value(key) or ""))
        put_input(f"{key}.chosen", chosen)
        st.multiselect(
            title,
            list(dict.fromkeys([*labels, *chosen])),
            key=f"{key}.chosen",
            format_func=partial(_label, labels),
            accept_new_options=True,
            select_all=False,
            placeholder="Choose, or type a name" if labels else example,
            on_change=_note,
            args=(key, {endpoint.provider: endpoint.tag for endpoint in providers.all}),
        )
        if name in faults:
            st.error(safe_markdown(faults[name]), icon=":material/error:")
        for slug in chosen if labels else ():
            if (reason := _reason(slug, providers.all)) is not None:
                st.caption(f":material/block: {reason} {so}")


def slugs_in(entries: Sequence[str], tags: Mapping[str, str]) -> list[str]:
    """Return what is sent for what was chosen or typed: a label, a slug, or the name of a provider, with commas.

    Args:
        entries: What the list holds.
        tags: The slugs of the model's providers by their names.
    """
    by_name = {name.casefold(): tag for name, tag in tags.items()}
    typed = [part.strip() for entry in entries for part in entry.rpartition(_BETWEEN)[2].split(",")]
    slugs = [
        by_name.get(part.casefold()) or ("-".join(part.lower().split()) if " " in part else part) for part in typed
    ]
    return list(dict.fromkeys(slug for slug in slugs if slug))


def _note(key: str, tags: Mapping[str, str]) -> None:
    entries = input_value(f"{key}.chosen")
    put_input(key, ", ".join(slugs_in(entries if isinstance(entries, list) else [], tags)))


def _labels(providers: ModelProviders) -> dict[str, str]:
    """Return what can be chosen by what is sent for it: each provider, and all variants of one that has several."""
    names = {endpoint.tag: endpoint.provider for endpoint in providers.all}
    bases = [tag.partition("/")[0] for tag in names]
    several = {base: f"{base}, whichever variant" for base in bases if bases.count(base) > 1}
    return {slug: f"{name}{_BETWEEN}{slug}" for slug, name in {**names, **several}.items()}


def _label(labels: Mapping[str, str], slug: str) -> str:
    return labels.get(slug, slug)


def _reason(slug: str, endpoints: Sequence[EndpointInfo]) -> str | None:
    """Say why a slug names none of the model's providers; `None` where it names one."""
    if any(is_named(endpoint, [slug]) for endpoint in endpoints):
        return None
    base = slug.partition("/")[0]
    others = [f"`{endpoint.tag}`" for endpoint in endpoints if is_named(endpoint, [base])]
    if others and base != slug:
        return f"{literal(base)} serves this model only as {' and '.join(others)}, not as {literal(slug)}."
    return f"{literal(slug)} does not serve this model."
