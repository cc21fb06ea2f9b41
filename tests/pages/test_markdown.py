"""A model's Markdown before Streamlit shows it."""

import pytest

from pages.parts.markdown import safe_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain *text*", "plain *text*", id="ordinary Markdown is left alone"),
        pytest.param("![a](http://e/x.png)", "[a](http://e/x.png)", id="an image becomes a link"),
        pytest.param("![](http://e/x.png)", "[image](http://e/x.png)", id="a nameless image gets a word"),
        pytest.param("![a][1]\n\n[1]: http://e/x.png", "[a][1]\n\n[1]: http://e/x.png", id="by reference as well"),
        pytest.param("`![a](b)` and ![c](d)", "`![a](b)` and [c](d)", id="code spans are left alone"),
        pytest.param("``a ` ![b](c)`` x", "``a ` ![b](c)`` x", id="also those with a tick inside"),
        pytest.param("```\n![a](b)\n```\n![c](d)", "```\n![a](b)\n```\n[c](d)", id="fences are left alone"),
        pytest.param("```\n![a](b)", "```\n![a](b)", id="also one that is not closed"),
        pytest.param("~~~md\n\\(x\\)\n~~~", "~~~md\n\\(x\\)\n~~~", id="also one of tildes"),
        pytest.param(":red[alarm]", "\\:red[alarm]", id="Streamlit's colours stay text"),
        pytest.param("see a::b[0] and x:y[1]", "see a::b[0] and x:y[1]", id="a colon in a name is no directive"),
        pytest.param("<b>x</b> <!-- c -->", "\\<b>x\\</b> \\<!-- c -->", id="HTML stays text"),
        pytest.param("<https://e.com> 1 < 2 \\<b", "<https://e.com> 1 < 2 \\<b", id="addresses and signs are no HTML"),
        pytest.param("\\(x + y\\)", "$x + y$", id="an inline formula"),
        pytest.param("\\[\nx\n\\]", "$$\nx\n$$", id="a formula of its own"),
    ],
)
def test_what_streamlit_gets(text: str, shown: str) -> None:
    assert safe_markdown(text) == shown
