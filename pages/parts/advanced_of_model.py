"""What of Advanced has a meaning for some models alone: pictures in the answer, and the router that chooses a model."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts.advanced_choices import ASPECT_RATIOS, AUTO_TIERS, OUTPUTS
from pages.parts.advanced_settings import is_auto, makes_pictures
from pages.parts.advanced_widgets import choice, text
from pages.parts.plain import literal
from service import ModelInfo

__all__ = ["auto_router_inputs", "picture_inputs"]


def auto_router_inputs(page: str, model: str, faults: Mapping[str, str]) -> None:
    """Draw among which models OpenRouter chooses, where it does."""
    if not is_auto(model):
        return
    st.markdown("**Which model OpenRouter chooses**")
    text(page, "auto.allowed", "Only these models", "anthropic/*, openai/gpt-5", faults, "A * stands for any letters.")
    text(page, "auto.excluded", "Never these models", "meta-llama/*", faults)
    choice(
        page,
        "auto.cost_tier",
        "How dear it may be",
        AUTO_TIERS,
        "OpenRouter ranks the models that suit your prompt by what their answers cost, and chooses from this part.",
    )


def picture_inputs(page: str, model: str, info: ModelInfo | None) -> None:
    """Draw whether an answer may hold pictures, and their shape; for other models say why not."""
    st.markdown("**Pictures in the answer**")
    if not makes_pictures(info):
        name = literal(info.name if info is not None else model)
        st.caption(
            f":material/hide_image: {name} is not known to make pictures. "
            "Models that do have the badge “Image output” under Model."
        )
        return
    if info is not None and "text" in info.output_modalities:
        choice(page, "output", "Answer with", OUTPUTS, "Left to the model, many answer with words alone.")
    choice(page, "aspect_ratio", "Shape of pictures", ASPECT_RATIOS, "Models that lack a shape take the nearest.")
