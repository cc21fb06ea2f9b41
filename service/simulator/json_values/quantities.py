"""The usual range of a number, by the name of the field it is for."""

from __future__ import annotations

import re

from service.simulator.json_values.naming import Hint, owners_of, tails_of, words_of

_TABLE = """
price, cost, unit_price, fare: 5 250 2
amount: 20 900 2
total, grand_total, total_amount, order_total: 300 1500 2
subtotal: 200 300 2
tax, vat, discount: 5 60 2
shipping, fee, tip: 2 15 2
balance: 100 5000 2
revenue, profit, population: 50000 900000 0
salary, income, wage: 42000 120000 0
salary_min, salary_low: 42000 58000 0
salary_max, salary_high: 62000 98000 0
budget, area, area_km2: 1000 50000 0
quantity, qty, copies: 1 5 0
ingredient_amount, ingredient_quantity: 1 4 0
count, number: 1 40 0
stock, inventory: 5 300 0
age: 21 67 0
rating: 3.4 4.9 1
stars: 3 5 0
score, grade: 60 98 1
confidence, relevance, certainty: 0.7 0.99 2
probability, likelihood, ratio, similarity: 0.1 0.95 2
percentage, percent: 5 95 1
rate: 1 20 2
year: 2019 2025 0
birth_year: 1962 2003 0
month: 1 12 0
day: 1 28 0
hour: 8 18 0
minute, second: 0 59 0
minutes, prep_time, cook_time, duration: 10 60 0
hours, years_of_experience: 1 8 0
days, nights, rank, position: 1 14 0
length, width, height, depth, x, y, z, volume: 5 120 1
height_cm: 155 195 0
weight: 50 90 1
distance: 0.5 120 1
temperature, temp: 12 27 1
high, max_temp: 21 29 0
low, min_temp: 9 18 0
min, minimum, start, low_price: 1 40 0
max, maximum, end, high_price: 60 120 0
humidity, precipitation: 30 80 0
wind_speed, speed: 3 40 1
latitude, lat: 36 55 4
longitude, lng, lon: -9 15 4
page: 1 5 0
pages: 90 420 0
limit: 10 100 0
offset, index: 0 9 0
id: 1000 9999 0
port: 8000 9000 0
servings, guests, people: 2 6 0
calories, kcal: 180 750 0
protein, fat, carbs, sugar, fiber, carbohydrates: 3 45 0
version, level, priority: 1 3 0
step, order, sequence: 1 8 0
votes, likes, reviews, views, employees: 12 900 0
timestamp, unix_time: 1735689600 1767139200 0
"""


_MEASURES = frozenset(
    {"temperature", "weight", "area", "distance", "price", "cost", "salary", "speed", "duration", "age"}
)
"""Words that say what a number measures wherever they stand in the name, as in `weight_in_kg`."""


def _read(table: str) -> dict[str, tuple[float, float, int]]:
    ranges: dict[str, tuple[float, float, int]] = {}
    for line in table.strip().splitlines():
        names, _, limits = line.partition(": ")
        low, high, decimals = limits.split()
        ranges.update({name.strip(): (float(low), float(high), int(decimals)) for name in names.split(",")})
    return ranges


_RANGES = _read(_TABLE)


def usual_range(hint: Hint) -> tuple[float, float, int] | None:
    """Return the usual range and the decimals of the number a hint is about, or `None` where nothing tells them."""
    for owner in owners_of(words_of(hint.name), hint) if hint.name else ():
        if f"{owner}_{hint.name}" in _RANGES:
            return _RANGES[f"{owner}_{hint.name}"]
    for name in (hint.name, hint.title):
        for tail in tails_of(name):
            if tail in _RANGES:
                return _RANGES[tail]
        measures = [word for word in words_of(name) if word in _MEASURES]
        if measures:
            return _RANGES[measures[0]]
    if re.search(r"between 0 and 1|0(\.0)?\s?(-|–|to)\s?1(\.0)?\b", hint.description):
        return (0.05, 0.95, 2)
    return (5, 95, 1) if re.search(r"percent", hint.description, re.IGNORECASE) else None
