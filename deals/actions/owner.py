"""The names of owners are part of what criteria say: whoever is renamed changes them, in every deal that goes on."""

from django.db.models import Q

from crm.models import Event, Room
from deals.actions.section import touch_section
from deals.models import Deal, Section
from deals.queries.content import section_snapshot


def follow_rename(event: Event) -> None:
    """Let the criteria somebody owns say their new name: a yes to the old one is to other words, and out of date.

    A consumer of `contact.changed` and `user.changed`. What a deal says that has ended stays as it is.
    """
    if "name" not in event.data.get("fields", ()):
        return
    owned = Q(criteria__buyer_owner=event.subject_id) | Q(criteria__seller_owner=event.subject_id)
    sections = Section.objects.filter(owned).distinct().select_related("deal").order_by("deal__room_id", "deal_id")
    for section in sections:
        Room.objects.select_for_update(of=("self",), no_key=True).get(pk=section.deal.room_id)
        deal = Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=section.deal_id)
        if not deal.has_ended:
            refresh_hash(Section.objects.select_for_update(of=("self",), no_key=True).get(pk=section.pk))


def refresh_hash(section: Section) -> None:
    """Bring a locked section's hash up to what it says now, if a name in it has changed."""
    if section_snapshot(section).content_hash != section.content_hash:
        touch_section(section)
