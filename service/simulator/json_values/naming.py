"""What a field is about, told from its name, its title and its description."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from service.simulator.json_values.formats import FORMATS
from service.simulator.json_values.people import Persona, slug
from service.simulator.json_values.phrases import PHRASES, SENTENCES, TEXTS, THEMES


@dataclass(frozen=True)
class Hint:
    """Where a value stands, and what its schema says about it.

    `around` are the names of the enclosing places, innermost last. `cast` is the same for all fields of one object,
    `shared` for all items of one list, and `turn` is the position in that list, -1 outside one. `again` counts the
    values that were turned down here. `theme` is what the enclosing object is about.
    """

    name: str = ""
    around: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    cast: int = 0
    shared: int = 0
    turn: int = -1
    again: int = 0
    theme: str = ""

    def told(self, title: str, description: str, again: int) -> Hint:
        """Return the hint with what the schemas of the place say, where nothing was said before."""
        title, description = self.title or title, self.description or description
        return Hint(self.name, self.around, title, description, self.cast, self.shared, self.turn, again, self.theme)


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_QUOTED_EXAMPLE = re.compile(
    r"(?:e\.g\.|for example|such as|example)[\s,:]+[\"'`“]([^\"'`”]{1,80})[\"'`”]", re.IGNORECASE
)

_ABOUT: dict[str, Callable[[Persona], str]] = {
    "first_name": lambda p: p.first,
    "last_name": lambda p: p.last,
    "username": lambda p: p.username,
    "handle": lambda p: "@" + p.username,
    "initials": lambda p: p.first[0] + p.last[0],
    "name": lambda p: p.name,
    "email": lambda p: p.email,
    "phone": lambda p: p.phone,
    "company": lambda p: p.company,
    "domain": lambda p: p.domain,
    "job": lambda p: p.job,
    "city": lambda p: p.place.city,
    "location": lambda p: f"{p.place.city}, {p.place.country}",
    "region": lambda p: p.place.region,
    "country": lambda p: p.place.country,
    "country_code": lambda p: p.place.country_code,
    "postal_code": lambda p: p.place.postal_code,
    "street": lambda p: p.place.street,
    "address": lambda p: p.address,
    "timezone": lambda p: p.place.timezone,
}

_SAME_AS = {
    "first_name": "firstname given_name nickname forename",
    "last_name": "lastname surname family_name",
    "username": "user_name login",
    "handle": "twitter instagram",
    "name": """full_name display_name author contact customer user assignee owner person reviewer recipient sender
        attendee speaker manager director artist participant doctor patient student teacher created_by updated_by
        assigned_to actor organizer host guest employee member instructor candidate""",
    "email": "email_address mail e_mail",
    "phone": "phone_number tel telephone mobile fax cell",
    "company": """company_name organization organisation employer business_name supplier merchant seller store vendor
        manufacturer client airline agency business organization_name provider""",
    "job": "profession position",
    "city": "town destination birthplace capital hometown departure arrival city_name",
    "region": "state province county",
    "country": "country_name",
    "postal_code": "zip zip_code zipcode postcode",
    "street": "street_address line1 address_line1 address_line_1 street_name",
    "address": "full_address shipping_address billing_address",
    "timezone": "time_zone tz",
}
_ABOUT.update({other: _ABOUT[name] for name, others in _SAME_AS.items() for other in others.split()})

_FORMATTED: dict[str, str] = {
    name: kind
    for kind, names in {
        "uri": "url uri link website homepage href web_site source_url image_url",
        "date": """date due_date deadline due start_date end_date published when check_in check_out dob birthday
            birthdate release_date""",
        "date-time": "timestamp datetime date_time created updated",
        "uuid": "uuid guid",
        "hostname": "hostname host",
        "ipv4": "ip ip_address",
        "slug": "slug",
        "color": "hex hex_color",
        "regex": "regex pattern",
    }.items()
    for name in names.split()
}

_NAME_OF: dict[str, str] = {
    owner: kind
    for kind, owners in {
        "company": "company organization organisation employer vendor supplier merchant store seller publisher",
        "product": "product item line_item",
        "lesson": "course lesson chapter section article post page slide",
        "filename": "file document attachment",
    }.items()
    for owner in owners.split()
} | {"step": "task"}

_SENTENCE = re.compile(r"sentence|paragraph|summar", re.IGNORECASE)
_DESCRIBED = (
    (re.compile(r"yyyy-mm-dd|iso[ -]?8601 date\b|\bdate\b(?!.?time)", re.IGNORECASE), "date"),
    (re.compile(r"iso[ -]?8601|timestamp|date.?time", re.IGNORECASE), "date-time"),
    (re.compile(r"\be-?mail address", re.IGNORECASE), "email"),
    (re.compile(r"\b(url|web ?site|link)\b", re.IGNORECASE), "uri"),
    (re.compile(r"\bphone number", re.IGNORECASE), "phone"),
    (re.compile(r"\bhh:mm\b", re.IGNORECASE), "clock"),
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name written in any of the usual ways."""
    return tuple(word.lower() for word in _CAMEL.split(name) if word)


