"""Schemas to start from, each with a prompt that shows what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Template", "templates"]


@dataclass(frozen=True, slots=True)
class Template:
    """A schema to start from.

    Attributes:
        name: What it is called on the wire: "meeting_notes".
        title: What it is called on the page: "Meeting notes".
        description: What it is for, in one sentence.
        prompt: A text to try it with.
        notation: The schema as a notation.
    """

    name: str
    title: str
    description: str
    prompt: str
    notation: str

    @property
    def schema(self) -> Any:
        """The JSON Schema: every field required, what may be missing null, no other fields."""
        # Not at the top: a list of templates is shown without reading any of them.
        from service.structured.notation import schema_from_notation

        return schema_from_notation(self.notation)


def templates() -> tuple[Template, ...]:
    """Return the templates in the order in which they are offered."""
    return _TEMPLATES


_TEMPLATES = (
    Template(
        "contact",
        "Contact",
        "A person's name, company and ways to reach them, taken from a signature or a message.",
        "Extract the contact from this signature:\n\n"
        "Dr. Mira Castellanos\nHead of Procurement, Northwind Ceramics GmbH\n"
        "mira.castellanos@northwind.example | +49 30 5550 0142\nKantstraße 12, 10623 Berlin, Germany",
        """
        full_name: The whole name, without titles
        title | null: An academic or other title, such as Dr.
        company | null: The company or organisation
        role | null: The position held there
        email email | null: The e-mail address
        phone | null: The phone number in international form
        address {
          street | null: Street and number
          city | null: The city
          postal_code | null: The postal code
          country | null: The country's name in English
        } | null: The postal address, null when none is given
        """,
    ),
    Template(
        "invoice",
        "Invoice",
        "The parties, the line items and the totals of an invoice.",
        "Extract the data of this invoice:\n\n"
        "INVOICE 2024-0173, 14 March 2024, due within 30 days\n"
        "From: Bright Lamps Ltd, Leeds. To: Harbour Café, Whitby\n"
        "4 x pendant lamp at 79.50 = 318.00\n1 x delivery at 15.00 = 15.00\n"
        "Net 333.00, VAT 20 % 66.60, total GBP 399.60",
        """
        invoice_number: The number printed on the invoice
        issued_on date: The date of the invoice
        due_on date | null: The date by which it must be paid
        seller: Who sends the invoice
        buyer: Who has to pay it
        currency: The three-letter code, such as EUR
        items list {
          description: What was sold
          quantity number: How many
          unit_price number: The price of one, without tax
          total number: The price of the whole line, without tax
        }: The lines of the invoice, in their order
        net_total number: The sum without tax
        tax_total number: The tax
        total number: What has to be paid
        """,
    ),
    Template(
        "review_sentiment",
        "Review sentiment",
        "How a customer feels about a product, and about which parts of it.",
        "Analyse this review:\n\n"
        "The headphones sound wonderful and the battery lasts for days. But the band broke after a month, and the "
        "support took two weeks to answer. I would still buy them again.",
        """
        sentiment (positive | mixed | negative): The feeling of the review as a whole
        rating (1 | 2 | 3 | 4 | 5): The stars that the words suggest
        aspects list {
          name: The part that is judged, in one or two words
          sentiment (positive | mixed | negative): How it is judged
          quote: The words of the review that show it
        }: Everything that is judged
        would_recommend bool | null: Whether the writer recommends it, null when nothing suggests either
        summary: The review in one sentence
        """,
    ),
    Template(
        "product",
        "Product",
        "A shop's product data from a loose description.",
        "Make product data from this text:\n\n"
        "Our new Trailmate 25 backpack: 25 litres, 740 g, recycled nylon, in moss green or slate. "
        "Fits a 15 inch laptop. 119 euros, available from May.",
        """
        name: The product's name
        category: The kind of product, in one or two words
        description: Two or three sentences for a shop
        price number | null: The price as a number, null when none is given
        currency | null: The three-letter code, such as EUR
        colours list: The colours in which it comes
        features list: What it offers, one short phrase each
        specifications list {
          name: What is measured
          value: The value with its unit
        }: What can be measured
        in_stock bool | null: Whether it can be bought now, null when unknown
        """,
    ),
    Template(
        "meeting_notes",
        "Meeting notes",
        "What was decided in a meeting, and who does what until when.",
        "Turn these notes into minutes:\n\n"
        "Launch call, 3 June 2024. Ana, Tom, Priya. We go with the blue design. Tom books the photographer by "
        "Friday the 7th. Priya asks legal about the claim on the box. Open: do we launch in Austria too? Next call "
        "on the 10th.",
        """
        title: What the meeting was about
        held_on date | null: The day of the meeting
        participants list: The names of those present
        summary: What happened, in two or three sentences
        decisions list: What was decided, one sentence each
        action_items list {
          task: What has to be done
          owner | null: Who does it
          due_on date | null: Until when
        }: Who does what
        open_questions list: What was left open
        next_meeting date | null: The day of the next meeting
        """,
    ),
    Template(
        "quiz",
        "Quiz",
        "Multiple-choice questions with their answers explained.",
        "Write a quiz of four questions about the planets of the solar system, for children of ten.",
        """
        title: The title of the quiz
        topic: What it is about
        questions list {
          question: The question
          options list: Four possible answers
          correct_option int: The place of the right answer among the options, counted from 1
          explanation: Why it is right, in one or two sentences
          difficulty (easy | medium | hard): How hard the question is
        }: The questions, in their order
        """,
    ),
    Template(
        "recipe",
        "Recipe",
        "Ingredients and steps of a dish.",
        "Write a recipe for a vegetarian lentil soup for four people that takes less than 40 minutes.",
        """
        title: The name of the dish
        description: What makes it good, in one or two sentences
        servings int: For how many people
        minutes int: How long it takes in all, in minutes
        ingredients list {
          name: The ingredient
          amount number | null: How much, null for a pinch or to taste
          unit | null: The unit, such as g, ml or tbsp; null for whole pieces
        }: Everything that is needed
        steps list: What to do, one step each, in order
        diets list (vegetarian | vegan | gluten-free | dairy-free): Which diets it suits
        """,
    ),
    Template(
        "event",
        "Event",
        "An event with its time and place, ready for a calendar.",
        "Extract the event from this message:\n\n"
        "Hi all, the book club meets again on Thursday, 12 September 2024 at 19:00 (until about half past nine), "
        "at Café Luna, Hauptstr. 5, Graz. We talk about The Wall. Bring a friend. Jo",
        """
        title: A short title for a calendar
        starts_at datetime: When it begins, with the time zone
        ends_at datetime | null: When it ends, null when unknown
        location | null: The place and its address
        is_online bool: Whether it takes place online
        organiser | null: Who invites
        attendees list: Others who are named
        description: What it is about, in one or two sentences
        """,
    ),
    Template(
        "flashcards",
        "Flashcards",
        "Cards to learn from, with a question on one side and the answer on the other.",
        "Make six flashcards from this text:\n\n"
        "Photosynthesis turns light into chemical energy. It happens in the chloroplasts, where chlorophyll absorbs "
        "light. Water is split, oxygen is released, and in the Calvin cycle carbon dioxide becomes sugar.",
        """
        deck: The name of the set of cards
        cards list {
          front: A question or a term
          back: The answer, as short as possible
          hint | null: A small help, null when none is needed
          tags list: One or two words by which cards can be found
        }: The cards, the simplest first
        """,
    ),
)
