"""How well two clients are known: one before a deal, one after a year of measurements."""

from crm.actions.organization import change_organization
from crm.actions.relationship import state_relationship
from crm.actors import as_user
from crm.models import Organization, User
from handoff.demo.clock import StoryClock

DREAM = "Halvorsen Foods"
"""Whom we would most like to work with."""
BEFORE_THE_CLOSE = {
    "level": "met",
    "evidence": [
        "Ingrid Solberg said yes to what success means to them",
        "Five of them write in the room, from the CFO to the promotions desk",
    ],
    "missing": ["A promise that fell due and was kept"],
}
AFTER_THE_CLOSE = {
    "level": "working",
    "evidence": [
        "They confirmed what was handed over, without a correction: Rosa Delgado",
        "Their planners and ours meet every week",
    ],
    "missing": ["A promise that fell due and was kept"],
}
AFTER_THE_REVIEW = {
    "level": "relying",
    "evidence": [
        "Every promise kept that was due: five sites connected, two of them early",
        "We told them that one month was counted wrong before they asked: Rosa, in the review: “Keep doing that.”",
        "They asked us to look at a number that speaks against us: what one site writes off",
    ],
    "missing": [
        "A goal they bring to us first: Rosa mentioned frozen twice, we have not answered",
        "Somebody besides Rosa: no word with production planning for two months",
    ],
}


def tell_relationships(sales: StoryClock, success: StoryClock, staff: dict[str, User], client: str) -> None:
    """Say it of the dream client, and twice of `client`, so that what was said before is there to read."""
    with sales.at(4, 13, 18, 0):
        dream, rep = Organization.objects.get(name=DREAM, merged_into=None), as_user(staff["rep"])
        dream = change_organization(
            actor=rep, organization_id=dream.pk, version=dream.version, values={"dream_client": True}
        )
        state_relationship(actor=rep, organization_id=dream.pk, version=dream.version, values=BEFORE_THE_CLOSE)
    for month, day, said in ((6, 15, AFTER_THE_CLOSE), (1, 21, AFTER_THE_REVIEW)):
        with success.at(month, day, 15, 0, year=2026 if month > 5 else 2027):
            known = Organization.objects.get(name=client, merged_into=None)
            cs = as_user(staff["success"])
            state_relationship(actor=cs, organization_id=known.pk, version=known.version, values=said)
