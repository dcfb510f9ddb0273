"""Reading handoffs: what waits for whom, what is coming, and one handoff with where it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Answer, Consent, Participant, Role, RoomMember, User
from crm.registry import consent_kind
from deals.models import Deal, Stage, StageGate
from handoff.models import Goal, Handoff, HandoffState, ItemQuestion, ItemState

COMING_LIMIT = 200
"""How many coming deals a page shows at most; the soonest to close first."""


@dataclass(frozen=True)
class ComingHandoff:
    """A deal that may be handed over soon: no more than whoever will take over needs to plan for it."""

    title: str
    organization: str
    owner: str
    stage: str
    close_on: date | None


@dataclass(frozen=True)
class WaitingHandoff:
    """A handoff that nobody has taken yet."""

    id: UUID
    version: int
    title: str
    organization: str
    owner: str
    opened_at: datetime


def coming_handoffs(actor: Actor) -> list[ComingHandoff]:
    """Return the open deals from Plan on, soonest close first: all of them for customer success and delivery, for others
    those they see. "Plan" is the first stage that asks for a success owner, or the last stage of a pipeline without.
    """
    deals = _deals_for(actor).open().filter(archived_at=None)
    stages = Stage.objects.filter(pipeline=OuterRef("pipeline")).order_by().values("pipeline")
    asks = Exists(StageGate.objects.filter(stage=OuterRef("pk"), code="success_owner_named"))
    plan = stages.filter(asks).annotate(place=Min("position")).values("place")
    last = Stage.objects.filter(pipeline=OuterRef("pipeline")).order_by("-position").values("position")[:1]
    ripe = deals.annotate(plan=Subquery(plan), last=Subquery(last)).filter(
        Q(stage__position__gte=F("plan")) | Q(plan=None, stage__position=F("last"))
    )
    rows = ripe.order_by(F("close_on").asc(nulls_last=True), "pk").values_list(
        "title", "organization__name", "owner__name", "stage__name", "close_on"
    )
    return [
        ComingHandoff(title, name or "", owner, stage, day) for title, name, owner, stage, day in rows[:COMING_LIMIT]
    ]


def _deals_for(actor: Actor) -> Any:
    """The queue of customer success and delivery reaches beyond their rooms, by design; see "The room" in the design."""
    if actor.user and actor.is_seller and actor.user.is_active and actor.user.role in (Role.SUCCESS, Role.DELIVERY):
        return Deal.objects.all()
    return Deal.objects.visible_to(actor)


def waiting_handoffs(actor: Actor) -> list[WaitingHandoff]:
    """Return the handoffs that nobody has taken: all for customer success, for others those of their rooms."""
    handoffs = Handoff.objects.visible_to(actor)
    if may_take(actor):
        handoffs = Handoff.objects.all()
    waiting = handoffs.filter(to_user=None, state=HandoffState.OPEN).select_related("deal__organization", "from_user")
    return [
        WaitingHandoff(
            one.pk,
            one.version,
            one.deal.title,
            one.deal.organization.name if one.deal.organization else "",
            one.from_user.name,
            one.opened_at,
        )
        for one in waiting
    ]


def may_take(actor: Actor) -> bool:
    """Whether the actor can take a waiting handoff for themselves."""
    return bool(actor.is_seller and actor.user and actor.user.is_active and actor.user.role == Role.SUCCESS)


def handoffs_of(actor: Actor) -> QuerySet[Handoff]:
    """Return the handoffs the actor sees that somebody has, newest first, with `item_count`, `clear_count`,
    `asked_count` (questions without an answer) and `answered_count` (answers to read).
    """
    unanswered = Exists(ItemQuestion.objects.open().filter(item=OuterRef("items")))
    asked = Q(items__state=ItemState.QUESTION)
    handoffs = Handoff.objects.visible_to(actor).active().exclude(to_user=None, state=HandoffState.OPEN)
    return (
        handoffs.select_related("deal__organization", "from_user", "to_user")
        .annotate(
            item_count=Count("items"),
            clear_count=Count("items", filter=Q(items__state=ItemState.CLEAR)),
            asked_count=Count("items", filter=asked & Q(unanswered)),
            answered_count=Count("items", filter=asked & ~Q(unanswered)),
        )
        .order_by("-opened_at", "-pk")
    )


def get_handoff(actor: Actor, handoff_id: UUID) -> Handoff:
    """Return a handoff the actor sees. Raises `NotFound`."""
    handoffs = Handoff.objects.visible_to(actor)
    people = ("from_user", "to_user", "accepted_by", "confirmed_by")
    found = handoffs.select_related("deal__organization", "room", "success_plan", *people).filter(pk=handoff_id).first()
    if found is None:
        raise NotFound
    return found


def may_review(actor: Actor, handoff: Handoff) -> bool:
    """Whether the actor goes through the items and accepts: who takes over, or a manager."""
    user = actor.user
    return bool(actor.is_seller and user and (user.is_manager or user.pk == handoff.to_user_id))


def success_people() -> QuerySet[User]:
    """Return who can take over."""
    people: QuerySet[User] = User.objects.filter(is_active=True, role=Role.SUCCESS).order_by("name", "pk")
    return people


def delivering(handoff: Handoff) -> list[User]:
    """Return the people of delivery in the room."""
    members = RoomMember.objects.filter(room=handoff.room_id, user__role=Role.DELIVERY).select_related("user")
    return [member.user for member in members.order_by("user__name")]


def may_confirm(kind: str, row: Handoff | Goal, room_id: UUID) -> list[Participant]:
    """Return who can be asked to confirm the brief, or that a goal is reached: whomever the kind of question lets answer."""
    people = Participant.objects.active().filter(room=room_id, may_answer=True)
    asked = consent_kind(kind)
    return [one for one in people.select_related("contact").order_by("contact__name") if asked.may_answer(one, row)]


def brief_consent(handoff: Handoff) -> Consent | None:
    """Return where the customer's confirmation stands: the newest question about the brief."""
    asked = Consent.objects.of_subject("brief", handoff.pk).exclude(answer__in=(Answer.CANCELLED, Answer.REPLACED))
    return asked.select_related("participant__contact", "question").first()
