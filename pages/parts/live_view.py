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


def _script(name: str) -> str:
    return "".join((_HERE / part).read_text(encoding="utf-8") for part in ("scrolling.js", name))


_live_view = st.components.v2.component(
    "live_view",
    html='<div class="orp-live"></div>',
    css=_CSS,
    js=_script("live_view.js"),
    isolate_styles=False,
)
_stop_button = st.components.v2.component(
    "stop_button",
    html="""
    <div class="orp-stop">
      <button type="button" hidden>Stop</button><span class="orp-hidden" role="status"></span>
    </div>""",
    css=_CSS,
    js=_script("stop_button.js"),
    isolate_styles=False,
)


def live_view(runs: Sequence[Run], *, key: str) -> None:
    """Show runs as they come; when one ends the page reruns, and draws its answer itself."""
    _live_view(key=f"live-{key}", data=_data(runs), on_done_change=lambda: None)


def stop_button(runs: Sequence[Run], *, newest: str, key: str) -> None:
    """Show Stop while runs are live, say to a screen reader whether one is, and bring what is new into view.

    `newest` names the last thing on the page; where it changes the page goes to its end.
    """
    _stop_button(key=f"stop-{key}", data={**_data(runs), "newest": newest})


def _data(runs: Sequence[Run]) -> dict[str, object]:
    ids = [run.id for run in runs]
    return {"token": live_token(ids), "runs": ids}
