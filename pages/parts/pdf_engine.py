"""How a PDF is read that goes along with a message."""

from __future__ import annotations

import streamlit as st

from pages.parts.state import input_value
from service.attachments import PDF_ENGINES

__all__ = ["pdf_engine", "pdf_engine_input"]

LABELS = {
    "": "Left to OpenRouter",
    "native": "By the model itself, paid as its input",
    "cloudflare-ai": "As plain text, free",
    "mistral-ocr": "With its scans and pictures, paid by the page",
}
HELP = (
    "Left to OpenRouter, the model reads the PDF itself where it can; else its scans are read, which costs money for "
    "each page. Sent only along with a PDF."
)


def pdf_engine(page: str) -> str | None:
    """Return what was chosen to read PDFs; `None` where it is left to OpenRouter."""
    return str(input_value(f"{page}.pdf_engine") or "") or None


def pdf_engine_input(page: str) -> None:
    """Draw the choice of what reads PDFs."""
    st.selectbox(
        "How PDFs are read",
        ("", *PDF_ENGINES),
        key=f"{page}.pdf_engine",
        format_func=LABELS.__getitem__,
        help=HELP,
        persist_state="session",
    )
