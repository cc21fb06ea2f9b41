"""A model's Markdown before Streamlit shows it."""

import pytest

from pages.parts.markdown import safe_markdown

APART = "&#58;\u2060"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain *text*", "plain *text*", id="ordinary Markdown is left alone"),
        pytest.param("![a](http://e/x.png)", "[a](http://e/x.png)", id="an image becomes a link"),
        pytest.param("![](http://e/x.png)", "[image](http://e/x.png)", id="a nameless image gets a word"),
        pytest.param("![a][1]\n\n[1]: http://e/x.png", "[a][1]\n\n[1]: http://e/x.png", id="by reference as well"),
        pytest.param("![a [b]](c) ![d]", "\\![a [b]](c) \\![d]", id="whatever it is called"),
        pytest.param("\\\\![a](b) Oh![1]", "\\\\[a](b) Oh\\![1]", id="behind a stroke as well; a footnote stays"),
        pytest.param("`![a](b)` and ![c](d)", "`![a](b)` and [c](d)", id="code spans are left alone"),
        pytest.param("``a ` ![b](c)`` x", "``a ` ![b](c)`` x", id="also those with a tick inside"),
        pytest.param("`\n\n![a](b)\n\n`", "`\n\n[a](b)\n\n`", id="which end with their paragraph"),
        pytest.param("\\`![a](b)` ``c`", "\\`[a](b)` ``c`", id="and with as many ticks as they began with"),
        pytest.param("```\n![a](b)\n```\n![c](d)", "```\n![a](b)\n```\n[c](d)", id="fences are left alone"),
        pytest.param("```\n![a](b)", "```\n![a](b)", id="also one that is not closed"),
        pytest.param("~~~md\n\\(x\\)\n~~~", "~~~md\n\\(x\\)\n~~~", id="also one of tildes"),
        pytest.param(":red[alarm]", "&#58;red[alarm]", id="Streamlit's colours stay text"),
        pytest.param("color:red; 1:2[x]", "color&#58;red; 1&#58;2[x]", id="also inside a word"),
        pytest.param(":smile: :+1: :-1:", f"{APART}smile: {APART}+1: {APART}-1:", id="so do shortcodes"),
        pytest.param(":streamlit:", f"{APART}streamlit:", id="and the logo"),
        pytest.param("10:30:45", "10&#58;30&#58;45", id="of which a time has none"),
        pytest.param("a:smile:b", f"a{APART}smile&#58;b", id="and a word may"),
        pytest.param(":material/home:", "&#58;material/home:", id="and icons"),
        pytest.param("\\:smile: \\\\:b", f"{APART}smile: \\\\&#58;b", id="with a stroke before it as well"),
        pytest.param(":::note\n::red[x]", "::&#58;note\n:&#58;red[x]", id="and boxes"),
        pytest.param("`:smile:`\n\n    a:b", "`:smile:`\n\n    a:b", id="but in code nothing is changed"),
        pytest.param("- a\n\n      x:y\n\n  b:c", "- a\n\n      x:y\n\n  b&#58;c", id="nor in code in a list"),
        pytest.param("http://e.com:80/:a: <mailto:a@b>", "http://e.com:80/:a: <mailto:a@b>", id="nor in addresses"),
        pytest.param("[a:b](http://e:80)", "[a&#58;b](http://e:80)", id="but in the words of a link"),
        pytest.param("$1:2$ $$a:b$$ \\(c:d\\)", "$1:2$ $$a:b$$ $c:d$", id="nor in formulas"),
        pytest.param("|a|\n|:--|\n|b:c|", "|a|\n|:--|\n|b&#58;c|", id="nor where a table says how it is set"),
        pytest.param("ends: here\r\nlast:", "ends: here\nlast:", id="nor before a blank"),
        pytest.param("<b>x</b> <!-- c -->", "\\<b>x\\</b> \\<!-- c -->", id="HTML stays text"),
        pytest.param("<https://e.com> 1 < 2 \\<b", "<https://e.com> 1 < 2 \\<b", id="addresses and signs are no HTML"),
        pytest.param("\\(x + y\\)", "$x + y$", id="an inline formula"),
        pytest.param("\\[\nx\n\\]", "$$\nx\n$$", id="a formula of its own"),
    ],
)
def test_what_streamlit_gets(text: str, shown: str) -> None:
    assert safe_markdown(text) == shown


@pytest.mark.parametrize("sign", [":a", "\\", "`", "$", "<", "://", "\\(", ":::a\n", "    a:b\n", "!["])
def test_no_text_takes_long(sign: str) -> None:
    """Whatever it repeats; what is safe already stays as it is."""
    assert len(safe_markdown(sign * 20_000)) >= len(sign) * 20_000


def test_ticks_that_close_nothing_take_no_longer() -> None:
    """Each run is of another length, so that none is closed by another."""
    text = " ".join("`" * length for length in range(1, 400))
    assert safe_markdown(text) == text
