"""Short, everyday texts by the name of the field they are for."""

from __future__ import annotations

SENTENCES = (
    "The delivery arrived two days early and everything was well packed.",
    "Customers value the quick setup and the clear instructions.",
    "The team agreed to review the results at the end of the month.",
    "Battery life is better than expected, although charging takes a while.",
    "Revenue grew steadily in the second quarter, driven by repeat orders.",
    "A short walk from the station, with good coffee and friendly staff.",
    "Please confirm the appointment by Friday so that we can plan ahead.",
    "The new layout makes the most important actions easier to find.",
)

PHRASES = (
    "Quick setup guide",
    "Friendly support",
    "Weekly team update",
    "Clear instructions",
    "Second quarter results",
    "Coffee and cake",
    "Next steps agreed",
    "Early delivery",
    "Fresh seasonal menu",
    "Customer feedback",
)

WORDS = (
    "coffee",
    "garden",
    "travel",
    "design",
    "music",
    "health",
    "market",
    "winter",
    "family",
    "energy",
    "school",
    "office",
    "summer",
    "nature",
    "report",
    "budget",
    "sport",
    "food",
    "book",
    "home",
    "city",
    "team",
    "plan",
    "idea",
    "sun",
    "sea",
    "art",
    "tea",
    "go",
    "up",
    "delivery",
    "customer",
    "marketing",
    "adventure",
    "technology",
)

KEYS = ("colour", "size", "material", "origin", "quality", "delivery", "service", "comfort", "design", "value")
"""Names for the entries of an open map."""

