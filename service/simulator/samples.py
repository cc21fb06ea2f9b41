"""Answers written beforehand to the prompts that the app offers as examples, so that a demonstration makes sense.

They answer these prompts, word for word, and nothing else; that they are simulated they say as all answers do.
"""

from collections.abc import Mapping
from typing import Any

from service.simulator.ask import Ask

__all__ = ["SAMPLE_NOTE", "sample_text", "sample_value"]

SAMPLE_NOTE = "It was written beforehand for this example."

_LAUNCH = """\
## Launch plan: the new coffee machine

The aim of the first three months: **500 machines sold, and 50 reviews that a stranger would believe.**

### Who it is for

- **Small offices** that drink 30 cups a day and have nobody to look after a machine
- **People at home** who like good coffee and dislike cleaning
- **Shops** that want one model they can explain in a minute

### Tasks

| Week | Task | Who | Done when |
|---:|---|---|---|
| 1 | Fix price and warranty | Product | Both stand in the shop |
| 2 | Lend ten machines to offices nearby | Sales | Ten feedback forms are back |
| 4 | Photos and a film of 40 seconds | Marketing | Every picture shows real coffee |
| 6 | Train the hotline | Support | Twenty questions answered in writing |
| 8 | **Launch day** with a tasting in two cities | Everybody | The first 100 orders are in |
| 12 | Look back, and change what did not work | Product | Three decisions are written down |

### What could go wrong

1. *Deliveries are late.* Announce the day only once 300 machines are in the warehouse.
2. *The milk system is hard to clean.* Let the ten offices try it first.
3. *Nobody reviews it.* Ask every buyer after two weeks, with one question.
"""

_COMPLAINT = """\
**Subject: Your parcel, and our apology**

Dear customer,

Your parcel came two weeks later than we had promised, and you were right to complain. I am sorry. You planned with \
our date, and we did not even tell you that it would not hold.

**What happened:** the parcel was sorted into the wrong van and stayed in a depot. Nobody noticed, because we did not \
check.

**What we do about it:**

- The shipping costs are on their way back to you; you need not do anything.
- If you do not need the goods any more, send them back within 60 days at our expense.
- From now on a person is told when a parcel has not moved for three days.

If anything in the parcel is damaged or missing, just answer this message, and I will see to it myself.

Kind regards\\
Customer service

> **Before you send it:** put in the name and the order number, and take out whatever you cannot keep.
"""

_RAINBOW = """\
## Where does a rainbow come from?

Sunlight looks white, but it is a **bag full of colours**: red, orange, yellow, green, blue and violet, all mixed.

When it rains and the sun shines at the same time, something happens in *every single drop*:

1. The light **goes in** and bends a little, like a straw in a glass of water.
2. Each colour bends by a different amount. So the colours come apart!
3. The light bounces off the back of the drop, as off a mirror.
4. It **comes out again**, towards you.

From one drop you see just one colour. The high drops send you red, the low ones violet, and millions of drops \
together paint the bow.

**How to find one:** stand with the *sun behind you* and look at the rain in front of you. If your shadow points at \
the rain, you look the right way.

**Try it yourself:** spray water from a garden hose on a sunny afternoon, with your back to the sun. There is your own \
rainbow, and nobody else sees exactly the same one.
"""

_PROGRAM = '''\
Here is a function that counts how often each word of a text occurs:

```python
import re
from collections import Counter


def count_words(text: str) -> Counter[str]:
    """Count the words of a text; capitals do not matter."""
    return Counter(re.findall(r"[^\\W\\d_]+(?:['-][^\\W\\d_]+)*", text.lower()))


words = count_words("The cat sees the dog. The dog doesn't.")
print(words.most_common(2))  # [('the', 3), ('dog', 2)]
print(words.total())         # 8
```

How it works:

- `text.lower()` makes *The* and *the* one word.
- The pattern takes runs of letters; an apostrophe or a hyphen may stand inside, so `doesn't` stays whole.
- `Counter` is a dictionary that counts. What it has never seen counts `0`.

| You want | You write |
|---|---|
| all words together | `words.total()` |
| different words | `len(words)` |
| one of them | `words["cat"]` |
'''

_TEXTS: Mapping[str, str] = {
    "Plan the launch of a new coffee machine, with a table of tasks": _LAUNCH,
    "Answer a customer, kindly, whose parcel arrived two weeks late": _COMPLAINT,
    "Explain to a ten-year-old how a rainbow comes about": _RAINBOW,
    "Write a Python function that counts the words of a text": _PROGRAM,
}
_VALUES: Mapping[str, Mapping[str, Any]] = {
    "Take the contact from this e-mail: Hi, Dana Reyes of Northwind here. Please ring me on 555 0142 about your "
    "standing desks and lamps.": {
        "name": "Dana Reyes",
        "company": "Northwind",
        "email": None,
        "phone": "555 0142",
        "interested_in": ["standing desks", "lamps"],
        "wants_a_call": True,
    },
    "Sort this review: The kettle boils fast and looks lovely, but the lid sticks and it came with a dent.": {
        "sentiment": "mixed",
        "stars": 3,
        "praise": ["boils fast", "looks lovely"],
        "complaints": ["the lid sticks", "came with a dent"],
    },
}


def sample_text(ask: Ask) -> str | None:
    """Return the answer in words to an example; `None` for every other prompt."""
    return _TEXTS.get(_words(ask))


def sample_value(ask: Ask) -> dict[str, Any] | None:
    """Return the value for an example, where the schema has these very fields; `None` for everything else.

    It may still not be what the schema asks for: whoever changed the schema may have changed what stands in a field.
    """
    value, schema = _VALUES.get(_words(ask)), ask.schema
    fields = schema.get("properties") if isinstance(schema, Mapping) else None
    if value is None or not isinstance(fields, Mapping) or fields.keys() != value.keys():
        return None
    return {name: value[name] for name in fields}


def _words(ask: Ask) -> str:
    return " ".join(ask.asked_text.split())
