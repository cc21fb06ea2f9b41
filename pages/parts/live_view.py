"""Live runs on a page: painted over our own socket, not by the script (see service/web/painter)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.parts.state import live_token
from service import Run

__all__ = ["live_data", "live_view", "script", "style"]

_HERE = Path(__file__).parent


def style() -> str:
    """Return the styles of what our components draw."""
    return (_HERE / "live_view.css").read_text(encoding="utf-8")


def script(*names: str) -> str:
    """Return the script of a component, with what they share before it."""
    return "".join((_HERE / part).read_text(encoding="utf-8") for part in ("sharing.js", *names))


_live_view = st.components.v2.component(
    "live_view",
    html='<div class="orp-live"></div>',
    css=style(),
    js=script("live_form.js", "live_view.js"),
    isolate_styles=False,
)


def live_view(runs: Sequence[Run], *, key: str) -> None:
    """Show runs as they come; when one ends the page reruns, and draws its answer itself."""
    _live_view(key=f"live-{key}", data=live_data(runs), on_done_change=lambda: None)


def live_data(runs: Sequence[Run]) -> dict[str, object]:
    """Return what a component needs to watch and stop runs."""
    ids = [run.id for run in runs]
    return {"token": live_token(ids), "runs": ids}
