"""What somebody is told, and which mails they get: every kind can be switched off, except what they ask for themselves
(links, codes, reminders of questions)."""

from collections.abc import Collection

from django.db import transaction

from crm.actions.notification import recount_unread
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound
from crm.models import Contact, MailKind, User
from crm.news import news_kinds


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


@transaction.atomic
def choose_news(*, actor: Actor, in_app: Collection[str], by_mail: Collection[str]) -> User:
    """Say which kinds of news one wants in the app and by mail; the others are off. For staff: raises `NotFound` for others."""
    if actor.user is None:
        raise NotFound
    names = [kind.name for kind in news_kinds()]
    checks = Checks()
    shown, mailed = checks.choices("in_app", in_app, names), checks.choices("by_mail", by_mail, names)
    checks.done()
    user: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.user.pk)
    user.news_off = [name for name in names if name not in shown]
    user.mails_off = [name for name in names if name not in mailed]
    user.save(update_fields=["news_off", "mails_off"])
    recount_unread(user)
    return user
