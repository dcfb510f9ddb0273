"""The success plan begins when the handoff is accepted."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm.actors import Actor
from crm.clock import now
from crm.events.record import record
from crm.models import Room
from deals.models import SectionKind
from handoff.models import BriefItem, Goal, Handoff, ItemKind, SuccessPlan
from handoff.rules.health import Reason

_TEXTS = (
    "title",
    "counted_as",
    "unit",
    "direction",
    "baseline_source",
    "source",
    "measured_by",
    "frequency",
    "weight",
    "leading_indicators",
    "assumptions",
)


def open_success_plan(actor: Actor, room: Room, handoff: Handoff) -> SuccessPlan:
    """Make the plan of an accepted handoff, with one goal for each agreed criterion, in the agreed words and numbers."""
    if handoff.to_user is None:
        raise ValueError("an accepted handoff has somebody who took over")
    plan = SuccessPlan.objects.create(
        room=room, deal_id=handoff.deal_id, handoff=handoff, owner=handoff.to_user, created_at=now()
    )
    criteria = handoff.items.filter(group=SectionKind.CRITERIA, kind=ItemKind.AGREED)
    Goal.objects.bulk_create(_goal(plan, item, position) for position, item in enumerate(criteria))
    record(
        "success_plan.opened",
        actor=actor,
        room=room,
        subject=plan,
        data={"deal": str(plan.deal_id), "handoff": str(handoff.pk), "goals": criteria.count()},
    )
    return plan


def _goal(plan: SuccessPlan, item: BriefItem, position: int) -> Goal:
    row = item.content
    if item.revision_id is None:
        raise ValueError("an agreed criterion has a revision")
    return Goal(
        plan=plan,
        criterion_id=item.source_id,
        revision_id=item.revision_id,
        position=position,
        baseline=_number(row.get("baseline")),
        baseline_on=_day(row.get("baseline_on")),
        target=_number(row.get("target")),
        due_on=date.fromisoformat(row["due_on"]),
        buyer_owner_id=_id(row.get("buyer_owner_id")),
        seller_owner_id=_id(row.get("seller_owner_id")),
        reason=Reason.NOTHING_MEASURED,
        judged_at=plan.created_at,
        created_at=plan.created_at,
        updated_at=plan.created_at,
        **{field: row[field] for field in _TEXTS if field in row},
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _id(value: Any) -> UUID | None:
    return None if value is None else UUID(value)
