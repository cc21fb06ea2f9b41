"""The demo's text: about the prompt, different for every prompt, readable."""

from markdown_it import MarkdownIt

LAUNCH = "Plan a launch for our espresso machine in small offices, with milestones and a budget of 20,000 euros."
HIRING = "Explain to a new manager how to run a fair hiring interview for a junior analyst."


def kinds(text):
    """Name the kinds of block in a markdown text."""
    return {token.type for token in MarkdownIt("commonmark").enable("table").parse(text)}


def test_one_answer_has_heading_list_table_code_and_formula(client):
    text = client.text("sim/writer", LAUNCH)
    assert {"heading_open", "bullet_list_open", "ordered_list_open", "table_open", "fence", "blockquote_open"} <= kinds(
        text
    )
    assert "\\approx" in text


def test_the_prompt_is_quoted(client):
    assert f"> {LAUNCH}" in client.text("sim/writer", LAUNCH)


def test_prompts_differ_and_the_same_prompt_repeats(client):
    assert client.text("sim/writer", LAUNCH) == client.text("sim/writer", LAUNCH)
    assert client.text("sim/writer", LAUNCH) != client.text("sim/writer", LAUNCH + " Be brief.")
    assert "hiring" in client.text("sim/writer", HIRING)


def test_a_short_prompt_gets_a_short_answer(client):
    text = client.text("sim/writer", "Hi there")
    assert "“Hi there”" in text
    assert len(text) < 250
    assert kinds(text) == {"paragraph_open", "inline", "paragraph_close"}


def test_every_answer_says_what_it_is_and_how_to_get_real_ones(client):
    for prompt in ("Hi", LAUNCH, HIRING):
        text = client.text("sim/writer", prompt)
        assert "This answer is simulated" in text
        assert "Connect an OpenRouter key" in text


def test_the_system_prompt_is_noticed(client):
    messages = [{"role": "system", "content": "You are a kind barista"}, {"role": "user", "content": LAUNCH}]
    assert "You set a system prompt of 5 words" in client.text("sim/writer", messages=messages)
    assert "system prompt" not in client.text("sim/writer", LAUNCH)


def test_later_turns_are_counted(client):
    turn = [{"role": "user", "content": HIRING}, {"role": "assistant", "content": "…"}]
    assert "message number 2" in client.text("sim/writer", messages=[*turn, {"role": "user", "content": LAUNCH}])


def test_markdown_in_the_prompt_is_disarmed(client):
    prompt = "Use | pipes, `ticks`, <b>tags</b>, $dollars$ and [links](https://example.com) in one long line, please."
    text = client.text("sim/writer", prompt)
    quote = next(line for line in text.splitlines() if line.startswith("> "))
    assert "\\|" in quote
    assert "\\<b\\>" in quote
    assert "\\[links\\](" in quote


def test_prompts_without_letters_are_answered(client):
    for prompt in ("", "   ", "?!?! 12 34 56 78 90 11 22", "\n\n\n", "🎉 " * 20):
        assert "simulated" in client.text("sim/writer", prompt)
