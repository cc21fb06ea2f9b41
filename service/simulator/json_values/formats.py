"""Plausible texts for every `format` of JSON Schema 2020-12 and the common ones beside it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from service.simulator.json_values.people import Persona, slug


def _date(rng: Random) -> str:
    return f"{rng.choice((2024, 2025, 2025, 2025))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _time(rng: Random) -> str:
    return f"{rng.randint(8, 18):02}:{rng.choice((0, 15, 30, 45)):02}:00"


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _host(rng: Random) -> str:
    return rng.choice(("www.example.com", "shop.example.org", "api.example.net", "docs.example.com"))


def _path(rng: Random) -> str:
    return rng.choice(("/products/coffee-grinder", "/articles/getting-started", "/orders/2041", "/about", "/team"))


def _ipv6(rng: Random) -> str:
    return f"2001:db8:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}::{rng.randint(1, 0xFFFF):x}"


def _person(text: Callable[[Persona], str]) -> Callable[[Random], str]:
    return lambda rng: text(Persona.draw(rng))


FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": lambda rng: f"{_date(rng)}T{_time(rng)}Z",
    "date": _date,
    "time": lambda rng: f"{_time(rng)}Z",
    "duration": lambda rng: rng.choice(("PT30M", "PT1H30M", "P3D", "P2W", "P1Y6M", "PT45S")),
    "email": _person(lambda person: person.email),
    "idn-email": _person(lambda person: person.email),
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda rng: f"192.0.2.{rng.randint(1, 254)}",
    "ipv6": _ipv6,
    "uri": lambda rng: f"https://{_host(rng)}{_path(rng)}",
    "url": lambda rng: f"https://{_host(rng)}{_path(rng)}",
    "iri": lambda rng: f"https://{_host(rng)}{_path(rng)}",
    "uri-reference": _path,
    "iri-reference": _path,
    "uuid": _uuid,
    "uri-template": lambda rng: f"https://{_host(rng)}/{rng.choice(('users', 'orders', 'products'))}/{{id}}",
    "json-pointer": lambda rng: rng.choice(("/items/0/name", "/customer/email", "/total", "/address/city")),
    "relative-json-pointer": lambda rng: rng.choice(("0", "1/name", "2/items/0", "0#")),
    "regex": lambda rng: rng.choice(("^[a-z]+$", "^\\d{4}-\\d{2}$", "[A-Z]{3}", "^\\S+@\\S+$")),
    "phone": _person(lambda person: person.phone),
    "color": lambda rng: rng.choice(("#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd")),
    "ip-address": lambda rng: f"192.0.2.{rng.randint(1, 254)}",
    "host-name": _host,
    "slug": _person(lambda person: slug(person.name)),
}

SHORT: dict[str, tuple[str, ...]] = {
    "email": ("a@b.co", "a@b"),
    "idn-email": ("a@b.co", "a@b"),
    "hostname": ("a.co", "a"),
    "idn-hostname": ("a.co", "a"),
    "uri": ("https://a.co", "a:b", "a:"),
    "iri": ("https://a.co", "a:b", "a:"),
    "uri-reference": ("/a", "a", ""),
    "iri-reference": ("/a", "a", ""),
    "uri-template": ("/{id}", "a", ""),
    "ipv4": ("1.1.1.1",),
    "ipv6": ("::1", "::"),
    "json-pointer": ("/a", ""),
    "regex": ("a", ""),
    "duration": ("P1D",),
    "date-time": ("2025-03-14T09:30:00.000000Z", "2025-03-14T09:30:00+01:00"),
    "time": ("09:30:00.000Z", "09:30:00+01:00"),
}
"""Shortest and otherwise unusual texts of a format, tried when a length or a pattern rules out the plain ones."""


_GROWING = {
    "uri": ("https://www.example.com/", ""),
    "iri": ("https://www.example.com/", ""),
    "uri-reference": ("/", ""),
    "iri-reference": ("/", ""),
    "uri-template": ("/", ""),
    "json-pointer": ("/", ""),
    "regex": ("", ""),
    "email": ("", "@mail.example.com"),
    "idn-email": ("", "@mail.example.com"),
    "hostname": ("", ".example.com"),
    "idn-hostname": ("", ".example.com"),
}
"""What stands before and after the part of a format that may be almost any word."""


def around(name: str, text: str) -> str | None:
    """Return a text of the format with `text` inside it, where the format has room for any word."""
    if name not in _GROWING:
        return None
    head, tail = _GROWING[name]
    return head + text + tail


def lengthened(name: str, length: int) -> str | None:
    """Return a text of the format that has exactly `length` characters, where the format can grow."""
    if name not in _GROWING:
        return None
    head, tail = _GROWING[name]
    missing = length - len(head) - len(tail)
    if missing < 1:
        return None
    if "hostname" in name:
        return "".join("." if at % 30 == 29 and at < missing - 1 else "a" for at in range(missing)) + tail
    return head + ("coffee-grinder-" * (missing // 15 + 1))[: missing - 1] + "s" + tail
