"""What is written in the deal with Halvorsen Foods. Figures belong together: 3,630 + 1,570 = 5,200 thousand a year."""

from typing import Any

from handoff.demo.clock import StoryClock

SITUATION = (
    "Halvorsen delivers 1,140 fresh and chilled products to 214 stores. Planners forecast by hand, by product group, once a"
    " week. 93.4 of every 100 cases ordered by stores arrive in full; the other 6.6 leave a gap on the shelf."
)
IMPACT = (
    "Stores lose sales they cannot win back. Four planners work two evenings a week. Fresh stock worth 6.1% of production"
    " cost is written off because it was made for demand that did not come."
)
CAUSES = "The forecast sees shipments, not sales. It cannot see one store or one day."
CAUSE_ADDED = "Promotions are fixed five weeks ahead, and nobody forecasts what they will add."
TRIED = (
    "A bigger safety stock in 2023: waste rose by a third, empty shelves hardly moved. A forecasting add-on for the ERP in"
    " 2024: stopped after five months, because nobody had time to look after it."
)
OUTCOME = (
    "Yearly net revenue up from $412 million to $431 million by the end of 2028, +$19 million in three years, from products"
    " that are on the shelf when somebody wants them."
)
OUT_OF_SCOPE = "Frozen products, the Canadian business, and prices."
QUOTE = "I want to stop finding out on Monday what we threw away on Saturday."
ROOM_TITLE = "Full shelves, less waste, and $19 million more in three years"

MAP: tuple[dict[str, Any], ...] = (
    {
        "contact": "Ingrid",
        "side": "buyer",
        "roles": ["decision_maker", "executive"],
        "wants": "Shelves full by summer, and no surprises after we sign.",
        "wants_is_quoted": True,
        "assessment": ("strong", "for", "Worries about a second failed project."),
    },
    {
        "contact": "Aisha",
        "side": "buyer",
        "roles": ["champion", "user"],
        "wants": QUOTE,
        "wants_is_quoted": True,
        "reports_to": "Ingrid",
    },
    {"place": "Production planning, five sites", "side": "buyer", "roles": ["user"], "reports_to": "Ingrid"},
    {
        "contact": "Daniel",
        "side": "buyer",
        "roles": ["economic_buyer"],
        "wants": "Prove it in 20 stores, then I will pay for 214 with a smile.",
        "wants_is_quoted": True,
        "assessment": ("strong", "open", "Checks the 22% himself."),
    },
    {
        "contact": "Ruth",
        "side": "buyer",
        "roles": ["engineer"],
        "wants": "One feed, not five exports, and no change during a release freeze.",
        "reports_to": "Daniel",
    },
    {
        "contact": "Erik",
        "side": "buyer",
        "roles": ["executive"],
        "wants": "Promotions that do not leave his shelves empty on day two.",
        "assessment": ("some", "careful", "It is his team that changes most."),
    },
    {
        "contact": "Sander",
        "side": "partner",
        "roles": ["engineer"],
        "wants": "Daily orders from both chains before the summer peak.",
    },
    {"place": "Who stands in for Sander?", "side": "partner", "roles": ["engineer"]},
    {"user": "rep", "side": "seller", "roles": [], "wants": "Halvorsen to say in 2028 that it was worth it."},
    {
        "user": "delivery",
        "side": "seller",
        "roles": ["delivery", "expert"],
        "wants": "No promise she reads about afterwards.",
    },
    {
        "user": "success",
        "side": "seller",
        "roles": ["customer_success"],
        "wants": "To start with clean data, and with Aisha.",
    },
)


def criteria(clock: StoryClock) -> dict[str, dict[str, Any]]:
    """Return the four criteria by a short name, dates moved to here; `seller_owner` is a role of the demo's staff."""
    return {
        "revenue": {
            "title": "Yearly net revenue",
            "counted_as": "Net revenue over twelve months, prices held constant",
            "unit": "million dollars",
            "direction": "raise",
            "baseline": "412.0",
            "baseline_on": clock.day(12, 31, year=2025),
            "baseline_source": "Halvorsen finance, annual accounts",
            "target": "431.0",
            "due_on": clock.day(12, 31, year=2028),
            "source": "Halvorsen finance, prices held constant",
            "measured_by": "Daniel Reyes",
            "frequency": "quarter",
            "weight": "must",
            "buyer_owner": "Daniel",
            "seller_owner": "success",
        },
        "fill_rate": {
            "title": "Fill rate",
            "counted_as": "Cases delivered in full, out of cases ordered, all 214 stores",
            "unit": "%",
            "direction": "raise",
            "baseline": "93.4",
            "baseline_on": clock.day(2, 22),
            "baseline_source": "Store orders, eight weeks",
            "target": "97.5",
            "due_on": clock.day(6, 30, year=2027),
            "source": "Store orders and delivery notes, by Fjordline, every Monday for the week before",
            "measured_by": "Aisha Karim, confirmed by Ruth Abara each quarter",
            "frequency": "week",
            "weight": "must",
            "leading_indicators": "Forecast error per product and day, 31% to 22%\nStores with a nightly feed, 0 to 214",
            "assumptions": "Both chains stay; no new store format this year",
            "buyer_owner": "Aisha",
            "seller_owner": "delivery",
        },
        "written_off": {
            "title": "Fresh stock written off",
            "counted_as": "Fresh stock written off, as a share of production cost, five sites",
            "unit": "% of cost",
            "direction": "lower",
            "baseline": "6.1",
            "baseline_on": clock.day(2, 28),
            "baseline_source": "Finance ledger, five sites",
            "target": "4.5",
            "due_on": clock.day(12, 31, year=2027),
            "source": "Finance ledger, five sites",
            "measured_by": "Halvorsen finance",
            "frequency": "month",
            "weight": "must",
            "buyer_owner": "Ingrid",
            "seller_owner": "success",
        },
        "planning": {
            "title": "Planning hours a week",
            "counted_as": "Hours spent on planning by four planners, a week",
            "unit": "hours",
            "direction": "lower",
            "baseline": "46",
            "baseline_on": clock.day(2, 28),
            "baseline_source": "Time sheets of four planners",
            "target": "24",
            "due_on": clock.day(3, 31, year=2027),
            "source": "Time sheets of four planners",
            "measured_by": "Aisha Karim",
            "frequency": "month",
            "weight": "nice",
            "buyer_owner": "Aisha",
            "seller_owner": "success",
        },
    }


DRAFT_CRITERION = {
    "title": "Calls from store managers about promotions",
    "counted_as": "Calls a week to the commercial team about promotion products that are out of stock",
    "direction": "lower",
    "weight": "nice",
    "seller_owner": "delivery",
    "buyer_owner": "Erik",
}
