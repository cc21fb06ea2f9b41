"""Keys and personal data are found in a text, and nothing that only looks a little like them."""

import random
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.redact import Redactor, redact_text
from service.secrets import find_secrets, mask_secrets

LETTERS = string.ascii_letters + string.digits
RANDOM = "".join(random.Random(7).choices(LETTERS, k=80))

KEYS = [
    ("an OpenRouter key", "sk-or-v1-" + RANDOM[:64].lower()),
    ("an Anthropic key", "sk-ant-api03-" + RANDOM[:40]),
    ("an OpenAI key", "sk-proj-" + RANDOM[:48]),
    ("an OpenAI key", "sk-" + RANDOM[:48]),
    ("an AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("a GitHub token", "ghp_" + RANDOM[:36]),
    ("a GitHub token", "github_pat_" + RANDOM[:40]),
    ("a GitLab token", "glpat-" + RANDOM[:20]),
    ("a Google API key", "AIza" + RANDOM[:35]),
    ("a Slack token", "xoxb-" + "123456789012-" + RANDOM[:24]),
    ("a Hugging Face token", "hf_" + RANDOM[:34]),
    ("a Groq key", "gsk_" + RANDOM[:52]),
    ("a Stripe key", "sk_live_" + RANDOM[:24]),
    ("a signed token (JWT)", f"eyJ{RANDOM[:20]}.eyJ{RANDOM[20:50]}.{RANDOM[50:]}"),
]


@pytest.mark.parametrize(("kind", "key"), KEYS, ids=[kind for kind, _ in KEYS])
def test_a_key_is_found_by_its_form(kind: str, key: str) -> None:
    """Wherever it stands; shown are its last four characters."""
    for text in (key, f"My key is {key}.", f"KEY={key}\n", f'"{key}"', f"Über {key}, {key}"):
        found = find_secrets(text)
        assert {(one.kind, text[one.start : one.end], one.shown) for one in found} == {(kind, key, f"…{key[-4:]}")}
        assert key not in mask_secrets(text, found)
        assert key not in redact_text(text)


def test_a_private_key_is_found_as_a_block() -> None:
    """Also one whose end was cut off."""
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"
    assert mask_secrets(f"a {block} b", find_secrets(f"a {block} b")) == "a [private key] b"
    assert redact_text(f"a {block[:40]}") == "a [private key]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-learn and task-oriented-scheduling-in-practice",
        "the class sk-circle-fade-dot-and-more",
        "AKIA is the prefix of AWS",
        "ghp_ stands before a token",
        "-----BEGIN PUBLIC KEY-----",
        "commit 4f7c2e91b8d6a3504f7c2e91b8d6a3504f7c2e91",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    ],
)
def test_what_is_no_key_is_left_alone(text: str) -> None:
    """Words, hashes, ids."""
    assert find_secrets(text) == []
    assert redact_text(text.replace("sk-", "")) == text.replace("sk-", "")


def test_a_picture_is_left_alone() -> None:
    """In base64 every word stands somewhere."""
    data = f"iVBORw0KGgo/AIza{RANDOM[:35]}+AKIA{RANDOM[:16].upper()}/x"
    assert find_secrets(f"data:image/png;base64,{data}") == []


PERSONAL = [
    ("emails", "ada.lovelace+x@mail.example.co.uk", "[e-mail]"),
    ("phones", "+49 (0)30 123 456-78", "[phone]"),
    ("phones", "030/12345678", "[phone]"),
    ("phones", "(555) 123-4567", "[phone]"),
    ("cards", "4111 1111 1111 1111", "[card]"),
    ("cards", "378282246310005", "[card]"),
]


@pytest.mark.parametrize(("kind", "text", "mask"), PERSONAL)
def test_personal_data_is_masked_where_that_is_asked_for(kind: str, text: str, mask: str) -> None:
    """And only there."""
    said = f"Write to {text}, please."
    assert Redactor((kind,)).text(said) == f"Write to {mask}, please."  # type: ignore[arg-type]
    assert Redactor().text(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21 15:05:38.123456",
        "0.000123456789 USD",
        "1700000000000",
        "192.168.100.200",
        "4111 1111 1111 1112",
        "0000000000000000",
        "version 1.2.3",
        "a@b",
        "user@localhost",
        "gen-1700000000-abcdefghij",
    ],
)
def test_other_numbers_and_names_stay(text: str) -> None:
    """Times, amounts, addresses of machines, and what fails Luhn's formula."""
    assert Redactor(("emails", "phones", "cards")).text(text) == text


def test_a_redactor_reaches_into_every_corner() -> None:
    """Names of accounts go, keys are masked whatever they look like."""
    cleaned = Redactor(("emails",), ("my-local-token",)).value(
        {"a": [{"b": "x@y.org"}], "user_id": "user_1", "token": "abcdefghijkl", "c": ("my-local-token", 1, None)}
    )
    assert cleaned == {"a": [{"b": "[e-mail]"}], "token": "…ijkl", "c": ["…oken", 1, None]}


@given(st.lists(st.sampled_from([key for _, key in KEYS] + [text for _, text, _ in PERSONAL] + [" ", "\n", "x "])))
def test_what_is_found_does_not_overlap_and_masking_leaves_nothing(parts: list[str]) -> None:
    """Whatever stands beside whatever."""
    text = " ".join(parts)
    found = find_secrets(text, ("emails", "phones", "cards"))
    assert all(one.end <= other.start for one, other in pairwise(found))
    masked = mask_secrets(text, found)
    assert [key for _, key in KEYS if key in masked] == []
