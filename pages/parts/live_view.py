"""Live runs on a page: painted over our own socket, not by the script (see service/web/painter)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.parts.state import live_token
from service import Run

__all__ = ["live_view", "stop_button"]

_HERE = Path(__file__).parent
_CSS = (_HERE / "live_view.css").read_text(encoding="utf-8")

_live_view = st.components.v2.component(
    "live_view",
    html='<div class="orp-live"></div>',
    css=_CSS,
    js=(_HERE / "live_view.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_stop_button = st.components.v2.component(
    "stop_button",
    html="""
    <div class="orp-stop">
      <button type="button" hidden>Stop</button><span class="orp-hidden" role="status"></span>
    </div>""",
    css=_CSS,
    js=(_HERE / "stop_button.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def live_view(runs: Sequence[Run], *, key: str) -> None:
    """Show runs as they come; when one ends the page reruns, and draws its answer itself."""
    _live_view(key=f"live-{key}", data=_data(runs), on_done_change=lambda: None)


def stop_button(runs: Sequence[Run], *, key: str) -> None:
    """Show Stop while runs are live, and say to a screen reader whether one is."""
    _stop_button(key=f"stop-{key}", data=_data(runs))


def _data(runs: Sequence[Run]) -> dict[str, object]:
    ids = [run.id for run in runs]
    return {"token": live_token(ids), "runs": ids}
