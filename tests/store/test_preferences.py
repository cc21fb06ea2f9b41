"""What an owner chose last."""

from service.store import Library


def test_a_choice_is_there_for_its_owner_alone(library: Library) -> None:
    """Another owner, another name and another process see what is theirs."""
    library.preferences.keep("me", "settings of chat", {"model": "a/b"})
    library.preferences.keep("me", "settings of chat", {"model": "c/d", "temperature": 0.5})
    assert library.flush(10)
    assert library.preferences.get("me", "settings of chat") == {"model": "c/d", "temperature": 0.5}
    assert library.preferences.get("me", "settings of batch") is None
    assert library.preferences.get("you", "settings of chat") is None


def test_a_key_in_a_choice_is_masked(library: Library) -> None:
    key = "sk-or-v1-" + "0123456789abcdef" * 4
    library.preferences.keep("me", "settings of chat", {"system_prompt": f"Use {key}."})
    assert library.flush(10)
    assert key not in str(library.preferences.get("me", "settings of chat"))
