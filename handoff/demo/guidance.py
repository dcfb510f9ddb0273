"""What the stages of the demo's first pipeline say to whoever works in them."""

from typing import Any

from crm.actors import as_user
from crm.models import User
from deals.actions.guidance import change_guidance
from deals.models import Stage
from handoff.demo.clock import StoryClock

_LIBRARY = "https://library.nordlicht.example/"


def _step(text: str, condition: str = "", above: str = "") -> dict[str, str]:
    return {"text": text, "condition": condition, "above": above}


_GUIDANCE: dict[str, dict[str, Any]] = {
    "Meet": {
        "good": "They did most of the talking. You know why they took the call, and they know why you asked for it.",
        "usual_days": 10,
        "steps": [
            _step("Ask what would have to be different a year from now"),
            _step("Say plainly if you do not think we can help"),
        ],
        "material": [{"title": "Questions for a first talk", "url": f"{_LIBRARY}first-talk"}],
    },
    "Understand": {
        "good": "The problem stands there in their words, with what it costs them. Somebody who has it every day has read it.",
        "usual_days": 21,
        "steps": [
            _step("Quote at least one person who lives with the problem"),
            _step("Ask what was tried before, and why it did not last"),
            _step("Ask who else is hurt by it, and meet one of them", "one_person"),
        ],
        "material": [{"title": "What doing nothing costs: a worked example", "url": f"{_LIBRARY}cost-of-nothing"}],
    },
    "Define success": {
        "good": "Three criteria or fewer. Each has a number from today, a number to reach, a day, and one person who measures it.",
        "usual_days": 14,
        "steps": [
            _step("Find out where the number of today comes from"),
            _step("Agree who measures, and how often"),
            _step("Say which part of the result is the partner’s", "partner"),
        ],
    },
    "Test": {
        "good": "They have seen it with their own data, and said what would keep it from working.",
        "usual_days": 18,
        "steps": [_step("Let two of their planners compare forecasts for a week")],
        "material": [{"title": "How we compare forecasts", "url": f"{_LIBRARY}comparing"}],
    },
    "Plan": {
        "good": "Under 15 open steps, each with one name. The client has added or changed at least one.",
        "usual_days": 30,
        "steps": [
            _step("Bring in whoever takes over after the close"),
            _step("Ask legal for their three hardest points first", "legal"),
            _step("Ask procurement how they decide, and by when", "procurement"),
            _step("Have finance read the value case", "amount", "500000"),
        ],
    },
    "Agree": {
        "good": "Nothing in the offer surprises anybody. Both sides can say in one sentence why they are better off.",
        "usual_days": 15,
        "steps": [_step("Read every promise aloud together")],
    },
}


def tell_guidance(clock: StoryClock, staff: dict[str, User]) -> None:
    """Write the guidance of the pipeline Default, some days before the deals begin."""
    with clock.at(1, 4, 10, 0):
        for stage in Stage.objects.filter(pipeline__slug="default"):
            if values := _GUIDANCE.get(stage.name):
                change_guidance(actor=as_user(staff["admin"]), stage_id=stage.pk, version=stage.version, values=values)
