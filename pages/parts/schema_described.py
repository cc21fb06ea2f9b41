"""A schema from a description in words: the chosen model lists the fields, and what it wrote is checked."""

from __future__ import annotations

import streamlit as st

from pages.parts.live_view import live_view
from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_found import Found
from pages.parts.secret_words import READS, searcher, sentence
from pages.parts.state import input_value, is_demo, library, owner, put_input, service
from service import InvalidSchemaError, OpenRouterError, Run
from service.structured import read_described_schema, schema_request

__all__ = ["KIND", "words_source"]

KIND = "schema"
"""What such a run is started for; it stands in the history like any other."""

# The model's own writing is JSON: who describes in words is spared it, and sees that it goes on.
_QUIET = "<style>[class*='st-key-'][class*='-writing'] .orp-answer { display: none; }</style>"


def words_source(keys: FormatKeys) -> Found:
    """Draw the place for a description, what the model is doing, and a Stop."""
    st.text_area(
        "What should an answer hold?",
        key=_text_key(keys),
        placeholder="The sender of the e-mail, what they want, how urgent it is (low, normal or high), and each "
        "article with its number and quantity",
        height=120,
        persist_state="session",
    )
    model = _model(keys)
    price = "The simulator lists your words; no model reads them." if is_demo() else "It costs what an answer costs."
    st.caption(f"{literal(model)} lists the fields, you decide. {price}")
    run = _run(keys)
    is_live = isinstance(run, Run) and not run.is_ended
    label = "Write the fields" if run is None else "Write them again"
    key = f"{keys.kind}.describe"
    st.button(label, icon=":material/edit_note:", key=key, disabled=is_live, on_click=_start, args=(keys, model))
    return _outcome(keys, run)


def _outcome(keys: FormatKeys, run: Run | None) -> Found:
    if (problem := input_value(_problem_key(keys))) is not None:
        return Found(problem=str(problem))
    if run is None:
        return Found()
    if not run.is_ended:
        st.html(_QUIET)
        with st.container(key=f"{keys.kind}.writing"):
            live_view([run], key=run.id)
        st.button("Stop", icon=":material/stop_circle:", key=f"{keys.kind}.stop", on_click=run.stop)
        return Found()
    if run.error is not None:
        return Found(problem=f"{run.error.message} {run.error.hint}")
    assert run.result is not None
    try:
        made = read_described_schema(run.result)
    except InvalidSchemaError as error:
        return Found(problem=f"{error.message} {error.hint}")
    return Found(made.schema, made.name, note=made.note)


def _start(keys: FormatKeys, model: str) -> None:
    text = str(input_value(_text_key(keys)) or "").strip()
    put_input(_run_key(keys), None)
    put_input(_problem_key(keys), None)
    if not text:
        put_input(_problem_key(keys), "Describe first what an answer should hold.")
        return
    if (held := searcher().in_texts(("the description", text))) and input_value(_told_key(keys)) != text:
        put_input(_told_key(keys), text)
        put_input(_problem_key(keys), f"{sentence(held)} {READS} Press again to send it as it is.")
        return
    try:
        run = service().start(schema_request(text, model=model, native=_is_native(model)), session=owner())
        library().record(owner(), run, kind=KIND)
        put_input(_run_key(keys), run)
    except OpenRouterError as error:
        put_input(_problem_key(keys), f"{error.message} {error.hint}")


def _run(keys: FormatKeys) -> Run | None:
    run = input_value(_run_key(keys))
    return run if isinstance(run, Run) else None


def _model(keys: FormatKeys) -> str:
    return str(input_value(f"{keys.page}.model") or service().config.model)


def _is_native(model: str) -> bool:
    """Whether the model has structured outputs, as far as is known."""
    try:
        return service().get_model(model).supports("structured_outputs") is not False
    except OpenRouterError:
        return True


def _text_key(keys: FormatKeys) -> str:
    return f"{keys.kind}.start.words"


def _run_key(keys: FormatKeys) -> str:
    return f"{keys.kind}.described"


def _told_key(keys: FormatKeys) -> str:
    return f"{keys.kind}.described_told"


def _problem_key(keys: FormatKeys) -> str:
    return f"{keys.kind}.described_problem"
