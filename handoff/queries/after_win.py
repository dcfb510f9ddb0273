"""What comes next in a deal that is won: the handoff, then the success plan. `handoff.registry` plugs it into the deal's page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from deals.models import Deal
from deals.queries.next_step import NextStep
from handoff.models import Handoff, ItemQuestion


def step_after_win(actor: Actor, deal: Deal) -> NextStep | None:
    """Return the next step after the close; None for a deal without a handoff, such as an imported one."""
    handoffs = Handoff.objects.visible_to(actor).active().select_related("to_user", "success_plan__owner")
    handoff = handoffs.filter(deal=deal).first()
    if handoff is None:
        return None
    if handoff.is_accepted:
        plan = handoff.success_plan
        note = _("%(name)s leads it.") % {"name": plan.owner.name}
        return NextStep(_("Work towards the goals of the success plan"), note, reverse("handoff:plan", args=[plan.pk]))
    url = reverse("handoff:handoff", args=[handoff.pk])
    if handoff.to_user is None:
        return NextStep(_("Nobody has taken the handoff yet."), _("It waits for customer success."), url)
    asked = ItemQuestion.objects.open().filter(item__handoff=handoff).select_related("asked_by").first()
    if asked is not None:
        words = _("Answer %(name)s about the handoff") % {"name": asked.asked_by.name}
        return NextStep(words, asked.text, f"{url}?answer={asked.pk}#item-{asked.item_id}")
    words = _("%(name)s goes through the handoff") % {"name": handoff.to_user.name}
    return NextStep(words, _("Their questions come to you here and by mail."), url)