_TABLE = """
action, next_action: follow up | approve | escalate
activity: Guided city walk | Museum visit | Sunset boat trip | Cooking class
advantage, benefit, feature, highlight, pro, pros, strength: Easy to set up | Long battery life | \
Great value for money | Comfortable to wear | Clear, warm sound
allergen: gluten | milk | nuts
amenities: Wi-Fi | Breakfast | Parking | Pool
animal, species: red fox | barn owl | Atlantic puffin
answer, correct_answer, final_answer: Yes, within two working days. | The second option fits best. | About 42 in total.
availability: in stock | pre-order | out of stock
bio, author_bio, about: Designs calm, useful products and writes about teamwork. | Works with small companies on \
clear numbers. | Spent ten years in logistics before turning to research.
brand: Northwind | Bluebird | Juniper | Solstice
category: Electronics | Kitchen | Travel | Books
cause, root_cause: configuration change | expired card | missing address
character: Mira | Old Tom | Captain Reyes
character_role: protagonist | mentor | rival
claim, fact, finding, evidence: Repeat orders rose by eight percent. | Most questions are about delivery times. | \
Two in three visitors use a phone.
code: A-104 | B-217 | C-330
color, colour: blue | forest green | black
con, cons, disadvantage, drawback, weakness: Charging takes a while | Only two colours | The case feels bulky | \
No printed manual
condition: new | like new | used
weather, weather_condition, weather_conditions, conditions: partly cloudy | light rain | sunny
continent: Europe | Asia | Oceania
course: starter | main course | dessert
cuisine: Italian | Japanese | Mexican
currency, currency_code: EUR | USD | GBP
currency_symbol: € | $ | £
day, day_of_week, weekday: Monday | Tuesday | Wednesday | Thursday | Friday
definition, meaning: A short meeting in which a team plans its day. | The share of visitors who buy something.
degree: BSc Computer Science | MA Economics
department: Marketing | Engineering | Sales | Finance
diagnosis: seasonal allergy | mild cold
dietary_restriction: vegetarian | gluten-free
difficulty, skill_level: easy | medium | advanced
dish, meal, food, recipe, recipe_name, recipe_title: Tomato and Basil Spaghetti | Lemon Chicken Soup | \
Roasted Vegetable Bowl | Mushroom Risotto
recipe_description, dish_description, meal_description: A bright weeknight dinner that is ready in half an hour. | \
A comforting bowl for a rainy evening. | Light, fresh and easy to make ahead.
emotion: joy | relief | curiosity
entity, entity_name, entity_text: Harbor Analytics | Lisbon | Maria Lopez | Linen Notebook
entity_type, entity_label, entity_category: organization | location | person | product
error, error_message: The card has expired. | The file is empty.
event, event_name, event_title: Product Team Workshop | Customer Round Table | Spring Launch Party | Quarterly Planning
event_description: A morning of short talks, hands-on sessions and time to meet each other.
explanation, justification, rationale, reason, reasoning: The text says so directly in its second sentence. | \
Both figures point in the same direction. | The other options leave out the delivery date. | It follows from the two \
steps before it.
extension, file_type: pdf | csv | png
field: email | price | due date
file_name, filename, attachment, attachment_name: report-2025.pdf | budget.xlsx | floor-plan.png
flag, flag_emoji: 🇵🇹 | 🇩🇪 | 🇯🇵
emoji: 🙂 | 🎉 | ☕
frequency: daily | weekly | monthly
gender: female | male | non-binary
genre: mystery | biography | travel
goal, objective: Reduce delivery times | Improve onboarding | Reach 1,000 subscribers
greeting: Hello and welcome!
heading, headline, section, caption, subtitle, title, lesson, chapter: A Weekend in Lisbon | Five Habits of Calm \
Teams | Getting Started with Pour-Over Coffee | What Our Customers Taught Us | Planning a Small Garden
hobby, interest: hiking | photography | baking
icon: star | home | calendar
impact, severity, risk_level, urgency: medium | low | high
industry, sector: Retail | Logistics | Healthcare
ingredient, ingredient_item: olive oil | garlic | cherry tomatoes | fresh basil | spaghetti | sea salt | parmesan | \
black pepper | lemon | red onion
ingredient_unit: tbsp | pieces | cups | tsp
ingredient_amount, ingredient_quantity: 2 tbsp | 200 g | 3 pieces | 150 ml
institution, university, school: Harbour University | Lakeside College
instruction, step, direction, recipe_step: Bring a large pot of salted water to the boil. | Chop the vegetables and \
set them aside. | Heat the oil and cook the garlic until fragrant. | Stir in the tomatoes and simmer for ten minutes. \
| Season to taste and serve warm.
intent: track_order | book_appointment | cancel_order
isbn: 978-0-306-40615-7 | 978-3-16-148410-0
issue, problem: Login button does not respond | Invoice shows the wrong total
item, product, product_name, product_title, item_name, line_item, line_item_description, item_description, \
line_item_name: Ceramic Pour-Over Set | Wireless Headphones | Trail Running Shoes | Walnut Desk Lamp | Insulated \
Bottle | Linen Notebook
product_description: Handmade in small batches and built to last for years. | Light, quiet and ready in seconds.
job_title, job_name, position_title, person_title: Product Manager | Data Analyst | UX Designer
job_description: You shape the roadmap together with design and engineering.
keyword, hashtag, tag: travel | coffee | productivity | design | family | outdoor | budget | weekend
recipe_tag: vegetarian | quick | family | summer
label: important | follow-up | customer
language, language_name: English | Portuguese | German
language_code, lang: en | pt | de
level: beginner | intermediate | advanced
locale: en-GB | pt-PT | de-DE
location_name, venue, venue_name, place_name: Riverside Hall | Old Market Square | Harbour Museum
material: ceramic | walnut | wool
medication: ibuprofen | cetirizine
method: email | phone | letter
mime_type, content_type, media_type: application/pdf | image/png
model: Series 3 | Classic | Pro 14
month: March | June | October
mood: calm | cheerful | thoughtful
movie, movie_title, film, book, book_title, book_name, novel, story_title: The Quiet Harbour | Letters from the North \
| A Field Guide to Mornings | The Clockmaker's Garden
plot, synopsis, movie_summary, book_summary: A clockmaker finds a letter that was never sent and sets out to deliver it.
nationality: Portuguese | German | Japanese
occupation: Architect | Nurse | Baker
option, choice: Option A | Option B | Option C | Option D
question_correct_answer: Option A | Option C | Option B
output, equation: x = 4 | 2x = 8 | 2x + 3 = 11
payment_method: credit card | bank transfer
payment_term: Net 30 | Due on receipt
plan: Starter | Team | Business
priority: high | medium | low
project, project_name: Website relaunch | Mobile app
publisher: Harbour Press | Lantern Books
query: best coffee in Lisbon | open invoices
question, faq: Which plan fits a team of five? | How long does delivery take? | What did you like most about the \
product? | Can the subscription be paused?
relationship: colleague | friend | sister
requirement, qualification: Three years in a similar role | Clear written English | Experience with customer research
responsibility: Talk to customers every week | Keep the roadmap up to date | Prepare launches
review, review_text, review_summary, review_body, feedback, testimonial: Arrived early, works well and looks even \
better than in the pictures. | Comfortable and light, although charging takes a while. | Good value for the price; I \
would buy it again.
review_title: Better than expected | Good value | Almost perfect
risk: Supplier delay | Unclear scope
role: editor | viewer | admin
salutation, prefix: Ms | Mr | Dr
season: spring | summer | autumn
sentiment, polarity: positive | neutral | negative
service: Delivery | Consulting
shipping_method: standard | express
size: S | M | L
skill: Project management | Data analysis | Public speaking | Negotiation | UX research
source: newsletter | customer survey
stage: discovery | proposal | closed
status, state_name: active | pending | completed
subject: Your order is on its way | Meeting notes from Tuesday | Question about invoice 2041
symptom: headache | sore throat
tagline, slogan: Good coffee, every morning
task, to_do, todo, next_step, action_item, recommendation, suggestion, task_title, task_name: Send the proposal to the \
customer | Book a room for the workshop | Update the price list | Review the onboarding guide | Prepare the report
team: Harbour FC | Lakeside United
theme: friendship | courage | change
tip: Let the dough rest overnight | Book early for a seat by the window
tone: friendly | formal | optimistic
topic: customer support | delivery times | pricing | product quality | onboarding
translation, translated_text: Guten Morgen und willkommen!
trend: rising | stable | falling
type, kind: standard | premium
unit: piece | hour | kg
weather_unit, temperature_unit: °C
unit_system: metric
value: blue | 42 | large
variant: Blue / M | Black / L
verdict, decision: approved | needs a second look
version: 2.4.1 | 1.0.3
visibility: public | private
wind_direction: NW | SE
word: coffee | harbour | weekend
comment, content, body, text, message, description, details, detail, conclusion, note, overview, paragraph, quote, \
response, result, outcome, sentence, solution, summary, transcript, abstract, intro, introduction, snippet: *
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for line in table.strip().splitlines():
        names, _, choices = line.partition(": ")
        chosen = SENTENCES if choices == "*" else tuple(choice.strip() for choice in choices.split("|"))
        texts.update({name.strip(): chosen for name in names.split(",")})
    return texts


TEXTS = _read(_TABLE)

THEMES: dict[str, frozenset[str]] = {
    "person": frozenset({"email", "phone", "first_name", "last_name", "job_title", "phone_number"}),
    "recipe": frozenset({"ingredients", "servings", "cook_time", "prep_time", "cooking_time", "cuisine", "calories"}),
    "review": frozenset({"pros", "cons", "rating", "stars", "would_recommend", "reviewer"}),
    "country": frozenset({"capital", "population", "continent", "official_language"}),
    "book": frozenset({"isbn", "publisher", "author", "genre", "chapters"}),
    "movie": frozenset({"director", "actors", "box_office", "runtime"}),
    "job": frozenset({"salary", "requirements", "responsibilities", "employment_type", "qualifications"}),
    "weather": frozenset({"humidity", "forecast", "wind_speed", "conditions", "precipitation"}),
    "event": frozenset({"venue", "participants", "attendees", "agenda", "start_time", "speakers", "organizer"}),
    "item": frozenset({"quantity", "unit_price", "qty", "price", "sku", "in_stock", "stock"}),
    "task": frozenset({"assignee", "assigned_to", "deadline", "due_date", "priority", "subtasks"}),
}
"""What an object is about, by the names of the properties that give it away; the first match counts."""
