"""The other deals of the board: what each client has in the way, and how far both sides are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

State = Literal["", "asked", "change", "agreed", "withdrawn"]


@dataclass(frozen=True)
class Aim:
    """A success criterion in short: `due` is month, day, year in the story."""

    title: str
    unit: str
    direction: str
    baseline: str
    target: str
    due: tuple[int, int, int] = (12, 31, 2027)
    weight: str = "must"
    source: str = "Their own records"


@dataclass(frozen=True)
class Card:
    """One deal. `close` is the day (month, day) both hope for; `days` are days of the story since the first talk.

    `problem` and `success` say where each section stands; `stage` how many moves were agreed. `goal` is title, unit,
    direction, from, to of the first criterion, `more` are the others.
    """

    client: str
    domain: str
    city: str
    industry: str
    title: str
    amount: Decimal
    close: tuple[int, int]
    owner: Literal["rep", "manager"]
    contact: str
    position: str
    begun: tuple[int, int]
    stage: int
    problem: State
    success: State
    situation: str
    impact: str
    cause: str
    goal: tuple[str, str, str, str, str]
    last: tuple[int, int] = (4, 10)
    words: str = ""
    more: tuple[Aim, ...] = ()


CARDS = (
    Card(
        "Osei Textiles", "oseitextiles.example", "Accra", "Textiles", "Stock that fits the season", Decimal(140_000), (9, 15),
        "rep", "Kwame Osei", "Managing director", (4, 2), 0, "asked", "",
        "Cloth is ordered seven months before the season, by what sold the year before.",
        "A third of the season's rest is sold below cost.",
        "Nobody sees what shops sell until the season is over.",
        ("Stock left after the season", "%", "lower", "31", "18"),
    ),
    Card(
        "Ridgeline Tools", "ridgelinetools.example", "Boise, Idaho", "Tools", "Spare parts on time", Decimal(220_000), (10, 9),
        "manager", "Tom Barker", "Head of service", (4, 6), 0, "asked", "",
        "9,200 spare parts lie in three warehouses, planned by minimum stock.",
        "One repair in five waits more than ten days for a part.",
        "Minimum stock was set in 2019 and looks at each warehouse by itself.",
        ("Repairs that wait for a part", "%", "lower", "21", "8"),
    ),
    Card(
        "Kestrel Outdoor", "kestreloutdoor.example", "Innsbruck", "Outdoor clothing", "Order before the season, not after",
        Decimal(410_000), (8, 21), "rep", "Lena Fischer", "Head of purchasing", (3, 18), 1, "asked", "",
        "Jackets are ordered in January for the winter after, in one order for all sizes.",
        "Middle sizes are sold out in November, and large ones are left in March.",
        "The order follows last year's deliveries, not what people asked for.",
        ("Orders in full in November", "%", "raise", "78", "92"),
    ),
    Card(
        "Alder & Finch Books", "alderfinch.example", "Bristol", "Publishing", "Print runs that sell through", Decimal(180_000),
        (9, 11), "manager", "Nell Finch", "Publisher", (3, 12), 1, "change", "",
        "Print runs are settled in a meeting, four months before a book appears.",
        "38 of 100 printed books come back and are pulped.",
        "Advance orders are counted by hand and come too late.",
        ("Printed books that come back", "%", "lower", "38", "24"),
        words="The cause is not the counting: our shops order late because we let them. Please say it so.",
    ),
    Card(
        "Tamarind Kitchens", "tamarindkitchens.example", "Leeds", "Restaurants", "Two weeks of fresh stock, not four",
        Decimal(95_000), (7, 24), "rep", "Asha Pillai", "Operations lead", (3, 25), 1, "asked", "",
        "Eleven kitchens order spices and dry goods for four weeks at a time.",
        "Storage is full, and money lies on the shelf.",
        "Orders follow the delivery day, not what was cooked.",
        ("Weeks of stock", "weeks", "lower", "4", "2"),
    ),
    Card(
        "Northgate Grocers", "northgate.example", "Leicester", "Grocery", "Fresh food on the shelf in 140 stores",
        Decimal(1_240_000), (7, 31), "rep", "Omar Haddad", "Supply director", (2, 17), 2, "agreed", "asked",
        "140 stores order fresh food each evening, by a form.",
        "At six in the evening 12 of 100 fresh products are gone.",
        "The form knows the weekday but not the weather, the holiday or the promotion.",
        ("Fresh products on the shelf at six", "%", "raise", "88", "95"),
    ),
    Card(
        "Van der Meer Bakeries", "vandermeer.example", "Utrecht", "Bakeries", "Less bread thrown away", Decimal(330_000),
        (6, 26), "manager", "Els van der Meer", "Owner", (2, 24), 2, "agreed", "",
        "62 shops bake from 4 o'clock, by the list of the week before.",
        "Each shop throws away 41 loaves a day.",
        "The list is the same for a rainy Tuesday and a market day.",
        ("Loaves thrown away in a shop and day", "loaves", "lower", "41", "20"),
    ),
    Card(
        "Brightwater Hospitals", "brightwater.example", "Portland, Oregon", "Health care",
        "Theatre supplies without panic orders", Decimal(780_000), (7, 17), "rep", "Helen Marsh", "Chief nurse", (1, 26), 3,
        "agreed", "agreed",
        "Four hospitals order supplies for 31 operating theatres, each for itself.",
        "Eleven panic orders a week, at three times the price.",
        "The plan of operations is known on Thursday and reaches the storeroom on Monday.",
        ("Panic orders a week", "orders", "lower", "11", "3"),
        last=(3, 29),
    ),
    Card(
        "Lowell Paper", "lowellpaper.example", "Łódź", "Paper", "Mill hours where the orders are", Decimal(260_000), (6, 19),
        "rep", "Ewa Lis", "Mill manager", (2, 3), 3, "agreed", "agreed",
        "Two mills share the orders of one sales team, by telephone.",
        "One mill works weekends while the other stands still.",
        "Orders are shared before anybody knows which paper is wanted.",
        ("Weekend shifts a month", "shifts", "lower", "9", "2"),
    ),
    Card(
        "Castellan Wines", "castellan.example", "Beaune", "Wine", "Allocation by what restaurants pour", Decimal(310_000),
        (6, 12), "rep", "Lise Halvorsen", "Board member", (1, 20), 4, "agreed", "agreed",
        "600 restaurants get their share of each vintage by what they bought before.",
        "Cellars of some are full while others send guests elsewhere.",
        "Nobody knows what is poured, only what is delivered.",
        ("Days until a restaurant has its allocation", "days", "lower", "12", "3"),
    ),
    Card(
        "Pinehurst Dairy", "pinehurst.example", "Hamilton", "Dairy", "Milk intake that matches demand", Decimal(520_000),
        (5, 8), "rep", "Grace Liu", "Head of planning", (1, 12), 5, "agreed", "agreed",
        "180 farms deliver every day; the dairy takes what comes.",
        "In spring 7 of 100 tankers are sent back or turned into powder at a loss.",
        "The intake is planned by the month, demand changes by the week.",
        ("Milk sent back or sold at a loss", "%", "lower", "7", "2.5"),
    ),
    Card(
        "Juniper Hotels", "juniperhotels.example", "Lugano", "Hotels", "Linen and food by forecast", Decimal(205_000), (5, 22),
        "manager", "Paolo Riva", "Director of operations", (1, 15), 5, "agreed", "withdrawn",
        "14 hotels order linen and food by the number of rooms, not of guests.",
        "33 tons of food a year are thrown away.",
        "Bookings are in one system, orders in another.",
        ("Food thrown away a year", "tons", "lower", "33", "20"),
        words="Three kitchens may not start this year. Let us look at the target again before we sign.",
    ),
)  # fmt: skip
"""The cards of the board besides Halvorsen; with it 13 deals and $6.55M."""
