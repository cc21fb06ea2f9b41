"""The providers of the chosen model, as far as they are known now: the page never waits for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from pages.parts.state import service
from service import EndpointInfo, EndpointList
from service.endpoints import allowed_endpoints

__all__ = ["ModelProviders", "await_providers", "listed_names"]

SHOWN = 4
SECONDS = 0.4
_NARROWING = ("order", "only", "ignore", "quantizations", "max_price")


class ModelProviders:
    """What is known of a model's providers, and which of them may be asked; nothing is fetched unless somebody looks.

    Args:
        model: The chosen model's id.
        preferences: What a request says in `provider`.
    """

    def __init__(self, model: str, preferences: Mapping[str, Any]) -> None:
        self.model = model
        self.preferences = preferences

    @cached_property
    def known(self) -> EndpointList:
        """What is known now; what is not is being asked for."""
        return service().known_endpoints(self.model)

    @property
    def is_awaited(self) -> bool:
        """Whether somebody looked and there was nothing to see yet."""
        return "known" in self.__dict__ and _is_on_its_way(self.known)

    @property
    def all(self) -> tuple[EndpointInfo, ...]:
        """All of them; empty where they are not known."""
        return self.known.endpoints or ()

    @cached_property
    def allowed(self) -> tuple[EndpointInfo, ...]:
        """Those that the request lets OpenRouter ask."""
        return allowed_endpoints(self.all, self.preferences)

    @property
    def considered(self) -> tuple[EndpointInfo, ...]:
        """Those that count for what a request can ask: where it lets nobody be asked, all of them."""
        return self.allowed or self.all

    @property
    def leaves_nobody(self) -> bool:
        """Whether the request lets none of them be asked, as far as is known; looks where it says anything of that."""
        is_narrowed = any(self.preferences.get(name) for name in _NARROWING)
        return is_narrowed and bool(self.all) and not self.allowed

    @property
    def whose(self) -> str:
        """Say in words whose providers `considered` are."""
        return "this model" if len(self.considered) == len(self.all) else "this model that Advanced allows"

    def that(self, takes: Callable[[EndpointInfo], bool | None]) -> tuple[EndpointInfo, ...] | None:
        """Return the considered ones that take something; `None` where that is not known of all, or of none."""
        answers = [takes(endpoint) for endpoint in self.considered]
        if not answers or None in answers:
            return None
        return tuple(found for found, answer in zip(self.considered, answers, strict=True) if answer)

    def name_of(self, endpoint: EndpointInfo) -> str:
        """Return what a provider is called; of two with one name each with what tells them apart."""
        same = [other for other in self.all if other.provider == endpoint.provider]
        rest = endpoint.tag.partition("/")[2]
        return f"{endpoint.provider} ({rest})" if len(same) > 1 and rest else endpoint.provider

    def names(self, endpoints: Sequence[EndpointInfo]) -> str:
        """Return their names as Markdown: "A, B and C"."""
        return listed_names([self.name_of(endpoint) for endpoint in endpoints])


def listed_names(names: Sequence[str]) -> str:
    """Return names as Markdown: "A, B and C", of many the first."""
    shown = [literal(name) for name in dict.fromkeys(names)]
    if len(shown) > SHOWN:
        return f"{', '.join(shown[: SHOWN - 1])} and {len(shown) - SHOWN + 1} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def await_providers(providers: ModelProviders) -> None:
    """Draw the page again once the providers that somebody looked for are known; to be called at the end of a part."""
    with st.container():
        if providers.is_awaited:
            _wait(providers.model, [True])


@st.fragment(run_every=SECONDS)
def _wait(model: str, is_first: list[bool]) -> None:
    # In a run of the whole page nothing is cut short: a click that led to it would be lost.
    if is_first:
        is_first.clear()
    elif not _is_on_its_way(service().known_endpoints(model)):
        st.rerun()


def _is_on_its_way(known: EndpointList) -> bool:
    return known.endpoints is None and known.error is None and known.is_loading
