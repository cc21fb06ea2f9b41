"""How a run came out, in a short word that blames nobody who did not fail."""

import pytest

from service import OpenRouterError, errors
from service.outcomes import FAILURES, OUTCOMES, outcome_name

NEVER_A_FAILED_RUN = {"OpenRouterError", "ImportFileError", "SchemaValidationError", "StorageError"}
THE_PROVIDERS_OWN = {"ProviderError", "EmptyResponseError"}


def test_every_error_has_a_word() -> None:
    """A class that is new has to be put under one of them, or left to the provider."""
    told = {kind for kinds in FAILURES.values() for kind in kinds} | NEVER_A_FAILED_RUN | THE_PROVIDERS_OWN
    assert told == {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, OpenRouterError)
    }
    assert FAILURES.keys() < OUTCOMES.keys()


@pytest.mark.parametrize(
    ("error", "attempts", "word"),
    [
        ("ProviderError", 1, "Provider error"),
        ("EmptyResponseError", 2, "Provider error"),
        ("NetworkError", 3, "No connection"),
        ("RequestTimeoutError", 1, "Timed out"),
        ("AuthenticationError", 1, "Wrong key"),
        ("LocalLimitError", 1, "Not sent"),
        ("InvalidRequestError", 0, "Not sent"),
        ("InvalidRequestError", 1, "Not accepted"),
        ("StreamInterruptedError", 1, "Broke off"),
        ("OfTheFutureError", 1, "Provider error"),
        (None, 0, "Provider error"),
    ],
)
def test_a_failure_is_told_by_its_error(error: str | None, attempts: int, word: str) -> None:
    assert OUTCOMES[outcome_name("provider_error", error, attempts)] == word


def test_what_did_not_fail_is_told_by_its_verdict() -> None:
    assert outcome_name("wrong_shape", "SchemaValidationError", 1) == "wrong_shape"
