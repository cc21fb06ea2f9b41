"""What a person may ask for at an answer or an error; the page that draws them acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from service.types import ReasoningEffort

__all__ = [
    "AcceptAnyProvider",
    "Action",
    "AskAgain",
    "ChooseModel",
    "Continue",
    "DropParameter",
    "FixHere",
    "HealResponse",
    "LowerMaxTokens",
    "LowerReasoning",
    "OpenSettings",
    "RaiseMaxTokens",
    "Regenerate",
    "RepairAction",
    "Retry",
    "SendResults",
    "ShowVersion",
]


@dataclass(frozen=True)
class Regenerate:
    """Ask again for an answer that came."""


@dataclass(frozen=True)
class Continue:
    """Ask for the rest of an answer that was broken off."""


@dataclass(frozen=True)
class Retry:
    """Send a request that failed again, as it was."""


@dataclass(frozen=True)
class RaiseMaxTokens:
    """Ask again with room for `to` tokens."""

    to: int


@dataclass(frozen=True)
class LowerReasoning:
    """Ask again with less thinking."""

    to: ReasoningEffort


@dataclass(frozen=True)
class FixHere:
    """Mend the mistakes of writing in an answer, without asking again."""


@dataclass(frozen=True)
class AskAgain:
    """Ask again with what was wrong, another model where one is named."""

    model: str | None = None


@dataclass(frozen=True)
class HealResponse:
    """Ask again, and let OpenRouter mend the answer before it sends it."""


@dataclass(frozen=True)
class AcceptAnyProvider:
    """Send again, also to providers that do not support everything in the request."""


@dataclass(frozen=True)
class LowerMaxTokens:
    """Send again with room for `to` tokens only: what fits the context, or what the account can pay for."""

    to: int


@dataclass(frozen=True)
class DropParameter:
    """Send again without one field of the request body, by its name on the wire."""

    name: str


@dataclass(frozen=True)
class ChooseModel:
    """Open the choice of the model."""


@dataclass(frozen=True)
class OpenSettings:
    """Open where key and limits are set."""


@dataclass(frozen=True)
class ShowVersion:
    """Show the version before or behind the one that is shown."""

    step: Literal[-1, 1]


@dataclass(frozen=True)
class SendResults:
    """Send what the tools returned that an answer has called, a text for each call, and ask for the next answer."""

    texts: tuple[str, ...]


RepairAction = FixHere | AskAgain | HealResponse

Action = (
    Regenerate
    | Continue
    | Retry
    | RaiseMaxTokens
    | LowerReasoning
    | RepairAction
    | AcceptAnyProvider
    | LowerMaxTokens
    | DropParameter
    | ChooseModel
    | OpenSettings
    | SendResults
    | ShowVersion
)
