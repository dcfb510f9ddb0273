"""What waits for somebody of ours after the close: questions back, handoffs to go through, numbers that are disputed."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.day import Waiting
from crm.models import Side
from handoff.models import Dispute, Handoff, HandoffState, ItemQuestion, ItemState

LIMIT = 20


def questions_back(actor: Actor) -> Iterator[Waiting]:
    """Give the questions about what the actor sold that they have not answered."""
    mine = ItemQuestion.objects.visible_to(actor).open().filter(item__handoff__from_user=actor.user)
    others = mine.exclude(asked_by=actor.user).select_related("asked_by", "item__handoff")
    for one in others.order_by("asked_at", "id")[:LIMIT]:
        handoff = one.item.handoff
        yield Waiting(
            name=one.asked_by.name,
            side=Side.SELLER,
            sentence=_("%(name)s has a question about what you handed over") % {"name": one.asked_by.name},
            room_id=handoff.room_id,
            since=one.asked_at,
            url=f"{reverse('handoff:handoff', args=[handoff.pk])}?answer={one.pk}#item-{one.item_id}",
            action=_("Answer"),
            said=one.text,
        )


def handoffs_to_go_through(actor: Actor) -> Iterator[Waiting]:
    """Give the handoffs the actor takes over and has not accepted yet, with how far they are."""
    items = {"all": Count("items"), "clear": Count("items", filter=Q(items__state=ItemState.CLEAR))}
    open_ones = Handoff.objects.visible_to(actor).filter(to_user=actor.user, state=HandoffState.OPEN)
    for one in open_ones.select_related("from_user").annotate(**items).order_by("opened_at", "id")[:LIMIT]:
        counts = {name: getattr(one, name) for name in items}
        yield Waiting(
            name=one.from_user.name,
            side=Side.SELLER,
            sentence=_("%(name)s hands over to you") % {"name": one.from_user.name},
            room_id=one.room_id,
            since=one.opened_at,
            url=reverse("handoff:handoff", args=[one.pk]),
            action=_("Go through it"),
            note=_("%(clear)s of %(all)s clear so far.") % counts,
        )


def disputed_numbers(actor: Actor) -> Iterator[Waiting]:
    """Give the disputes about numbers of the actor's success plans that nobody has answered."""
    mine = Dispute.objects.visible_to(actor).filter(
        answered_at=None, settled_at=None, measurement__goal__plan__owner=actor.user
    )
    related = mine.select_related("raised_by", "measurement__goal__plan")
    for one in related.order_by("raised_at", "id")[:LIMIT]:
        goal = one.measurement.goal
        named = {"name": one.raised_by.name, "goal": goal.title}
        yield Waiting(
            name=one.raised_by.name,
            side=Side.BUYER,
            sentence=_("%(name)s sees a number differently: %(goal)s") % named,
            room_id=goal.plan.room_id,
            since=one.raised_at,
            url=reverse("handoff:goal", args=[goal.pk]),
            action=_("Answer"),
            said=one.text,
        )
