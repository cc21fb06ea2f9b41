"""Invented people, companies and places, drawn together so that a name and its e-mail address agree."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

_FIRST = (
    "Maria", "James", "Aisha", "Daniel", "Sofia", "Kenji", "Elena", "Lucas", "Priya", "Thomas", "Amara", "David",
    "Ingrid", "Mateo", "Hannah", "Omar", "Clara", "Samuel", "Yuki", "Nora",
)  # fmt: skip
_LAST = (
    "Lopez", "Carter", "Rahman", "Weber", "Rossi", "Tanaka", "Petrova", "Silva", "Sharma", "Miller", "Okafor", "Cohen",
    "Larsen", "Garcia", "Fischer", "Haddad", "Dubois", "Brown", "Sato", "Novak",
)  # fmt: skip
_COMPANIES = (
    "Northwind Traders", "Bluebird Coffee", "Harbor Analytics", "Juniper & Co.", "Lakeside Logistics", "Solstice Labs",
    "Greenfield Foods", "Atlas Robotics", "Fernway Studio", "Copperline Energy",
)  # fmt: skip
_JOBS = (
    "Product Manager", "Software Engineer", "Data Analyst", "Designer", "Marketing Lead", "Account Executive",
    "Operations Manager", "Support Specialist",
)  # fmt: skip
_PLACES = (
    ("Lisbon", "Lisboa", "Portugal", "PT", "1100-148", "Rua Augusta 24", 38.7101, -9.1365, "Europe/Lisbon", "+351"),
    ("Berlin", "Berlin", "Germany", "DE", "10115", "Torstraße 12", 52.5317, 13.3817, "Europe/Berlin", "+49"),
    ("Austin", "Texas", "United States", "US", "78701", "410 Congress Ave", 30.2669, -97.7428, "US/Central", "+1"),
    ("Toronto", "Ontario", "Canada", "CA", "M5V 2T6", "88 King Street", 43.6485, -79.3817, "America/Toronto", "+1"),
    ("Kyoto", "Kyoto", "Japan", "JP", "600-8001", "18 Shijo-dori", 35.0037, 135.7681, "Asia/Tokyo", "+81"),
    ("Milan", "Lombardy", "Italy", "IT", "20121", "Via Brera 9", 45.4719, 9.1881, "Europe/Rome", "+39"),
    ("Dublin", "Leinster", "Ireland", "IE", "D02 X285", "7 Dawson St", 53.3410, -6.2580, "Europe/Dublin", "+353"),
    ("Melbourne", "Victoria", "Australia", "AU", "3000", "120 Collins St", -37.8150, 144.9690, "Australia/ACT", "+61"),
)  # fmt: skip


def slug(text: str) -> str:
    """Return `text` in lower-case ASCII letters and digits joined by single hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


@dataclass(frozen=True)
class Place:
    """A city with what belongs to it; latitude and longitude in degrees."""

    city: str
    region: str
    country: str
    country_code: str
    postal_code: str
    street: str
    latitude: float
    longitude: float
    timezone: str
    dialling: str


@dataclass(frozen=True)
class Persona:
    """A person with a job, an employer and an address."""

    first: str
    last: str
    company: str
    job: str
    place: Place
    number: int

    @classmethod
    def draw(cls, rng: Random) -> Persona:
        """Return a person chosen by `rng`."""
        place = Place(*rng.choice(_PLACES))
        names = (rng.choice(_FIRST), rng.choice(_LAST), rng.choice(_COMPANIES), rng.choice(_JOBS))
        return cls(*names, place, rng.randint(10, 99))

    @property
    def name(self) -> str:
        """Return the first and the last name."""
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """Return an address at example.com made of the name."""
        return f"{self.first}.{self.last}@example.com".lower()

    @property
    def username(self) -> str:
        """Return the name in lower case, joined by an underscore."""
        return f"{self.first}_{self.last}".lower()

    @property
    def phone(self) -> str:
        """Return a number from the block that is kept free for fiction."""
        return f"{self.place.dialling} 555 01{self.number}"

    @property
    def domain(self) -> str:
        """Return a host name made of the company's."""
        return f"{slug(self.company).replace('-co', '')}.example.com"

    @property
    def address(self) -> str:
        """Return the full postal address in one line."""
        place = self.place
        return f"{place.street}, {place.postal_code} {place.city}, {place.country}"