@lru_cache(maxsize=4096)
def tails_of(name: str) -> tuple[str, ...]:
    """Return the name in snake case and its endings, longest first; then those of a plural's singular."""
    words = words_of(name)
    tails = ["_".join(words[start:]) for start in range(max(0, len(words) - 4), len(words))]
    return tuple(tails + [single for tail in tails if (single := singular(tail)) != tail])


def singular(word: str) -> str:
    """Return the singular of a regular English plural."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def persona_of(hint: Hint) -> Persona:
    """Return the person whom all fields of the hint's object are about."""
    return Persona.draw(Random(hint.cast))  # noqa: S311  invented people, no secret


def suggestion(hint: Hint, rng: Random) -> str:
    """Return a text that fits the hint: from its name, else its title, else its description, else a short phrase."""
    quoted = _QUOTED_EXAMPLE.search(hint.description)
    if quoted and rng.random() < 0.7:
        return quoted.group(1)
    for name in (hint.name, hint.title):
        text = _by_name(name, hint, rng) if name else None
        if text is not None:
            return text
    return _by_description(hint, rng) or rng.choice(PHRASES)


def _by_name(name: str, hint: Hint, rng: Random) -> str | None:
    words = words_of(name)
    if not words:
        return None
    for owner in owners_of(words, hint):
        text = _owned(owner, words[-1], "_".join(words), hint, rng)
        if text is not None:
            return text
    if words[-1] in _LENGTHS or words[-2:] in _TIMES:
        return f"{rng.choice((15, 20, 25, 30, 45))} minutes"
    for tail in tails_of(name):
        text = _by_tail(tail, hint, rng)
        if text is not None:
            return text
    return _by_shape(words, hint, rng)


_LENGTHS = frozenset({"duration", "runtime"})
_TIMES = frozenset((word, "time") for word in ("prep", "cook", "cooking", "total", "preparation", "baking", "rest"))


def owners_of(words: tuple[str, ...], hint: Hint) -> list[str]:
    """Return what the field may belong to: by its own name, else by the names around it and beside it."""
    if len(words) > 1 and words[-1] in _NAMING:
        return ["_".join(words[:-1])]
    around = [singular(tail) for tail in tails_of(hint.around[-1])] if hint.around else []
    return [*dict.fromkeys(around), *([hint.theme] if hint.theme else [])]


_NAMING = frozenset({"name", "title", "label"})
_NAMELESS = frozenset({"review", "weather", "question", "comment", "option"})


