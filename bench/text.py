"""What is compared of a text that is shown in different ways."""

import re

__all__ = ["compact"]


def compact(markdown: str, *, is_rendered: bool = True) -> str:
    """Return the letters and digits of a Markdown text; rendered, it shows neither languages of code nor numbers."""
    if is_rendered:
        markdown = re.sub(r"^```\w*$|^\d+\. ", "", markdown, flags=re.MULTILINE)
    return "".join(filter(str.isalnum, markdown))
