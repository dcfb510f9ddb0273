"""The person's own row. It stays, empty, so that what hangs on it still has somewhere to hang."""

from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.formats import erased_name
from crm.models import Contact, Merge
from crm.personal_data.person import Person
from crm.personal_data.rows import fields_of, plain
from crm.registry import PersonalDataPlace

_NAMES = ("name", "title", "email", "phone", "time_zone", "locale", "mails_off")


def _row(person: Person) -> Any:
    return Contact.objects.filter(pk=person.contact.pk)


def _erase(person: Person) -> int:
    at = now()
    empty = {"title": "", "email": "", "phone": "", "custom": {}, "mails_off": [], "shared_mailbox": False}
    return int(
        _row(person).update(
            **empty,
            name=erased_name(),
            organization=None,
            time_zone=settings.TIME_ZONE,
            locale=settings.LANGUAGE_CODE,
            archived_at=at,
            erased_at=at,
            updated_at=at,
            version=F("version") + 1,
        )
    )


CONTACT = PersonalDataPlace(
    name="contact",
    label=_("Name and address"),
    fields=fields_of("crm.Contact", *_NAMES),
    export=lambda person: plain(_row(person), *_NAMES, "organization__name", "created_at", "updated_at"),
    erase=_erase,
)

CUSTOM = PersonalDataPlace(
    name="contact_custom",
    label=_("What the selling side keeps in its own fields"),
    fields=fields_of("crm.Contact", "custom"),
    export=lambda person: plain(_row(person).exclude(custom={}), "custom"),
    erase=lambda person: int(_row(person).exclude(custom={}).update(custom={})),
    private=True,
)


def _merges(person: Person) -> Any:
    own = person.contact.pk
    return Merge.objects.filter(Q(kept_id=own) | Q(merged_id=own)).exclude(taken={})


MERGES = PersonalDataPlace(
    name="merges",
    label=_("What an entry said before it was put together with another"),
    fields=fields_of("crm.Merge", "taken"),
    export=lambda person: plain(_merges(person), "at", "taken"),
    erase=lambda person: int(_merges(person).update(taken={})),
    private=True,
)
