"""The model of a run: a searchable list with prices, and what the chosen model can do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import streamlit as st

from pages.parts.known_models import models
from pages.parts.markdown import safe_markdown
from pages.parts.plain import literal
from pages.parts.state import put_input, service, start_with
from pages.parts.words import price, short_price
from service import ModelInfo
from service.types import normalise_model

__all__ = ["model_picker", "option_texts", "similar_models"]

_DESCRIPTION_CHARS = 120


_KINDS = (
    ("input_modalities", "image", "Image input", "image"),
    ("input_modalities", "audio", "Audio input", "graphic_eq"),
    ("output_modalities", "image", "Image output", "draw"),
)


def model_picker(page: str) -> tuple[str, ModelInfo | None, list[str]]:
    """Draw the choice of a model; return its id, what is known about it, and what is wrong with the id."""
    known, error = models()
    by_id = {info.id: info for info in known}
    default = service().config.model
    names = option_texts(known)
    entered_before = _begin_with(f"{page}.model", default, known)
    entered = st.selectbox(
        "Model",
        list(dict.fromkeys([*(ident for ident in (entered_before, default) if ident not in by_id), *by_id])),
        key=f"{page}.model",
        format_func=lambda ident: names.get(ident, ident),
        accept_new_options=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    chosen = entered or default
    if error is not None:
        st.warning(f"The model list could not be loaded; any id can still be entered. {literal(str(error))}")
    problem = None if chosen == default else _problem(chosen, known)
    chosen = chosen if problem is not None else normalise_model(chosen)
    info = by_id.get(chosen)
    if problem is not None:
        st.error(safe_markdown(problem), icon=":material/error:")
    elif info is not None:
        _describe(info)
    elif error is None:
        st.caption("Not in the model list, so nothing is known about it; it is sent as entered.")
    if info is None:
        _offer(page, similar_models(chosen, known))
    return chosen, info, [] if problem is None else [problem]


def _begin_with(key: str, default: str, known: Sequence[ModelInfo]) -> str:
    """Return what the list shows at first; a part of a name that only one model has becomes that model's id."""
    entered = str(start_with(key, default) or default)
    found = _found(entered, known) if _is_part(entered, known) and entered != default else []
    if len(found) != 1:
        return entered
    put_input(key, found[0])
    return found[0]


def _problem(entered: str, known: Sequence[ModelInfo]) -> str | None:
    """Say why it cannot be sent. Where the models are known, an id that is not listed may be new, but has a slash."""
    if _is_part(entered, known):
        if _found(entered, known):
            return f"Several models have {entered!r} in their name: choose one of them."
        return f"No model has {entered!r} in its name: choose one from the list, or enter an id like vendor/model."
    try:
        normalise_model(entered)
    except ValueError:
        return f"A model id must look like vendor/model, without spaces, got {entered!r}."
    return None


def _is_part(entered: str, known: Sequence[ModelInfo]) -> bool:
    return bool(known) and "/" not in entered and all(info.id != entered for info in known)


def _found(entered: str, known: Sequence[ModelInfo]) -> list[str]:
    """Return the ids of those that are called so, else of those that have it in their id or name."""
    wanted = entered.strip().casefold()
    same = [info.id for info in known if wanted in (info.id.partition("/")[2].casefold(), info.name.casefold())]
    return same or [info.id for info in known if wanted in info.id.casefold() or wanted in info.name.casefold()]


def _offer(page: str, ids: Sequence[str]) -> None:
    for ident in ids:
        key, args = f"{page}.model.use.{ident}", (f"{page}.model", ident)
        st.button(f"Use {literal(ident)}", key=key, on_click=put_input, args=args)


def option_texts(known: Sequence[ModelInfo]) -> dict[str, str]:
    """Return what the list shows for each id: name, price where it is known, and the id, so that it is searched too."""
    return {
        info.id: " · ".join(dict.fromkeys(part for part in (info.name, short_price(info), info.id) if part))
        for info in known
    }


def similar_models(entered: str, known: Sequence[ModelInfo]) -> list[str]:
    """Return the ids of up to three models that were probably meant: Enter takes a half-typed name as an id."""
    close = difflib.get_close_matches(entered.casefold(), [info.id for info in known], n=3, cutoff=0.6)
    return _found(entered, known)[:3] or close


def _describe(info: ModelInfo) -> None:
    context = f" · {info.context_length:,} tokens of context" if info.context_length else ""
    st.caption(f"`{info.id}`{context} · {price(info)}")
    with st.container(horizontal=True, gap="xsmall"):
        _badge(info)
        for kinds, kind, label, icon in _KINDS:
            if kind in getattr(info, kinds):
                st.badge(label, icon=f":material/{icon}:", color="blue")
    if info.description:
        st.caption(safe_markdown(_shortened(info.description)))


def _badge(info: ModelInfo) -> None:
    if info.supports("structured_outputs"):
        st.badge("Structured outputs", icon=":material/data_object:", color="green")
    elif info.supports("response_format"):
        st.badge("JSON mode only", icon=":material/data_object:", color="orange")
    elif info.supported_parameters is not None:
        st.badge("No JSON mode", icon=":material/block:", color="gray")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _DESCRIPTION_CHARS else text[:_DESCRIPTION_CHARS].rsplit(" ", 1)[0] + " …"
