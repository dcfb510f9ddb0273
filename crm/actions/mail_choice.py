"""Which mails somebody gets: every kind can be switched off, except what they ask for themselves (links, codes, reminders)."""

from collections.abc import Collection

from django.db import transaction

from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound
from crm.models import Contact, MailKind


@transaction.atomic
def choose_mails(*, actor: Actor, wanted: Collection[str]) -> Contact:
    """Say which kinds of mail one wants; the others are off, in every room. Raises `Invalid`, `NotFound` for staff."""
    if actor.participant is None:
        raise NotFound
    checks = Checks()
    kinds = checks.choices("wanted", wanted, MailKind.values)
    checks.done()
    contact = Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.participant.contact_id)
    contact.mails_off = [kind for kind in MailKind.values if kind not in kinds]
    contact.save(update_fields=["mails_off"])
    return contact
