"""Answers to the sections of one's own deals that ask for something: a change, a no, a yes taken back."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.day import Waiting
from crm.models import Answer, Consent
from crm.queries.consent import consents_about, standing_of
from deals.models import AGREEABLE, Deal, Section, SectionKind

ASKING = (Answer.CHANGE, Answer.DECLINED, Answer.WITHDRAWN)
"""The answers that leave the next word to us."""
LOOKED_AT = 60
"""How many of the newest such answers are looked at: most have been taken up since."""


def answers_to_take_up(actor: Actor) -> Iterator[Waiting]:
    """Give the sections of the actor's open deals whose newest answer leaves the next word to us. Three queries."""
    deals = Deal.objects.open().filter(owner=actor.user, archived_at=None)
    asking = Consent.objects.visible_to(actor).filter(
        room__in=deals.values("room"), answer__in=ASKING, kind__in=AGREEABLE
    )
    ids = asking.order_by("-answered_at").values_list("subject_id", flat=True)[:LOOKED_AT]
    sections = list(Section.objects.filter(pk__in=set(ids), deal__in=deals).select_related("deal"))
    consents = consents_about(actor, [section.pk for section in sections])
    for section in sections:
        newest = standing_of(section.content_hash, consents.get(section.pk, ())).newest
        if newest is not None and newest.answer in ASKING:
            yield _waiting(section, newest)


def _waiting(section: Section, consent: Consent) -> Waiting:
    name = consent.participant.contact.name
    about = {"name": name, "section": str(SectionKind(section.kind).label).lower()}
    match consent.answer:
        case Answer.CHANGE:
            sentence = _("%(name)s would change something in: %(section)s") % about
        case Answer.WITHDRAWN:
            sentence = _("%(name)s took back the yes to: %(section)s") % about
        case _:
            sentence = _("%(name)s said no to: %(section)s") % about
    return Waiting(
        name=name,
        side=consent.participant.side,
        sentence=sentence,
        room_id=section.deal.room_id,
        since=consent.answered_at or consent.question.asked_at,
        url=f"{reverse('deals:section', args=[section.deal_id, section.kind])}#agreement",
        action=_("See the change") if consent.answer == Answer.CHANGE else _("Read it"),
        said=consent.objection or consent.note,
    )