def _owned(owner: str, last: str, name: str, hint: Hint, rng: Random) -> str | None:
    """Return a text for a field of `owner`, such as the unit of an ingredient or the name of a company."""
    for tail in (f"{owner}_{name}", f"{owner}_{last}", f"{owner}_{singular(last)}"):
        if tail in TEXTS:
            return _by_tail(tail, hint, rng)
    if last not in _NAMING:
        return None
    if owner in _NAMELESS:
        return None
    kind = _NAME_OF.get(owner) or _NAME_OF.get(singular(owner)) or singular(owner)
    return _by_tail(kind, hint, rng) if kind in TEXTS or (last == "name" and kind in _ABOUT) else None


def _by_tail(tail: str, hint: Hint, rng: Random) -> str | None:
    if tail in _ABOUT:
        return _ABOUT[tail](persona_of(hint) if not hint.again else Persona.draw(rng))
    if tail in _FORMATTED:
        return formatted(_FORMATTED[tail], hint, rng)
    if tail not in TEXTS:
        return None
    texts = TEXTS[tail]
    in_list = not hint.again and hint.turn >= 0
    return texts[(hint.shared + hint.turn) % len(texts) if in_list else rng.randrange(len(texts))]


def formatted(kind: str, hint: Hint, rng: Random) -> str:
    """Return a text of a format; a date follows its name, so that things are due after they were issued."""
    text = FORMATS[kind](rng)
    words = set(words_of(hint.name))
    if kind not in ("date", "date-time"):
        return text
    if words & {"birth", "birthday", "birthdate", "dob", "born"}:
        return f"{rng.randint(1962, 2003)}{text[4:]}"
    for month, marks in _MONTHS.items():
        if words & marks:
            return f"2025-{month + rng.randint(0, 2):02}{text[7:]}"
    return text


_MONTHS = {
    9: frozenset({"due", "end", "deadline", "expires", "expiry", "until", "to", "return", "updated", "delivery"}),
    3: frozenset({"issue", "issued", "start", "invoice", "order", "created", "begin", "from", "ordered", "signed"}),
}


def _by_shape(words: tuple[str, ...], hint: Hint, rng: Random) -> str | None:
    last = words[-1]
    if last in ("id", "ids", "identifier", "number", "no", "reference", "ref", "sku"):
        stem = words[-2] if len(words) > 1 else last
        return f"{stem[:3].upper()}-{rng.randint(1000, 9999)}"
    if last in ("at", "on") and len(words) > 1:
        return FORMATS["date-time" if last == "at" else "date"](rng)
    if "date" in words:
        return formatted("date", hint, rng)
    if last in ("time", "hour", "hours"):
        return _clock(rng)
    if last in ("image", "photo", "picture", "avatar", "thumbnail", "logo"):
        return f"https://www.example.com/images/{slug(rng.choice(PHRASES))}.jpg"
    if last in ("path", "file"):
        return f"/documents/{slug(rng.choice(PHRASES))}.pdf"
    if last in ("price", "cost", "total", "subtotal", "salary"):
        return f"{rng.randint(5, 200)}.{rng.choice((0, 50, 90, 99)):02}"
    if last in ("quantity", "amount", "measure"):
        return f"{rng.choice((1, 2, 3, 200, 250))} {rng.choice(('g', 'ml', 'pieces'))}"
    return None


def _by_description(hint: Hint, rng: Random) -> str | None:
    for expression, name in _DESCRIBED:
        if expression.search(hint.description):
            return _clock(rng) if name == "clock" else formatted(name, hint, rng)
    return rng.choice(SENTENCES) if _SENTENCE.search(hint.description) else None


def theme_of(names: Iterable[str]) -> str:
    """Return what an object with these properties is about, `""` where they do not tell."""
    known = {"_".join(words_of(name)) for name in names}
    return next((theme for theme, marks in THEMES.items() if marks & known), "")


def _clock(rng: Random) -> str:
    return f"{rng.randint(8, 18):02}:{rng.choice((0, 15, 30, 45)):02}"


USUALLY_TRUE = (
    "is_active",
    "active",
    "enabled",
    "available",
    "in_stock",
    "verified",
    "success",
    "valid",
    "recommended",
    "remote",
)
