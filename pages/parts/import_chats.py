"""Taking over what was exported, here or elsewhere."""

from __future__ import annotations

import streamlit as st

from pages.parts.plain import literal
from pages.parts.state import library, owner
from service import ImportFileError, StorageError
from service.structured.words import plural

__all__ = ["import_chats"]


def import_chats() -> None:
    """Draw the place for a file; a broken one is said with its line, and changes nothing."""
    with st.expander("Import", icon=":material/upload:", key="history.import"):
        st.caption("A file that was exported as JSON. What is here already is left as it is.")
        with st.form("import", border=False):
            file = st.file_uploader("Exported file", type=["jsonl", "json"], label_visibility="collapsed")
            is_sent = st.form_submit_button("Import", icon=":material/upload:")
        if is_sent and file is None:
            st.warning("Choose a file first.", icon=":material/upload_file:")
        elif is_sent and file is not None:
            _import(file.getvalue())


def _import(content: bytes) -> None:
    try:
        summary = library().import_json(owner(), content)
    except (ImportFileError, StorageError) as error:
        st.error(f"**{literal(error.message)}** {literal(error.hint)}", icon=":material/error:")
        return
    brought = [plural(summary.conversations, "chat"), plural(summary.runs, "run")]
    brought += [plural(summary.schemas, "saved schema")] if summary.schemas else []
    told = f"{', '.join(brought[:-1])} and {brought[-1]} imported"
    told += f", {plural(summary.restored, 'deleted one')} brought back" if summary.restored else ""
    told += f", {summary.skipped:,} left as they were" if summary.skipped else ""
    others = ", ".join(f"**{literal(name)}**" for name in summary.renamed)
    renamed = f" Under another name, since theirs was taken: {others}." if others else ""
    st.success(f"{told}.{renamed}", icon=":material/check:")
